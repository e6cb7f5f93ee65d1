// Rasters for the tests of this room: fixtures with their alpha dropped, as Pillow's convert('RGB') does it.

import sharp from 'sharp'
import type { Raster } from '../../src/core/raster.js'
import { image } from '../support/fixtures.js'

export async function rgbOf(file: string): Promise<Raster> {
  const decoded = sharp(image(file)).toColourspace('srgb').removeAlpha().raw()
  const { data, info } = await decoded.toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height, channels: 3 }
}

/** Grey pixels from a function of their place. */
export function greyRaster(width: number, height: number, pixel: (x: number, y: number) => number): Raster {
  const data = Uint8Array.from({ length: width * height }, (_, i) => pixel(i % width, Math.floor(i / width)))
  return { data, width, height, channels: 1 }
}

/** The same picture with three equal channels. */
export function asRgb({ data, width, height }: Raster): Raster {
  return {
    data: Uint8Array.from({ length: data.length * 3 }, (_, i) => data[Math.floor(i / 3)]),
    width,
    height,
    channels: 3
  }
}
