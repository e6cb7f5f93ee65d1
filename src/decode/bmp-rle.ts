// Run-length coded BMP pixels: Windows' RLE8 and RLE4, OS/2's RLE24.

import type { BmpHeader } from './bmp-header.js'

const END_OF_LINE = 0
const END_OF_BITMAP = 1
const MOVE = 2

export interface RleResult {
  /** Rows in the order of the file: palette indexes, or blue, green and red. Pixels that were skipped are 0. */
  readonly samples: Uint8Array
  /** The data ended before it said so. */
  readonly cut: boolean
}

export function decodeRle(bytes: Uint8Array, { width, height, bits, dataAt }: BmpHeader): RleResult {
  const step = bits === 24 ? 3 : 1
  const samples = new Uint8Array(width * height * step)
  let at = dataAt
  let x = 0
  let y = 0
  /** A run of one value, or values as they stand; what would pass the end of the row is dropped. */
  const put = (count: number, from: number, repeat: boolean) => {
    const shown = Math.max(0, Math.min(count, width - x))
    let to = (y * width + x) * step
    for (let i = 0; i < shown; i++) {
      const unit = repeat ? 0 : i
      if (bits === 4) {
        const pair = bytes[from + ((repeat ? i % 2 : unit) >> 1)]
        samples[to++] = i % 2 === 0 ? pair >> 4 : pair & 15
      } else {
        for (let c = 0; c < step; c++) samples[to++] = bytes[from + unit * step + c]
      }
    }
    x += count
  }
  while (y < height) {
    if (at + 2 > bytes.length) return { samples, cut: true }
    const count = bytes[at++]
    if (count > 0) {
      if (at + step > bytes.length) return { samples, cut: true }
      put(count, at, true)
      at += step
      continue
    }
    const escape = bytes[at++]
    if (escape === END_OF_BITMAP) return { samples, cut: false }
    if (escape === END_OF_LINE) {
      x = 0
      y++
    } else if (escape === MOVE) {
      if (at + 2 > bytes.length) return { samples, cut: true }
      x += bytes[at]
      y += bytes[at + 1]
      at += 2
    } else {
      const literalBytes = bits === 4 ? (escape + 1) >> 1 : escape * step
      if (at + literalBytes > bytes.length) return { samples, cut: true }
      put(escape, at, false)
      at += literalBytes + (literalBytes & 1)
    }
  }
  return { samples, cut: false }
}
