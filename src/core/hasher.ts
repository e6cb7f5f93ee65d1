// A hasher of the user's own: a module that computes one further hash, such as PhotoDNA under an agency's licence.

import type { Raster } from './raster.js'

/** What a hasher is handed. Nothing of it may be kept or changed. */
export interface HasherInput {
  /** All bytes of the file. */
  readonly bytes: Uint8Array
  /** jpeg, png, heic…, told by content; `null` where the content is no media known here. */
  readonly format: string | null
  /** The decoded picture, `null` for a hasher of files. */
  readonly picture: {
    /** RGB as stored, on white where there was transparency; at most 512 × 512 pixels, larger pictures resized to that. */
    readonly raster: Raster
    /** Size of the picture as stored, in pixels. */
    readonly width: number
    readonly height: number
    /** EXIF orientation 1–8. */
    readonly orientation: number
  } | null
}

/**
 * The default export of a hasher's module.
 *
 * @example
 * export default { name: 'photoDna', version: '1.2', bytes: 144, of: 'picture', hash: ({ picture }) => sdk(picture.raster) }
 */
export interface Hasher {
  /**
   * Under which its values stand in `hashes` of a record: letters and digits, the first a small letter, at most 32.
   * Values of the name `photoDna` (144 bytes) are matched with those of hash sets.
   */
  readonly name: string
  /** Of the algorithm and its implementation: it goes into the header of results. */
  readonly version: string
  /** Length of every value, 1 to 4096. */
  readonly bytes: number
  /** `picture`: called for what was decoded. `file`: called for every file that fits into memory. */
  readonly of: 'picture' | 'file'
  /** The value, or `null` where this file has none. What it throws becomes the record's error (HASHER_FAILED). */
  hash(input: HasherInput): Uint8Array | null | Promise<Uint8Array | null>
}

/** What results say of a hasher. */
export interface HasherFacts {
  readonly name: string
  readonly version: string
  readonly bytes: number
  readonly of: 'picture' | 'file'
  /** File name or package name, without the folders of this machine. */
  readonly module: string
  /** Hex: of the module's file; of a package, over all its files. */
  readonly sha256: string
}
