// A stretch of a stream held in memory: bytes come in at one end and are let go at the other.

import { headroomOf } from './byte-source.js'

/** Smaller chunks are copied, since they would come and go too often. */
const MAX_COPIED = 16 * 1024

/** Bytes that are not yet done with. Indices are into `bytes` and change only in `append`. */
export class ByteWindow {
  bytes: Buffer = Buffer.alloc(0)
  /** The first byte that is still needed. */
  from = 0
  /** The next byte to look at. */
  at = 0
  /** The end of what has come. */
  to = 0
  /** Offset of `bytes[0]` in the stream. */
  base = 0
  /** False where `bytes` is the memory of a chunk. */
  #isOwn = true

  /** Adds bytes; returns by how much all indices have become smaller. The chunk's memory may become the window's. */
  append(chunk: Uint8Array): number {
    const kept = this.to - this.from
    if (chunk.length > MAX_COPIED && kept <= headroomOf(chunk)) return this.#adopt(chunk, kept)
    const moved = this.bytes.length - this.to < chunk.length || !this.#isOwn ? this.#makeRoom(chunk.length) : 0
    this.bytes.set(chunk, this.to)
    this.to += chunk.length
    return moved
  }

  /** Goes on in the chunk's own memory, with what is still needed copied before it. */
  #adopt(chunk: Uint8Array, kept: number): number {
    const start = chunk.byteOffset - kept
    const bytes = Buffer.from(chunk.buffer, start, kept + chunk.length)
    bytes.set(this.bytes.subarray(this.from, this.to))
    this.#isOwn = false
    return this.#moveTo(bytes, kept + chunk.length)
  }

  /** Moves what is needed to the front, of twice the room where that is short, so that moving stays cheap. */
  #makeRoom(more: number): number {
    const kept = this.bytes.subarray(this.from, this.to)
    const needed = kept.length + more
    const isLargeEnough = this.#isOwn && needed * 2 <= this.bytes.length
    const bytes = isLargeEnough ? this.bytes : Buffer.allocUnsafe(needed * 2)
    bytes.set(kept)
    this.#isOwn = true
    return this.#moveTo(bytes, kept.length)
  }

  #moveTo(bytes: Buffer, to: number): number {
    const moved = this.from
    this.bytes = bytes
    this.from = 0
    this.at -= moved
    this.to = to
    this.base += moved
    return moved
  }
}
