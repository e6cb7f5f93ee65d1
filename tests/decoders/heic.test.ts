// HEIC: pictures of tiles and turned pictures as telephones make them, limits, and a library that has aborted.

import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Raster } from 'exhibit-hash'
import { HeifLibrary } from '../../src/decode/heic-library.js'
import { buildGrid, type HeifOptions } from './heif-builder.js'
import { decode, largestDifference, picture } from './pictures.js'

const heic = picture('lossless.heic')
const TILE: Raster = (await decode(heic)).raster

const OPTIONS: HeifOptions = {
  heic,
  tileWidth: 120,
  tileHeight: 80,
  columns: 3,
  rows: 2,
  width: 350,
  height: 150
}

/** A raster from a function of the place in it. */
function drawn(width: number, height: number, at: (x: number, y: number) => readonly [x: number, y: number]): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [tileX, tileY] = at(x, y)
      const from = ((tileY % 80) * 120 + (tileX % 120)) * 3
      data.set(TILE.data.subarray(from, from + 3), (y * width + x) * 3)
    }
  }
  return { data, width, height, channels: 3 }
}

function crop({ data, width }: Raster, from: number, to: number): Raster {
  return { data: data.subarray(from * width * 3, to * width * 3), width, height: to - from, channels: 3 }
}

describe('a HEIC of tiles', () => {
  test('is put together, and cut to the size of the whole', async () => {
    const image = await decode(buildGrid(OPTIONS))
    expect(image).toMatchObject({ format: 'heic', width: 350, height: 150, frames: 1, partial: false })
    expect(
      largestDifference(
        image.raster,
        drawn(350, 150, (x, y) => [x, y])
      )
    ).toBe(0)
  })

  test('cut in its last row of tiles keeps the rows before', async () => {
    const whole = buildGrid(OPTIONS)
    const image = await decode(whole.subarray(0, Math.floor(whole.length * 0.8)))
    expect(image).toMatchObject({ width: 350, height: 150, partial: true })
    const whole80 = crop(
      drawn(350, 150, (x, y) => [x, y]),
      0,
      80
    )
    expect(largestDifference(crop(image.raster, 0, 80), whole80)).toBe(0)
  })

  test('with a tile destroyed keeps the others', async () => {
    const image = await decode(buildGrid({ ...OPTIONS, destroyed: [1] }))
    expect(image).toMatchObject({ width: 350, height: 150, partial: true })
    const whole = drawn(350, 150, (x, y) => [x, y])
    expect(largestDifference(crop(image.raster, 80, 150), crop(whole, 80, 150))).toBe(0)
    expect(Buffer.compare(image.raster.data.subarray(0, 120 * 3), whole.data.subarray(0, 120 * 3))).toBe(0)
  })

  test('that is to be turned comes turned, as libheif stores it, with nothing left for EXIF to turn', async () => {
    const image = await decode(buildGrid({ ...OPTIONS, turns: 1 }))
    expect(image).toMatchObject({ width: 150, height: 350, orientation: 1 })
    const turned = drawn(150, 350, (x, y) => [349 - y, x])
    expect(largestDifference(image.raster, turned)).toBe(0)
  })

  test('whose tiles are larger than it claims is held to the limit of pixels', async () => {
    const small = buildGrid({ ...OPTIONS, columns: 1, rows: 1, width: 10, height: 10 })
    await expect(decode(small, 500)).rejects.toMatchObject({ code: 'DECODE_FAILED' })
  })
})

describe('the library', () => {
  afterEach(() => vi.restoreAllMocks())

  test('is made anew after an abort, which costs one picture', async () => {
    const used = new Set<HeifLibrary>()
    const original = HeifLibrary.prototype.decode
    const decoding = vi.spyOn(HeifLibrary.prototype, 'decode')
    decoding.mockImplementationOnce(function (this: HeifLibrary) {
      used.add(this)
      throw new Error('unreachable')
    })
    await expect(decode(heic)).rejects.toMatchObject({ code: 'DECODE_FAILED', message: 'unreachable' })
    decoding.mockImplementationOnce(function (this: HeifLibrary, ...rest) {
      used.add(this)
      return original.apply(this, rest)
    })
    expect((await decode(heic)).raster).toEqual(TILE)
    expect(used.size).toBe(2)
  })

  test('is kept after damage that it reports', async () => {
    const decoding = vi.spyOn(HeifLibrary.prototype, 'decode')
    const damaged = Buffer.from(heic)
    damaged.fill(0, heic.indexOf('hvcC'), heic.indexOf('hvcC') + 4)
    await expect(decode(damaged)).rejects.toMatchObject({ code: 'DECODE_FAILED' })
    await decode(heic)
    expect(new Set(decoding.mock.contexts).size).toBe(1)
  })
})
