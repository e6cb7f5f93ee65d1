// Every fixture of fixtures/images: what is said of it, and its pixels against sharp's of the same picture.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { decodeImage, hashFile } from 'exhibit-hash'
import { decoderFacts } from '../../src/decode/index.js'
import { MagickLibrary } from '../../src/decode/magick-library.js'
import { image } from '../support/fixtures.js'
import { decode, largestDifference, pdqDistance, picture } from './pictures.js'

const LARGE = image('scene-13-800x600.jpg')

const EXACT: readonly (readonly [file: string, same: string, within: number])[] = [
  ['lossless.heic', 'original.png', 1],
  ['lossless.jxl', 'original.png', 0],
  ['container.jxl', 'original.png', 0],
  ['lossless.jp2', 'original.png', 0],
  ['codestream.j2k', 'original.png', 0],
  ['rgb.psd', 'half.png', 0],
  ['raw.psd', 'half.png', 0],
  ['rgb.psb', 'half.png', 0],
  ['palette.psd', 'palette.png', 0],
  // 16 bits are rounded here and cut there.
  ['deep.jxl', 'deep.png', 1],
  ['deep.jp2', 'deep.png', 1],
  ['deep.psd', 'deep.png', 1],
  ['grey.jxl', 'grey.png', 0],
  ['grey.jp2', 'grey.png', 0],
  ['grey.heic', 'grey.png', 2],
  ['alpha.jxl', 'alpha.png', 0],
  ['alpha.jp2', 'alpha.png', 0]
]

describe('a picture without loss', () => {
  test.each(EXACT)('%s has the pixels of %s, give or take %i', async (file, same, within) => {
    const [made, expected] = [await decode(picture(file)), await decode(picture(same))]
    expect(made).toMatchObject({ width: expected.width, height: expected.height, orientation: 1, partial: false })
    expect(largestDifference(made.raster, expected.raster)).toBeLessThanOrEqual(within)
    expect(made.alphaDropped === null).toBe(expected.alphaDropped === null)
    if (made.alphaDropped !== null && expected.alphaDropped !== null) {
      expect(largestDifference(made.alphaDropped, expected.alphaDropped)).toBeLessThanOrEqual(within)
    }
  })
})

describe('PDQ', () => {
  test.each([
    ['large.heic', LARGE],
    ['large.jxl', LARGE],
    ['large.jp2', LARGE],
    ['from-jpeg.jxl', image('edit-01-q30.jpg')],
    ['orientation-6.jxl', image('exif-orientation-6.jpg')],
    ['deep.heic', 'deep.png'],
    ['alpha.heic', 'alpha.png']
  ])('of %s is within 8 bits of sharp’s of the same picture', async (file, same) => {
    const raster = await decodeImage(same.includes('/') || same.includes('\\') ? same : picture(same))
    expect(pdqDistance(await decodeImage(picture(file)), raster)).toBeLessThanOrEqual(8)
  })
})

describe('what is said of a picture', () => {
  test.each<[string, string, number, number, object]>([
    ['large.heic', 'heic', 800, 600, {}],
    ['two-pictures.heic', 'heic', 120, 80, { frames: 2 }],
    ['large.jxl', 'jxl', 800, 600, {}],
    ['orientation-6.jxl', 'jxl', 640, 400, { orientation: 6 }],
    ['animated.jxl', 'jxl', 40, 30, {}],
    ['large.jp2', 'jp2', 800, 600, {}],
    ['codestream.j2k', 'jp2', 120, 80, {}],
    ['rgb.psd', 'psd', 60, 40, {}],
    ['bilevel.psd', 'psd', 60, 40, {}],
    ['grey.psd', 'psd', 60, 40, {}],
    ['rgb.psb', 'psb', 60, 40, {}]
  ])('%s is a %s of %i × %i', async (file, format, width, height, more) => {
    const { media, hashes, error } = await hashFile(picture(file), { hashes: ['pdq'] })
    expect(error).toBeNull()
    expect(media).toEqual({
      ...{ kind: 'image', format, width, height, orientation: 1, frames: 1, partial: false },
      ...more
    })
    expect(hashes?.pdq).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each(['large.heic', 'large.jxl', 'large.jp2', 'rgb.psd', 'rgb.psb'])(
    '%s is refused before it is decoded where it has too many pixels',
    async (file) => {
      const { error, media } = await hashFile(picture(file), { maxPixels: 1000 })
      expect(error).toMatchObject({ code: 'PIXEL_LIMIT', stage: 'decode' })
      expect(media).toEqual({ kind: 'image', format: expect.any(String) })
    }
  )
})

describe('colour', () => {
  test('of a bilevel Photoshop file is black and white', async () => {
    expect(new Set((await decodeImage(picture('bilevel.psd'))).data)).toEqual(new Set([0, 255]))
  })

  test('of a Photoshop file with alpha is as stored: its flattened picture is on white already', async () => {
    const [made, expected] = [await decode(picture('alpha.psd')), await decode(picture('alpha.png'))]
    expect(expected.alphaDropped && largestDifference(made.raster, expected.alphaDropped)).toBe(0)
    expect(made.alphaDropped).toBeNull()
  })

  test('of a CMYK Photoshop file is what sharp makes of the same inks', async () => {
    const [made, expected] = [await decode(picture('cmyk.psd')), await decode(picture('cmyk.tif'))]
    expect(largestDifference(made.raster, expected.raster)).toBe(0)
  })
})

describe('ImageMagick', () => {
  afterEach(() => vi.restoreAllMocks())

  test('is made anew after an abort, which costs one picture', async () => {
    const loading = vi.spyOn(MagickLibrary, 'load')
    const decoding = vi.spyOn(MagickLibrary.prototype, 'decode')
    decoding.mockImplementationOnce(() => {
      throw new Error('unreachable')
    })
    await expect(decode(picture('lossless.jxl'))).rejects.toMatchObject({ code: 'DECODE_FAILED' })
    loading.mockClear()
    expect(await decode(picture('lossless.jxl'))).toMatchObject({ width: 120, partial: false })
    expect(loading).toHaveBeenCalledOnce()
  })
})

test('doctor’s facts name every decoder with its version', async () => {
  const facts = await decoderFacts()
  const versions = Object.fromEntries(facts.map(({ name, version }) => [name, version]))
  expect(versions).toEqual({
    sharp: expect.stringMatching(/^\d+\.\d+\.\d+ \(libvips \d/),
    bmp: 'built in',
    jpeg: 'built in, else sharp',
    libheif: expect.stringMatching(/^\d+\.\d+/),
    ImageMagick: expect.stringMatching(/^7\.\d/)
  })
  const formats = facts.flatMap((one) => one.formats)
  expect(new Set(formats).size).toBe(formats.length)
})
