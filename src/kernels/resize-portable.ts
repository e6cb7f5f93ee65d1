// Pillow's luma and resize in portable code: integer sums, the same as native/resize/generic.h.

import type { ResizeAxis } from './types.js'

const PRECISION_BITS = 32 - 8 - 2
const HALF = 1 << (PRECISION_BITS - 1)

/** ITU-R 601-2 in 16-bit fixed point, as Pillow's convert('L'). */
export function lumaPortable(rgb: Uint8Array): Uint8Array {
  const luma = new Uint8Array(rgb.length / 3)
  for (let i = 0, from = 0; i < luma.length; i++, from += 3) {
    luma[i] = (rgb[from] * 19595 + rgb[from + 1] * 38470 + rgb[from + 2] * 7471 + 0x8000) >> 16
  }
  return luma
}

function clip8(sum: number): number {
  const value = sum >> PRECISION_BITS
  return value < 0 ? 0 : value > 255 ? 255 : value
}

export function resizeRowsPortable(
  luma: Uint8Array,
  width: number,
  height: number,
  axis: ResizeAxis,
  out: Uint8Array
): void {
  const { bounds, weights } = axis
  const outputs = bounds.length / 2
  const taps = weights.length / outputs
  for (let i = 0; i < outputs; i++) {
    const first = bounds[2 * i]
    const count = bounds[2 * i + 1]
    const weight = i * taps
    for (let y = 0; y < height; y++) {
      const from = y * width + first
      let sum = HALF
      for (let x = 0; x < count; x++) sum = (sum + Math.imul(luma[from + x], weights[weight + x])) | 0
      out[y * outputs + i] = clip8(sum)
    }
  }
}

export function resizeColumnsPortable(luma: Uint8Array, width: number, axis: ResizeAxis, out: Uint8Array): void {
  const { bounds, weights } = axis
  const outputs = bounds.length / 2
  const taps = weights.length / outputs
  const sums = new Int32Array(width)
  for (let i = 0; i < outputs; i++) {
    const first = bounds[2 * i]
    const count = bounds[2 * i + 1]
    sums.fill(HALF)
    for (let y = 0; y < count; y++) {
      const weight = weights[i * taps + y]
      const from = (first + y) * width
      for (let x = 0; x < width; x++) sums[x] += Math.imul(luma[from + x], weight)
    }
    for (let x = 0; x < width; x++) out[i * width + x] = clip8(sums[x])
  }
}
