// The imagehash family and blockhash meet their references bit for bit, from the tiniest picture to the largest.

import { describe, expect, test } from 'vitest'
import { ExhibitHashError } from '../../src/core/errors.js'
import { HASH_BYTES } from '../../src/core/hashes.js'
import type { Raster } from '../../src/core/raster.js'
import { ahash, blockhash, dhash, dhashVertical, phash, whash } from '../../src/perceptual/index.js'
import { conformance } from '../support/fixtures.js'
import { asRgb, greyRaster, rgbOf } from './rasters.js'

const FAMILY = { ahash, phash, dhash, dhashVertical, whash } as const
const COLUMNS = {
  ahash: 'average_hash',
  phash: 'phash',
  dhash: 'dhash',
  dhashVertical: 'dhash_vertical',
  whash: 'whash_haar'
} as const
const ALL = { ...FAMILY, blockhash } as const

function hexes(raster: Raster, family: Readonly<Record<string, (raster: Raster) => { hex: string }>> = ALL) {
  return Object.fromEntries(Object.entries(family).map(([kind, hash]) => [kind, hash(raster).hex]))
}

describe('conformance', () => {
  for (const row of conformance('imagehash.csv')) {
    test(`imagehash of ${row['file']}`, async () => {
      const expected = Object.fromEntries(Object.entries(COLUMNS).map(([kind, column]) => [kind, row[column]]))
      expect(hexes(await rgbOf(row['file']), FAMILY)).toEqual(expected)
    })
  }

  for (const row of conformance('blockhash.csv')) {
    test(`blockhash of ${row['file']}`, async () => {
      expect(blockhash(await rgbOf(row['file'])).hex).toBe(row['blockhash_16'])
    })
  }
})

/**
 * Values of imagehash's definitions (NumPy 1.26, SciPy 1.11, Pillow 11.3, PyWavelets 1.8) on pictures whose values tie
 * with their median, so that the last bits of the reference's arithmetic decide.
 */
const TIES: Readonly<Record<string, readonly [raster: Raster, expected: Readonly<Record<string, string>>]>> = {
  'one colour': [
    greyRaster(100, 80, () => 90),
    {
      ahash: '0000000000000000',
      phash: '8000000000000000',
      dhash: '0000000000000000',
      dhashVertical: '0000000000000000',
      whash: '0000000000000000'
    }
  ],
  'black above white': [
    greyRaster(90, 64, (_x, y) => (y < 32 ? 0 : 255)),
    {
      ahash: '00000000ffffffff',
      phash: '8000008000000080',
      dhash: '0000000000000000',
      dhashVertical: '00ff00ffff00ff00',
      whash: '00000000ffffffff'
    }
  ],
  'stripes of 8 pixels': [
    greyRaster(128, 96, (x) => ((x >> 3) & 1) * 200),
    {
      ahash: '4141414141414141',
      phash: 'aa00000000000000',
      dhash: 'a5a5a5a5a5a5a5a5',
      dhashVertical: '0000000000000000',
      whash: '0f0f0f0f0f0f0f0f'
    }
  ],
  'a chessboard of 16 pixels': [
    greyRaster(160, 160, (x, y) => (((x >> 4) + (y >> 4)) & 1) * 255),
    {
      ahash: '6996966996696996',
      phash: '8000000000000000',
      dhash: 'a55a52a55aa5a55a',
      dhashVertical: '9669966949966996',
      whash: '6996966996696996'
    }
  ],
  'one white pixel': [
    greyRaster(64, 48, (x, y) => (x === 20 && y === 11 ? 255 : 0)),
    {
      ahash: '0020200000000000',
      phash: 'c7c7c738383838c7',
      dhash: '0040400000000000',
      dhashVertical: '2020000000000000',
      whash: 'f0f0f0f000000000'
    }
  ],
  'four quarters': [
    greyRaster(70, 90, (x, y) => (x < 35 ? 40 : 80) + (y < 45 ? 0 : 120)),
    {
      ahash: '00000000ffffffff',
      phash: '9100008000000080',
      dhash: '5a5a5a5a5a5a5a5a',
      dhashVertical: '00ff00ffff00ff00',
      whash: '00000000ffffffff'
    }
  ],
  'a ramp of few steps': [
    greyRaster(100, 100, (x) => Math.floor(x / 25) * 60),
    {
      ahash: '0f0f0f0f0f0f0f0f',
      phash: 'a500000000000000',
      dhash: '7e7e7e7e7e7e7e7e',
      dhashVertical: '0000000000000000',
      whash: '0f0f0f0f0f0f0f0f'
    }
  ]
}

describe('where values tie with their median', () => {
  for (const [name, [raster, expected]] of Object.entries(TIES)) {
    test(name, () => {
      expect(hexes(raster, FAMILY)).toEqual(expected)
    })
  }
})

describe('a raster', () => {
  const picture = greyRaster(131, 77, (x, y) => (x * x + 3 * y * y) >> 4)

  test('of one channel has the hashes of its grey in three', () => {
    expect(hexes(asRgb(picture))).toEqual(hexes(picture))
  })

  test('is not changed by hashing', () => {
    const before = picture.data.slice()
    hexes(picture)
    expect(picture.data).toEqual(before)
  })

  test('of one pixel, one row or one column is hashed', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 300],
      [300, 1]
    ]) {
      for (const [kind, hash] of Object.entries(ALL)) {
        const result = hash(greyRaster(width, height, (x, y) => x + y))
        expect([kind, result.hash.length]).toEqual([kind, HASH_BYTES[kind as keyof typeof ALL]])
        expect(Buffer.from(result.hash).toString('hex')).toBe(result.hex)
      }
    }
  })

  test('that does not fit its sizes is refused', () => {
    const bad = [
      { ...picture, width: 130 },
      { ...picture, channels: 3 as const },
      { ...picture, width: -131, height: -77 },
      { ...picture, data: [...picture.data] as unknown as Uint8Array }
    ]
    for (const hash of Object.values(ALL)) {
      for (const raster of bad) {
        expect(() => hash(raster)).toThrow(ExhibitHashError)
        expect(() => hash(raster)).toThrow(expect.objectContaining({ code: 'RASTER_INVALID' }))
      }
    }
  })
})
