// Several quick files in one go: read one after the other, digested side by side through the lanes of vectors, then
// decoded. Whatever is out of the ordinary is left to `extractFile`, which says what is wrong with it.

import { digestBatch } from '../digest/index.js'
import { contentFeatures } from './extract.js'
import type { Advisor } from './advisor.js'
import type { ExtractTask } from './child/protocol.js'
import type { ExtractOptions, FilePart } from './features.js'
import { frameWay } from './frame-way.js'
import { openExhibitFile, type FirstLook, type OpenFile } from './open-file.js'
import { contentOf, readLimits, readWhole, sniffOpenFile, type Content } from './read-file.js'

/** Of files of a group, whatever they are. */
const MOST_SMALL_BYTES = 256 * 1024
/** JPEGs are read for their luma in some milliseconds. */
const MOST_JPEG_BYTES = 8 * 1024 * 1024
/** For reading, and for all that comes after: others may wait for what is left. */
const MOST_MS = 250

/**
 * What the files of a group are read into, and those of the next one: memory that the system must give and clear for each
 * file takes as long as reading it.
 */
class GroupMemory {
  private readonly all: Buffer
  private used = 0

  constructor(bytes: number) {
    this.all = Buffer.allocUnsafeSlow(bytes)
  }

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

/** A file that is to be extracted by itself; `null` where it was not opened. */
export interface GivenBack {
  readonly first: FirstLook | null
}

interface ReadFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly first: FirstLook
}

/**
 * What each file is, or that it is given back. The parts are those that `extractFile` makes.
 * @param tasks - without hashers of the user's own: what they take, nobody knows
 * @param mostBytes - of all files that are read: the same for all groups of a thread
 */
export async function extractGroup(
  tasks: readonly ExtractTask[],
  mostBytes: number,
  options: ExtractOptions,
  advisor: Advisor
): Promise<(FilePart | GivenBack)[]> {
  const memory = memories.pop() ?? new GroupMemory(mostBytes)
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
): Promise<(FilePart | GivenBack)[]> {
  const files: (ReadFile | GivenBack)[] = []
  const reading = new Clock()
  for (const { location, name } of tasks) {
    files.push(reading.isLate ? { first: null } : await readQuick(location, name, memory))
  }
  const read = files.filter((file) => 'bytes' in file)
  const digests = digestBatch(read.map(({ bytes }) => bytes))
  const limits = readLimits(options)
  const contents = new Map(read.map((file, i) => [file, contentOf(file.bytes, limits, digests[i])]))
  const parts: (FilePart | GivenBack)[] = []
  const working = new Clock()
  for (const file of files) {
    const content = 'bytes' in file && !working.isLate ? contents.get(file) : undefined
    const part = 'bytes' in file && content !== undefined ? await partOf(file, content, options, advisor) : null
    parts.push(part ?? { first: file.first })
  }
  return parts
}

class Clock {
  private readonly started = performance.now()

  get isLate(): boolean {
    return performance.now() - this.started > MOST_MS
  }
}

/** Whatever is wrong with a file is told when it comes by itself. */
async function readQuick(location: Uint8Array, name: string, memory: GroupMemory): Promise<ReadFile | GivenBack> {
  let first: FirstLook | null = null
  try {
    const file = await openExhibitFile(location)
    if ('skipped' in file) return { first }
    first = file.look
    try {
      const into = (await isQuick(file)) ? memory.take(file.sizeBytes) : null
      return into === null ? { first } : { name, bytes: await readWhole(file, into), first }
    } finally {
      await file.close()
    }
  } catch {
    return { first }
  }
}

async function isQuick(file: OpenFile): Promise<boolean> {
  if (file.sizeBytes <= MOST_SMALL_BYTES) return true
  return file.sizeBytes <= MOST_JPEG_BYTES && (await sniffOpenFile(file))?.format === 'jpeg'
}

/** `null` for archives and videos, which are opened again. */
async function partOf(
  { name, first }: ReadFile,
  content: Content,
  options: ExtractOptions,
  advisor: Advisor
): Promise<FilePart | null> {
  if (options.archives !== null && content.mayBeArchive) return null
  const features = await contentFeatures({ ...content, times: first.times }, name, options, advisor)
  if (frameWay(features, options) !== null) return null
  return { name: null, features, next: null, framesOf: null }
}
