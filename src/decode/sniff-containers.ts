// Formats whose first bytes are those of a family: ISO media, TIFF, BMP and icons have to be looked into.

import type { MediaKind } from '../core/result.js'

export interface SniffedFormat {
  readonly kind: MediaKind
  readonly format: string
}

/** Brands of the ISO base media format that hold pictures, by the coding they stand for. */
const IMAGE_BRANDS: Readonly<Record<string, string>> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heic',
  heix: 'heic',
  heim: 'heic',
  heis: 'heic',
  hevc: 'heic',
  hevx: 'heic',
  hevm: 'heic',
  hevs: 'heic',
  // Canon's raw files.
  'crx ': 'cr3'
}

/** Brands that say only "a picture" or "pictures"; others in the list say which coding. */
const NEUTRAL_BRANDS = ['mif1', 'mif2', 'msf1', 'miaf']

/** `ftyp`: the major brand, or where that says nothing the first of the compatible ones that does; else video. */
export function sniffIsoMedia(text: string): SniffedFormat {
  const major = text.slice(8, 12)
  const boxBytes = [0, 1, 2, 3].reduce((size, i) => size * 256 + text.charCodeAt(i), 0)
  const listEnd = Math.min(text.length, boxBytes)
  const compatible: string[] = []
  for (let at = 16; at + 4 <= listEnd; at += 4) compatible.push(text.slice(at, at + 4))
  const neutral = NEUTRAL_BRANDS.includes(major)
  const brand = [major, ...(neutral ? compatible : [])].find((one) => IMAGE_BRANDS[one] !== undefined)
  if (brand !== undefined) return { kind: 'image', format: IMAGE_BRANDS[brand] }
  // libheif tells what an unnamed coding is.
  if (neutral) return { kind: 'image', format: 'heic' }
  if (/^3g[a-z0-9]{2}$/.test(major)) return { kind: 'video', format: '3gp' }
  return { kind: 'video', format: major === 'qt  ' ? 'quicktime' : 'mp4' }
}

const DNG_VERSION_TAG = 0xc612
const TIFF_ENTRY_BYTES = 12

/** A TIFF, or one of the raw formats that are made like it. */
export function sniffTiff(head: Uint8Array): SniffedFormat {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const little = head[0] === 0x49
  if (Buffer.from(head.subarray(8, 10)).toString('latin1') === 'CR') return { kind: 'image', format: 'cr2' }
  const at = head.length >= 8 ? view.getUint32(4, little) : head.length
  const count = at + 2 <= head.length ? view.getUint16(at, little) : 0
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + i * TIFF_ENTRY_BYTES
    if (entry + 2 > head.length) break
    if (view.getUint16(entry, little) === DNG_VERSION_TAG) return { kind: 'image', format: 'dng' }
  }
  return { kind: 'image', format: 'tiff' }
}

/** Sizes of the second header, which tell the version: OS/2 1, OS/2 2 short, Windows 3, 3 with masks, OS/2 2, 4, 5. */
const BMP_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124]

/** "BM" alone begins many texts. `at` is where the bitmap's own header is: later in a bitmap array. */
export function isBmp(head: Uint8Array, at: number): boolean {
  if (head.length < at + 26 || head[at] !== 0x42 || head[at + 1] !== 0x4d) return false
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const headerBytes = view.getUint32(at + 14, true)
  if (!BMP_HEADER_BYTES.includes(headerBytes)) return false
  const planesAt = at + (headerBytes === 12 ? 22 : 26)
  const onePlane = planesAt + 2 <= head.length && view.getUint16(planesAt, true) === 1
  // Some programs write into the reserved words, others forget the planes.
  return onePlane || view.getUint32(at + 6, true) === 0
}

const ICON_ENTRY_BYTES = 16

/** 00 00 01 00 begins much that is no icon: the first entry must make sense too. */
export function isIcon(head: Uint8Array): boolean {
  if (head.length < 6 + ICON_ENTRY_BYTES) return false
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const count = view.getUint16(4, true)
  const offset = view.getUint32(18, true)
  return count > 0 && head[9] === 0 && view.getUint16(10, true) <= 1 && offset >= 6 + count * ICON_ENTRY_BYTES
}
