// A stretch of a stream held in memory: bytes come in at one end and are let go at the other.

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

  /** Adds bytes; returns by how much all indices have become smaller. */
  append(chunk: Uint8Array): number {
    const moved = this.bytes.length - this.to < chunk.length ? this.#makeRoom(chunk.length) : 0
    this.bytes.set(chunk, this.to)
    this.to += chunk.length
    return moved
  }

  /** Moves what is needed to the front, of twice the room where that is short, so that moving stays cheap. */
  #makeRoom(more: number): number {
    const moved = this.from
    const kept = this.bytes.subarray(this.from, this.to)
    const needed = kept.length + more
    if (needed * 2 > this.bytes.length) this.bytes = Buffer.allocUnsafe(needed * 2)
    this.bytes.set(kept)
    this.from = 0
    this.at -= moved
    this.to -= moved
    this.base += moved
    return moved
  }
}
