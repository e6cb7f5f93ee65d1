// The engine room: exhibit files in, records out in the order of discovery.

import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import type { Digests } from '../core/hashes.js'
import type { FileError, FileRecord } from '../core/result.js'
import { displayName, type ExhibitFile } from '../exhibit/index.js'
import { type Place, strongestRelation, type UnitPlaces } from '../results/index.js'
import { ChildEngine } from './child-engine.js'
import { ContentCopies } from './content-copies.js'
import type { IsKnownGood } from './equal-files.js'
import { InProcessEngine, type Deliver, type DeliveredPart, type Engine } from './engine.js'
import { failedFeatures, skippedFeatures, type FileFeatures } from './features.js'
import { Matcher } from './matcher.js'
import type { Progress, RunOptions } from './options.js'
import { orderedMap } from './ordered-map.js'
import { JournalledUnit, type RunJournal } from './journalled-unit.js'
import { lookAtFile } from './open-file.js'
import { Backlog, RecordGroup } from './record-group.js'
import type { UnnumberedRecord } from './unnumbered-record.js'

/** Files that may wait for a slow one before them; with a journal only where they stand in it. */
const WINDOW = 1024
const JOURNALLED_WINDOW = 100_000
/** Parts of these that lie in the journal and wait to be taken: some 350 bytes each here. */
const MAX_BACKLOG = 100_000

/** How far the walk of the exhibit is, for progress. */
export interface FoundSoFar {
  readonly files: number
  readonly all: boolean
}

/** A file that was found, and all records that come of it: its own, then those of its members where it is an archive. */
export interface Unit {
  readonly file: ExhibitFile
  /** To be taken before the next unit. */
  readonly records: AsyncIterable<UnnumberedRecord>
}

/**
 * Numbers are dealt as records go out, since nobody knows before how many members an archive has.
 * @throws {ExhibitHashError} ABORTED; INDEX_DAMAGED and other faults that make every answer doubtful
 */
export async function* runFiles(
  files: AsyncIterable<ExhibitFile>,
  options: RunOptions,
  found: () => FoundSoFar,
  journal: RunJournal | null = null
): AsyncGenerator<FileRecord> {
  const counts = { files: 0, bytes: 0, matched: 0, errors: 0 }
  const started = performance.now()
  for await (const { records } of runUnits(files, options, journal)) {
    for await (const unnumbered of records) {
      const record: FileRecord = { type: 'file', seq: counts.files, ...unnumbered }
      countRecord(counts, record)
      yield record
      if (options.onProgress === undefined) continue
      const { files: foundFiles, all: foundAll } = found()
      const progress = { ...counts, found: Math.max(foundFiles, counts.files), foundAll }
      options.onProgress({ ...progress, ...paceOf(progress, (performance.now() - started) / 1000) })
    }
  }
}

type Pace = Pick<Progress, 'seconds' | 'filesPerSecond' | 'bytesPerSecond' | 'secondsLeft'>

function paceOf({ files, bytes, found, foundAll }: Omit<Progress, keyof Pace>, seconds: number): Pace {
  const filesPerSecond = files / Math.max(seconds, 1e-3)
  return {
    seconds,
    filesPerSecond,
    bytesPerSecond: bytes / Math.max(seconds, 1e-3),
    secondsLeft: foundAll ? (found - files) / filesPerSecond : null
  }
}

/**
 * The unit of work is a file that was found, in the order of discovery (`file.seq`), with everything in it.
 * @throws {ExhibitHashError} as `runFiles`
 */
export async function* runUnits(
  files: AsyncIterable<ExhibitFile>,
  options: RunOptions,
  journal: RunJournal | null = null
): AsyncGenerator<Unit> {
  const matcher = await openMatcher(options)
  const engine = openEngine(options, (digests) => isKnownGood(digests, matcher))
  const { concurrency, signal, order } = options
  const copies = new ContentCopies()
  const rooms: Rooms = { engine, matcher, journal, copies, backlog: new Backlog(MAX_BACKLOG) }
  try {
    const start = (file: ExhibitFile, release: () => void) => startFile(file, rooms, release)
    const work = journal === null ? start : resuming(journal, start)
    const window = journal === null ? WINDOW : JOURNALLED_WINDOW
    // Contents are held in memory or on disk, of which those ahead shall take none.
    const weigh = ({ contents }: ExhibitFile): number => (contents === undefined ? 1 : engine.width / concurrency)
    const limits = { concurrency: engine.width, weigh, window, order, ...(signal && { signal }) }
    for await (const { file, group } of orderedMap(files, work, limits)) {
      yield { file, records: recordsOf(group, journal, signal) }
    }
  } catch (error) {
    throw asRunError(error, signal)
  } finally {
    await Promise.all([engine.close(), matcher?.close()])
    await copies.remove()
  }
}

async function* recordsOf(
  group: Started['group'],
  journal: RunJournal | null,
  signal: AbortSignal | undefined
): AsyncGenerator<UnnumberedRecord> {
  try {
    for await (const record of group.records(signal)) yield 'offset' in record ? await journal!.read(record) : record
  } catch (error) {
    throw asRunError(error, signal)
  }
}

function asRunError(error: unknown, signal: AbortSignal | undefined): ExhibitHashError {
  if (signal?.aborted === true) return new ExhibitHashError('ABORTED', 'the run was stopped', { cause: error })
  return toExhibitHashError(error, 'INTERNAL')
}

function openEngine(options: RunOptions, isKnown: IsKnownGood): Engine {
  const { isolation, extract, concurrency } = options
  if (isolation === 'process') return new ChildEngine(options, isKnown)
  const poolThreads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
  if (concurrency > poolThreads) {
    process.emitWarning(
      `${concurrency} files in flight, but this process decodes on ${poolThreads} threads: set UV_THREADPOOL_SIZE before it starts`,
      'ExhibitHashWarning'
    )
  }
  return new InProcessEngine(extract, concurrency, isKnown)
}

/** Told by the digests alone: what any other set has too is not known-good. */
async function isKnownGood(digests: Digests, matcher: Matcher | null): Promise<boolean> {
  if (matcher === null) return false
  const { matches } = await matcher.match({ digests, sizeBytes: null, hashes: null })
  return strongestRelation(matches) === 'knownGood'
}

async function openMatcher({ sets, near, isolation, threads }: RunOptions): Promise<Matcher | null> {
  if (sets.length === 0) return null
  if (isolation === 'none') return Matcher.inThread(sets, near)
  return Matcher.onThreads(sets, near, threads)
}

interface Started {
  readonly file: ExhibitFile
  readonly group: Pick<RecordGroup<UnnumberedRecord | Place>, 'records'>
}

type Start = (file: ExhibitFile, release: () => void) => Promise<Started>

/** What the journal of an interrupted run has is not done again. */
function resuming(journal: RunJournal, start: Start): Start {
  return async (file, release) => {
    // Contents that came by themselves may be others under the same name.
    const places = file.contents === undefined ? journal.find(file.seq) : null
    if (places === null || !(await isOf(await journal.read(places.first), file))) return start(file, release)
    release()
    return { file, group: { records: (signal) => inTurn(places, signal) } }
  }
}

/** Taken one by one: an archive may have a million. */
async function* inTurn(places: UnitPlaces, signal: AbortSignal | undefined): AsyncGenerator<Place> {
  for (const place of places) {
    signal?.throwIfAborted()
    yield place
  }
}

/** An exhibit that has changed meanwhile has other files in its places, or the same with other bytes. */
async function isOf(record: UnnumberedRecord, { name, location }: ExhibitFile): Promise<boolean> {
  const { path, pathBase64 } = displayName(name)
  if (record.path !== path || record.pathBase64 !== pathBase64) return false
  if (record.sizeBytes === null) return true
  const now = await lookAtFile(location)
  return now?.sizeBytes === record.sizeBytes && now.times.modified === record.times?.modified
}

interface Rooms {
  readonly engine: Engine
  readonly matcher: Matcher | null
  readonly journal: RunJournal | null
  readonly copies: ContentCopies
  readonly backlog: Backlog
}

/** Kept with the first record; `release` is called when nothing more is to be extracted. */
async function startFile(
  file: ExhibitFile,
  { engine, matcher, journal, copies, backlog }: Rooms,
  release: () => void
): Promise<Started> {
  const group = new RecordGroup<UnnumberedRecord | Place>()
  const unit = journal === null ? null : new JournalledUnit(journal, file.seq)
  const deliver: Deliver = ({ name, features }) => {
    const record = recordOf(partName(file.name, name), features, matcher)
    if (unit === null) return group.push(record)
    // What is in the journal waits there: more may come before it is taken.
    const place = unit.add(record)
    const taken = group.push(place)
    return Promise.allSettled([place]).then(() => backlog.add(taken))
  }
  extractParts(file, engine, copies, deliver)
    .then(() => unit?.end())
    .then(
      () => group.end(),
      (error: unknown) => group.end(error as Error)
    )
    .finally(release)
    .catch(() => undefined)
  await group.ready()
  return { file, group }
}

async function extractParts(file: ExhibitFile, engine: Engine, copies: ContentCopies, deliver: Deliver): Promise<void> {
  const { location, name, error, skipped, contents } = file
  if (error !== undefined) void deliver({ name: null, features: failedFeatures(error) })
  else if (skipped !== undefined) void deliver({ name: null, features: skippedFeatures(skipped) })
  else if (contents !== undefined) await copies.with(contents, (copy) => extractCopy(copy, name, engine, deliver))
  else await engine.extract({ location, name: displayName(name).path }, deliver)
}

async function extractCopy(
  copy: { path: string } | { error: FileError },
  name: Uint8Array,
  engine: Engine,
  deliver: Deliver
): Promise<void> {
  if ('error' in copy) {
    void deliver({ name: null, features: failedFeatures(copy.error) })
    return
  }
  const task = { location: Buffer.from(copy.path), name: displayName(name).path }
  await engine.extract(task, (part) => deliver(part.name === null ? withoutTimes(part) : part))
}

/** Those of a copy tell nothing. */
function withoutTimes({ name, features }: DeliveredPart): DeliveredPart {
  const { times: _, ...others } = features
  return { name, features: others }
}

const INSIDE = Buffer.from('!')

function partName(file: Uint8Array, within: Uint8Array | null): Uint8Array {
  return within === null ? file : Buffer.concat([file, INSIDE, within])
}

async function recordOf(name: Uint8Array, features: FileFeatures, matcher: Matcher | null): Promise<UnnumberedRecord> {
  const askable = features.digests !== null && features.skipped === undefined
  const found = matcher === null ? null : askable ? await matcher.match(features) : { matches: [], omitted: 0 }
  const { sizeBytes, times, skipped, digests, media, hashes, preview, frames, error } = features
  // One field after the other, in one order: the same record whatever way the features came.
  return {
    ...displayName(name),
    sizeBytes,
    ...(times !== undefined && { times }),
    ...(skipped !== undefined && { skipped }),
    digests,
    media,
    hashes,
    ...(preview !== undefined && { preview }),
    ...(frames !== undefined && { frames }),
    ...(found !== null && { matches: found.matches }),
    ...(found !== null && found.omitted > 0 && { matchesOmitted: found.omitted }),
    error
  }
}

function countRecord(
  counts: { -readonly [K in keyof Omit<Progress, 'found' | 'foundAll' | keyof Pace>]: number },
  record: FileRecord
): void {
  const relation = strongestRelation(record.matches)
  counts.files++
  counts.bytes += record.sizeBytes ?? 0
  if (relation !== null && relation !== 'knownGood') counts.matched++
  if (record.error !== null) counts.errors++
}
