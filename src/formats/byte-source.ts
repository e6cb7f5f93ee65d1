// The bytes of a source file in chunks, the next one read while the last one is worked on.

import { type FileHandle, open } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode } from '../core/errors.js'
import { messageOf } from '../core/system-words.js'
import { READ_WITHOUT_WAITING } from '../files/index.js'

/** Large enough that calls cost nothing, small enough that memory does not matter. */
export const DEFAULT_CHUNK_BYTES = 1 << 20

export interface ChunkOptions {
  /** Bytes of the next chunk. Tests cut sources where they like. */
  readonly chunkBytes: () => number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((bytesRead: number) => void) | undefined
}

/** Bytes before a large chunk in its memory, for whoever puts the rest of the last one there. */
const HEADROOM_BYTES = 64 * 1024
const SMALL_CHUNK_BYTES = 16 * 1024
/** Read where the file should have ended: it may have grown. */
const BYTES_AT_END = 4096
/** Of the chunk that is read, the one being worked on, and the one before, whose rest may still be in use. */
const PIECES = 3

/** Memory that chunks are read into again and again: pages that have been touched cost nothing more. */
class ChunkMemory {
  readonly #pieces: (Buffer | undefined)[] = []
  #next = 0

  /** Room for a chunk. */
  take(bytes: number): Buffer {
    const index = this.#next++ % PIECES
    let piece = this.#pieces[index]
    if (piece === undefined || piece.length < bytes) {
      piece = this.#pieces[index] = bytes > SMALL_CHUNK_BYTES ? withHeadroom(bytes) : Buffer.allocUnsafe(bytes)
    }
    return piece.subarray(0, bytes)
  }
}

const HAS_HEADROOM = new WeakSet<ArrayBufferLike>()

function withHeadroom(bytes: number): Buffer {
  const memory = Buffer.allocUnsafeSlow(HEADROOM_BYTES + bytes)
  HAS_HEADROOM.add(memory.buffer)
  return memory.subarray(HEADROOM_BYTES)
}

/** How many bytes before a chunk belong to nobody. */
export function headroomOf(chunk: Uint8Array): number {
  return HAS_HEADROOM.has(chunk.buffer) ? chunk.byteOffset : 0
}

/**
 * Yields the file in chunks. Each is valid only until the next one is asked for, and its memory until the one after.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, ABORTED
 */
export async function* readChunks(path: string, options: ChunkOptions): AsyncGenerator<Buffer> {
  throwIfAborted(path, options.signal)
  const { file, size } = await openSourceFile(path)
  const memory = new ChunkMemory()
  let position = 0
  // No more than the file has: most files are small, and memory for whole chunks would be most of the work.
  const room = (): Buffer => memory.take(Math.min(options.chunkBytes(), Math.max(size - position, BYTES_AT_END)))
  let next = readAt(file, path, position, room())
  try {
    for (;;) {
      const chunk = await next
      if (chunk.length === 0) return
      throwIfAborted(path, options.signal)
      position += chunk.length
      next = readAt(file, path, position, room())
      // Whoever awaits `next` gets its failure; without this, a consumer that stops early would leave it unhandled.
      next.catch(() => undefined)
      options.onProgress?.(position)
      yield chunk
    }
  } finally {
    await next.catch(() => undefined)
    await file.close()
  }
}

/** Opens a regular file: a folder, pipe or device is refused before a read can wait for ever. */
async function openSourceFile(path: string): Promise<{ file: FileHandle; size: number }> {
  let file: FileHandle | undefined
  let what = 'not a regular file'
  try {
    file = await open(path, READ_WITHOUT_WAITING)
    const stats = await file.stat()
    if (stats.isDirectory()) what = 'a folder: name the files in it'
    if (stats.isFile()) return { file, size: stats.size }
  } catch (cause) {
    await file?.close()
    throw new ExhibitHashError(readErrorCode(cause), `${path}: ${messageOf(cause)}`, { path, stage: 'read', cause })
  }
  await file.close()
  throw new ExhibitHashError('READ_FAILED', `${path}: ${what}`, { path, stage: 'read' })
}

async function readAt(file: FileHandle, path: string, position: number, room: Buffer): Promise<Buffer> {
  try {
    const { buffer, bytesRead } = await file.read(room, 0, room.length, position)
    return buffer.subarray(0, bytesRead)
  } catch (cause) {
    const message = `${path}: read failed at byte ${position}: ${messageOf(cause)}`
    throw new ExhibitHashError('READ_FAILED', message, { path, stage: 'read', cause })
  }
}

/** @throws {ExhibitHashError} ABORTED where the signal says so. */
export function throwIfAborted(path: string, signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new ExhibitHashError('ABORTED', `${path}: reading was stopped`, { path, stage: 'read', cause: signal.reason })
}
