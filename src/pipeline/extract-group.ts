// Several quick files in one go: read one after the other, digested side by side through the lanes of vectors, then
// decoded. Whatever is out of the ordinary is left to `extractFile`, which says what is wrong with it.

import { digestBatch } from '../digest/index.js'
import { contentFeatures } from './extract.js'
import type { Advisor } from './advisor.js'
import type { ExtractTask } from './child/protocol.js'
import type { ExtractOptions, FilePart } from './features.js'
import { frameWay } from './frame-way.js'
import { openExhibitFile, type OpenFile } from './open-file.js'
import { contentOf, readLimits, readWhole, sniffOpenFile, type Content } from './read-file.js'

/** Of files of a group, whatever they are. */
const MOST_SMALL_BYTES = 256 * 1024
/** JPEGs are read for their luma in some milliseconds. */
const MOST_JPEG_BYTES = 8 * 1024 * 1024
/** Of all files of a group: they are in memory together. */
const MOST_GROUP_BYTES = 32 * 1024 * 1024
/** For reading, and for all that comes after: others may wait for what is left. */
const MOST_MS = 250

/**
 * What the files of a group are read into, and those of the next one: memory that the system must give and clear for each
 * file takes as long as reading it.
 */
class GroupMemory {
  private readonly all = Buffer.allocUnsafeSlow(MOST_GROUP_BYTES)
  private used = 0

  /** `null` where there is no room. Anything may be in it. */
  take(bytes: number): Buffer | null {
    if (bytes > this.all.length - this.used) return null
    this.used += bytes
    return this.all.subarray(this.used - bytes, this.used)
  }

  clear(): void {
    this.used = 0
  }
}

/** One for each group that a thread has begun, since one may wait for sharp. */
const memories: GroupMemory[] = []

interface ReadFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly times: OpenFile['times']
}

/**
 * What each file is; `null` where it is to be extracted by itself. The parts are those that `extractFile` makes.
 * @param tasks - without hashers of the user's own: what they take, nobody knows
 */
export async function extractGroup(
  tasks: readonly ExtractTask[],
  options: ExtractOptions,
  advisor: Advisor
): Promise<(FilePart | null)[]> {
  const memory = memories.pop() ?? new GroupMemory()
  try {
    return await extractIn(memory, tasks, options, advisor)
  } finally {
    // Nothing of a part lies in it.
    memory.clear()
    memories.push(memory)
  }
}

async function extractIn(
  memory: GroupMemory,
  tasks: readonly ExtractTask[],
  options: ExtractOptions,
  advisor: Advisor
): Promise<(FilePart | null)[]> {
  const files = await readAll(tasks, memory)
  const read = files.filter((file) => file !== null)
  const digests = digestBatch(read.map(({ bytes }) => bytes))
  const limits = readLimits(options)
  const contents = new Map(read.map((file, i) => [file, contentOf(file.bytes, limits, digests[i])]))
  return untilLate(files, async (file) => {
    const content = file === null ? undefined : contents.get(file)
    return file === null || content === undefined ? null : partOf(file, content, options, advisor)
  })
}

function readAll(tasks: readonly ExtractTask[], memory: GroupMemory): Promise<(ReadFile | null)[]> {
  return untilLate(tasks, ({ location, name }) => readQuick(location, name, memory).catch(() => null))
}

/** One after the other; `null` for each that is not come to in time. */
async function untilLate<T, R>(items: readonly T[], work: (item: T) => Promise<R | null>): Promise<(R | null)[]> {
  const started = performance.now()
  const done: (R | null)[] = []
  for (const item of items) done.push(performance.now() - started > MOST_MS ? null : await work(item))
  return done
}

async function readQuick(location: Uint8Array, name: string, memory: GroupMemory): Promise<ReadFile | null> {
  const file = await openExhibitFile(location)
  if ('skipped' in file) return null
  try {
    const into = (await isQuick(file)) ? memory.take(file.sizeBytes) : null
    return into && { name, bytes: await readWhole(file, into), times: file.times }
  } finally {
    await file.close()
  }
}

async function isQuick(file: OpenFile): Promise<boolean> {
  if (file.sizeBytes <= MOST_SMALL_BYTES) return true
  return file.sizeBytes <= MOST_JPEG_BYTES && (await sniffOpenFile(file))?.format === 'jpeg'
}

/** `null` for archives and videos, which are opened again. */
async function partOf(
  { name, times }: ReadFile,
  content: Content,
  options: ExtractOptions,
  advisor: Advisor
): Promise<FilePart | null> {
  if (options.archives !== null && content.mayBeArchive) return null
  const features = await contentFeatures({ ...content, times }, name, options, advisor)
  if (frameWay(features, options) !== null) return null
  return { name: null, features, next: null, framesOf: null }
}
