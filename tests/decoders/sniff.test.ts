// Formats told by their first bytes.

import { describe, expect, test } from 'vitest'
import { namedLikePicture, SNIFF_BYTES, sniffFormat } from '../../src/decode/index.js'
import { image } from '../support/fixtures.js'
import { readFileSync } from 'node:fs'
import { picture } from './pictures.js'

const ftyp = (major: string, ...compatible: string[]): Buffer => {
  const content = Buffer.from(`ftyp${major}\0\0\0\0${compatible.join('')}`, 'latin1')
  const size = Buffer.alloc(4)
  size.writeUInt32BE(content.length + 4)
  return Buffer.concat([size, content, Buffer.from('\0\0\0\x08metaavif', 'latin1')])
}

/** A TIFF directory with these tags, at this offset. */
function tiff(order: 'II' | 'MM', tags: readonly number[], at = 8): Buffer {
  const file = Buffer.alloc(at + 2 + tags.length * 12 + 4)
  const u16 = (value: number, offset: number) =>
    order === 'II' ? file.writeUInt16LE(value, offset) : file.writeUInt16BE(value, offset)
  file.write(order, 'latin1')
  u16(42, 2)
  u16(at, order === 'II' ? 4 : 6)
  u16(tags.length, at)
  tags.forEach((tag, i) => u16(tag, at + 2 + i * 12))
  return file
}

function icon(change: (file: Buffer) => void = () => undefined): Buffer {
  const file = Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 1, 0, 0, 22, 0, 0, 0])
  change(file)
  return file
}

const bmp = (headerBytes: number, reserved: number, planes: number): Buffer => {
  const file = Buffer.alloc(64)
  file.write('BM', 'latin1')
  file.writeUInt32LE(reserved, 6)
  file.writeUInt32LE(headerBytes, 14)
  file.writeUInt16LE(planes, headerBytes === 12 ? 22 : 26)
  return file
}

describe('sniffing', () => {
  test.each<[string, string | undefined, Buffer]>([
    ['HEIC', 'heic', ftyp('heic', 'mif1', 'heic')],
    ['HEIC of 10 bits', 'heic', ftyp('heix', 'mif1')],
    ['neutral brand with HEIC', 'heic', ftyp('mif1', 'miaf', 'heic')],
    ['neutral brand with AVIF', 'avif', ftyp('mif1', 'avif', 'miaf')],
    ['neutral brand first of which is HEIC', 'heic', ftyp('msf1', 'heic', 'avif')],
    ['neutral brand that says no coding, whatever follows the box', 'heic', ftyp('mif1')],
    ['AVIF sequence', 'avif', ftyp('avis', 'avif')],
    ['Canon raw', 'cr3', ftyp('crx ', 'isom')],
    ['TIFF', 'tiff', tiff('II', [256, 257, 258])],
    ['DNG', 'dng', tiff('II', [254, 256, 50706])],
    ['big-endian DNG with its directory later', 'dng', tiff('MM', [254, 256, 50706], 1200)],
    ['Canon raw of the older kind', 'cr2', Buffer.from('II*\0\x10\0\0\0CR\x02\0', 'latin1')],
    ['BigTIFF', 'tiff', Buffer.from('II+\0\x08\0\0\0', 'latin1')],
    ['Photoshop', 'psd', Buffer.from('8BPS\0\x01', 'latin1')],
    ['large Photoshop', 'psb', Buffer.from('8BPS\0\x02', 'latin1')],
    ['Photoshop of no known version', undefined, Buffer.from('8BPS\0\x09', 'latin1')],
    ['JPEG XL codestream', 'jxl', Buffer.from([0xff, 0x0a, 0x7f])],
    ['JPEG 2000 codestream', 'jp2', Buffer.from([0xff, 0x4f, 0xff, 0x51])],
    ['OS/2 bitmap', 'bmp', bmp(12, 0, 1)],
    ['OS/2 2 bitmap', 'bmp', bmp(64, 0, 1)],
    ['bitmap with writing in its reserved words', 'bmp', bmp(40, 0x1234, 1)],
    ['bitmap without planes', 'bmp', bmp(40, 0, 0)],
    ['text that begins like a bitmap', undefined, Buffer.from('BMW drivers of the world, unite! '.repeat(3))],
    ['bitmap header of no known size', undefined, bmp(41, 0, 1)],
    ['icon', 'ico', icon()],
    ['zeros and a one that are no icon', undefined, icon((file) => file.fill(0, 4))],
    ['icon whose entry points into the list', undefined, icon((file) => file.writeUInt32LE(3, 18))]
  ])('%s: %s', (_, format, bytes) => {
    expect(sniffFormat(bytes)?.format).toBe(format)
  })

  test.each(['a video', 'isom', 'qt  ', 'mp42'])('%s is no picture', (brand) => {
    expect(sniffFormat(ftyp(brand.slice(0, 4)))?.kind).toBe('video')
  })

  test('never reads past the bytes it is given', () => {
    const heads = ['large.heic', 'rgb.psd', 'lossless.jp2', 'cmyk.tif', 'container.jxl'].map(picture)
    heads.push(readFileSync(image('gif-01-320x240.gif')), bmp(124, 0, 1), icon(), tiff('MM', [254, 50706], 1200))
    for (const head of heads) {
      for (let length = 0; length <= 64; length++) {
        expect(() => sniffFormat(head.subarray(0, length))).not.toThrow()
      }
      expect(sniffFormat(head.subarray(0, SNIFF_BYTES))).toEqual(sniffFormat(head))
    }
  })

  test.each(['a.HEIC', 'b.heif', 'c.hif', 'd.psb', 'e.j2k', 'f.dib', 'g.apng', 'h.jpf'])(
    '%s promises a picture',
    (name) => {
      expect(namedLikePicture(name)).toBe(true)
    }
  )
})
