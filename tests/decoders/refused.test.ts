// What no decoder may touch: formats that are programs, loaders and coders that are not on a list, claims beyond limits.

import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeImage } from 'exhibit-hash'
import { decodeBytes, DEFAULT_DECODE_LIMITS, isDecodable, sniffFormat } from '../../src/decode/index.js'
import { ALLOWED_LOADERS, BLOCKED_LOADERS, loadSharp } from '../../src/decode/libvips.js'
import { MagickLibrary } from '../../src/decode/magick-library.js'
import { picture } from './pictures.js'

const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
)
const PROGRAMS: Readonly<Record<string, Buffer>> = {
  svg: SVG,
  'svg with a declaration': Buffer.concat([Buffer.from('<?xml version="1.0"?>\n'), SVG]),
  mvg: Buffer.from('push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 "/etc/hostname"\npop graphic-context\n'),
  msl: Buffer.from('<?xml version="1.0"?><image><read filename="/etc/hostname"/></image>'),
  pdf: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n'),
  postscript: Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n'),
  text: Buffer.from('label:@/etc/hostname\n'),
  csv: Buffer.from('1,2,3\n4,5,6\n'),
  ppm: Buffer.from('P6\n1 1\n255\nabc'),
  'libvips’s own': Buffer.concat([Buffer.from([0xb6, 0xa6, 0xf2, 8]), Buffer.alloc(200)])
}
const programs = Object.entries(PROGRAMS)

describe('content that is a program or has no business here', () => {
  test.each(programs)('%s is no picture', async (_, bytes) => {
    await expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' })
  })

  const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'dng', 'bmp', 'heic', 'jxl', 'jp2', 'psd', 'psb']
  test.each(programs)('%s is refused by every decoder, whatever it is said to be', async (_, bytes) => {
    for (const format of formats) {
      expect(isDecodable(format)).toBe(true)
      const decoded = decodeBytes(bytes, format, DEFAULT_DECODE_LIMITS)
      await expect(decoded, format).rejects.toMatchObject({ code: 'DECODE_FAILED' })
    }
  })

  test('a picture of another format than it is said to be does not reach that format’s coder', async () => {
    for (const name of ['original.png', 'lossless.jp2', 'rgb.psd', 'lossless.jxl']) {
      const bytes = picture(name)
      for (const format of ['jxl', 'jp2', 'psd'].filter((one) => one !== sniffFormat(bytes)?.format)) {
        const decoded = decodeBytes(bytes, format, DEFAULT_DECODE_LIMITS)
        await expect(decoded, `${name} as ${format}`).rejects.toMatchObject({ code: 'DECODE_FAILED' })
      }
    }
  })
})

describe('sharp', () => {
  test('refuses what is blocked with the decoders loaded', async () => {
    const sharp = await loadSharp()
    await expect(sharp(SVG).metadata()).rejects.toThrow(/unsupported/)
  })

  test('has no loader that is neither allowed nor blocked', async () => {
    const require = createRequire(import.meta.url)
    const imgFolder = join(dirname(require.resolve('sharp')), '..', '..', '@img')
    const packages = readdirSync(imgFolder).filter((name) => name.startsWith('sharp-libvips-'))
    // Elsewhere than on Linux and macOS the library is part of the addon.
    expect(packages.length, 'no libvips found to look into').toBeGreaterThan(0)
    for (const name of packages) {
      const folder = join(imgFolder, name, 'lib')
      const library = readdirSync(folder).find((file) => file.startsWith('libvips-cpp'))
      const text = readFileSync(join(folder, library ?? ''), 'latin1')
      const loaders = new Set(
        Array.from(text.matchAll(/VipsForeignLoad([A-Z][A-Za-z0-9]*)\0/g), ([, loader]) => loader)
      )
      const base = (loader: string) => loader.replace(/(File|Buffer|Source)$/, '')
      const unknown = [...loaders].filter((one) => ![...ALLOWED_LOADERS, ...BLOCKED_LOADERS].includes(base(one)))
      expect(unknown).toEqual([])
      expect([...loaders].map(base)).toEqual(expect.arrayContaining(ALLOWED_LOADERS))
    }
  })
})

describe('ImageMagick', () => {
  test('reads no file, no address and no coder but its four, even when asked to', async () => {
    await MagickLibrary.load()
    const magick = await import('@imagemagick/magick-wasm')
    const read = (source: string | Uint8Array, format?: string) => () => {
      const settings = new magick.MagickReadSettings(
        format === undefined ? {} : { format: format as (typeof magick.MagickFormat)[keyof typeof magick.MagickFormat] }
      )
      if (typeof source === 'string') magick.ImageMagick.read(source, settings, (one) => one.width)
      else magick.ImageMagick.read(source, settings, (one) => one.width)
    }
    const names = [
      '/xml/policy.xml',
      '@/xml/policy.xml',
      'label:x',
      'xc:red',
      'rose:',
      'http://127.0.0.1/',
      'inline:x',
      'msl:x'
    ]
    for (const name of names) expect(read(name), name).toThrow(/NotAuthorized|NoDecodeDelegate/)
    const coders = ['SVG', 'MVG', 'MSL', 'PNG', 'BMP', 'JPEG', 'TXT', 'PDF', 'PS', 'TIFF', 'MPC', 'FILE', 'CAPTION']
    for (const coder of coders) {
      expect(read(picture('original.png'), coder), coder).toThrow(/NotAuthorized|NoDecodeDelegate/)
    }
    for (const [name, bytes] of programs) {
      expect(read(bytes), name).toThrow(/NotAuthorized|NoDecodeDelegate/)
    }
  })
})
