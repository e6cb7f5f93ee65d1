// Bytes that can be read at any place: a file, memory, or a part of either.

import { fill, type ReadHandle } from '../files/index.js'

export interface RandomAccess {
  readonly sizeBytes: number
  /** Fills the target; returns how many bytes there were: fewer only at the end, none before the beginning. */
  read(target: Uint8Array, position: number): Promise<number>
}

const CHUNK_BYTES = 64 * 1024

export function accessFile(file: ReadHandle, sizeBytes: number): RandomAccess {
  return {
    sizeBytes,
    // A file that has grown since has no more bytes than it had.
    read: (target, position) => fill(file, partWithin(sizeBytes, target, position), position)
  }
}

/** As much of the target as there can be bytes. Damaged directories name places before the beginning too. */
function partWithin(sizeBytes: number, target: Uint8Array, position: number): Uint8Array {
  return target.subarray(0, position < 0 ? 0 : Math.max(0, sizeBytes - position))
}

export function accessBytes(bytes: Uint8Array): RandomAccess {
  return {
    sizeBytes: bytes.length,
    read(target, position) {
      const { length } = partWithin(bytes.length, target, position)
      target.set(bytes.subarray(position, position + length))
      return Promise.resolve(length)
    }
  }
}

/** A part of other bytes; what lies beyond their end is not there. */
export function accessPart(whole: RandomAccess, start: number, length: number): RandomAccess {
  const sizeBytes = Math.max(0, Math.min(length, whole.sizeBytes - start))
  return {
    sizeBytes,
    read: (target, position) => whole.read(partWithin(sizeBytes, target, position), start + position)
  }
}

/** The same bytes for readers that ask for a few at a time, one after the other. */
export function readAhead(source: RandomAccess): RandomAccess {
  const window = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, source.sizeBytes))
  let start = 0
  let length = 0
  return {
    sizeBytes: source.sizeBytes,
    async read(target, position) {
      if (target.length > window.length) return source.read(target, position)
      const wanted = Math.min(target.length, Math.max(0, source.sizeBytes - position))
      if (position < start || position + wanted > start + length) {
        // Nothing of the window holds while it is being filled.
        length = 0
        const filled = await source.read(window, position)
        start = position
        length = filled
      }
      const part = window.subarray(position - start, Math.min(position - start + wanted, length))
      target.set(part)
      return part.length
    }
  }
}

/** Bytes from `start` to before `end`, or to where they end. Each chunk has memory of its own. */
export async function* chunksOf(source: RandomAccess, start: number, end: number): AsyncGenerator<Buffer> {
  const stop = Math.min(end, source.sizeBytes)
  for (let at = start; at < stop;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, stop - at))
    const done = await source.read(chunk, at)
    if (done === 0) return
    yield chunk.subarray(0, done)
    at += done
  }
}

/** Up to `length` bytes at a place. */
export async function bytesAt(source: RandomAccess, position: number, length: number): Promise<Buffer> {
  const target = Buffer.allocUnsafe(Math.max(0, Math.min(length, source.sizeBytes - position)))
  return target.subarray(0, await source.read(target, position))
}
