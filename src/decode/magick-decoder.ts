// JPEG XL, JPEG 2000 and Photoshop files by ImageMagick in WebAssembly.

import { ExhibitHashError } from '../core/errors.js'
import type { Decoder } from './decoder.js'
import { decodeFailed } from './limits.js'
import { MagickLibrary } from './magick-library.js'
import { CODERS, type MagickFormatName } from './magick-policy.js'
import { fillCut } from './missing-bytes.js'
import { toDecodedImage } from './to-raster.js'

/** An instance whose memory has grown past this is not kept for the next picture. */
const MAX_KEPT_HEAP_BYTES = 512 * 1024 * 1024

let loading: Promise<MagickLibrary> | null = null

export const magickDecoder: Decoder = {
  name: 'ImageMagick',
  formats: Object.keys(CODERS),

  async version() {
    return use((magick) => magick.version)
  },

  async decode(bytes, format, options) {
    const coder = format as MagickFormatName
    const { bytes: filled, cut } = fillCut(bytes, format)
    const { pixels, orientation, damaged } = await use((magick) => magick.decode(filled, coder, options)).catch(
      (error: unknown) => {
        throw decodeFailed(error, messageOf(error, format))
      }
    )
    return toDecodedImage(pixels, { format, orientation, frames: 1, partial: cut || damaged }, options)
  }
}

/** Runs with an instance; one that aborted or grew large is not used again. */
async function use<T>(run: (magick: MagickLibrary) => T): Promise<T> {
  const current = (loading ??= MagickLibrary.load())
  const drop = () => {
    if (loading === current) loading = null
  }
  const magick = await current.catch((error: unknown) => {
    drop()
    throw error
  })
  try {
    return run(magick)
  } catch (error) {
    if (!(error instanceof ExhibitHashError) && !magick.isMagickError(error)) drop()
    throw error
  } finally {
    if (magick.heapBytes > MAX_KEPT_HEAP_BYTES) drop()
  }
}

/** Without the place in the library's source, which stands behind an @. */
function messageOf(error: unknown, format: string): string {
  const message = error instanceof Error ? error.message : String(error)
  return `${format}: ${message.split(' @ ')[0]}`
}
