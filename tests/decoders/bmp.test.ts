// BMP: every pixel of every depth, coding and header.

import { describe, expect, test } from 'vitest'
import { decodeImage, hashFile } from 'exhibit-hash'
import { packRows, writeBmp, type BmpOptions } from './bmp-writer.js'
import { decode } from './pictures.js'

const WIDTH = 11
const HEIGHT = 5

const grid = (value: (x: number, y: number) => number): number[][] =>
  Array.from({ length: HEIGHT }, (_, y) => Array.from({ length: WIDTH }, (__, x) => value(x, y)))

/** A palette in which no two colours and no two channels are alike. */
const colours = (count: number): [number, number, number][] =>
  Array.from({ length: count }, (_, i) => [(i * 7) & 255, (i * 13 + 5) & 255, (i * 29 + 11) & 255])

const flat = (colour: (x: number, y: number) => readonly number[]): number[] =>
  grid((x, y) => y * WIDTH + x).flatMap((row) => row.flatMap((at) => colour(at % WIDTH, Math.floor(at / WIDTH))))

const size = { width: WIDTH, height: HEIGHT }

async function pixelsOf(options: BmpOptions): Promise<number[]> {
  const { raster, partial } = await decode(writeBmp(options))
  expect(partial).toBe(false)
  expect(raster).toMatchObject({ ...size, channels: 3 })
  return [...raster.data]
}

describe('a BMP with a palette', () => {
  const cases = [1, 2, 4, 8].flatMap((bits) =>
    ([12, 40, 64, 108, 124] as const).flatMap((headerBytes) =>
      [false, true].map((topDown) => ({ bits, headerBytes, topDown }))
    )
  )
  test.each(cases.filter(({ headerBytes, topDown }) => headerBytes !== 12 || !topDown))(
    'of $bits bits, header of $headerBytes bytes, top down $topDown, has every pixel right',
    async ({ bits, headerBytes, topDown }) => {
      const palette = colours(2 ** bits)
      const index = (x: number, y: number) => (x * 3 + y * 5) % palette.length
      const data = packRows(grid(index), bits, topDown)
      const pixels = await pixelsOf({ ...size, bits, headerBytes, topDown, palette, data })
      expect(pixels).toEqual(flat((x, y) => palette[index(x, y)]))
    }
  )

  test('shorter than its indexes is black where it ends', async () => {
    const palette = colours(3)
    const data = packRows(
      grid((x) => x),
      8
    )
    const pixels = await pixelsOf({ ...size, bits: 8, palette, data })
    expect(pixels).toEqual(flat((x) => (x < 3 ? palette[x] : [0, 0, 0])))
  })
})

describe('a BMP of true colours', () => {
  const red = (x: number, y: number) => (x * 23 + y) & 255
  const green = (x: number, y: number) => (y * 51 + x) & 255
  const blue = (x: number, y: number) => (x * y * 5) & 255
  const scaled = (value: number, most: number) => Math.round((value * 255) / most)

  test.each([12, 40, 64, 124] as const)('of 24 bits, header of %i bytes', async (headerBytes) => {
    const data = packRows(
      grid((x, y) => red(x, y) * 65536 + green(x, y) * 256 + blue(x, y)),
      24
    )
    const pixels = await pixelsOf({ ...size, bits: 24, headerBytes, data })
    expect(pixels).toEqual(flat((x, y) => [red(x, y), green(x, y), blue(x, y)]))
  })

  test('of 32 bits ignores the fourth byte where no mask is given', async () => {
    const value = (x: number, y: number) => 0x55 * 2 ** 24 + red(x, y) * 65536 + green(x, y) * 256 + blue(x, y)
    const pixels = await pixelsOf({ ...size, bits: 32, topDown: true, data: packRows(grid(value), 32, true) })
    expect(pixels).toEqual(flat((x, y) => [red(x, y), green(x, y), blue(x, y)]))
  })

  test('of 16 bits is 5-5-5 where no mask is given', async () => {
    const value = (x: number, y: number) => (x % 32) * 1024 + ((y * 6) % 32) * 32 + ((x + y) % 32)
    const pixels = await pixelsOf({ ...size, bits: 16, data: packRows(grid(value), 16) })
    expect(pixels).toEqual(flat((x, y) => [x % 32, (y * 6) % 32, (x + y) % 32].map((one) => scaled(one, 31))))
  })

  test.each([40, 108] as const)('of 16 bits with masks 5-6-5, header of %i bytes', async (headerBytes) => {
    const value = (x: number, y: number) => (x % 32) * 2048 + ((y * 13) % 64) * 32 + ((x + y) % 32)
    const masks = [0xf800, 0x7e0, 0x1f]
    const data = packRows(grid(value), 16)
    const pixels = await pixelsOf({ ...size, bits: 16, headerBytes, compression: 3, masks, data })
    expect(pixels).toEqual(flat((x, y) => [scaled(x % 32, 31), scaled((y * 13) % 64, 63), scaled((x + y) % 32, 31)]))
  })

  test('of 32 bits with ten bits a channel', async () => {
    const value = (x: number, y: number) => x * 90 * 2 ** 20 + y * 200 * 1024 + x * y * 20
    const masks = [0x3ff00000, 0xffc00, 0x3ff]
    const pixels = await pixelsOf({ ...size, bits: 32, compression: 3, masks, data: packRows(grid(value), 32) })
    expect(pixels).toEqual(flat((x, y) => [x * 90, y * 200, x * y * 20].map((one) => scaled(one, 1023))))
  })

  test('with alpha is on white, and has its colours where alpha is dropped', async () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000]
    const value = (x: number) => x * 25 * 2 ** 24 + 200 * 65536 + 100 * 256 + 50
    const bmp = { ...size, bits: 32, headerBytes: 124, compression: 3, masks, data: packRows(grid(value), 32) } as const
    const { raster, alphaDropped } = await decode(writeBmp(bmp))
    const onWhite = (colour: number, alpha: number) => Math.round((colour * alpha + 255 * (255 - alpha)) / 255)
    expect([...raster.data]).toEqual(flat((x) => [200, 100, 50].map((colour) => onWhite(colour, x * 25))))
    expect([...(alphaDropped?.data ?? [])]).toEqual(flat(() => [200, 100, 50]))
  })

  test('whose alpha is nothing but zeros is opaque', async () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000]
    const data = packRows(
      grid(() => 0x102030),
      32
    )
    const pixels = await pixelsOf({ ...size, bits: 32, headerBytes: 124, compression: 3, masks, data })
    expect(pixels).toEqual(flat(() => [0x10, 0x20, 0x30]))
  })
})

describe('a run-length coded BMP', () => {
  const palette = colours(16)
  const pixel = (index: number) => palette[index]
  // Lowest row first: a run, a literal of odd length, a jump over one row, the end.
  const rle8 = [6, 3, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 2, 2, 1, 9, 7, 0, 1]
  const rle8Index = (x: number, y: number) => {
    if (y === HEIGHT - 1) return x < 6 ? 3 : x - 5
    return y === HEIGHT - 3 && x >= 2 ? 7 : 0
  }

  test('of 8 bits', async () => {
    const pixels = await pixelsOf({ ...size, bits: 8, compression: 1, palette, data: Buffer.from(rle8) })
    expect(pixels).toEqual(flat((x, y) => pixel(rle8Index(x, y))))
  })

  test('of 4 bits', async () => {
    // A run of 5 that alternates, a literal of 6, the end of the line and of the bitmap.
    const data = Buffer.from([5, 0x1a, 0, 6, 0x12, 0x34, 0x56, 0, 0, 0, 0, 1])
    const index = (x: number, y: number) => (y === HEIGHT - 1 ? (x < 5 ? [1, 10][x % 2] : x - 4) : 0)
    const pixels = await pixelsOf({ ...size, bits: 4, compression: 2, palette, data })
    expect(pixels).toEqual(flat((x, y) => pixel(index(x, y))))
  })

  test('of 24 bits, as OS/2 has it', async () => {
    const data = Buffer.from([11, 10, 20, 30, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 1])
    const row = (x: number) => (x < 3 ? [x * 3 + 3, x * 3 + 2, x * 3 + 1] : [0, 0, 0])
    const pixels = await pixelsOf({ ...size, bits: 24, headerBytes: 64, compression: 4, data })
    expect(pixels).toEqual(flat((x, y) => (y === 4 ? [30, 20, 10] : y === 3 ? row(x) : [0, 0, 0])))
  })

  test('that runs over the end of a row or of its data stays within the picture', async () => {
    const data = Buffer.from([255, 3, 0, 0, 255, 4])
    const { raster, partial } = await decode(writeBmp({ ...size, bits: 8, compression: 1, palette, data }))
    expect(partial).toBe(true)
    expect([...raster.data]).toEqual(flat((_, y) => pixel(y === 4 ? 3 : y === 3 ? 4 : 0)))
  })
})

describe('a BMP', () => {
  const bmp = writeBmp({
    ...size,
    bits: 24,
    data: packRows(
      grid((x, y) => x * 65536 + y),
      24
    )
  })

  test('in an OS/2 bitmap array is the first of it', async () => {
    const array = Buffer.alloc(14)
    array.write('BA', 'latin1')
    array.writeUInt32LE(14, 2)
    const file = Buffer.concat([array, bmp])
    file.writeUInt32LE(54 + 14, 14 + 10)
    expect([...(await decode(file)).raster.data]).toEqual(flat((x, y) => [x, 0, y]))
  })

  test('that is cut keeps its rows, lowest first, and is partial', async () => {
    const stride = 36
    const { raster, partial } = await decode(bmp.subarray(0, 54 + stride * 2 + 6))
    expect(partial).toBe(true)
    expect([...raster.data]).toEqual(
      flat((x, y) => (y >= HEIGHT - 2 || (y === HEIGHT - 3 && x < 2) ? [x, 0, y] : [0, 0, 0]))
    )
  })

  test('larger than the raster is resized', async () => {
    const large = packRows(
      Array.from({ length: 600 }, () => Array.from({ length: 700 }, () => 0x336699)),
      24
    )
    const raster = await decodeImage(writeBmp({ width: 700, height: 600, bits: 24, data: large }))
    expect(raster).toMatchObject({ width: 512, height: 512, channels: 3 })
    expect(new Set(raster.data)).toEqual(new Set([0x33, 0x66, 0x99]))
  })

  test.each<[string, (file: Buffer) => void]>([
    ['without width', (file) => file.writeInt32LE(0, 18)],
    ['of a negative width', (file) => file.writeInt32LE(-5, 18)],
    ['of 7 bits a pixel', (file) => file.writeUInt16LE(7, 28)],
    ['of an unknown compression', (file) => file.writeUInt32LE(9, 30)],
    ['that holds a JPEG', (file) => file.writeUInt32LE(4, 30)]
  ])('%s is refused by code', async (_, damage) => {
    const file = Buffer.from(bmp)
    damage(file)
    expect(await hashFile(file)).toMatchObject({ error: { code: 'DECODE_FAILED' }, media: { format: 'bmp' } })
  })

  test('that claims too many pixels is refused before any are made', async () => {
    const file = Buffer.from(bmp)
    file.writeInt32LE(40_000, 18)
    file.writeInt32LE(40_000, 22)
    await expect(decode(file)).rejects.toMatchObject({ code: 'PIXEL_LIMIT' })
  })
})
