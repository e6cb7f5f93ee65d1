// pdq and pdqDihedral: hex, bytes and variants belong together, and turning a picture moves its variants.

import { describe, expect, test } from 'vitest'
import { DIHEDRAL_VARIANTS } from '../../src/core/result.js'
import { pdq, pdqDihedral } from '../../src/perceptual/index.js'
import { conformance, hexDistance } from '../support/fixtures.js'
import { greyRaster, rgbOf } from './rasters.js'

const pictures = conformance('pdq-pixels.csv')

describe('pdq', () => {
  test('has the reference value as hex and as bytes', async () => {
    for (const row of pictures) {
      if (row['width'] === '64' && row['height'] === '64') continue
      const { hex, hash, quality } = pdq(await rgbOf(row['file']))
      expect([row['file'], hex, quality]).toEqual([row['file'], row['original'], Number(row['quality'])])
      expect(Buffer.from(hash).toString('hex')).toBe(hex)
    }
  })

  test('refuses a raster that does not fit its sizes', () => {
    const raster = { ...greyRaster(10, 10, () => 0), width: 11 }
    for (const hash of [pdq, pdqDihedral]) {
      expect(() => hash(raster)).toThrow(expect.objectContaining({ code: 'RASTER_INVALID' }))
    }
  })
})

describe('pdqDihedral', () => {
  test('names all variants as the reference does', async () => {
    for (const row of pictures) {
      const { quality, variants } = pdqDihedral(await rgbOf(row['file']))
      const hexes = DIHEDRAL_VARIANTS.map((variant) => variants[variant].hex)
      expect(hexes).toEqual(DIHEDRAL_VARIANTS.map((variant) => row[variant.toLowerCase()]))
      expect(quality).toBe(Number(row['quality']))
    }
  })

  test('each variant is near the hash of the picture turned that way', async () => {
    const { data, width: side } = await rgbOf('scene-05-256x256.png')
    const pixel = (x: number, y: number) => data[(y * side + x) * 3 + 1]
    const last = side - 1
    const turned: Readonly<Record<(typeof DIHEDRAL_VARIANTS)[number], (x: number, y: number) => number>> = {
      original: pixel,
      rotate90: (x, y) => pixel(last - y, x),
      rotate180: (x, y) => pixel(last - x, last - y),
      rotate270: (x, y) => pixel(y, last - x),
      flipX: (x, y) => pixel(x, last - y),
      flipY: (x, y) => pixel(last - x, y),
      flipPlus1: (x, y) => pixel(y, x),
      flipMinus1: (x, y) => pixel(last - y, last - x)
    }
    const { variants } = pdqDihedral(greyRaster(side, side, pixel))
    for (const variant of DIHEDRAL_VARIANTS) {
      const { hex } = pdq(greyRaster(side, side, turned[variant]))
      // Decimation takes samples right of the middle, so a turned picture is off by a pixel: 32 bits at most here.
      const distances = DIHEDRAL_VARIANTS.map((other) => hexDistance(hex, variants[other].hex))
      expect([variant, DIHEDRAL_VARIANTS[distances.indexOf(Math.min(...distances))]]).toEqual([variant, variant])
      expect(Math.min(...distances)).toBeLessThan(40)
    }
  })
})
