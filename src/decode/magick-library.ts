// ImageMagick in WebAssembly: loaded at first use, confined by a policy, and made anew after an abort.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { DecodeOptions } from './decoder.js'
import { checkPixelLimit } from './limits.js'
import { CODERS, NO_LOG, POLICY, type MagickFormatName } from './magick-policy.js'
import type { DecodedPixels } from './pixels.js'

type Magick = typeof import('@imagemagick/magick-wasm')
type MagickImage = import('@imagemagick/magick-wasm').IMagickImage
type Images = import('@imagemagick/magick-wasm').IMagickImageCollection

/** What the package keeps private: its one instance, which has to go after an abort. */
interface Instance {
  readonly HEAPU8: Uint8Array
}

/** Decoded pixels are 4 bytes each; the codecs' own buffers come on top, up to what WebAssembly can address. */
const MEMORY_BYTES = 2n * 1024n ** 3n
/** PSB's own limit; the number of pixels is limited by the caller. */
const MAX_SIDE = 300_000n
const MAX_PROFILE_BYTES = 4n * 1024n ** 2n

export interface MagickPicture {
  readonly pixels: DecodedPixels
  /** As EXIF counts: JPEG XL keeps its pixels unturned and says how to turn them. */
  readonly orientation: number
  /** The coder reported damage, and gave what it had. */
  readonly damaged: boolean
}

export class MagickLibrary {
  private constructor(private readonly magick: Magick) {}

  static async load(): Promise<MagickLibrary> {
    const magick = await import('@imagemagick/magick-wasm')
    dropInstance(magick)
    // The build for 32-bit addresses: what it can ask for is bounded, and every Node runs it.
    const wasm = createRequire(import.meta.url).resolve('@imagemagick/magick-wasm/magick.wasm')
    const policy = { fileName: 'policy.xml', data: POLICY }
    const log = { fileName: 'log.xml', data: NO_LOG }
    await magick.initializeImageMagick(await readFile(wasm), {
      policy,
      log,
      *all() {
        yield log
        yield policy
      }
    })
    const { ResourceLimits } = magick
    ResourceLimits.memory = MEMORY_BYTES
    ResourceLimits.maxMemoryRequest = MEMORY_BYTES
    ResourceLimits.disk = 0n
    ResourceLimits.listLength = 8n
    ResourceLimits.maxProfileSize = MAX_PROFILE_BYTES
    ResourceLimits.width = MAX_SIDE
    ResourceLimits.height = MAX_SIDE
    return new MagickLibrary(magick)
  }

  /** As "7.1.2-30 Q8". */
  get version(): string {
    return /ImageMagick (\S+ \S+)/.exec(this.magick.Magick.imageMagickVersion)?.[1] ?? 'of unknown version'
  }

  /** The memory grows with the largest picture and never shrinks. */
  get heapBytes(): number {
    return instanceOf(this.magick)?.HEAPU8.length ?? 0
  }

  /** Tells damage, which the instance survives, from an abort, which it does not. */
  isMagickError(error: unknown): boolean {
    return error instanceof Error && 'severity' in error
  }

  /**
   * The first image of the file.
   * @throws a MagickError for damage; anything else thrown means that this instance cannot be used again
   * @throws {ExhibitHashError} PIXEL_LIMIT
   */
  decode(bytes: Uint8Array, format: MagickFormatName, limits: DecodeOptions): MagickPicture {
    this.magick.ResourceLimits.area = BigInt(limits.maxPixels)
    this.read(bytes, format, true, (image) => checkPixelLimit(image.width, image.height, limits))
    return this.read(bytes, format, false, (image, damaged) => ({
      pixels: this.copyPixels(image, format),
      orientation: Math.max(1, image.orientation),
      damaged
    }))
  }

  private read<T>(
    bytes: Uint8Array,
    format: MagickFormatName,
    headerOnly: boolean,
    take: (image: MagickImage, damaged: boolean) => T
  ): T {
    const { MagickImageCollection, MagickReadSettings } = this.magick
    const settings = new MagickReadSettings({ format: CODERS[format], frameIndex: 0, frameCount: 1 })
    settings.setDefine('PSD', 'alpha-unblend', false)
    const images = MagickImageCollection.create()
    try {
      const failure = this.readInto(images, bytes, settings, headerOnly)
      const image = images.at(0)
      if (image === undefined) throw failure ?? new Error('no image in the file')
      return take(image, failure !== null)
    } finally {
      images.dispose()
    }
  }

  /** Damage comes as an error although there may be an image. */
  private readInto(
    images: Images,
    bytes: Uint8Array,
    settings: InstanceType<Magick['MagickReadSettings']>,
    headerOnly: boolean
  ): Error | null {
    try {
      if (headerOnly) images.ping(bytes, settings)
      else images.read(bytes, settings)
      return null
    } catch (error) {
      if (!this.isMagickError(error)) throw error
      return error as Error
    }
  }

  private copyPixels(image: MagickImage, format: MagickFormatName): DecodedPixels {
    const { width, height } = image
    // The flattened picture of a Photoshop file is on white already: its alpha must not be applied again.
    const hasAlpha = image.hasAlpha && format !== 'psd' && format !== 'psb'
    const { ColorSpace } = this.magick
    const profile = image.getColorProfile()?.data ?? null
    const cmyk = image.colorSpace === ColorSpace.CMYK
    const grey = image.colorSpace === ColorSpace.Gray || image.colorSpace === ColorSpace.LinearGray
    if (!cmyk && !grey && image.colorSpace !== ColorSpace.sRGB) image.colorSpace = ColorSpace.sRGB
    const mapping = cmyk ? 'CMYK' : `${grey ? 'R' : 'RGB'}${hasAlpha ? 'A' : ''}`
    const data = image.getPixels((pixels) => pixels.toByteArray(0, 0, width, height, mapping))
    if (data === null) throw new Error('no pixels in the file')
    return { data, width, height, channels: mapping.length, profile, cmyk }
  }
}

function instanceOf(magick: Magick): Instance | undefined {
  return (magick.ImageMagick as unknown as { readonly _api: Instance | undefined })._api
}

function dropInstance(magick: Magick): void {
  ;(magick.ImageMagick as unknown as { _api: undefined })._api = undefined
}
