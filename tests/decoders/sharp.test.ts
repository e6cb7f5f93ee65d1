// What sharp decodes: every way of storing colour, animations and pages, profiles, and files that are cut.

import { describe, expect, test } from 'vitest'
import { pdq, type Raster } from 'exhibit-hash'
import sharp, { type Color, type Sharp } from 'sharp'
import type { DecodedImage } from '../../src/decode/index.js'
import { image } from '../support/fixtures.js'
import { decode, largestDifference, pdqDistance } from './pictures.js'

const SCENE = image('scene-09-512x384.png')
const scene = () => sharp(SCENE).removeAlpha()
const SCENE_RASTER = (await decode(await scene().png().toBuffer())).raster

const RED = { r: 200, g: 10, b: 20 }
const page = (background: Color) => ({ create: { width: 40, height: 30, channels: 3 as const, background } })
const PAGES = await Promise.all([RED, '#00ff00', '#0000ff'].map((colour) => sharp(page(colour)).png().toBuffer()))
const joined = () => sharp(PAGES, { join: { animated: true } })

const average = ({ data }: Raster, channel: number) =>
  data.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / (data.length / 3)

describe('sound pictures', () => {
  test.each<[string, () => Promise<Buffer>, number]>([
    ['PNG of 16 bits', () => scene().toColourspace('rgb16').png().toBuffer(), 1],
    ['TIFF of 16 bits', () => scene().toColourspace('rgb16').tiff({ compression: 'deflate' }).toBuffer(), 1],
    ['TIFF', () => scene().tiff({ compression: 'lzw' }).toBuffer(), 0],
    ['BigTIFF', () => scene().tiff({ compression: 'none', bigtiff: true }).toBuffer(), 0],
    ['WebP without loss', () => scene().webp({ lossless: true }).toBuffer(), 0],
    ['interlaced PNG', () => scene().png({ progressive: true }).toBuffer(), 0]
  ])('a %s has the pixels', async (_, make, within) => {
    const { raster, partial, frames } = await decode(await make())
    expect({ partial, frames }).toEqual({ partial: false, frames: 1 })
    expect(largestDifference(raster, SCENE_RASTER)).toBeLessThanOrEqual(within)
  })

  test.each<[string, () => Promise<Buffer>]>([
    ['JPEG', () => scene().jpeg({ quality: 90 }).toBuffer()],
    ['progressive JPEG', () => scene().jpeg({ quality: 90, progressive: true }).toBuffer()],
    ['JPEG with full chroma', () => scene().jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['CMYK JPEG', () => scene().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    ['CMYK TIFF', () => scene().toColourspace('cmyk').tiff({ compression: 'lzw' }).toBuffer()],
    ['WebP', () => scene().webp({ quality: 85 }).toBuffer()],
    ['AVIF', () => scene().avif({ quality: 70, effort: 1 }).toBuffer()],
    ['palette PNG', () => scene().png({ palette: true }).toBuffer()],
    ['GIF', () => scene().gif().toBuffer()],
    ['JPEG in a TIFF', () => scene().tiff({ compression: 'jpeg', quality: 90 }).toBuffer()],
    ['picture with a wide profile', () => scene().withIccProfile('p3').jpeg({ quality: 95 }).toBuffer()]
  ])('a %s is within the tolerance of PDQ', async (_, make) => {
    const { raster, partial } = await decode(await make())
    expect(partial).toBe(false)
    expect(pdqDistance(raster, SCENE_RASTER)).toBeLessThanOrEqual(10)
  })

  test('a profile is applied: the same colour comes back', async () => {
    const wide = await sharp(page(RED)).withIccProfile('p3').png().toBuffer()
    const { raster } = await decode(wide)
    const colour = [0, 1, 2].map((channel) => Math.round(average(raster, channel)))
    for (const [i, value] of [200, 10, 20].entries()) expect(Math.abs(colour[i] - value)).toBeLessThanOrEqual(2)
  })

  test.each(['b-w', 'grey16'] as const)('grey (%s) becomes three equal channels', async (space) => {
    const { raster } = await decode(await scene().greyscale().toColourspace(space).png().toBuffer())
    expect(raster).toMatchObject({ width: 512, height: 384, channels: 3 })
    expect(raster.data.every((value, i) => value === raster.data[i - (i % 3)])).toBe(true)
  })
})

describe('transparency', () => {
  const half = Buffer.from(Array.from({ length: 16 }, () => [100, 128]).flat())
  const greyAlpha = () => sharp(half, { raw: { width: 4, height: 4, channels: 2 } })

  test('of grey is put on white, and dropped for the imagehash family', async () => {
    const { raster, alphaDropped } = await decode(await greyAlpha().png().toBuffer())
    expect(new Set(raster.data)).toEqual(new Set([177]))
    expect(new Set(alphaDropped?.data)).toEqual(new Set([100]))
  })

  test.each<[string, (image: Sharp) => Sharp]>([
    ['PNG', (one) => one.png()],
    ['WebP', (one) => one.webp({ lossless: true, exact: true })],
    ['TIFF', (one) => one.tiff({ compression: 'lzw' })]
  ])('of colours in a %s', async (_, encode) => {
    const background = { r: 50, g: 100, b: 250, alpha: 0.5 }
    const picture = sharp({ create: { width: 8, height: 8, channels: 4, background } })
    const { raster, alphaDropped } = await decode(await encode(picture).toBuffer())
    const [red, green, blue] = raster.data
    for (const [value, wanted] of [
      [red, 153],
      [green, 178],
      [blue, 252]
    ]) {
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1)
    }
    expect([...(alphaDropped?.data.subarray(0, 3) ?? [])]).toEqual([50, 100, 250])
  })
})

describe('frames and pages', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['GIF', () => joined().gif().toBuffer()],
    ['WebP', () => joined().webp({ lossless: true }).toBuffer()],
    ['TIFF', () => joined().tiff({ compression: 'lzw' }).toBuffer()]
  ])('of a %s are counted, and the first is decoded', async (_, make) => {
    const { raster, frames, width, height } = await decode(await make())
    expect({ frames, width, height }).toEqual({ frames: 3, width: 40, height: 30 })
    expect(largestDifference(raster, (await decode(PAGES[0])).raster)).toBe(0)
  })

  test('of an animated PNG are counted from its own chunk', async () => {
    const control = Buffer.alloc(20)
    control.writeUInt32BE(8, 0)
    control.write('acTL', 4, 'latin1')
    control.writeUInt32BE(7, 8)
    const afterHeader = 8 + 25
    const animated = Buffer.concat([PAGES[0].subarray(0, afterHeader), control, PAGES[0].subarray(afterHeader)])
    // The checksum of the chunk is wrong, which costs nothing: the chunk is not needed for the pixels.
    expect(await decode(animated)).toMatchObject({ frames: 7, width: 40 })
    expect(await decode(PAGES[0])).toMatchObject({ frames: 1 })
  })
})

/** How much of the file is left, and how far the hash may then be off: what is missing counts for half of it. */
const KEPT = 0.85
const MAX_PARTIAL_BITS = 64

describe('cut pictures', () => {
  const cut = (bytes: Buffer): Promise<DecodedImage> => decode(bytes.subarray(0, Math.floor(bytes.length * KEPT)))

  test.each<[string, () => Promise<Buffer>]>([
    ['JPEG', () => scene().jpeg().toBuffer()],
    ['progressive JPEG', () => scene().jpeg({ progressive: true }).toBuffer()],
    ['PNG', () => scene().png().toBuffer()],
    ['GIF', () => scene().gif().toBuffer()],
    ['WebP', () => scene().webp().toBuffer()],
    ['WebP without loss', () => scene().webp({ lossless: true }).toBuffer()]
  ])('a %s is decoded as far as it goes, and said to be partial', async (_, make) => {
    const { raster, partial } = await cut(await make())
    expect(partial).toBe(true)
    expect(raster).toMatchObject({ width: 512, height: 384 })
    expect(pdqDistance(raster, SCENE_RASTER)).toBeLessThanOrEqual(MAX_PARTIAL_BITS)
    expect(pdq(raster).quality).toBeGreaterThanOrEqual(50)
  })

  test.each<[string, () => Promise<Buffer>]>([
    ['interlaced PNG, which libvips reads whole or not at all', () => scene().png({ progressive: true }).toBuffer()],
    ['AVIF, whose picture is one coded block', () => scene().avif({ effort: 1 }).toBuffer()],
    ['TIFF whose directory stands at its end', () => scene().tiff({ compression: 'lzw' }).toBuffer()]
  ])('%s: given up by code', async (_, make) => {
    await expect(cut(await make())).rejects.toMatchObject({ code: 'DECODE_FAILED', stage: 'decode' })
  })
})
