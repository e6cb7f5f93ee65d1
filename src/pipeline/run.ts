// The engine room: exhibit files in, records out in the order of discovery.

import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import type { FileRecord } from '../core/result.js'
import { displayName, type ExhibitFile } from '../exhibit/index.js'
import { type Journal, type Place, strongestRelation } from '../results/index.js'
import { ChildEngine } from './child-engine.js'
import { InProcessEngine, type Engine } from './engine.js'
import { failedFeatures, skippedFeatures, type FileFeatures } from './features.js'
import { Matcher } from './matcher.js'
import type { Progress, RunOptions } from './options.js'
import { orderedMap } from './ordered-map.js'

/** Records that may wait for a slow file before them; with a journal only where they stand in it. */
const WINDOW = 1024
const JOURNALLED_WINDOW = 100_000

/** How far the walk of the exhibit is, for progress. */
export interface FoundSoFar {
  readonly files: number
  readonly all: boolean
}

/**
 * @throws {ExhibitHashError} ABORTED; INDEX_DAMAGED and other faults that make every answer doubtful
 */
export async function* runFiles(
  files: AsyncIterable<ExhibitFile>,
  options: RunOptions,
  found: () => FoundSoFar,
  journal: Journal<FileRecord> | null = null
): AsyncGenerator<FileRecord> {
  const engine = openEngine(options)
  const matcher = await openMatcher(options)
  const { concurrency, signal } = options
  const counts = { files: 0, bytes: 0, matched: 0, errors: 0 }
  try {
    const process = (file: ExhibitFile, release: () => void) => processFile(file, engine, matcher, release)
    const work: Work<FileRecord | Place> = journal === null ? process : throughJournal(journal, process)
    const window = journal === null ? WINDOW : JOURNALLED_WINDOW
    for await (const done of orderedMap(files, work, { concurrency, window, ...(signal && { signal }) })) {
      const record = 'type' in done ? done : await journal!.read(done)
      countRecord(counts, record)
      yield record
      const { files: foundFiles, all: foundAll } = found()
      options.onProgress?.({ ...counts, found: Math.max(foundFiles, counts.files), foundAll })
    }
  } catch (error) {
    if (signal?.aborted === true) throw new ExhibitHashError('ABORTED', 'the run was stopped', { cause: error })
    throw toExhibitHashError(error, 'INTERNAL')
  } finally {
    await Promise.all([engine.close(), matcher?.close()])
  }
}

type Work<R> = (file: ExhibitFile, release: () => void) => Promise<R>

/** What the journal of an interrupted run has is not done again; all else is written to it as soon as it is known. */
function throughJournal(journal: Journal<FileRecord>, process: Work<FileRecord>): Work<Place> {
  return async (file, release) => {
    const place = journal.find(file.seq)
    if (place !== null && isOf(await journal.read(place), file)) return place
    return journal.append(file.seq, await process(file, release))
  }
}

/** An exhibit that has changed meanwhile has other files in its places. */
function isOf(record: FileRecord, { name }: ExhibitFile): boolean {
  const { path, pathBase64 } = displayName(name)
  return record.path === path && record.pathBase64 === pathBase64
}

function openEngine(options: RunOptions): Engine {
  const { isolation, extract, concurrency } = options
  if (isolation === 'process') return new ChildEngine(options)
  const poolThreads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
  if (concurrency > poolThreads) {
    process.emitWarning(
      `${concurrency} files in flight, but this process decodes on ${poolThreads} threads: set UV_THREADPOOL_SIZE before it starts`,
      'ExhibitHashWarning'
    )
  }
  return new InProcessEngine(extract)
}

async function openMatcher({ sets, near, isolation, threads }: RunOptions): Promise<Matcher | null> {
  if (sets.length === 0) return null
  if (isolation === 'none') return Matcher.inThread(sets, near)
  return Matcher.onThreads(sets, near, threads)
}

async function processFile(
  file: ExhibitFile,
  engine: Engine,
  matcher: Matcher | null,
  release: () => void
): Promise<FileRecord> {
  const shown = displayName(file.name)
  const features = await featuresOf(file, shown.path, engine)
  release()
  const askable = features.digests !== null && features.skipped === undefined
  const found = matcher === null ? null : askable ? await matcher.match(features) : { matches: [], omitted: 0 }
  const { sizeBytes, times, skipped, digests, media, hashes, preview, error } = features
  // One field after the other, in one order: the same record whatever way the features came.
  return {
    type: 'file',
    seq: file.seq,
    ...shown,
    sizeBytes,
    ...(times !== undefined && { times }),
    ...(skipped !== undefined && { skipped }),
    digests,
    media,
    hashes,
    ...(preview !== undefined && { preview }),
    ...(found !== null && { matches: found.matches }),
    ...(found !== null && found.omitted > 0 && { matchesOmitted: found.omitted }),
    error
  }
}

function featuresOf(file: ExhibitFile, name: string, engine: Engine): Promise<FileFeatures> {
  if (file.error !== undefined) return Promise.resolve(failedFeatures(file.error))
  if (file.skipped !== undefined) return Promise.resolve(skippedFeatures(file.skipped))
  return engine.extract({ location: file.location, name })
}

function countRecord(
  counts: { -readonly [K in keyof Omit<Progress, 'found' | 'foundAll'>]: number },
  record: FileRecord
): void {
  const relation = strongestRelation(record.matches)
  counts.files++
  counts.bytes += record.sizeBytes ?? 0
  if (relation !== null && relation !== 'knownGood') counts.matched++
  if (record.error !== null) counts.errors++
}
