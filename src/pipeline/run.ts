// The engine room: exhibit files in, records out in the order of discovery.

import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import type { FileRecord } from '../core/result.js'
import { displayName, type ExhibitFile } from '../exhibit/index.js'
import { strongestRelation } from '../results/index.js'
import { ChildEngine } from './child-engine.js'
import { InProcessEngine, type Engine } from './engine.js'
import { failedFeatures, skippedFeatures, type FileFeatures } from './features.js'
import { Matcher } from './matcher.js'
import type { Progress, RunOptions } from './options.js'
import { orderedMap } from './ordered-map.js'

/** Records that may wait for a slow file before them. */
const WINDOW = 1024

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
  found: () => FoundSoFar
): AsyncGenerator<FileRecord> {
  const engine = openEngine(options)
  const matcher = await openMatcher(options)
  const { concurrency, signal } = options
  const counts = { files: 0, bytes: 0, matched: 0, errors: 0 }
  try {
    const work = (file: ExhibitFile, release: () => void) => processFile(file, engine, matcher, release)
    for await (const record of orderedMap(files, work, { concurrency, window: WINDOW, ...(signal && { signal }) })) {
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
