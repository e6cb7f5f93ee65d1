// A scan into a results file that outlives kills, power cuts and full disks: the journal beside it says what was done, the
// audit log who did it, the manifest what came of it.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import type { HeaderRecord, SummaryRecord } from '../core/result.js'
import { headOf, packageVersion, removeLeftovers, withLock } from '../files/index.js'
import {
  appendAudit,
  type AuditEntry,
  companionsOf,
  Journal,
  type JournalFacts,
  Pace,
  readAudit,
  readResults,
  ResultsFile,
  sha256OfFile,
  startOf,
  SummaryCounter
} from '../results/index.js'
import { checkScanOptions, type RunOptions, type ScanOptions, usage } from './options.js'
import { refuseInside } from './results-place.js'
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
 * asked for; JOURNAL_FOREIGN where that run had other options, limits, sets or inputs; USAGE where earlier results are
 * of another case, or the results would lie in what is scanned
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
  const paths = pathsOf(checkInput(input))
  await refuseInside(target, paths ?? [])
  const facts: JournalFacts = {
    version: packageVersion(),
    header,
    limits: limitsOf(run),
    // The same name may be another file in another folder.
    input: paths?.map((path) => resolve(path)) ?? null
  }
  return withLock(target, async () => {
    await removeLeftovers(target)
    const { journal: path } = companionsOf(target)
    const journal = await (resume
      ? Journal.resume<UnnumberedRecord>(path, facts)
      : Journal.begin<UnnumberedRecord>(path, facts))
    try {
      const earlier = await headerIn(target)
      refuseOthers(target, earlier, header)
      const log = JSON.stringify(earlier) === JSON.stringify(header) ? await logOf(target) : null
      const isSame = log !== null && isOfSame(log.start, facts.input, run)
      // What comes on a stream may be other names each time; and a run that failed since has left its word in the log.
      const isDone = resume && !journal.isLeft && isSame && log.isLast && facts.input !== null
      const complete = isDone ? await summaryOf(target) : null
      if (complete !== null) {
        onEarlier?.('complete')
        return complete
      }
      const summary = await new RunToFile(input, target, run, facts, journal).run()
      if (earlier !== null && !isSame) onEarlier?.('replaced')
      return summary
    } finally {
      await journal.close()
    }
  })
}

/** Limits by which the record of a file is decided, on every machine alike. */
function limitsOf({ extract: { maxPixels, maxDecodeBytes } }: RunOptions): JournalFacts['limits'] {
  return { maxPixels, maxDecodeBytes }
}

/** What else may end the work on a file, depending on the machine. */
function runFacts(run: RunOptions): object {
  const { concurrency, timeoutMs, maxMemoryBytes, extract, isolation } = run
  return { concurrency, isolation, timeoutMs, maxMemoryBytes, ...limitsOf(run), heicTool: extract.heicTool }
}

/** What the audit log has of the run that made the results, and whether that is its last word. */
async function logOf(target: string): Promise<{ start: AuditEntry; isLast: boolean } | null> {
  const { audit } = companionsOf(target)
  if (!existsSync(audit)) return null
  const [{ entries }, sha256] = [await readAudit(audit), await sha256OfFile(target)]
  const start = startOf(entries, sha256)
  return start === null ? null : { start, isLast: entries.at(-1)?.['sha256'] === sha256 }
}

/** True for a run of the same inputs, within the same limits. */
function isOfSame(start: AuditEntry, input: JournalFacts['input'], run: RunOptions): boolean {
  const theirs = isPlainObject(start['run']) ? start['run'] : {}
  const { timeoutMs, maxMemoryBytes } = run
  const limits = Object.entries({ ...limitsOf(run), timeoutMs, maxMemoryBytes })
  const isOfInput = input === null || JSON.stringify(start['input']) === JSON.stringify(input)
  return isOfInput && limits.every(([name, limit]) => theirs[name] === limit)
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
    private readonly facts: JournalFacts,
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
    await file.write(this.facts.header)
    if (this.journal.isLeft) await this.#tellStart()
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
    const { isLeft } = this.journal
    const event = isLeft ? 'resumed' : 'started'
    const resumed = isLeft ? { alreadyDone: units, damagedJournalBytes: damagedBytes } : {}
    await auditStart(this.target, event, { ...resumed, ...this.#task() }, this.#started)
  }

  /** What was asked for, and of which sets. */
  #task(): object {
    const { header, input } = this.facts
    const { type: _, schemaVersion, options, sets: __, ...labels } = header
    return {
      ...labels,
      input: input ?? ('names' in this.input ? 'names on a stream' : 'contents'),
      schemaVersion,
      options,
      sets: setFacts(this.options.sets),
      run: runFacts(this.options)
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
