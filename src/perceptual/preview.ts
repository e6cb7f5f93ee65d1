// BlurHash of a small raster: a preview of a few bytes, made only when asked for.

import { checkRaster, type Raster } from '../core/raster.js'
import { thumbnail, type StoredAs } from './thumbnail.js'

const COMPONENTS_X = 4
const COMPONENTS_Y = 3

/**
 * BlurHash (blurha.sh, 4 × 3 components) of a raster of at most 16 px, in the picture's proportions, upright.
 * @throws {ExhibitHashError} RASTER_INVALID
 */
export async function preview(raster: Raster, stored: StoredAs): Promise<string> {
  checkRaster(raster)
  const small = thumbnail(raster, stored)
  return blurHash(small, COMPONENTS_X, COMPONENTS_Y)
}

/** BlurHash of a raster as it is: small ones only, the encoder visits every pixel once a component. */
export async function blurHash(raster: Raster, componentsX: number, componentsY: number): Promise<string> {
  const { encode } = await import('blurhash')
  return encode(toRgba(raster), raster.width, raster.height, componentsX, componentsY)
}

function toRgba({ data, width, height, channels }: Raster): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[channels * i + (channels === 3 ? c : 0)]
    rgba[4 * i + 3] = 255
  }
  return rgba
}
