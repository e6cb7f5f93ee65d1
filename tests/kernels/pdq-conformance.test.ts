// Meta's own values: every path meets them bit for bit, quality too.

import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect } from 'vitest'
import { bytesToHex } from '../../src/core/hex.js'
import type { Raster } from '../../src/core/raster.js'
import { conformance, image } from '../support/fixtures.js'
import { testEachPath } from './paths.js'

const VARIANT_COLUMNS = ['original', 'rotate90', 'rotate180', 'rotate270', 'flipx', 'flipy', 'flipplus1', 'flipminus1']

/** The exact pixels that the table was computed from; its digest of them tells a decoder's difference from ours. */
async function exactPixels(row: Record<string, string>): Promise<Raster> {
  const channels = Number(row['channels']) as 1 | 3
  const decoded = sharp(image(row['file']))
  const raw = channels === 1 ? decoded.extractChannel(0) : decoded.toColourspace('srgb').removeAlpha()
  const data = new Uint8Array(await raw.raw().toBuffer())
  expect(createHash('sha256').update(data).digest('hex')).toBe(row['pixels_sha256'])
  return { data, width: Number(row['width']), height: Number(row['height']), channels }
}

async function rasters(table: string): Promise<{ row: Record<string, string>; raster: Raster }[]> {
  return Promise.all(conformance(table).map(async (row) => ({ row, raster: await exactPixels(row) })))
}

describe('PDQ meets the values of the reference', () => {
  testEachPath('all eight variants of exact pixels', async (kernels) => {
    for (const { row, raster } of await rasters('pdq-pixels.csv')) {
      const { data, width, height, channels } = raster
      const { hashes, quality } = kernels.pdqDihedral(data, width, height, channels)
      const expected = VARIANT_COLUMNS.map((column) => row[column]).join('')
      expect([row['file'], quality, bytesToHex(hashes)]).toEqual([row['file'], Number(row['quality']), expected])
    }
  })

  testEachPath('the single hash, which leaves rasters of 64×64 unfiltered, and one channel', async (kernels) => {
    const table = await rasters('pdq-single.csv')
    expect(table.some(({ row }) => row['hash'] !== row['dihedral_original'])).toBe(true)
    for (const { row, raster } of table) {
      const { data, width, height, channels } = raster
      const single = kernels.pdq(data, width, height, channels)
      const original = kernels.pdqDihedral(data, width, height, channels).hashes.subarray(0, 32)
      expect([row['file'], single.quality, bytesToHex(single.hash), bytesToHex(original)]).toEqual([
        row['file'],
        Number(row['quality']),
        row['hash'],
        row['dihedral_original']
      ])
    }
  })

  testEachPath('a side under 5 pixels gives the zero hash with quality 0', (kernels) => {
    for (const [width, height] of [
      [4, 500],
      [500, 4],
      [1, 1]
    ]) {
      const data = new Uint8Array(width * height).map((_, i) => i * 31)
      expect(kernels.pdq(data, width, height, 1)).toEqual({ hash: new Uint8Array(32), quality: 0 })
      expect(kernels.pdqDihedral(data, width, height, 1)).toEqual({ hashes: new Uint8Array(256), quality: 0 })
    }
  })
})
