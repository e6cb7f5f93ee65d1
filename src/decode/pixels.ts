// Decoded pixels of any number of channels, and the RGB rasters that hashes are made of.

import type { Raster } from '../core/raster.js'
import type { Rasters } from './decoder.js'

/** 8-bit samples, row-major, channels interleaved: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** Samples as a library hands them over, before its colour profile is applied. */
export interface DecodedPixels extends Pixels {
  /** ICC profile of the colours; `null` for sRGB. */
  readonly profile: Uint8Array | null
  /** Four channels are cyan, magenta, yellow and black, not RGB and alpha. */
  readonly cmyk?: boolean
}

/** The two rasters of a picture: on white, and with alpha dropped where there is alpha. */
export function rastersOf(pixels: Pixels): Rasters {
  const hasAlpha = pixels.channels === 2 || pixels.channels === 4
  return { raster: toRgb(pixels, 'white'), alphaDropped: hasAlpha ? toRgb(pixels, 'dropped') : null }
}

/** The same from pixels that nobody needs any more, in whose memory the second raster of a large picture fits. */
export function rastersInPlace(pixels: Pixels): Rasters {
  if (pixels.channels !== 4) return rastersOf(pixels)
  const raster = toRgb(pixels, 'white')
  const { data, width, height } = pixels
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    data[to] = data[from]
    data[to + 1] = data[from + 1]
    data[to + 2] = data[from + 2]
  }
  return { raster, alphaDropped: { data: data.subarray(0, width * height * 3), width, height, channels: 3 } }
}

/** Grey is repeated, alpha composited on white or dropped. */
function toRgb({ data, width, height, channels }: Pixels, alpha: 'white' | 'dropped'): Raster {
  if (channels === 3) return { data, width, height, channels: 3 }
  const rgb = new Uint8Array(width * height * 3)
  const colours = channels >= 3 ? 3 : 1
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const opacity = alpha === 'white' && channels > colours ? data[from + colours] : 255
    for (let c = 0; c < 3; c++) {
      const value = data[from + (colours === 3 ? c : 0)]
      rgb[to + c] = opacity === 255 ? value : Math.round((value * opacity + 255 * (255 - opacity)) / 255)
    }
  }
  return { data: rgb, width, height, channels: 3 }
}
