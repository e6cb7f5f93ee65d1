// The bytes of a source file in chunks, the next one read while the last one is worked on.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode } from '../core/errors.js'
import { openFlag } from '../files/index.js'

/** Large enough that calls cost nothing, small enough that memory does not matter. */
export const DEFAULT_CHUNK_BYTES = 1 << 20

/** Non-blocking where the system knows it, so that opening a pipe returns and it can be refused. */
const OPEN_FLAGS = constants.O_RDONLY | openFlag('O_NONBLOCK')

export interface ChunkOptions {
  /** Bytes of the next chunk. Tests cut sources where they like. */
  readonly chunkBytes: () => number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((bytesRead: number) => void) | undefined
}

/**
 * Yields the file in chunks. Each is valid only until the next one is asked for.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, ABORTED
 */
export async function* readChunks(path: string, options: ChunkOptions): AsyncGenerator<Buffer> {
  throwIfAborted(path, options.signal)
  const file = await openSourceFile(path)
  let position = 0
  let next = readAt(file, path, position, options.chunkBytes())
  try {
    for (;;) {
      const chunk = await next
      if (chunk.length === 0) return
      throwIfAborted(path, options.signal)
      position += chunk.length
      next = readAt(file, path, position, options.chunkBytes())
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
async function openSourceFile(path: string): Promise<FileHandle> {
  let file: FileHandle | undefined
  try {
    file = await open(path, OPEN_FLAGS)
    if ((await file.stat()).isFile()) return file
  } catch (cause) {
    await file?.close()
    throw new ExhibitHashError(readErrorCode(cause), `${path}: ${messageOf(cause)}`, { path, stage: 'read', cause })
  }
  await file.close()
  throw new ExhibitHashError('READ_FAILED', `${path}: not a regular file`, { path, stage: 'read' })
}

async function readAt(file: FileHandle, path: string, position: number, bytes: number): Promise<Buffer> {
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, position)
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

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
