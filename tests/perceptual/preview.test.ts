// BlurHash is npm blurhash's own, of the raster given.

import { expect, test } from 'vitest'
import { blurHash } from '../../src/perceptual/index.js'
import { conformance } from '../support/fixtures.js'
import { rgbOf } from './rasters.js'

test('BlurHash has the value of the reference', async () => {
  // Full-size pixels take the encoder long: the smallest pictures of the table do.
  const small = conformance('blurhash.csv').filter((row) => Number(row['width']) * Number(row['height']) < 10_000)
  expect(small.length).toBeGreaterThan(4)
  for (const row of small) {
    const raster = await rgbOf(row['file'])
    const hash = await blurHash(raster, Number(row['components_x']), Number(row['components_y']))
    expect([row['file'], hash]).toEqual([row['file'], row['blurhash']])
  }
})
