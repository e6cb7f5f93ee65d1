// Average hash, as imagehash.average_hash: is a pixel of the 8×8 luma brighter than their mean?

import { checkRaster, type Raster } from '../core/raster.js'
import { packBits, type PerceptualHash } from './bits.js'
import { lumaOf } from './luma.js'
import { resizeLuma } from './pillow-resize.js'

const SIDE = 8

/** @throws {ExhibitHashError} RASTER_INVALID. */
export function ahash(raster: Raster): PerceptualHash {
  checkRaster(raster)
  const pixels = resizeLuma(lumaOf(raster), raster.width, raster.height, SIDE, SIDE)
  const sum = pixels.reduce((total, pixel) => total + pixel, 0)
  return packBits(SIDE * SIDE, (i) => pixels[i] * SIDE * SIDE > sum)
}
