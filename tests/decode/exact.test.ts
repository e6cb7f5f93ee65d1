// Hashes of the imagehash family from full-size pixels meet the reference's bit for bit, which read the pictures by Pillow.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeBytes, DEFAULT_DECODE_LIMITS, sniffFormat, type DecodedImage } from '../../src/decode/index.js'
import { ahash, dhash, dhashVertical, phash, whash } from '../../src/perceptual/index.js'
import { conformance, image } from '../support/fixtures.js'

const FAMILY = { average_hash: ahash, phash, dhash, dhash_vertical: dhashVertical, whash_haar: whash } as const
const LARGE = conformance('imagehash-large.csv')

async function decodeExact(file: string): Promise<DecodedImage> {
  const bytes = readFileSync(image(file))
  const format = sniffFormat(bytes)?.format ?? ''
  return decodeBytes(bytes, format, { ...DEFAULT_DECODE_LIMITS, exact: true })
}

describe('imagehash of the full size', () => {
  test.each(LARGE)('of $file', async (row) => {
    const decoded = await decodeExact(row.file)
    const { raster, alphaDropped } = decoded.full ?? decoded
    expect({ width: raster.width, height: raster.height }).toEqual({
      width: Number(row.width),
      height: Number(row.height)
    })
    for (const [column, hash] of Object.entries(FAMILY)) {
      expect(hash(alphaDropped ?? raster).hex, column).toBe(row[column])
    }
  })

  test('has pictures to show it, and some whose shrunk raster gives other bits', async () => {
    const differing = []
    for (const row of LARGE) {
      const { full, raster } = await decodeExact(row.file)
      if (full === null) continue
      differing.push(...Object.entries(FAMILY).filter(([column, hash]) => hash(raster).hex !== row[column]))
    }
    expect(differing.length).toBeGreaterThan(0)
  })
})
