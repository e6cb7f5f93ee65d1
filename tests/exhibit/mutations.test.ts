// Seeded damage to pictures of every format: each file is one record with its digests, whatever the decoders make of it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scan, type FileRecord } from 'exhibit-hash'
import { mutated } from '../support/bad-files.js'
import { image } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const SEED = 1

/**
 * Format, fixture, number of mutations, and how many of them at least are hashed all the same: libwebp and dav1d give
 * no pixels of a frame in which they find damage, which a flipped bit always is.
 */
const CASES: readonly (readonly [string, string, number, number])[] = [
  ['jpeg', 'edit-03-thumb.jpg', 200, 100],
  ['progressive jpeg', 'progressive-01-900x700.jpg', 30, 15],
  ['CMYK jpeg', 'cmyk-01-600x400.jpg', 10, 5], // each costs a colour transform
  ['png', 'scene-03-100x75.png', 200, 50],
  ['webp', 'webp-01-700x500.webp', 100, 0],
  ['gif', 'gif-01-320x240.gif', 200, 50],
  ['tiff', 'tiff-01-400x300.tif', 200, 50],
  ['avif', 'avif-01-640x480.avif', 100, 0]
]

test.each(CASES)(`mutations of a %s, seeds from ${SEED}, are one record each`, async (_, name, count, leastHashed) => {
  const bytes = readFileSync(image(name))
  const folder = tempFolder()
  const digests = Array.from({ length: count }, (__, i) => {
    const damaged = mutated(bytes, SEED + i)
    writeFileSync(join(folder, `${String(SEED + i).padStart(6, '0')}-${name}`), damaged)
    return digestHex('sha256', damaged)
  })
  const records: FileRecord[] = []
  for await (const record of scan([folder])) records.push(record)
  expect(records.map((record) => record.digests?.sha256)).toEqual(digests)
  for (const { path, hashes, error, media } of records) {
    if (error === null)
      expect({ pdq: hashes?.pdq?.length, kind: media?.kind }, path).toEqual({ pdq: 64, kind: 'image' })
    else expect(['DECODE_FAILED', 'NOT_AN_IMAGE', 'FORMAT_UNSUPPORTED', 'PIXEL_LIMIT'], path).toContain(error.code)
  }
  const hashed = records.filter(({ hashes }) => hashes !== null)
  const harmed = records.filter(({ error, media }) => error !== null || media?.partial === true)
  expect(hashed.length).toBeGreaterThanOrEqual(leastHashed)
  expect(harmed.length).toBeGreaterThan(count / 20)
})
