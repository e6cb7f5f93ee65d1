// `corroborate`: every matched item of results files, with one verdict on it.
//
// Items are contents: files of one digest, wherever they lie, are one item with all of their evidence. Of matched files only
// digests are held, and the evidence of those contents that occur again; a verdict leaves as soon as its last file was read.

import type { CategoryMapping } from '../../core/category.js'
import type { FileRecord, HeaderRecord } from '../../core/result.js'
import { DigestItems, EarlierResults, refuseTwice, strongestRelation } from '../../results/index.js'
import { EvidenceReader, type Weighed } from './evidence.js'
import type { Rule } from './rule.js'
import { VerdictCounter } from './verdict-counter.js'
import { verdictOn, type Item } from './verdict.js'
import type { CorroborationSummary, ItemFile, Verdict } from './verdict-types.js'
import { weighingOf, type WeighingOptions } from './weighing.js'

export interface CorroborateOptions extends WeighingOptions {
  /** Called with bytes read of a results file, which is read three times. */
  readonly onProgress?: (progress: {
    readonly results: string
    readonly bytesRead: number
    readonly totalBytes: number
  }) => void
}

/** Files of one content that a verdict names, and records that it lists. */
const MAX_FILES = 1000
const MAX_EVIDENCE = 1000

/**
 * A verdict for each matched item, in the order in which the last file of each was found, and a summary at the end. Files
 * that only known-good sets have are no items.
 *
 * @example
 * for await (const line of corroborate(['AB-1.ndjson', 'AB-2.ndjson'])) {
 *   if (line.type === 'verdict' && line.relation === 'identical') console.log(line.sha256, line.grade.standing)
 * }
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID, FILE_CHANGED, RULE_INVALID, MAPPING_INVALID, ABORTED
 */
export async function* corroborate(
  paths: readonly string[],
  options: CorroborateOptions = {}
): AsyncGenerator<Verdict | CorroborationSummary> {
  await refuseTwice(paths)
  const { rule, mappings } = weighingOf(options)
  const results: EarlierResults[] = []
  try {
    for (const path of paths) results.push(await EarlierResults.open(path, readingOptions(path, null, options)))
    const repeated = await repeatedIn(results, options)
    const counter = new VerdictCounter()
    for await (const item of itemsOf(results, repeated, rule, mappings, options)) {
      const verdict = verdictOn(item, rule)
      counter.add(verdict)
      yield verdict
    }
    yield counter.summary
  } finally {
    for (const each of results) await each.close()
  }
}

function readingOptions(path: string, totalBytes: number | null, { signal, onProgress }: CorroborateOptions) {
  return {
    signal,
    ...(onProgress !== undefined && {
      onBytes: (bytesRead: number) => onProgress({ results: path, bytesRead, totalBytes: totalBytes ?? bytesRead })
    })
  }
}

interface MatchedFile {
  readonly record: FileRecord
  readonly results: EarlierResults
}

/** Files with a match that counts. */
async function* matchedIn(results: EarlierResults, options: CorroborateOptions): AsyncGenerator<FileRecord> {
  for await (const batch of results.records(readingOptions(results.path, results.bytes, options))) {
    for (const { record } of batch) {
      const relation = strongestRelation(record.matches)
      if (relation !== null && relation !== 'knownGood') yield record
    }
  }
}

/** How often each content occurs that does so more than once. */
async function repeatedIn(all: readonly EarlierResults[], options: CorroborateOptions): Promise<Map<string, number>> {
  const items = new DigestItems()
  for (const results of all) {
    for await (const { digests } of matchedIn(results, options)) if (digests !== null) items.add(digests.sha256, 0)
  }
  const repeated = new Map<string, number>()
  for await (const { sha256, count } of items.runs()) if (count > 1) repeated.set(sha256, count)
  return repeated
}

async function* itemsOf(
  all: readonly EarlierResults[],
  left: Map<string, number>,
  rule: Rule,
  mappings: readonly CategoryMapping[],
  options: CorroborateOptions
): AsyncGenerator<Item> {
  const open = new Map<string, ItemBuilder>()
  for (const results of all) {
    const reader = new EvidenceReader(results.header, rule, mappings)
    for await (const record of matchedIn(results, options)) {
      const sha256 = record.digests?.sha256.toLowerCase() ?? null
      const builder = (sha256 === null ? undefined : open.get(sha256)) ?? new ItemBuilder(sha256, record.sizeBytes)
      builder.add({ record, results }, reader)
      const more = sha256 === null ? 0 : (left.get(sha256) ?? 1) - 1
      if (sha256 === null || more === 0) {
        if (sha256 !== null) open.delete(sha256)
        yield builder.item
        continue
      }
      left.set(sha256, more)
      open.set(sha256, builder)
    }
  }
}

class ItemBuilder {
  readonly #files: ItemFile[] = []
  #filesOmitted = 0
  readonly #evidence = new Map<string, Weighed>()
  #evidenceOmitted = 0

  constructor(
    private readonly sha256: string | null,
    private readonly sizeBytes: number | null
  ) {}

  add({ record, results }: MatchedFile, reader: EvidenceReader): void {
    if (this.#files.length < MAX_FILES) this.#files.push(fileOf(record, results))
    else this.#filesOmitted++
    let omitted = record.matchesOmitted ?? 0
    for (const match of record.matches ?? []) {
      const weighed = reader.read(match)
      // A file that lies in ten places has one and the same evidence ten times.
      const key = JSON.stringify([weighed.evidence, weighed.isKnownGood])
      if (this.#evidence.has(key)) continue
      if (this.#evidence.size < MAX_EVIDENCE) this.#evidence.set(key, weighed)
      else omitted++
    }
    this.#evidenceOmitted = Math.max(this.#evidenceOmitted, omitted)
  }

  get item(): Item {
    const all = [...this.#evidence.values()]
    // A record that it is identical with looks like it, too: that is no further word.
    const known = new Set(all.filter(({ evidence }) => evidence.match !== 'near').map(recordOf))
    const evidence = all.filter(
      (one) => one.evidence.match !== 'near' || one.evidence.mediaId === null || !known.has(recordOf(one))
    )
    return {
      sha256: this.sha256,
      sizeBytes: this.sizeBytes,
      files: this.#files,
      filesOmitted: this.#filesOmitted,
      evidence,
      evidenceOmitted: this.#evidenceOmitted
    }
  }
}

function recordOf({ evidence: { set, source, mediaId } }: Weighed): string {
  return JSON.stringify([set, source, mediaId])
}

function fileOf({ seq, path, pathBase64 }: FileRecord, { path: results, header }: EarlierResults): ItemFile {
  return { results, ...labelsOf(header), seq, path, ...(pathBase64 !== undefined && { pathBase64 }) }
}

/** Organisation, case and exhibit, as far as the header has them. */
export function labelsOf({
  organisation,
  case: number,
  exhibit
}: HeaderRecord): Pick<ItemFile, 'organisation' | 'case' | 'exhibit'> {
  return {
    ...(organisation !== undefined && { organisation }),
    ...(number !== undefined && { case: number }),
    ...(exhibit !== undefined && { exhibit })
  }
}
