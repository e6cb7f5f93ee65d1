// What a BMP's headers say: Windows versions 3 to 5, OS/2 1 and 2, and OS/2 bitmap arrays.

import { ExhibitHashError } from '../core/errors.js'

const FILE_HEADER_BYTES = 14
const CORE_HEADER_BYTES = 12
const INFO_HEADER_BYTES = 40
/** From this header on, the alpha mask stands in it too. */
const ALPHA_HEADER_BYTES = 56
const OS2_HEADER_BYTES = [16, 64]

const MASKS_16_BIT = [0x7c00, 0x3e0, 0x1f, 0]
const MASKS_32_BIT = [0xff0000, 0xff00, 0xff, 0]

/** How the pixels are stored. 'rle' of 24 bits is OS/2's. */
export type BmpCoding = 'plain' | 'rle'

export interface BmpHeader {
  readonly width: number
  readonly height: number
  readonly topDown: boolean
  readonly bits: 1 | 2 | 4 | 8 | 16 | 24 | 32
  readonly coding: BmpCoding
  /** Of red, green, blue and alpha, for 16 and 32 bits; an alpha mask of 0: opaque. */
  readonly masks: readonly number[]
  /** Red, green, blue of each colour, for 8 bits and fewer. */
  readonly palette: Uint8Array
  readonly dataAt: number
}

/** @throws {ExhibitHashError} DECODE_FAILED */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // A bitmap array: the first bitmap follows its header, and its offsets count from the start of the file.
  const start = bytes[0] === 0x42 && bytes[1] === 0x41 ? FILE_HEADER_BYTES : 0
  if (bytes.length < start + FILE_HEADER_BYTES + CORE_HEADER_BYTES) throw bmpFailed('the header is cut')
  const at = start + FILE_HEADER_BYTES
  const headerBytes = view.getUint32(at, true)
  if (headerBytes < CORE_HEADER_BYTES || at + headerBytes > bytes.length) throw bmpFailed('the header is cut')
  const core = headerBytes === CORE_HEADER_BYTES
  const word = (offset: number) => (offset + 4 <= headerBytes ? view.getUint32(at + offset, true) : 0)
  const width = core ? view.getUint16(at + 4, true) : word(4) | 0
  const signedHeight = core ? view.getUint16(at + 6, true) : word(8) | 0
  const bits = checkBits(view.getUint16(at + (core ? 10 : 14), true))
  if (width <= 0 || signedHeight === 0) throw bmpFailed(`${width} × ${signedHeight} pixels`)
  const compression = checkCompression(core ? 0 : word(16), bits, OS2_HEADER_BYTES.includes(headerBytes))
  const masks = readMasks(view, at, headerBytes, compression, bits)
  // Masks that follow a header of 40 bytes stand before the palette.
  const maskBytes = headerBytes === INFO_HEADER_BYTES && compression.masks > 0 ? compression.masks * 4 : 0
  const paletteAt = at + headerBytes + maskBytes
  const claimedDataAt = view.getUint32(start + 10, true)
  const palette = bits > 8 ? new Uint8Array(0) : readPalette(bytes, paletteAt, claimedDataAt, core, word(32), bits)
  const earliest = paletteAt + (bits > 8 ? 0 : (palette.length / 3) * (core ? 3 : 4))
  const dataAt = claimedDataAt >= at + headerBytes && claimedDataAt < bytes.length ? claimedDataAt : earliest
  const { coding } = compression
  return { width, height: Math.abs(signedHeight), topDown: signedHeight < 0, bits, coding, masks, palette, dataAt }
}

export function bmpFailed(what: string): ExhibitHashError {
  return new ExhibitHashError('DECODE_FAILED', `BMP: ${what}`, { stage: 'decode' })
}

function checkBits(bits: number): BmpHeader['bits'] {
  switch (bits) {
    case 1:
    case 2:
    case 4:
    case 8:
    case 16:
    case 24:
    case 32:
      return bits
    default:
      throw bmpFailed(`${bits} bits a pixel`)
  }
}

/** The coding, and the number of masks that a header of 40 bytes is followed by. */
interface Compression {
  readonly coding: BmpCoding
  readonly masks: 0 | 3 | 4
}

function checkCompression(compression: number, bits: number, os2: boolean): Compression {
  const rleBits = [0, 8, 4, 0, os2 ? 24 : 0][compression]
  if (compression === 0) return { coding: 'plain', masks: 0 }
  if (rleBits === bits) return { coding: 'rle', masks: 0 }
  if (!os2 && (bits === 16 || bits === 32)) {
    if (compression === 3) return { coding: 'plain', masks: 3 }
    if (compression === 6) return { coding: 'plain', masks: 4 }
  }
  throw bmpFailed(`compression ${compression} with ${bits} bits a pixel`)
}

function readMasks(
  view: DataView,
  at: number,
  headerBytes: number,
  { masks }: Compression,
  bits: number
): readonly number[] {
  if (masks === 0) return bits === 16 ? MASKS_16_BIT : MASKS_32_BIT
  const count = headerBytes >= ALPHA_HEADER_BYTES ? 4 : masks
  const from = at + INFO_HEADER_BYTES
  if (from + count * 4 > view.byteLength) throw bmpFailed('the masks are cut')
  return [0, 1, 2, 3].map((i) => (i < count ? view.getUint32(from + i * 4, true) : 0))
}

function readPalette(
  bytes: Uint8Array,
  at: number,
  dataAt: number,
  core: boolean,
  used: number,
  bits: number
): Uint8Array {
  const entryBytes = core ? 3 : 4
  const end = dataAt > at ? Math.min(dataAt, bytes.length) : bytes.length
  const room = Math.max(0, Math.floor((end - at) / entryBytes))
  const full = 2 ** bits
  const count = Math.min(room, used > 0 ? Math.min(used, full) : full)
  const palette = new Uint8Array(count * 3)
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = bytes[at + i * entryBytes + 2 - c]
  }
  return palette
}
