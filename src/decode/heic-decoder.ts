// HEIC (iPhones and others) by libheif in WebAssembly, or by a tool of the system where the caller names one.

import type { DecodeOptions, Decoder } from './decoder.js'
import { readHeicTiles } from './heic-boxes.js'
import { HeifLibrary, type HeifPicture } from './heic-library.js'
import { decodeTiles, isWorthTool, turnedSize } from './heic-native.js'
import { decodeFailed } from './limits.js'
import { fillCut } from './missing-bytes.js'
import { toDecodedImage } from './to-raster.js'

/** An instance whose memory has grown past this is not kept for the next picture. */
const MAX_KEPT_HEAP_BYTES = 512 * 1024 * 1024

/** Ten times what 48 megapixels take. */
const TOOL_TIMEOUT_MS = 30_000

let library: HeifLibrary | null = null

export const heicDecoder: Decoder = {
  name: 'libheif',
  formats: ['heic'],

  async version() {
    return use((heif) => heif.version)
  },

  async decode(bytes, format, options) {
    const { bytes: filled, cut } = fillCut(bytes, format)
    const byTool = cut ? null : await decodeByTool(bytes, options)
    const { pixels, frames, warned } = byTool ?? attempt((heif) => heif.decode(filled, options))
    // libheif has applied the turns that the file asks for; an EXIF orientation only repeats them.
    return toDecodedImage(pixels, { format, orientation: 1, frames, partial: cut || warned }, options)
  }
}

/** `null` where there is no tool, or this picture is none for it. */
async function decodeByTool(bytes: Uint8Array, options: DecodeOptions): Promise<HeifPicture | null> {
  const { heicTool, maxPixels } = options
  if (heicTool === undefined || heicTool === null) return null
  const tiles = readHeicTiles(bytes)
  if (tiles === null || !isWorthTool(tiles, maxPixels)) return null
  const { width, height, hasAlpha, profile, frames } = attempt((heif) => heif.describe(bytes, options))
  const turned = turnedSize(tiles)
  if (hasAlpha || turned.width !== width || turned.height !== height) return null
  try {
    const pixels = await decodeTiles(heicTool, tiles, { maxPixels, timeoutMs: TOOL_TIMEOUT_MS })
    return { pixels: { ...pixels, profile }, frames, warned: false }
  } catch {
    // Why does not matter: what WebAssembly makes of the picture, or says of it, is what counts.
    return null
  }
}

function attempt<T>(run: (heif: HeifLibrary) => T): T {
  try {
    return use(run)
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
