// The way from a decoder's full-size pixels to rasters: the filter and the colour conversion that sharp applies to its
// own formats, so that a picture hashes alike whatever file it is in.

import { RASTER_SIDE, type DecodedImage } from './decoder.js'
import { loadSharp } from './libvips.js'
import { rastersOf, type DecodedPixels, type Pixels } from './pixels.js'
import { wrapInTiff } from './tiff-wrap.js'

type Facts = Omit<DecodedImage, 'raster' | 'alphaDropped' | 'width' | 'height'>

export async function toDecodedImage(decoded: DecodedPixels, facts: Facts): Promise<DecodedImage> {
  const { width, height } = decoded
  const pixels = decoded.cmyk === true ? await convert(decoded) : await convert(await shrink(decoded))
  return { ...rastersOf(pixels), ...facts, width, height }
}

/** Resizes first and converts then: a conversion of 0.3 megapixels costs nothing. */
async function shrink(decoded: DecodedPixels): Promise<DecodedPixels> {
  const { data, width, height, channels } = decoded
  if (width <= RASTER_SIDE && height <= RASTER_SIDE) return decoded
  const sharp = await loadSharp()
  const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 }
  const resized = await sharp(data, { raw, limitInputPixels: false })
    .resize(RASTER_SIDE, RASTER_SIDE, { fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const { info } = resized
  return { ...decoded, data: resized.data, width: info.width, height: info.height, channels: info.channels }
}

/** To sRGB. A profile that cannot be applied is left out, as sharp does: the pixels are worth more than their shade. */
async function convert(decoded: DecodedPixels): Promise<Pixels> {
  const { width, height, cmyk } = decoded
  if (decoded.profile === null && cmyk !== true) return decoded
  const sharp = await loadSharp()
  const image = sharp(wrapInTiff(decoded), { failOn: 'none', limitInputPixels: false })
  const large = width > RASTER_SIDE || height > RASTER_SIDE
  const { data, info } = await (large ? image.resize(RASTER_SIDE, RASTER_SIDE, { fit: 'fill' }) : image)
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}
