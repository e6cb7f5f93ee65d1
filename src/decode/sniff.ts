// Tells a format by its first bytes. Names are not believed: seized files are renamed.

import type { MediaKind } from '../core/result.js'

export interface SniffedFormat {
  readonly kind: MediaKind
  readonly format: string
}

/** Bytes from the start of a file that are enough to tell its format. */
export const SNIFF_BYTES = 64

interface Signature extends SniffedFormat {
  readonly at: number
  /** Latin-1 text of the bytes. */
  readonly bytes: string
}

const image = (format: string, bytes: string, at = 0): Signature => ({ kind: 'image', format, bytes, at })
const video = (format: string, bytes: string, at = 0): Signature => ({ kind: 'video', format, bytes, at })
const other = (format: string, bytes: string, at = 0): Signature => ({ kind: 'other', format, bytes, at })

const SIGNATURES: readonly Signature[] = [
  image('jpeg', '\xff\xd8\xff'),
  image('png', '\x89PNG\r\n\x1a\n'),
  image('gif', 'GIF87a'),
  image('gif', 'GIF89a'),
  image('tiff', 'II*\0'),
  image('tiff', 'MM\0*'),
  image('tiff', 'II+\0'),
  image('tiff', 'MM\0+'),
  image('psd', '8BPS'),
  image('jp2', '\0\0\0\x0cjP  \r\n\x87\n'),
  image('jp2', '\xff\x4f\xff\x51'),
  image('jxl', '\xff\x0a'),
  image('jxl', '\0\0\0\x0cJXL \r\n\x87\n'),
  image('ico', '\0\0\x01\0'),
  video('matroska', '\x1a\x45\xdf\xa3'),
  video('flv', 'FLV\x01'),
  video('asf', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'),
  video('mpeg', '\0\0\x01\xba'),
  video('mpeg', '\0\0\x01\xb3'),
  other('pdf', '%PDF-'),
  other('zip', 'PK\x03\x04')
]

/** Major brands of the ISO base media format that hold pictures; all others are taken for video. */
const IMAGE_BRANDS: Readonly<Record<string, string>> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heic',
  heix: 'heic',
  heim: 'heic',
  heis: 'heic',
  hevc: 'heic',
  hevx: 'heic',
  mif1: 'heic',
  msf1: 'heic'
}

/** The format of a file that begins with these bytes, or `null` where they are of no media known here. */
export function sniffFormat(head: Uint8Array): SniffedFormat | null {
  const text = Buffer.from(head.subarray(0, SNIFF_BYTES)).toString('latin1')
  const known = SIGNATURES.find(({ at, bytes }) => text.startsWith(bytes, at))
  if (known !== undefined) return { kind: known.kind, format: known.format }
  if (text.startsWith('RIFF')) return sniffRiff(text.slice(8, 12))
  if (text.slice(4, 8) === 'ftyp') return sniffIsoMedia(text)
  // "BM" alone begins many texts: the reserved words and the size of the second header tell a bitmap.
  if (text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0' && '\x0c(48@lx|'.includes(text.charAt(14))) {
    return { kind: 'image', format: 'bmp' }
  }
  return null
}

function sniffRiff(type: string): SniffedFormat | null {
  if (type === 'WEBP') return { kind: 'image', format: 'webp' }
  return type === 'AVI ' ? { kind: 'video', format: 'avi' } : null
}

function sniffIsoMedia(text: string): SniffedFormat {
  const major = text.slice(8, 12)
  const compatible = text.slice(16)
  // 'mif1' says only "a picture": the compatible brands say which coding.
  if (/^(mif1|msf1)$/.test(major) && compatible.includes('avif')) return { kind: 'image', format: 'avif' }
  const format = IMAGE_BRANDS[major]
  if (format !== undefined) return { kind: 'image', format }
  return { kind: 'video', format: major === 'qt  ' ? 'quicktime' : 'mp4' }
}

const PICTURE_NAME = /\.(jpe?g|jpe|jfif|png|gif|webp|avif|heic|heif|tiff?|bmp|jxl|jp2|j2k|psd)$/i

/** True where a name promises a picture, so that other content is worth an error. */
export function namedLikePicture(name: string): boolean {
  return PICTURE_NAME.test(name)
}
