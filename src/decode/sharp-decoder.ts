// JPEG, PNG, WebP, GIF, TIFF and AVIF by sharp (libvips), with only those loaders enabled.

import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { apngFrames } from './apng.js'
import { RASTER_SIDE, type DecodedImage, type DecodeLimits, type Decoder } from './decoder.js'
import { checkPixelLimit, decodeFailed } from './limits.js'
import { loadSharp, type SharpModule } from './libvips.js'
import { fillCut } from './missing-bytes.js'
import { rastersOf, type Pixels } from './pixels.js'

/** libvips keeps its messages in one buffer for all threads, so they may be about another file: only `cause` has them. */
const TOO_DAMAGED = 'the picture is too damaged to be decoded'

export const sharpDecoder: Decoder = {
  name: 'sharp',
  // A DNG is a TIFF whose first page is the preview that the camera developed.
  formats: ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'dng'],

  async version() {
    const { versions } = await loadSharp()
    return `${versions.sharp} (libvips ${versions.vips})`
  },

  async decode(input, format, limits) {
    const sharp = await loadSharp()
    const { bytes, cut } = fillCut(input, format)
    const metadata = await readMetadata(sharp, bytes, limits)
    const facts = describe(metadata, bytes, format)
    try {
      const pixels = await decodePixels(sharp, bytes, metadata, limits, cut ? 'none' : 'error')
      return { ...rastersOf(pixels), ...facts, partial: cut }
    } catch (first) {
      // Damaged: again, with whatever can still be had. Refusing the picture would hide it.
      const pixels = await decodePixels(sharp, bytes, metadata, limits, 'none').catch(() => {
        throw decodeFailed(first, TOO_DAMAGED)
      })
      return { ...rastersOf(pixels), ...facts, partial: true }
    }
  }
}

async function readMetadata(sharp: SharpModule, bytes: Uint8Array, limits: DecodeLimits): Promise<Metadata> {
  let metadata: Metadata
  try {
    // The pixel limit is checked below, where it can say how large the picture is.
    metadata = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata()
  } catch (error) {
    throw decodeFailed(error, TOO_DAMAGED)
  }
  checkPixelLimit(metadata.width, metadata.height, limits)
  return metadata
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

type Facts = Omit<DecodedImage, 'raster' | 'alphaDropped' | 'partial'>

function describe(metadata: Metadata, bytes: Uint8Array, format: string): Facts {
  return {
    format,
    width: metadata.width,
    height: metadata.height,
    orientation: metadata.orientation ?? 1,
    frames: format === 'png' ? apngFrames(bytes) : (metadata.pages ?? 1)
  }
}
