// The room's face: which decoder takes which format, and decoding by content.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import type { Raster } from '../core/raster.js'
import { bmpDecoder } from './bmp-decoder.js'
import { DEFAULT_DECODE_LIMITS, type DecodedImage, type DecodeOptions, type Decoder } from './decoder.js'
import { heicDecoder } from './heic-decoder.js'
import { jpegDecoder } from './jpeg-decoder.js'
import { magickDecoder } from './magick-decoder.js'
import { sharpDecoder } from './sharp-decoder.js'
import { sniffFormat } from './sniff.js'

export {
  DEFAULT_DECODE_LIMITS,
  RASTER_SIDE,
  type DecodedImage,
  type DecodeOptions,
  /** The public name. */
  type DecodeOptions as DecodeLimits,
  type HeicTool
} from './decoder.js'
export { findHeicTool, type FoundHeicTool } from './heic-tool.js'
export { VideoReading, type VideoEnd, type VideoFrame } from './video-frames.js'
export { findVideoTool, hasVideoReader, type FrameOptions, type VideoTool } from './video-tool.js'
export { namedLikePicture, SNIFF_BYTES, sniffFormat, type SniffedFormat } from './sniff.js'

const DECODERS: readonly Decoder[] = [jpegDecoder, sharpDecoder, bmpDecoder, heicDecoder, magickDecoder]

/** True where some decoder takes the format. */
export function isDecodable(format: string): boolean {
  return DECODERS.some((decoder) => decoder.formats.includes(format))
}

/**
 * Decodes a picture whose format was sniffed.
 * @throws {ExhibitHashError} FORMAT_UNSUPPORTED, DECODE_FAILED, PIXEL_LIMIT
 */
export async function decodeBytes(bytes: Uint8Array, format: string, options: DecodeOptions): Promise<DecodedImage> {
  const decoder = DECODERS.find((one) => one.formats.includes(format))
  if (decoder === undefined) {
    throw new ExhibitHashError('FORMAT_UNSUPPORTED', `no decoder for ${format}`, { stage: 'decode' })
  }
  return decoder.decode(bytes, format, options)
}

/**
 * Decodes one picture in this process to the raster that hashes are made of: at most 512 × 512, as stored, RGB or, of
 * a JPEG, luma alone. For evidence use `scan`, which decodes in child processes.
 *
 * @param input - path, bytes or a stream of a whole file
 * @param limits - with `colour`, the raster is always RGB; with `exact`, the raster is of full size, its colour profile not applied: what the imagehash family
 * is defined on
 * @throws {ExhibitHashError} READ_FAILED, NOT_AN_IMAGE, FORMAT_UNSUPPORTED, DECODE_FAILED, PIXEL_LIMIT
 *
 * @example
 * const raster = await decodeImage('IMG_0001.JPG')
 * const { hex, quality } = pdq(raster)
 */
export async function decodeImage(
  input: string | Uint8Array | Readable,
  limits: Partial<DecodeOptions> = {}
): Promise<Raster> {
  const path = typeof input === 'string' ? input : undefined
  const bytes = await readInput(input)
  const sniffed = sniffFormat(bytes)
  if (sniffed?.kind !== 'image') {
    const message = `${path ?? 'input'}: ${sniffed === null ? 'not a picture known here' : `${sniffed.format}, not a picture`}`
    throw new ExhibitHashError('NOT_AN_IMAGE', message, { path, stage: 'decode' })
  }
  const { raster, colour, full } = await decodeBytes(bytes, sniffed.format, { ...DEFAULT_DECODE_LIMITS, ...limits })
  return full?.raster ?? colour ?? raster
}

/** All bytes of a path, buffer or stream. */
async function readInput(input: string | Uint8Array | Readable): Promise<Uint8Array> {
  if (input instanceof Uint8Array) return input
  const path = typeof input === 'string' ? input : undefined
  try {
    return await readStream(typeof input === 'string' ? createReadStream(input) : input)
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path, stage: 'read' })
  }
}

/** All bytes of a stream, whatever its chunks are. */
export async function readStream(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part)
  return Buffer.concat(parts)
}

export interface DecoderFacts {
  readonly name: string
  readonly version: string
  readonly formats: readonly string[]
}

/** What can be decoded here and by what, for `doctor`. */
export function decoderFacts(): Promise<DecoderFacts[]> {
  return Promise.all(
    DECODERS.map(async (decoder) => ({
      name: decoder.name,
      formats: decoder.formats,
      version: await decoder.version().catch((error: unknown) => `unavailable: ${String(error)}`)
    }))
  )
}
