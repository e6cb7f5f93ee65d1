// Reads a file of an exhibit once: digests on the way, and its bytes where a decoder will want them.

import { ARCHIVE_TAIL_BYTES, mayBeArchive } from '../archives/index.js'
import { ExhibitHashError } from '../core/errors.js'
import type { Digests } from '../core/hashes.js'
import type { FileTimes } from '../core/result.js'
import { isDecodable, SNIFF_BYTES, sniffFormat, type SniffedFormat } from '../decode/index.js'
import { digestBytes, DigestStream } from '../digest/index.js'
import { fill, type ReadHandle } from '../files/index.js'
import type { ExtractOptions } from './features.js'
import { asReadError, type OpenFile } from './open-file.js'

/** Up to here files are read whole, whatever they are. */
export const STREAM_BYTES = 1024 * 1024

export interface FileContent {
  readonly sizeBytes: number
  readonly times: FileTimes
  readonly digests: Digests
  readonly sniffed: SniffedFormat | null
  /** All bytes where somebody will take them; `null` where nobody does or they are too many. */
  readonly bytes: Uint8Array | null
  readonly tooLarge: boolean
  /** By its first and last bytes. */
  readonly mayBeArchive: boolean
}

/** Which bytes are kept for those who come after the digests. */
export interface ReadLimits {
  readonly maxDecodeBytes: number
  /** Also of files that no decoder takes: for hashers of files. */
  readonly keepAll: boolean
}

export function readLimits({ maxDecodeBytes, hashers }: ExtractOptions): ReadLimits {
  return { maxDecodeBytes, keepAll: hashers.some(({ facts }) => facts.of === 'file') }
}

/** @throws {ExhibitHashError} READ_FAILED, FILE_CHANGED */
export async function readOpenFile(file: OpenFile, limits: ReadLimits): Promise<FileContent> {
  const content = await readUnchanged(file, () => readContent(file.handle, file.sizeBytes, limits))
  return { ...content, times: file.times }
}

/** What `read` reads of a file, which must be all of it. */
async function readUnchanged<T>(file: OpenFile, read: () => Promise<T>): Promise<T> {
  try {
    const content = await read()
    await refuseMore(file.handle, file.sizeBytes)
    await file.checkUnchanged()
    return content
  } catch (error) {
    throw asReadError(error)
  }
}

/**
 * All bytes of a file.
 * @param into - of its size
 * @throws {ExhibitHashError} READ_FAILED, FILE_CHANGED
 */
export function readWhole(file: OpenFile, into: Buffer): Promise<Uint8Array> {
  return readUnchanged(file, async () => {
    await readFully(file.handle, into, 0)
    return into
  })
}

/** By its first bytes. @throws {ExhibitHashError} READ_FAILED, FILE_CHANGED */
export async function sniffOpenFile({ handle, sizeBytes }: OpenFile): Promise<SniffedFormat | null> {
  const head = Buffer.alloc(Math.min(SNIFF_BYTES, sizeBytes))
  await readFully(handle, head, 0)
  return sniffFormat(head)
}

export type Content = Omit<FileContent, 'times'>

/** Content of bytes that are all in memory. @param digests - theirs, where they are known already */
export function contentOf(
  bytes: Uint8Array,
  { maxDecodeBytes, keepAll }: ReadLimits,
  digests = digestBytes(bytes)
): Content {
  const sniffed = sniffFormat(bytes)
  const wanted = isWanted(sniffed)
  const fits = bytes.length <= maxDecodeBytes
  const kept = fits && (wanted || keepAll) ? bytes : null
  return {
    sizeBytes: bytes.length,
    digests,
    sniffed,
    bytes: kept,
    tooLarge: wanted && !fits,
    mayBeArchive: mayBeArchive(bytes, bytes.subarray(-ARCHIVE_TAIL_BYTES))
  }
}

/** Small files are read whole, whatever they are; of large ones only what a decoder can take is held in memory. */
async function readContent(file: ReadHandle, sizeBytes: number, limits: ReadLimits): Promise<Content> {
  if (sizeBytes <= STREAM_BYTES) {
    const bytes = Buffer.allocUnsafeSlow(sizeBytes)
    await readFully(file, bytes, 0)
    return contentOf(bytes, limits)
  }
  const head = Buffer.alloc(SNIFF_BYTES)
  await readFully(file, head, 0)
  const sniffed = sniffFormat(head)
  if (!(isWanted(sniffed) || limits.keepAll) || sizeBytes > limits.maxDecodeBytes) {
    const digests = await digestStreamed(file, sizeBytes)
    const tail = Buffer.alloc(ARCHIVE_TAIL_BYTES)
    await readFully(file, tail, sizeBytes - tail.length)
    const isArchive = mayBeArchive(head, tail)
    return { sizeBytes, digests, sniffed, bytes: null, tooLarge: isWanted(sniffed), mayBeArchive: isArchive }
  }
  const bytes = Buffer.allocUnsafeSlow(sizeBytes)
  bytes.set(head)
  await readFully(file, bytes.subarray(head.length), head.length)
  return contentOf(bytes, limits)
}

/** True where a decoder takes the format. */
export function isWanted(sniffed: SniffedFormat | null): boolean {
  return sniffed?.kind === 'image' && isDecodable(sniffed.format)
}

async function digestStreamed(file: ReadHandle, sizeBytes: number): Promise<Digests> {
  const stream = new DigestStream()
  const buffer = Buffer.allocUnsafeSlow(Math.min(STREAM_BYTES, sizeBytes))
  for (let at = 0; at < sizeBytes; at += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, sizeBytes - at))
    await readFully(file, part, at)
    stream.update(part)
  }
  return stream.finish()
}

/** Some file systems tell a size of 0 for files that have content: what was read would be digests of nothing. */
async function refuseMore(file: ReadHandle, sizeBytes: number): Promise<void> {
  const { bytesRead } = await file.read(Buffer.alloc(1), 0, 1, sizeBytes)
  if (bytesRead > 0) {
    throw new ExhibitHashError('FILE_CHANGED', `the file has more than the ${sizeBytes} bytes it tells`, {
      stage: 'read'
    })
  }
}

async function readFully(file: ReadHandle, target: Buffer, position: number): Promise<void> {
  const done = await fill(file, target, position)
  if (done === target.length) return
  const message = `the file became shorter while it was read: it ends at byte ${position + done}`
  throw new ExhibitHashError('FILE_CHANGED', message, { stage: 'read' })
}
