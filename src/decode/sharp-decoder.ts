// JPEG, PNG, WebP, GIF, TIFF and AVIF by sharp (libvips), with only those loaders enabled.

import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { ExhibitHashError } from '../core/errors.js'
import type { Raster } from '../core/raster.js'
import { RASTER_SIDE, type DecodedImage, type DecodeLimits, type Decoder } from './decoder.js'

type SharpModule = typeof import('sharp').default

/** Loaders that may run. Others stay blocked: SVG and PDF are programs written by a suspect. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((name) => `VipsForeignLoad${name}`)

let loading: Promise<SharpModule> | null = null

/** Loads sharp at first use: importing this package must not. */
function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({ operation: LOADERS })
    return sharp
  })
  return loading
}

export const sharpDecoder: Decoder = {
  name: 'sharp',
  formats: ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'],

  async version() {
    const { versions } = await loadSharp()
    return `${versions.sharp} (libvips ${versions.vips})`
  },

  async decode(bytes, format, limits) {
    const sharp = await loadSharp()
    const metadata = await readMetadata(sharp, bytes, limits)
    try {
      return describe(await decodePixels(sharp, bytes, metadata, limits, 'error'), metadata, format, false)
    } catch (first) {
      // Damaged: again, with whatever can still be had. Refusing the picture would hide it.
      const pixels = await decodePixels(sharp, bytes, metadata, limits, 'none').catch(() => {
        throw decodeFailed(first)
      })
      return describe(pixels, metadata, format, true)
    }
  }
}

async function readMetadata(sharp: SharpModule, bytes: Uint8Array, limits: DecodeLimits): Promise<Metadata> {
  let metadata: Metadata
  try {
    // The pixel limit is checked below, where it can say how large the picture is.
    metadata = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata()
  } catch (error) {
    throw decodeFailed(error)
  }
  const { width, height } = metadata
  if (width * height > limits.maxPixels) {
    const message = `${width} × ${height} pixels exceed the limit of ${limits.maxPixels}`
    throw new ExhibitHashError('PIXEL_LIMIT', message, { stage: 'decode' })
  }
  return metadata
}

interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

async function decodePixels(
  sharp: SharpModule,
  bytes: Uint8Array,
  metadata: Metadata,
  limits: DecodeLimits,
  failOn: NonNullable<SharpOptions['failOn']>
): Promise<Pixels> {
  const { width, height } = metadata
  let image: Sharp = sharp(bytes, { failOn, limitInputPixels: limits.maxPixels })
  if (width > RASTER_SIDE || height > RASTER_SIDE) image = image.resize(RASTER_SIDE, RASTER_SIDE, { fit: 'fill' })
  const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

function describe(pixels: Pixels, metadata: Metadata, format: string, partial: boolean): DecodedImage {
  const hasAlpha = pixels.channels === 2 || pixels.channels === 4
  return {
    raster: toRgb(pixels, 'white'),
    alphaDropped: hasAlpha ? toRgb(pixels, 'dropped') : null,
    format,
    width: metadata.width,
    height: metadata.height,
    orientation: metadata.orientation ?? 1,
    frames: metadata.pages ?? 1,
    partial
  }
}

/** Three channels of any number: grey is repeated, alpha composited on white or dropped. */
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

function decodeFailed(cause: unknown): ExhibitHashError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new ExhibitHashError('DECODE_FAILED', message.trim(), { stage: 'decode', cause })
}
