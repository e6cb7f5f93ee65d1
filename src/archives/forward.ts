// Bytes read from front to back, some of them passed over: over what can be read anywhere, and over a stream.

import { accessPart, bytesAt, chunksOf, readAhead, type RandomAccess } from './random-access.js'

export interface ForwardReader {
  /** Up to so many bytes; fewer only at the end. */
  take(length: number): Promise<Buffer>
  /** Passes over bytes; returns how many there were. */
  skip(length: number): Promise<number>
  /** The next bytes as a stream, which moves on as it is read. */
  stream(length: number): AsyncGenerator<Buffer>
  /** The next bytes, to be read at any place; absent where that is not possible. */
  range?(length: number): RandomAccess
  /** Bytes ahead, without moving. Only a few. */
  peek(length: number): Promise<Buffer>
}

export function forwardOver(source: RandomAccess): ForwardReader {
  // For headers alone: bytes of members are read past it.
  const ahead = readAhead(source)
  let at = 0
  return {
    async take(length) {
      const bytes = await bytesAt(ahead, at, length)
      at += bytes.length
      return bytes
    },
    skip(length) {
      const there = Math.max(0, Math.min(length, source.sizeBytes - at))
      at += there
      return Promise.resolve(there)
    },
    async *stream(length) {
      for await (const chunk of chunksOf(source, at, at + length)) {
        at += chunk.length
        yield chunk
      }
    },
    range: (length) => accessPart(source, at, length),
    peek: (length) => bytesAt(ahead, at, length)
  }
}

/** Chunks are taken as they come; nothing of them is kept that was passed over. */
export function forwardStream(chunks: AsyncIterator<Uint8Array, undefined>): ForwardReader {
  let waiting: Buffer = Buffer.alloc(0)
  const next = async (length: number): Promise<Buffer> => {
    if (waiting.length === 0) {
      const { value, done } = await chunks.next()
      if (done === true) return waiting
      waiting = Buffer.from(value.buffer, value.byteOffset, value.length)
    }
    const part = waiting.subarray(0, length)
    waiting = waiting.subarray(part.length)
    return part
  }
  async function* stream(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      const part = await next(left)
      if (part.length === 0) return
      left -= part.length
      yield part
    }
  }
  return {
    stream,
    async take(length) {
      const parts: Buffer[] = []
      for await (const part of stream(length)) parts.push(part)
      return Buffer.concat(parts)
    },
    async skip(length) {
      let there = 0
      for await (const part of stream(length)) there += part.length
      return there
    },
    async peek(length) {
      while (waiting.length < length) {
        const { value, done } = await chunks.next()
        if (done === true) break
        waiting = Buffer.concat([waiting, value])
      }
      return waiting.subarray(0, length)
    }
  }
}
