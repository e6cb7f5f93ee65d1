// The main job as a library: an exhibit in, records out, as async iterable, stream or lines of a results file.

import { Duplex } from 'node:stream'
import { DEFAULT_ARCHIVE_LIMITS } from '../archives/index.js'
import { ExhibitHashError } from '../core/errors.js'
import {
  RESULTS_SCHEMA_VERSION,
  type FileRecord,
  type HeaderRecord,
  type ResultLine,
  type VideoFacts
} from '../core/result.js'
import { firstOf, readNames, walkList, walkPaths, type ExhibitFile } from '../exhibit/index.js'
import { SummaryCounter } from '../results/index.js'
import type { FileContents } from './content-copies.js'
import type { VideoOptions } from './features.js'
import { areTexts, checkScanOptions, type RunOptions, type ScanOptions } from './options.js'
import type { RunJournal } from './journalled-unit.js'
import { runFiles, type FoundSoFar } from './run.js'
import { findWanted, NOTHING_WANTED } from './wanted.js'

/** Bytes, or a stream of them, under the name that its record is to have. */
export interface NamedContents {
  readonly name: string
  readonly contents: FileContents
}

/**
 * What to scan: paths of files and folders, patterns of them, a stream of names (one a line, or separated by NUL), or
 * contents that are no files: those lie in a folder for temporary files while they are read.
 */
export type ScanInput =
  | readonly string[]
  | { readonly names: AsyncIterable<Uint8Array | string>; readonly nul?: boolean }
  | { readonly contents: Iterable<NamedContents> | AsyncIterable<NamedContents> }

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
 * Each path written is walked as `scan` would walk it in a list; contents with a name are written as they are.
 *
 * @example
 * await pipeline(Readable.from(['a.jpg', 'b.jpg']), createScanStream({ sets: [set] }), async (records) => …)
 */
export function createScanStream(options: ScanOptions = {}): Duplex {
  const run = checkScanOptions(options)
  return Duplex.from(async function* (written: AsyncIterable<Written>) {
    yield* runCounted(writtenFiles(written), await withModules(run))
  })
}

/** `null` of what comes by itself, and need not be the same again. */
export function pathsOf(input: ScanInput): readonly string[] | null {
  return 'names' in input || 'contents' in input ? null : input
}

export function checkInput(input: ScanInput): ScanInput {
  // JavaScript calls with a path alone, too.
  const paths = typeof input === 'object' && input !== null ? pathsOf(input) : []
  if (paths !== null && !(areTexts(paths) && paths.length > 0))
    throw new ExhibitHashError(
      'USAGE',
      "scan needs a list of paths, as ['evidence/AB-1'], none of them empty; or { names } or { contents }"
    )
  return input
}

export async function* scanRecords(
  input: ScanInput,
  unready: RunOptions,
  journal: RunJournal | null = null
): AsyncGenerator<FileRecord> {
  const run = await withModules(unready)
  const paths = pathsOf(input)
  const ahead = paths === null || run.onProgress === undefined ? undefined : new CountAhead(paths)
  try {
    yield* runCounted(filesOf(input, run), run, ahead, journal)
  } finally {
    ahead?.stop()
  }
}

function filesOf(input: ScanInput, { first }: RunOptions): AsyncIterable<ExhibitFile> {
  if ('names' in input) return walkList(readNames(input.names, input.nul ?? false))
  if ('contents' in input) return contentFiles(input.contents)
  const walk = () => walkPaths(input)
  return first.length === 0 ? walk() : firstOf(first, walk)
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

export function headerOf({ extract, near, sets, labels, first }: RunOptions): HeaderRecord {
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
      ...(first.length > 0 && { first }),
      ...(extract.skipKnown && { skipKnown: true }),
      ...(extract.hashes.includes('pdq') && { video: videoFacts(extract.video) }),
      ...(hashers.length > 0 && { hashers })
    },
    sets: sets.map((set) => set.identity)
  }
}

function videoFacts(video: VideoOptions | null): VideoFacts | false {
  if (video === null) return false
  const { tool, framesPerSecond, sceneChanges, maxFrames, timeoutMs } = video
  return { ffmpeg: tool?.version ?? null, framesPerSecond, sceneChanges, maxFrames, timeoutMs }
}

type Written = string | Uint8Array | NamedContents

/** Numbered by the order in which they come, whatever they are. */
async function* writtenFiles(written: AsyncIterable<Written>): AsyncGenerator<ExhibitFile> {
  let seq = 0
  for await (const one of written) {
    if (typeof one === 'string' || one instanceof Uint8Array) {
      for await (const file of walkList(only(one))) yield { ...file, seq: seq++ }
    } else yield contentFile(one, seq++)
  }
}

async function* contentFiles(all: Iterable<NamedContents> | AsyncIterable<NamedContents>): AsyncGenerator<ExhibitFile> {
  let seq = 0
  for await (const one of all) yield contentFile(one, seq++)
}

/** @throws {ExhibitHashError} USAGE */
function contentFile(given: NamedContents, seq: number): ExhibitFile {
  const { name, contents } = given as Partial<NamedContents>
  const isStream = typeof contents === 'object' && Symbol.asyncIterator in contents
  if (typeof name !== 'string' || name === '' || !(contents instanceof Uint8Array || isStream)) {
    throw new ExhibitHashError('USAGE', `contents ${seq} of the input need a name, and bytes or a stream of them`)
  }
  return { seq, location: new Uint8Array(0), name: Buffer.from(name), contents }
}

async function* only(path: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof path === 'string' ? Buffer.from(path) : path
}
