// Files that end in the middle: what was there is hashed, in every format whose coding allows it.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hashFile } from 'exhibit-hash'
import { hexDistance, image } from '../support/fixtures.js'

/** Nine tenths of a fixture. */
async function hashTruncated(name: string) {
  const bytes = readFileSync(image(name))
  const whole = await hashFile(bytes, { hashes: ['pdq'] })
  const cut = await hashFile(bytes.subarray(0, Math.floor(bytes.length * 0.9)), { hashes: ['pdq'] })
  return { whole, cut }
}

describe('nine tenths of a file', () => {
  const FORMATS = [
    ['jpeg', 'edit-00-original.jpg'],
    ['progressive jpeg', 'progressive-01-900x700.jpg'],
    ['png', 'scene-10-512x512.png'],
    ['gif', 'gif-01-320x240.gif']
  ]
  const check = async (_: string, name: string) => {
    const { whole, cut } = await hashTruncated(name)
    expect(cut.error).toBeNull()
    expect(cut.media).toEqual({ ...whole.media, partial: true })
    expect(hexDistance(cut.hashes?.pdq ?? '', whole.hashes?.pdq ?? '')).toBeLessThan(100)
  }

  test.each(FORMATS)('of a %s are hashed as a partial picture', check)

  // BUG src/decode/sharp-decoder.ts: libvips decodes WebP in one go and gives nothing of a file that ends early.
  test('of a webp are hashed as a partial picture', () => check('webp', 'webp-01-700x500.webp'))

  test.each([
    ['a tiff whose directory stands at its end', 'tiff', 'tiff-01-400x300.tif'],
    ['an avif, whose one frame cannot be had in part,', 'avif', 'avif-01-640x480.avif']
  ])('of %s keep their digests', async (_, format, name) => {
    const { cut } = await hashTruncated(name)
    expect(cut).toMatchObject({ media: { format }, hashes: null, error: { code: 'DECODE_FAILED' } })
    expect(cut.digests?.md5).toHaveLength(32)
  })
})
