// Wavelet hash, as imagehash.whash with Haar wavelets: 8×8 block means against their median.
//
// The reference decomposes the picture completely, takes the mean out, puts it together again and decomposes it to
// 8×8. In exact arithmetic the result is the block means, so whole-number block sums decide, unless the two middle
// ones are equal: then the reference's last bits decide, and haar.ts repeats its steps.

import { checkRaster, type Raster } from '../core/raster.js'
import { medianOf, packBits, type PerceptualHash } from './bits.js'
import { haarLowPass } from './haar.js'
import { lumaOf } from './luma.js'
import { resizeLuma } from './pillow-resize.js'

const SIDE = 8

function blockSums(pixels: Uint8Array, side: number): Float64Array {
  const sums = new Float64Array(SIDE * SIDE)
  const block = side / SIDE
  let at = 0
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / block) * SIDE
    for (let column = 0; column < SIDE; column++) {
      let sum = 0
      for (const end = at + block; at < end; at++) sum += pixels[at]
      sums[row + column] += sum
    }
  }
  return sums
}

/** @throws {ExhibitHashError} RASTER_INVALID. */
export function whash(raster: Raster): PerceptualHash {
  checkRaster(raster)
  const shorter = Math.min(raster.width, raster.height)
  const side = Math.max(SIDE, 2 ** Math.floor(Math.log2(shorter)))
  const pixels = resizeLuma(lumaOf(raster), raster.width, raster.height, side, side)
  const sums = blockSums(pixels, side)
  const sorted = sums.slice().sort()
  const middle = sorted.length / 2
  const means = sorted[middle - 1] === sorted[middle] ? haarLowPass(pixels, side) : sums
  const median = medianOf(means)
  return packBits(SIDE * SIDE, (i) => means[i] > median)
}
