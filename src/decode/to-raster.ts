// The way from a decoder's full-size pixels to rasters: the filter and the colour conversion that sharp applies to its
// own formats, so that a picture hashes alike whatever file it is in.

import type { Sharp } from 'sharp'
import { RASTER_SIDE, type DecodedImage, type DecodeOptions, type Rasters } from './decoder.js'
import { loadSharp } from './libvips.js'
import { rastersInPlace, rastersOf, type DecodedPixels, type Pixels } from './pixels.js'
import { wrapInTiff } from './tiff-wrap.js'

type Facts = Omit<DecodedImage, keyof Rasters | 'colour' | 'full' | 'width' | 'height'>

/** @param decoded - not to be used afterwards */
export async function toDecodedImage(
  decoded: DecodedPixels,
  facts: Facts,
  options: DecodeOptions
): Promise<DecodedImage> {
  const { width, height } = decoded
  const pixels = await (decoded.cmyk === true ? convert(decoded, RASTER_SIDE) : convertSmall(await shrink(decoded)))
  const full = options.exact === true ? await fullOf(decoded) : null
  return { ...rastersOf(pixels), ...facts, width, height, colour: null, full }
}

/** A conversion of 0.3 megapixels costs nothing. */
async function convertSmall(shrunk: DecodedPixels): Promise<Pixels> {
  return shrunk.profile === null ? shrunk : convert(shrunk, RASTER_SIDE)
}

/** Inks have to be converted; other numbers stay as they are. */
async function fullOf(decoded: DecodedPixels): Promise<Rasters | null> {
  const small = decoded.width <= RASTER_SIDE && decoded.height <= RASTER_SIDE
  if (decoded.cmyk === true) return small ? null : rastersOf(await convert(decoded, Infinity))
  return small && decoded.profile === null ? null : rastersInPlace(decoded)
}

async function shrink(decoded: DecodedPixels): Promise<DecodedPixels> {
  const { data, width, height, channels } = decoded
  if (width <= RASTER_SIDE && height <= RASTER_SIDE) return decoded
  const sharp = await loadSharp()
  const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 }
  return { ...decoded, ...(await rawPixels(fit(sharp(data, { raw, limitInputPixels: false }), decoded, RASTER_SIDE))) }
}

/** To sRGB. A profile that cannot be applied is left out, as sharp does: the pixels are worth more than their shade. */
async function convert(decoded: DecodedPixels, mostSide: number): Promise<Pixels> {
  const sharp = await loadSharp()
  const image = sharp(wrapInTiff(decoded), { failOn: 'none', limitInputPixels: false })
  return rawPixels(fit(image, decoded, mostSide).toColourspace('srgb'))
}

/** To the raster's size, aspect ratio not kept, if the picture is larger. */
export function fit(image: Sharp, { width, height }: Pick<Pixels, 'width' | 'height'>, mostSide: number): Sharp {
  if (width <= mostSide && height <= mostSide) return image
  return image.resize(mostSide, mostSide, { fit: 'fill' })
}

export async function rawPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}
