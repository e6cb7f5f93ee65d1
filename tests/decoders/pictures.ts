// Pictures of tests/decoders: fixtures, and what decoding makes of them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pdq, type Raster } from 'exhibit-hash'
import { decodeBytes, DEFAULT_DECODE_LIMITS, sniffFormat, type DecodedImage } from '../../src/decode/index.js'

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'images')

export function picture(name: string): Buffer {
  return readFileSync(join(FOLDER, name))
}

/** Decodes as the product does: the format from the content. */
export function decode(bytes: Uint8Array, maxPixels = DEFAULT_DECODE_LIMITS.maxPixels): Promise<DecodedImage> {
  const sniffed = sniffFormat(bytes)
  if (sniffed === null) throw new Error('no format was recognised')
  return decodeBytes(bytes, sniffed.format, { maxPixels })
}

/** The largest difference of two rasters in any sample. */
export function largestDifference(a: Raster, b: Raster): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0)
}

export function pdqDistance(a: Raster, b: Raster): number {
  const [left, right] = [pdq(a).hash, pdq(b).hash]
  return left.reduce((sum, byte, i) => sum + bitCount(byte ^ right[i]), 0)
}

function bitCount(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length
}
