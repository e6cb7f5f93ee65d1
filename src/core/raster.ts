// Pixels in memory: what decoders make and perceptual hashes read.

import { ExhibitHashError } from './errors.js'

/** 8-bit pixels, row-major, channels interleaved: `data.length = width × height × channels`. */
export interface Raster {
  readonly data: Uint8Array
  /** Pixels in a row. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** 3: sRGB red, green, blue. 1: luma that the caller already has. */
  readonly channels: 1 | 3
}

/** @throws {ExhibitHashError} RASTER_INVALID unless the fields fit together. */
export function checkRaster(raster: Raster): void {
  const { data, width, height, channels } = raster
  const sane = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (!sane || (channels !== 1 && channels !== 3) || !(data instanceof Uint8Array)) {
    throw new ExhibitHashError(
      'RASTER_INVALID',
      `a raster needs a Uint8Array and positive whole sizes with 1 or 3 channels, got ${width}×${height}×${channels}`
    )
  }
  if (data.length !== width * height * channels) {
    throw new ExhibitHashError(
      'RASTER_INVALID',
      `${width}×${height}×${channels} needs ${width * height * channels} bytes, got ${data.length}`
    )
  }
}
