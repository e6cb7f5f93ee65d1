// Pillow's Lanczos resize of 8-bit luma, bit for bit: the imagehash family is defined by it. The kernels sum the weights,
// rows first, and round and clip each pass to 8 bits.

import { kernels, resizeAxis } from '../kernels/index.js'

/** `luma` of `width` × `height` resized to `toWidth` × `toHeight`; the same array where the size is that already. */
export function resizeLuma(
  luma: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number
): Uint8Array {
  let rows = luma
  if (toWidth !== width) {
    rows = new Uint8Array(toWidth * height)
    kernels().resizeRows(luma, width, height, resizeAxis(width, toWidth), rows)
  }
  if (toHeight === height) return rows
  const resized = new Uint8Array(toWidth * toHeight)
  kernels().resizeColumns(rows, toWidth, height, resizeAxis(height, toHeight), resized)
  return resized
}
