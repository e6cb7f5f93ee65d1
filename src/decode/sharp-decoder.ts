// PNG, WebP, GIF, TIFF and AVIF by sharp (libvips), and JPEGs that jpeg-decoder.ts leaves to it; only those loaders run.

import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { apngFrames } from './apng.js'
import { RASTER_SIDE, type DecodedImage, type DecodeOptions, type Decoder, type Rasters } from './decoder.js'
import { checkPixelLimit, decodeFailed } from './limits.js'
import { loadSharp, type SharpModule } from './libvips.js'
import { fillCut } from './missing-bytes.js'
import { rastersInPlace, rastersOf, type Pixels } from './pixels.js'
import { fit, rawPixels } from './to-raster.js'

/** libvips keeps its messages in one buffer for all threads, so they may be about another file: only `cause` has them. */
const TOO_DAMAGED = 'the picture is too damaged to be decoded'

export const sharpDecoder: Decoder = {
  name: 'sharp',
  // A DNG is a TIFF whose first page is the preview that the camera developed.
  formats: ['png', 'webp', 'gif', 'tiff', 'avif', 'dng'],

  async version() {
    const { versions } = await loadSharp()
    return `${versions.sharp} (libvips ${versions.vips})`
  },

  decode: (input, format, options) => decodeBySharp(input, format, options)
}

/** @param isWhole - all pixels are decoded before the picture is shrunk; else a JPEG is shrunk while it is read */
export async function decodeBySharp(
  input: Uint8Array,
  format: string,
  options: DecodeOptions,
  isWhole = false
): Promise<DecodedImage> {
  const sharp = await loadSharp()
  const { bytes, cut } = fillCut(input, format)
  const metadata = await readMetadata(sharp, bytes, options)
  const { width, height } = metadata
  const facts = describe(metadata, bytes, format)
  const open = (damage: SharpOptions) => sharp(bytes, { limitInputPixels: options.maxPixels, ...damage })
  // Of an extract sharp has to read all.
  const ready = (image: Sharp) => (isWhole ? image.extract({ left: 0, top: 0, width, height }) : image)
  const ordinary = await decodePixels((failOn) => fit(ready(open({ failOn })), metadata, RASTER_SIDE), cut)
  const rasters = rastersOf(ordinary.pixels)
  if (options.exact !== true || !differsAtFullSize(metadata)) {
    return { ...rasters, ...facts, colour: null, full: null, partial: ordinary.partial }
  }
  // A second decode: the first one shrinks while it reads the file, and what hashes are made of must not change.
  const ignoreIcc = metadata.space !== 'cmyk'
  const full = await decodePixels((failOn) => open({ failOn, ignoreIcc }), ordinary.partial)
  return { ...rasters, ...facts, colour: null, full: rastersInPlace(full.pixels), partial: full.partial }
}

function differsAtFullSize({ width, height, space, icc }: Metadata): boolean {
  return width > RASTER_SIDE || height > RASTER_SIDE || (icc !== undefined && space !== 'cmyk')
}

async function readMetadata(sharp: SharpModule, bytes: Uint8Array, options: DecodeOptions): Promise<Metadata> {
  let metadata: Metadata
  try {
    // The pixel limit is checked below, where it can say how large the picture is.
    metadata = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata()
  } catch (error) {
    throw decodeFailed(error, TOO_DAMAGED)
  }
  checkPixelLimit(metadata.width, metadata.height, options)
  return metadata
}

/**
 * Damaged: again, with whatever can still be had. Refusing the picture would hide it.
 * @param known - that it is damaged
 */
async function decodePixels(
  open: (failOn: 'error' | 'none') => Sharp,
  known: boolean
): Promise<{ readonly pixels: Pixels; readonly partial: boolean }> {
  const decode = (failOn: 'error' | 'none') => rawPixels(open(failOn).toColourspace('srgb'))
  try {
    return { pixels: await decode(known ? 'none' : 'error'), partial: known }
  } catch (first) {
    const pixels = await decode('none').catch(() => {
      throw decodeFailed(first, TOO_DAMAGED)
    })
    return { pixels, partial: true }
  }
}

type Facts = Omit<DecodedImage, keyof Rasters | 'colour' | 'full' | 'partial'>

function describe(metadata: Metadata, bytes: Uint8Array, format: string): Facts {
  return {
    format,
    width: metadata.width,
    height: metadata.height,
    orientation: metadata.orientation ?? 1,
    frames: format === 'png' ? apngFrames(bytes) : (metadata.pages ?? 1)
  }
}
