// The main job as a library: an exhibit in, records out, as async iterable, stream or lines of a results file.

import { Duplex } from 'node:stream'
import { DEFAULT_ARCHIVE_LIMITS } from '../archives/index.js'
import { ExhibitHashError } from '../core/errors.js'
import { RESULTS_SCHEMA_VERSION, type FileRecord, type HeaderRecord, type ResultLine } from '../core/result.js'
import { readNames, walkList, walkPaths, type ExhibitFile } from '../exhibit/index.js'
import { SummaryCounter } from '../results/index.js'
import { checkScanOptions, type RunOptions, type ScanOptions } from './options.js'
import type { RunJournal } from './journalled-unit.js'
import { runFiles, type FoundSoFar } from './run.js'
import { findWanted, NOTHING_WANTED } from './wanted.js'

/** What to scan: paths of files and folders, or a stream of names (one a line, or separated by NUL). */
export type ScanInput =
  readonly string[] | { readonly names: AsyncIterable<Uint8Array | string>; readonly nul?: boolean }

/**
 * Hashes every file of an exhibit and matches it against hash sets. Records come in the order of discovery,
 * the same for any number of workers; a file that could not be processed is a record with an `error`. Members of archives
 * follow their archive, as files of their own.
 * Breaking out of the loop stops the work.
 *
 * @throws {ExhibitHashError} USAGE, HASHER_UNUSABLE, INPUT_NOT_FOUND (none of the paths exists), ABORTED, INDEX_DAMAGED
 *
 * @example
 * await using set = await HashSet.open('caid.ehx')
 * for await (const record of scan(['/evidence/AB-1'], { sets: [set] })) {
 *   if (record.matches?.some((match) => match.relation === 'identical')) console.log(record.path)
 * }
 */
export function scan(input: ScanInput, options: ScanOptions = {}): AsyncGenerator<FileRecord> {
  const run = checkScanOptions(options)
  return scanRecords(checkInput(input), run)
}

/** The same as the lines of a results file: header, records, summary. */
export async function* scanLines(input: ScanInput, options: ScanOptions = {}): AsyncGenerator<ResultLine> {
  const run = checkScanOptions(options)
  const summary = new SummaryCounter()
  const ready = await withModules(run)
  yield headerOf(ready)
  for await (const record of scanRecords(checkInput(input), ready)) {
    summary.add(record)
    yield record
  }
  yield summary.summary
}

/**
 * The same as a Node stream: paths (strings) are written, records are read, with back-pressure both ways.
 * Each path written is walked as `scan` would walk it in a list.
 *
 * @example
 * await pipeline(Readable.from(['a.jpg', 'b.jpg']), createScanStream({ sets: [set] }), async (records) => …)
 */
export function createScanStream(options: ScanOptions = {}): Duplex {
  const run = checkScanOptions(options)
  return Duplex.from(async function* (paths: AsyncIterable<string | Uint8Array>) {
    yield* runCounted(walkList(asBytes(paths)), await withModules(run))
  })
}

export function checkInput(input: ScanInput): ScanInput {
  const paths: unknown = 'names' in input ? ['-'] : input
  const sound =
    Array.isArray(paths) && paths.length > 0 && paths.every((path) => typeof path === 'string' && path !== '')
  if (!sound) throw new ExhibitHashError('USAGE', 'scan needs a list of paths, none of them empty')
  return input
}

export async function* scanRecords(
  input: ScanInput,
  unready: RunOptions,
  journal: RunJournal | null = null
): AsyncGenerator<FileRecord> {
  const run = await withModules(unready)
  if ('names' in input) {
    yield* runCounted(walkList(readNames(input.names, input.nul ?? false)), run, undefined, journal)
    return
  }
  const ahead = run.onProgress === undefined ? undefined : new CountAhead(input)
  try {
    yield* runCounted(walkPaths(input), run, ahead, journal)
  } finally {
    ahead?.stop()
  }
}

async function* runCounted(
  files: AsyncIterable<ExhibitFile>,
  run: RunOptions,
  ahead?: FoundSoFar,
  journal: RunJournal | null = null
): AsyncGenerator<FileRecord> {
  const found = { files: 0, all: false }
  async function* counted(): AsyncGenerator<ExhibitFile> {
    for await (const file of files) {
      found.files++
      yield file
    }
    found.all = true
  }
  yield* runFiles(counted(), run, () => ahead ?? found, journal)
}

export async function withModules(run: RunOptions): Promise<RunOptions> {
  const found = await findWanted(run.wanted, run.isolation === 'process' ? 'in a child' : 'here')
  return { ...run, extract: { ...run.extract, ...found }, wanted: NOTHING_WANTED }
}

/** Walks the same paths a second time, only to know early how many files there are: listing is cheap, reading is not. */
class CountAhead implements FoundSoFar {
  files = 0
  all = false
  private stopped = false

  constructor(paths: readonly string[]) {
    // What is wrong with the paths is told by the walk that counts for results.
    this.count(paths).catch(() => undefined)
  }

  stop(): void {
    this.stopped = true
  }

  private async count(paths: readonly string[]): Promise<void> {
    for await (const _ of walkPaths(paths)) {
      if (this.stopped) return
      this.files++
    }
    this.all = true
  }
}

export function headerOf({ extract, near, sets, labels }: RunOptions): HeaderRecord {
  const hashers = extract.hashers.map(({ facts }) => facts)
  return {
    type: 'header',
    schemaVersion: RESULTS_SCHEMA_VERSION,
    ...labels,
    options: {
      hashes: ['md5', 'sha1', 'sha256', ...extract.hashes],
      near: { ...near },
      preview: extract.preview,
      ...(extract.archives !== DEFAULT_ARCHIVE_LIMITS && { archives: extract.archives ?? false }),
      ...(extract.exact && { exact: true }),
      ...(extract.skipKnown && { skipKnown: true }),
      ...(hashers.length > 0 && { hashers })
    },
    sets: sets.map((set) => set.identity)
  }
}

async function* asBytes(paths: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const path of paths) yield typeof path === 'string' ? Buffer.from(path) : path
}
