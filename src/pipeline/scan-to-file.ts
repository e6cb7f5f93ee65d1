// A scan into a results file that outlives kills, power cuts and full disks: the journal beside it says what was done, the
// audit log who did it, the manifest what came of it.

import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import type { HeaderRecord, SummaryRecord } from '../core/result.js'
import { headOf, removeLeftovers, withLock } from '../files/index.js'
import { appendAudit, companionsOf, Journal, Pace, readResults, ResultsFile, SummaryCounter } from '../results/index.js'
import { checkScanOptions, type RunOptions, type ScanOptions, usage } from './options.js'
import { checkInput, headerOf, pathsOf, type ScanInput, scanRecords, withModules } from './scan.js'
import type { RunJournal } from './journalled-unit.js'
import { auditStart, sealResults, setFacts } from './seal-results.js'
import type { UnnumberedRecord } from './unnumbered-record.js'

export interface ScanToFileOptions extends ScanOptions {
  /** Go on where an interrupted run of the same stopped; where there is none, begin. Default false. */
  readonly resume?: boolean
  /** Told of results that were there: `complete` ones of the same are left as they are, others are replaced. */
  readonly onEarlier?: (earlier: 'complete' | 'replaced') => void
}

/**
 * `scan` into a results file. Beside it lie, while the run lasts, `….journal`, of which an interrupted run can be resumed, and
 * afterwards `….audit` and `….sha256`. The results file appears when it is complete, and is the same whether the run was
 * interrupted or not.
 *
 * @throws {ExhibitHashError} what `scan` throws; WRITE_FAILED; JOURNAL_EXISTS where a run was interrupted and `resume` is not
 * asked for; JOURNAL_FOREIGN where that run had other options, sets or inputs; USAGE where earlier results are of another case
 *
 * @example
 * const summary = await scanToFile(['/evidence/AB-1'], 'AB-1.ndjson', { sets: [set], case: '2026/17', resume: true })
 */
export async function scanToFile(
  input: ScanInput,
  target: string,
  { resume = false, onEarlier, ...options }: ScanToFileOptions = {}
): Promise<SummaryRecord> {
  const run = await withModules(checkScanOptions(options))
  const header = headerOf(run)
  if (run.order === 'completion') throw usage('order', `'discovery' for a results file`, run.order)
  const facts = { header, input: pathsOf(checkInput(input)) }
  return withLock(target, async () => {
    await removeLeftovers(target)
    const { journal: path } = companionsOf(target)
    const journal = await (resume
      ? Journal.resume<UnnumberedRecord>(path, facts)
      : Journal.begin<UnnumberedRecord>(path, facts))
    try {
      const isNew = journal.found.units === 0
      const earlier = await headerIn(target)
      refuseOthers(target, earlier, header)
      const isSame = JSON.stringify(earlier) === JSON.stringify(header)
      const complete = resume && isNew && isSame ? await summaryOf(target) : null
      if (complete !== null) {
        onEarlier?.('complete')
        return complete
      }
      const summary = await new RunToFile(input, target, run, header, journal).run()
      if (earlier !== null && !isSame) onEarlier?.('replaced')
      return summary
    } finally {
      await journal.close()
    }
  })
}

/** Results of another exhibit are not written over. */
function refuseOthers(target: string, earlier: HeaderRecord | null, header: HeaderRecord): void {
  for (const label of ['case', 'exhibit', 'organisation'] as const) {
    const theirs = earlier?.[label]
    if (theirs === undefined || theirs === header[label]) continue
    const message = `${target}: holds the results of another ${label} (${theirs}): name another file`
    throw new ExhibitHashError('USAGE', message, { path: target })
  }
}

/** Of results that are complete; else `null`. */
async function summaryOf(target: string): Promise<SummaryRecord | null> {
  let summary: SummaryRecord | null = null
  for await (const line of readResults(target)) if (line.type === 'summary') summary = line
  return summary
}

async function headerIn(path: string): Promise<HeaderRecord | null> {
  if ((await headOf(path, 1)) === null) return null
  for await (const line of readResults(path)) return line.type === 'header' ? line : null
  return null
}

class RunToFile {
  readonly #started = new Date()
  readonly #pace = new Pace()
  #isTold = false

  constructor(
    private readonly input: ScanInput,
    private readonly target: string,
    private readonly options: RunOptions,
    private readonly header: HeaderRecord,
    private readonly journal: RunJournal
  ) {}

  async run(): Promise<SummaryRecord> {
    try {
      const summary = await ResultsFile.during(this.target, (file) => this.#write(file))
      await sealResults(this.target, summary, this.#started, this.#pace)
      await this.journal.remove()
      return summary
    } catch (error) {
      await this.#tellFailure(toExhibitHashError(error, 'INTERNAL'))
      throw error
    }
  }

  async #write(file: ResultsFile): Promise<SummaryRecord> {
    const counter = new SummaryCounter()
    await file.write(this.header)
    if (this.journal.found.units > 0) await this.#tellStart()
    else this.journal.beforeFirst = () => this.#tellStart()
    for await (const record of scanRecords(this.input, this.options, this.journal)) {
      counter.add(record)
      this.#pace.add()
      await file.write(record)
    }
    if (!this.#isTold) await this.#tellStart()
    const { summary } = counter
    await file.write(summary)
    return summary
  }

  /** Before the first record: what never began needs no log. */
  async #tellStart(): Promise<void> {
    this.#isTold = true
    const { units, damagedBytes } = this.journal.found
    const event = units === 0 ? 'started' : 'resumed'
    const resumed = units === 0 ? {} : { alreadyDone: units, damagedJournalBytes: damagedBytes }
    await auditStart(this.target, event, { ...resumed, ...this.#task() }, this.#started)
  }

  /** What was asked for, and of which sets. */
  #task(): object {
    const { sets, concurrency, timeoutMs, maxMemoryBytes, extract, isolation } = this.options
    const { maxPixels, maxDecodeBytes, heicTool } = extract
    const { type: _, schemaVersion, options, sets: __, ...labels } = this.header
    return {
      ...labels,
      input: pathsOf(this.input) ?? ('names' in this.input ? 'names on a stream' : 'contents'),
      schemaVersion,
      options,
      sets: setFacts(sets),
      run: { concurrency, isolation, timeoutMs, maxMemoryBytes, maxPixels, maxDecodeBytes, heicTool }
    }
  }

  async #tellFailure({ code, message }: ExhibitHashError): Promise<void> {
    if (!this.#isTold) return
    const event = code === 'ABORTED' ? 'stopped' : 'failed'
    // What stopped the run is told by the run; a log that cannot be written is no better reason.
    await appendAudit(
      companionsOf(this.target).audit,
      event,
      { code, message, pace: this.#pace.points },
      new Date()
    ).catch(() => undefined)
  }
}
