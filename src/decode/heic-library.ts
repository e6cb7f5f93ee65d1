// libheif (WebAssembly) through its C functions: they have limits and errors that its JavaScript face lacks.
// libheif and libde265 are LGPL-3.0: loaded unchanged from their own package, never copied into this one.

import { createRequire } from 'node:module'
import type { DecodeOptions } from './decoder.js'
import { checkPixelLimit } from './limits.js'
import type { DecodedPixels } from './pixels.js'

type Pointer = number

/** What is used of the library's exports. `error` is where the function puts its heif_error. */
interface HeifModule {
  readonly HEAPU8: Uint8Array
  readonly HEAPU32: Uint32Array
  heif_get_version(): string
  _malloc(size: number): Pointer
  _free(at: Pointer): void
  _heif_context_alloc(): Pointer
  _heif_context_free(context: Pointer): void
  _heif_context_get_security_limits(context: Pointer): Pointer
  _heif_context_read_from_memory_without_copy(
    error: Pointer,
    context: Pointer,
    data: Pointer,
    size: number,
    options: 0
  ): void
  _heif_context_get_number_of_top_level_images(context: Pointer): number
  _heif_context_get_primary_image_handle(error: Pointer, context: Pointer, out: Pointer): void
  _heif_image_handle_get_width(handle: Pointer): number
  _heif_image_handle_get_height(handle: Pointer): number
  _heif_image_handle_has_alpha_channel(handle: Pointer): number
  _heif_image_handle_get_raw_color_profile_size(handle: Pointer): number
  _heif_image_handle_get_raw_color_profile(error: Pointer, handle: Pointer, out: Pointer): void
  _heif_image_handle_release(handle: Pointer): void
  _heif_decoding_options_alloc(): Pointer
  _heif_decoding_options_free(options: Pointer): void
  _heif_decode_image(
    error: Pointer,
    handle: Pointer,
    out: Pointer,
    colourSpace: number,
    chroma: number,
    options: Pointer
  ): void
  _heif_image_get_width(image: Pointer, channel: number): number
  _heif_image_get_height(image: Pointer, channel: number): number
  _heif_image_get_plane_readonly(image: Pointer, channel: number, strideOut: Pointer): Pointer
  _heif_image_get_decoding_warnings(image: Pointer, from: number, errors: Pointer, most: number): number
  _heif_image_release(image: Pointer): void
}

type HeifFactory = (options: Readonly<Record<string, () => void>>) => HeifModule

const COLOUR_SPACE_RGB = 1
const CHROMA_RGB = 10
const CHROMA_RGBA = 11
const CHANNEL_INTERLEAVED = 10

/** Offset of `max_image_size_pixels` (64 bits) in heif_security_limits. */
const LIMIT_PIXELS = 8
/** Offset of `convert_hdr_to_8bit` in heif_decoding_options. */
const OPTION_EIGHT_BIT = 20

const ERROR_BYTES = 12

/** A profile larger than this is no profile of a camera. */
const MAX_PROFILE_BYTES = 4 * 1024 * 1024

/** An error that the library reports and survives, unlike an abort. */
export class HeifError extends Error {
  override readonly name = 'HeifError'
}

export interface HeifPicture {
  readonly pixels: DecodedPixels
  /** Pictures in the file, not counting thumbnails and masks. */
  readonly frames: number
  /** Some of the picture could not be decoded. */
  readonly warned: boolean
}

/** What the tables of a file say, without a pixel decoded. */
export interface HeifFacts {
  readonly width: number
  readonly height: number
  readonly hasAlpha: boolean
  readonly profile: Uint8Array | null
  readonly frames: number
}

export class HeifLibrary {
  private readonly module: HeifModule
  /** One heif_error and one word for what a function hands out. */
  private readonly error: Pointer
  private readonly out: Pointer

  constructor() {
    const create = createRequire(import.meta.url)('libheif-js/libheif-wasm/libheif-bundle.js') as HeifFactory
    // Its complaints come as errors; the output of this process belongs to others.
    const silent = () => undefined
    this.module = create({ print: silent, printErr: silent })
    this.error = this.module._malloc(ERROR_BYTES)
    this.out = this.module._malloc(4)
  }

  get version(): string {
    return this.module.heif_get_version()
  }

  /** The memory grows with the largest picture and never shrinks. */
  get heapBytes(): number {
    return this.module.HEAPU8.length
  }

  /**
   * The primary image, turned as the file's own transformations say: they are part of how HEIF stores a picture.
   * @throws {HeifError} for damage; anything else thrown means that this instance cannot be used again
   * @throws {ExhibitHashError} PIXEL_LIMIT
   */
  decode(bytes: Uint8Array, limits: DecodeOptions): HeifPicture {
    return this.open(bytes, limits, (handle) => this.decodeHandle(handle, limits))
  }

  /**
   * The same primary image, but for its pixels.
   * @throws {HeifError} {ExhibitHashError} as `decode` does
   */
  describe(bytes: Uint8Array, limits: DecodeOptions): HeifFacts {
    return this.open(bytes, limits, (handle) => ({ ...this.sizeOf(handle, limits), profile: this.profile(handle) }))
  }

  private open<T>(
    bytes: Uint8Array,
    limits: DecodeOptions,
    take: (handle: Pointer) => T
  ): T & Pick<HeifPicture, 'frames'> {
    const { module } = this
    const data = this.allocate(bytes.length)
    module.HEAPU8.set(bytes, data)
    const context = module._heif_context_alloc()
    try {
      this.limitPixels(context, limits)
      this.call((error) => module._heif_context_read_from_memory_without_copy(error, context, data, bytes.length, 0))
      const handle = this.fetch((error, out) => module._heif_context_get_primary_image_handle(error, context, out))
      try {
        const taken = take(handle)
        return { ...taken, frames: Math.max(1, module._heif_context_get_number_of_top_level_images(context)) }
      } finally {
        module._heif_image_handle_release(handle)
      }
    } finally {
      module._heif_context_free(context)
      module._free(data)
    }
  }

  private decodeHandle(handle: Pointer, limits: DecodeOptions): Omit<HeifPicture, 'frames'> {
    const { module } = this
    const channels = this.sizeOf(handle, limits).hasAlpha ? 4 : 3
    const chroma = channels === 3 ? CHROMA_RGB : CHROMA_RGBA
    const options = module._heif_decoding_options_alloc()
    module.HEAPU8[options + OPTION_EIGHT_BIT] = 1
    try {
      const image = this.fetch((error, out) =>
        module._heif_decode_image(error, handle, out, COLOUR_SPACE_RGB, chroma, options)
      )
      try {
        const warned = module._heif_image_get_decoding_warnings(image, 0, this.error, 1) > 0
        return { pixels: { ...this.copyPixels(image, channels), profile: this.profile(handle) }, warned }
      } finally {
        module._heif_image_release(image)
      }
    } finally {
      module._heif_decoding_options_free(options)
    }
  }

  private sizeOf(handle: Pointer, limits: DecodeOptions): Pick<HeifFacts, 'width' | 'height' | 'hasAlpha'> {
    const { module } = this
    const width = module._heif_image_handle_get_width(handle)
    const height = module._heif_image_handle_get_height(handle)
    checkPixelLimit(width, height, limits)
    return { width, height, hasAlpha: module._heif_image_handle_has_alpha_channel(handle) !== 0 }
  }

  private copyPixels(image: Pointer, channels: number): Omit<DecodedPixels, 'profile'> {
    const { module } = this
    const width = module._heif_image_get_width(image, CHANNEL_INTERLEAVED)
    const height = module._heif_image_get_height(image, CHANNEL_INTERLEAVED)
    const plane = module._heif_image_get_plane_readonly(image, CHANNEL_INTERLEAVED, this.out)
    const stride = this.word(this.out)
    const rowBytes = width * channels
    const data = Buffer.allocUnsafeSlow(rowBytes * height)
    for (let y = 0; y < height; y++) {
      const from = plane + y * stride
      data.set(module.HEAPU8.subarray(from, from + rowBytes), y * rowBytes)
    }
    return { data, width, height, channels }
  }

  private profile(handle: Pointer): Uint8Array | null {
    const { module } = this
    const size = module._heif_image_handle_get_raw_color_profile_size(handle)
    if (size === 0 || size > MAX_PROFILE_BYTES) return null
    const at = this.allocate(size)
    try {
      this.call((error) => module._heif_image_handle_get_raw_color_profile(error, handle, at))
      return module.HEAPU8.slice(at, at + size)
    } finally {
      module._free(at)
    }
  }

  /** The library's own limit too: a tile or an overlaid picture can be larger than the primary image claims. */
  private limitPixels(context: Pointer, { maxPixels }: DecodeOptions): void {
    const at = this.module._heif_context_get_security_limits(context) + LIMIT_PIXELS
    this.module.HEAPU32[at / 4] = maxPixels % 2 ** 32
    this.module.HEAPU32[at / 4 + 1] = Math.floor(maxPixels / 2 ** 32)
  }

  private allocate(size: number): Pointer {
    const at = this.module._malloc(size)
    if (at === 0) throw new RangeError(`libheif has no memory for ${size} bytes`)
    return at
  }

  /** Runs a function that hands out one pointer. */
  private fetch(run: (error: Pointer, out: Pointer) => void): Pointer {
    this.call((error) => run(error, this.out))
    return this.word(this.out)
  }

  private call(run: (error: Pointer) => void): void {
    run(this.error)
    if (this.word(this.error) === 0) return
    throw new HeifError(this.text(this.word(this.error + 8)))
  }

  private word(at: Pointer): number {
    return this.module.HEAPU32[at / 4]
  }

  private text(at: Pointer): string {
    const { HEAPU8 } = this.module
    return Buffer.from(HEAPU8.subarray(at, HEAPU8.indexOf(0, at))).toString('utf8')
  }
}
