// The full-size raster that `exact` asks for: every decoder, the file's own numbers, and the ordinary raster unchanged.

import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeBytes, decodeImage, DEFAULT_DECODE_LIMITS, sniffFormat } from '../../src/decode/index.js'
import type { DecodedImage } from '../../src/decode/index.js'
import { image } from '../support/fixtures.js'
import { writeBmp } from './bmp-writer.js'
import { buildGrid } from './heif-builder.js'
import { decode, largestDifference, picture } from './pictures.js'

const WIDTH = 640
const HEIGHT = 400

/** Colours of their own in every place. */
const RGB = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, i) => [i % 256, (i >> 8) % 256, (i * 7) % 251]).flat()
)
const RGBA = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, i) => [...RGB.subarray(i * 3, i * 3 + 3), i % 256]).flat()
)

const rgb = () => sharp(RGB, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
const rgba = () => sharp(RGBA, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })

const blueFirst = Buffer.from(RGB)
for (let i = 0; i < RGB.length; i += 3) blueFirst.set([RGB[i + 2], RGB[i + 1], RGB[i]], i)

const lossless = picture('lossless.heic')
const tiles = { heic: lossless, tileWidth: 120, tileHeight: 80, columns: 6, rows: 5, width: WIDTH, height: HEIGHT }
const TILE = (await decode(lossless)).raster

function tiled(): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const from = ((y % 80) * 120 + (x % 120)) * 3
      data.set(TILE.data.subarray(from, from + 3), (y * WIDTH + x) * 3)
    }
  }
  return data
}

function decodeExact(bytes: Uint8Array): Promise<DecodedImage> {
  const format = sniffFormat(bytes)?.format ?? ''
  return decodeBytes(bytes, format, { ...DEFAULT_DECODE_LIMITS, exact: true })
}

/** The ordinary raster, which is what it was. */
async function expectSameOrdinary(bytes: Uint8Array, exact: DecodedImage): Promise<void> {
  const { full, ...ordinary } = await decode(bytes)
  expect(full === null).toBe(true)
  expect(largestDifference(exact.raster, ordinary.raster)).toBe(0)
  expect(exact.alphaDropped === null).toBe(ordinary.alphaDropped === null)
  if (exact.alphaDropped !== null && ordinary.alphaDropped !== null) {
    expect(largestDifference(exact.alphaDropped, ordinary.alphaDropped)).toBe(0)
  }
}

describe('a picture stored without loss gives the very pixels', () => {
  const p3 = () => rgb().withIccProfile('p3').png().toBuffer()
  const stored = async () =>
    sharp(await p3(), { ignoreIcc: true })
      .raw()
      .toBuffer()

  test.each<[string, () => Uint8Array | Promise<Buffer>, () => Buffer | Promise<Buffer>]>([
    ['PNG', () => rgb().png().toBuffer(), () => RGB],
    ['WebP', () => rgb().webp({ lossless: true }).toBuffer(), () => RGB],
    ['TIFF', () => rgb().tiff({ compression: 'lzw' }).toBuffer(), () => RGB],
    ['PNG with a profile of other primaries', p3, stored],
    ['BMP', () => writeBmp({ width: WIDTH, height: -HEIGHT, bits: 24, data: blueFirst }), () => RGB],
    ['HEIC of tiles', () => buildGrid(tiles), tiled]
  ])('of a %s', async (_, make, expected) => {
    const bytes = await make()
    const exact = await decodeExact(bytes)
    const { full, raster } = exact
    expect(raster).toMatchObject({ width: 512, height: 512 })
    expect(full?.raster).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 3 })
    expect(full?.alphaDropped).toBeNull()
    expect(Buffer.compare(full?.raster.data ?? RGB, await expected())).toBe(0)
    await expectSameOrdinary(bytes, exact)
  })

  test('its alpha dropped, and on white', async () => {
    const bytes = await rgba().png().toBuffer()
    const exact = await decodeExact(bytes)
    expect(Buffer.compare(exact.full?.alphaDropped?.data ?? RGBA, RGB)).toBe(0)
    const white = (value: number, i: number) => {
      const alpha = RGBA[Math.floor(i / 3) * 4 + 3]
      return Math.round((value * alpha + 255 * (255 - alpha)) / 255)
    }
    expect(Buffer.compare(exact.full?.raster.data ?? RGBA, Buffer.from(RGB.map(white)))).toBe(0)
    await expectSameOrdinary(bytes, exact)
  })
})

describe('a lossy picture', () => {
  test.each(['large.heic', 'large.jxl', 'large.jp2'])('%s is what its ordinary raster was made of', async (name) => {
    const exact = await decodeExact(picture(name))
    const { data, width, height } = exact.full?.raster ?? exact.raster
    expect({ width, height }).toEqual({ width: 800, height: 600 })
    const shrunk = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(512, 512, { fit: 'fill' })
      .raw()
      .toBuffer()
    expect(Buffer.compare(shrunk, exact.raster.data)).toBe(0)
    await expectSameOrdinary(picture(name), exact)
  })

  test('of inks is converted, since no other numbers are red, green and blue', async () => {
    const bytes = await rgb().withIccProfile('cmyk').toColourspace('cmyk').jpeg().toBuffer()
    const exact = await decodeExact(bytes)
    const converted = await sharp(bytes).toColourspace('srgb').raw().toBuffer()
    expect(Buffer.compare(exact.full?.raster.data ?? RGB, converted)).toBe(0)
  })
})

describe('without a need', () => {
  test.each(['original.png', 'alpha.png', 'lossless.heic', 'alpha.heic', 'lossless.jp2', 'cmyk.tif', 'cmyk.psd'])(
    '%s, which fits the raster, is given once',
    async (name) => {
      const exact = await decodeExact(picture(name))
      expect(exact.full === null).toBe(true)
      await expectSameOrdinary(picture(name), exact)
    }
  )

  test('but a small picture with a profile has numbers of its own', async () => {
    const bytes = await rgb()
      .extract({ left: 0, top: 0, width: 300, height: 200 })
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const exact = await decodeExact(bytes)
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()
    expect(Buffer.compare(exact.full?.raster.data ?? RGB, stored)).toBe(0)
    expect(Buffer.compare(exact.raster.data, stored)).not.toBe(0)
    await expectSameOrdinary(bytes, exact)
  })
})

describe('damage', () => {
  test('costs the full size as much as the ordinary raster', async () => {
    const whole = readFileSync(image('scene-15-1600x1200.jpg'))
    const bytes = whole.subarray(0, whole.length >> 1)
    const exact = await decodeExact(bytes)
    expect(exact.partial).toBe(true)
    const undamaged = (await decodeExact(whole)).full?.raster.data ?? RGB
    const quarter = undamaged.length >> 2
    expect(Buffer.compare(exact.full?.raster.data.subarray(0, quarter) ?? RGB, undamaged.subarray(0, quarter))).toBe(0)
    await expectSameOrdinary(bytes, exact)
  })
})

test('decodeImage gives the full-size raster where it is asked for', async () => {
  const path = image('scene-13-800x600.jpg')
  expect(await decodeImage(path)).toMatchObject({ width: 512, height: 512 })
  expect(await decodeImage(path, { exact: true })).toMatchObject({ width: 800, height: 600, channels: 3 })
  expect(await decodeImage(image('scene-05-256x256.png'), { exact: true })).toMatchObject({ width: 256, height: 256 })
})
