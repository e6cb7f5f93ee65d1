// HEIC (iPhones and others) by libheif in WebAssembly.

import type { DecodeOptions, Decoder } from './decoder.js'
import { HeifLibrary, type HeifPicture } from './heic-library.js'
import { decodeFailed } from './limits.js'
import { fillCut } from './missing-bytes.js'
import { toDecodedImage } from './to-raster.js'

/** An instance whose memory has grown past this is not kept for the next picture. */
const MAX_KEPT_HEAP_BYTES = 512 * 1024 * 1024

let library: HeifLibrary | null = null

export const heicDecoder: Decoder = {
  name: 'libheif',
  formats: ['heic'],

  async version() {
    return use((heif) => heif.version)
  },

  async decode(bytes, format, options) {
    const { bytes: filled, cut } = fillCut(bytes, format)
    const picture = decode(filled, options)
    const partial = cut || picture.warned
    // libheif has applied the turns that the file asks for; an EXIF orientation only repeats them.
    return toDecodedImage(picture.pixels, { format, orientation: 1, frames: picture.frames, partial }, options)
  }
}

function decode(bytes: Uint8Array, options: DecodeOptions): HeifPicture {
  try {
    return use((heif) => heif.decode(bytes, options))
  } catch (error) {
    throw decodeFailed(error)
  }
}

/** Runs with an instance; one that aborted or grew large is not used again. */
function use<T>(run: (heif: HeifLibrary) => T): T {
  const heif = (library ??= new HeifLibrary())
  try {
    return run(heif)
  } catch (error) {
    const sound = error instanceof Error && (error.name === 'HeifError' || error.name === 'ExhibitHashError')
    if (!sound) library = null
    throw error
  } finally {
    if (heif.heapBytes > MAX_KEPT_HEAP_BYTES) library = null
  }
}
