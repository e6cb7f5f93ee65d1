// What every decoder is: untrusted bytes in, an 8-bit raster as stored out, within limits.

import type { Raster } from '../core/raster.js'

export interface DecodeOptions {
  /** Pixels that a picture may claim, width × height. */
  readonly maxPixels: number
  /** RGB too, where hashes are made of luma alone: for previews, and for whoever looks at colours. */
  readonly colour?: boolean
  /** The full-size pixels too, as Pillow reads them: what the imagehash family is defined on. */
  readonly exact?: boolean
  /** Decodes HEIC where it can; libheif in WebAssembly does without, and where the tool fails. */
  readonly heicTool?: HeicTool | null
}

/**
 * A program of the system, not part of this package. The pixels are those of WebAssembly, but perhaps within a tile
 * whose coded data are damaged without either of them seeing it.
 */
export interface HeicTool {
  readonly kind: 'ffmpeg'
  /** Absolute, as `findHeicTool` gives it. */
  readonly path: string
}

export const DEFAULT_DECODE_LIMITS: DecodeOptions = { maxPixels: 268_402_689 }

/** Side of the square that larger pictures are resized to: the size at which PDQ's reference tool hashes. */
export const RASTER_SIDE = 512

export interface Rasters {
  /** As stored (EXIF orientation not applied), on white where there was transparency: RGB, or luma of a JPEG. */
  readonly raster: Raster
  /** RGB with alpha dropped, as the imagehash family defines it; `null` where the picture has no alpha. */
  readonly alphaDropped: Raster | null
}

export interface DecodedImage extends Rasters {
  /** RGB of the same size where it was asked for and the raster is luma; `null` otherwise. */
  readonly colour: Raster | null
  /**
   * The same at full size with the file's own numbers, its colour profile not applied. `null` where `exact` was not
   * asked for, and where these would be the ordinary rasters again.
   */
  readonly full: Rasters | null
  readonly format: string
  /** Size of the picture as stored, in pixels. */
  readonly width: number
  readonly height: number
  /** EXIF orientation 1–8; 1 where the file does not say. */
  readonly orientation: number
  /** Frames or pages; the raster is of the first. */
  readonly frames: number
  /** True where damage cost part of the picture. */
  readonly partial: boolean
}

export interface Decoder {
  readonly name: string
  readonly formats: readonly string[]
  /** Version of the library, for `doctor`. */
  version(): Promise<string>
  /**
   * @param bytes - the whole file
   * @throws {ExhibitHashError} DECODE_FAILED, PIXEL_LIMIT
   */
  decode(bytes: Uint8Array, format: string, options: DecodeOptions): Promise<DecodedImage>
}
