// Pictures that follow each other in a stream, each with its size before it (binary PPM): nobody has to know beforehand
// how large they are.

import type { Raster } from '../core/raster.js'

/** "P6", width, height and the largest value, a line each. */
const HEADER = /^P6\n([1-9]\d{0,4}) ([1-9]\d{0,4})\n255\n/
const MAX_HEADER_BYTES = 32

/**
 * The raster is written over when the next one is asked for. A picture that is cut off by the end is left out.
 * @throws Error for what is no picture, or one with a side above `maxSide`
 */
export async function* ppmFrames(chunks: AsyncIterable<Uint8Array>, maxSide: number): AsyncGenerator<Raster> {
  let head = Buffer.alloc(0)
  let raster: Raster | null = null
  let memory = Buffer.alloc(0)
  let filled = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (raster === null) {
        const before: number = head.length
        head = Buffer.concat([head, chunk.subarray(at, at + MAX_HEADER_BYTES - before)])
        const [header, width, height] = HEADER.exec(head.toString('latin1')) ?? []
        if (header === undefined) {
          if (head.length === MAX_HEADER_BYTES) throw new Error('what comes is no picture')
          break
        }
        const size = { width: Number(width), height: Number(height), channels: 3 as const }
        if (size.width > maxSide || size.height > maxSide) throw new Error(`a picture of ${width} × ${height} pixels`)
        const bytes = size.width * size.height * size.channels
        if (memory.length !== bytes) memory = Buffer.allocUnsafeSlow(bytes)
        raster = { data: memory, ...size }
        at += header.length - before
        head = Buffer.alloc(0)
        filled = 0
      }
      const part = chunk.subarray(at, at + memory.length - filled)
      memory.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < memory.length) continue
      yield raster
      raster = null
    }
  }
}
