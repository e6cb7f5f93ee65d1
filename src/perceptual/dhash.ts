// Difference hashes, as imagehash.dhash and dhash_vertical: is a pixel brighter than the one before it?

import { checkRaster, type Raster } from '../core/raster.js'
import { packBits, type PerceptualHash } from './bits.js'
import { lumaOf } from './luma.js'
import { resizeLuma } from './pillow-resize.js'

const SIDE = 8

/** Compares each pixel with its left neighbour. @throws {ExhibitHashError} RASTER_INVALID. */
export function dhash(raster: Raster): PerceptualHash {
  checkRaster(raster)
  const width = SIDE + 1
  const pixels = resizeLuma(lumaOf(raster), raster.width, raster.height, width, SIDE)
  return packBits(SIDE * SIDE, (i) => {
    const left = Math.floor(i / SIDE) * width + (i % SIDE)
    return pixels[left + 1] > pixels[left]
  })
}

/** Compares each pixel with the one above it. @throws {ExhibitHashError} RASTER_INVALID. */
export function dhashVertical(raster: Raster): PerceptualHash {
  checkRaster(raster)
  const pixels = resizeLuma(lumaOf(raster), raster.width, raster.height, SIDE, SIDE + 1)
  return packBits(SIDE * SIDE, (i) => pixels[i + SIDE] > pixels[i])
}
