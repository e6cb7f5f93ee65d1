// Perceptual hash, as imagehash.phash: low frequencies of the 32×32 luma against their median.

import { checkRaster, type Raster } from '../core/raster.js'
import { medianOf, packBits, type PerceptualHash } from './bits.js'
import { dct32 } from './dct32.js'
import { lumaOf } from './luma.js'
import { resizeLuma } from './pillow-resize.js'

const SIDE = 32
const LOW = 8

/** The lowest 8×8 frequencies, first transformed along columns, then along rows, as the reference does. */
function lowFrequencies(pixels: Uint8Array): Float64Array {
  const rows = new Float64Array(LOW * SIDE)
  const line = new Float64Array(SIDE)
  for (let column = 0; column < SIDE; column++) {
    for (let y = 0; y < SIDE; y++) line[y] = pixels[y * SIDE + column]!
    dct32(line)
    for (let y = 0; y < LOW; y++) rows[y * SIDE + column] = line[y]!
  }
  const low = new Float64Array(LOW * LOW)
  for (let y = 0; y < LOW; y++) {
    const row = rows.subarray(y * SIDE, (y + 1) * SIDE)
    dct32(row)
    low.set(row.subarray(0, LOW), y * LOW)
  }
  return low
}

/** @throws {ExhibitHashError} RASTER_INVALID. */
export function phash(raster: Raster): PerceptualHash {
  checkRaster(raster)
  const low = lowFrequencies(resizeLuma(lumaOf(raster), raster.width, raster.height, SIDE, SIDE))
  const median = medianOf(low)
  return packBits(LOW * LOW, (i) => low[i] > median)
}
