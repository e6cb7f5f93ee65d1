// JPEGs whose luma is read from coefficients: equal to libjpeg's, near sharp's hashes, and everything else as sharp has it.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hashFile, pdq, phash } from 'exhibit-hash'
import sharp, { type JpegOptions, type Sharp } from 'sharp'
import { kernels, type JpegReduction } from '../../src/kernels/index.js'
import { mutated } from '../support/bad-files.js'
import { hexDistance, image } from '../support/fixtures.js'
import { buildJpeg, segment } from '../support/jpeg-builder.js'
import { decode, pdqDistance } from './pictures.js'

const SCENE = readFileSync(image('scene-17-2400x1800.jpg'))

const scaled = (width: number, height: number): Sharp => sharp(SCENE).resize(width, height, { fit: 'fill' })
const jpeg = (width: number, height: number, options: JpegOptions = {}): Promise<Buffer> =>
  scaled(width, height)
    .jpeg({ quality: 85, ...options })
    .toBuffer()

/** Of next to no low frequencies. */
function stripes(width: number, height: number): Sharp {
  const data = Uint8Array.from({ length: width * height }, (_, at) => ((at % width) % 10 < 5 ? 60 : 190))
  return sharp(data, { raw: { width, height, channels: 1 } }).toColourspace('srgb')
}

/** Grey samples of libjpeg's own decoder; `null` where the system has none. */
function djpeg(file: Buffer, reduction: JpegReduction): Uint8Array | null {
  const args = ['-grayscale', '-pnm', ...(reduction === 8 ? ['-scale', '1/8'] : ['-dct', 'int'])]
  const run = spawnSync('djpeg', args, { input: file, maxBuffer: 1 << 28 })
  if (run.error !== undefined) return null
  expect(run.status, run.stderr.toString()).toBe(0)
  const [header] = /^P5\s\d+\s\d+\s\d+\s/.exec(run.stdout.subarray(0, 40).toString('latin1')) ?? ['']
  return run.stdout.subarray(header.length)
}

const chroma = { h: 1, v: 1, table: 1 }
const random = (h: number, v: number): Buffer =>
  buildJpeg({ width: 90, height: 70, components: [{ h, v, table: 0 }, chroma, chroma], restartInterval: 3, seed: 5 })
    .bytes

describe('samples are those of libjpeg', () => {
  const cases: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
    '4:2:0': () => jpeg(643, 481),
    '4:4:4 of quality 100': () => jpeg(333, 222, { quality: 100, chromaSubsampling: '4:4:4' }),
    'quality 30': () => jpeg(801, 399, { quality: 30 }),
    grey: () => scaled(401, 300).toColourspace('b-w').jpeg().toBuffer(),
    'optimised tables': () => jpeg(500, 377, { optimiseCoding: true }),
    progressive: () => jpeg(643, 481, { progressive: true }),
    'one pixel': () => jpeg(1, 1),
    'a large scene': () => SCENE,
    'coefficients of 4:2:2 with restarts': () => random(2, 1),
    'coefficients of 4:4:0 with restarts': () => random(1, 2),
    'coefficients of 4:1:1 with restarts': () => random(4, 1)
  }
  for (const [name, make] of Object.entries(cases)) {
    test(name, async (context) => {
      const file = await make()
      const { width, height } = await sharp(file).metadata()
      for (const reduction of name === 'progressive' ? ([8] as const) : ([1, 8] as const)) {
        const expected = djpeg(file, reduction)
        if (expected === null) return context.skip('djpeg is missing (Debian: libjpeg-turbo-progs)')
        const out = new Uint8Array(Math.ceil(width / reduction) * Math.ceil(height / reduction))
        expect(kernels().jpegLuma(file, reduction, out)).toBe(true)
        expect(Buffer.compare(out, expected), `1/${reduction}`).toBe(0)
      }
    })
  }
})

/** PDQ and pHash of the whole picture as sharp has it at full size. */
async function expectNearSharp(file: Buffer): Promise<void> {
  const { raster } = await decode(file)
  expect(raster.channels).toBe(1)
  const full = await sharp(file).raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = full.info
  const whole = sharp(full.data, { raw: { width, height, channels: channels as 3 } })
  const isLarge = width > 512 || height > 512
  const data = await (isLarge ? whole.resize(512, 512, { fit: 'fill' }) : whole).raw().toBuffer()
  const expected = { data, width: isLarge ? 512 : width, height: isLarge ? 512 : height, channels: 3 as const }
  expect({ width: raster.width, height: raster.height }).toEqual({ width: expected.width, height: expected.height })
  expect(pdqDistance(raster, expected)).toBeLessThanOrEqual(6)
  expect(hexDistance(phash(raster).hex, phash(expected).hex)).toBeLessThanOrEqual(4)
}

describe('hashes are near those of all of the picture', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['from means of blocks', () => jpeg(2501, 1803)],
    ['from means of a progressive picture', () => jpeg(2501, 1803, { progressive: true })],
    ['from four samples a block', () => jpeg(1203, 901)],
    ['from all samples', () => jpeg(850, 611)],
    ['from all samples of a long strip', () => jpeg(1400, 300)],
    ['as they are', () => jpeg(311, 200)]
  ])('%s', async (_, make) => {
    await expectNearSharp(await make())
  })
})

describe('left to sharp', () => {
  const small = () => jpeg(300, 200)
  test.each<[string, () => Promise<Buffer>]>([
    ['a progressive picture that is not large', () => jpeg(1200, 900, { progressive: true })],
    ['even stripes, whose hash hangs on how they are shrunk', () => stripes(1600, 1000).jpeg().toBuffer()],
    ['inks', () => scaled(300, 200).toColourspace('cmyk').jpeg().toBuffer()],
    ['a profile that changes colours', () => scaled(300, 200).withIccProfile('p3').jpeg().toBuffer()],
    [
      'EXIF that is cut',
      async () => withSegment(await small(), segment(0xe1, ...Buffer.from('Exif\0\0II*\0', 'latin1')))
    ],
    ['a second EXIF', async () => withSegment(withSegment(await small(), exif(6)), exif(8))]
  ])('%s', async (_, make) => {
    const { raster, partial } = await decode(await make())
    expect({ channels: raster.channels, partial }).toEqual({ channels: 3, partial: false })
  })

  test('damage, which sharp decodes as far as it goes', async () => {
    const file = await jpeg(600, 400)
    const { raster, partial } = await decode(file.subarray(0, file.length * 0.8))
    expect({ channels: raster.channels, partial }).toEqual({ channels: 3, partial: true })
  })

  test('a picture that claims too many pixels has the same error', async () => {
    const options = { hashes: ['pdq'], maxPixels: 1000 } as const
    const { error } = await hashFile(await small(), options)
    expect(error?.code).toBe('PIXEL_LIMIT')
  })
})

function withSegment(file: Buffer, inserted: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, 2), inserted, file.subarray(2)])
}

/** A directory with nothing but an orientation. */
function exif(orientation: number): Buffer {
  const entry = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
  return segment(0xe1, ...Buffer.from('Exif\0\0MM\0*\0\0\0\x08', 'latin1'), ...entry)
}

describe('facts are those that sharp tells', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i', async (orientation) => {
    const file = withSegment(await jpeg(300, 200), exif(orientation))
    const { raster, ...facts } = await decode(file)
    expect((await sharp(file).metadata()).orientation).toBe(orientation)
    expect(raster).toMatchObject({ width: 300, height: 200, channels: 1 })
    expect(facts).toMatchObject({ format: 'jpeg', width: 300, height: 200, orientation, frames: 1, partial: false })
  })

  test('of a camera, which writes its EXIF with sharp', async () => {
    const file = await scaled(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect(await decode(file)).toMatchObject({ orientation: 6, raster: { channels: 1 } })
  })

  test('sRGB that is written out is taken', async () => {
    const file = await scaled(300, 200).withIccProfile('srgb').jpeg().toBuffer()
    expect((await sharp(file).metadata()).icc).toBeDefined()
    expect((await decode(file)).raster.channels).toBe(1)
  })
})

describe('colours', () => {
  test('are decoded for those who ask, and change no other hash', async () => {
    const file = await jpeg(1203, 901)
    const [alone, all] = [await hashFile(file, { hashes: ['pdq', 'phash'] }), await hashFile(file, { preview: true })]
    expect(all.hashes).toMatchObject(alone.hashes ?? {})
    expect(all.preview).toHaveLength(28)
    const { raster } = await decode(file)
    expect(pdq(raster).hex).toBe(alone.hashes?.pdq)
  })
})

test('damaged files have a record', async () => {
  const file = await jpeg(200, 150)
  for (let seed = 0; seed < 30; seed++) {
    const { error, media } = await hashFile(mutated(file, seed), { hashes: ['pdq'] })
    if (error !== null) expect(['DECODE_FAILED', 'PIXEL_LIMIT']).toContain(error.code)
    else if (media?.kind === 'image') expect(media.width).toBeGreaterThan(0)
  }
})
