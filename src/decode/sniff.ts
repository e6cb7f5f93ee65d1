// Tells a format by its first bytes. Names are not believed: seized files are renamed.

import { isTarHeader } from '../archives/index.js'
import { isBmp, isIcon, sniffIsoMedia, sniffTiff, type SniffedFormat } from './sniff-containers.js'
import { isOldQuickTime, isTransportStream, matroskaFormat, sniffOgg } from './sniff-video.js'

export type { SniffedFormat } from './sniff-containers.js'

/** Bytes from the start of a file that are enough to tell its format; the directory of a raw file is the longest. */
export const SNIFF_BYTES = 4096
/** All signatures are in these. */
const SIGNATURE_BYTES = 64

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
  image('psd', '8BPS\0\x01'),
  image('psb', '8BPS\0\x02'),
  image('jp2', '\0\0\0\x0cjP  \r\n\x87\n'),
  image('jp2', '\xff\x4f\xff\x51'),
  image('jxl', '\xff\x0a'),
  image('jxl', '\0\0\0\x0cJXL \r\n\x87\n'),
  video('matroska', '\x1a\x45\xdf\xa3'),
  video('flv', 'FLV\x01'),
  video('asf', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'),
  video('mpeg', '\0\0\x01\xba'),
  video('mpeg-video', '\0\0\x01\xb3'),
  video('ogg', 'OggS'),
  video('realmedia', '.RMF'),
  video('mxf', '\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02'),
  video('ivf', 'DKIF\0\0'),
  other('pdf', '%PDF-'),
  other('zip', 'PK\x03\x04'),
  other('zip', 'PK\x05\x06'),
  other('gzip', '\x1f\x8b\x08')
]

/** The format of a file that begins with these bytes, or `null` where they are of no media known here. */
export function sniffFormat(head: Uint8Array): SniffedFormat | null {
  const text = Buffer.from(head.subarray(0, SIGNATURE_BYTES)).toString('latin1')
  const known = SIGNATURES.find(({ at, bytes }) => text.startsWith(bytes, at))
  if (known?.format === 'tiff') return sniffTiff(head.subarray(0, SNIFF_BYTES))
  if (known?.format === 'matroska') return { kind: 'video', format: matroskaFormat(text) }
  if (known?.format === 'ogg') return sniffOgg(text)
  if (known !== undefined) return { kind: known.kind, format: known.format }
  if (text.startsWith('RIFF')) return sniffRiff(text.slice(8, 12))
  if (text.slice(4, 8) === 'ftyp') return sniffIsoMedia(text)
  if (isBmp(head, 0) || (text.startsWith('BA') && isBmp(head, BITMAP_ARRAY_HEADER_BYTES))) {
    return { kind: 'image', format: 'bmp' }
  }
  if (text.startsWith('\0\0\x01\0') && isIcon(head)) return { kind: 'image', format: 'ico' }
  if (isOldQuickTime(head, text)) return { kind: 'video', format: 'quicktime' }
  if (isTransportStream(head)) return { kind: 'video', format: 'mpeg-ts' }
  if (isTarHeader(head)) return { kind: 'other', format: 'tar' }
  return null
}

const BITMAP_ARRAY_HEADER_BYTES = 14

function sniffRiff(type: string): SniffedFormat | null {
  if (type === 'WEBP') return { kind: 'image', format: 'webp' }
  return type === 'AVI ' || type === 'AVIX' || type === 'AMV ' ? { kind: 'video', format: 'avi' } : null
}

const PICTURE_NAME = /\.(jpe?g|jpe|jfif|a?png|gif|webp|avif|hei[cf]|hif|tiff?|bmp|dib|jxl|jp2|j2[kc]|jp[cfx]|ps[db])$/i

/** True where a name promises a picture, so that other content is worth an error. */
export function namedLikePicture(name: string): boolean {
  return PICTURE_NAME.test(name)
}
