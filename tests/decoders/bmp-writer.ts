// Bitmaps of every kind, written from the description of the format and not from the decoder.

export interface BmpOptions {
  readonly width: number
  readonly height: number
  readonly bits: number
  /** Size of the second header: 12 OS/2 1, 64 OS/2 2, 40 Windows 3, 108 and 124 Windows 4 and 5. */
  readonly headerBytes?: 12 | 40 | 64 | 108 | 124
  readonly topDown?: boolean
  readonly compression?: number
  /** Red, green, blue and perhaps alpha: in the header, or behind one of 40 bytes. */
  readonly masks?: readonly number[]
  readonly palette?: readonly (readonly [number, number, number])[]
  /** The pixel data as they stand in the file. */
  readonly data: Uint8Array
}

export function writeBmp(options: BmpOptions): Buffer {
  const { headerBytes = 40, masks = [], palette = [], data } = options
  const core = headerBytes === 12
  const masksBehind = headerBytes === 40 ? masks.length * 4 : 0
  const paletteAt = 14 + headerBytes + masksBehind
  const dataAt = paletteAt + palette.length * (core ? 3 : 4)
  const file = Buffer.alloc(dataAt + data.length)
  file.write('BM', 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(dataAt, 10)
  file.writeUInt32LE(headerBytes, 14)
  if (core) writeCoreHeader(file, options)
  else writeInfoHeader(file, options)
  masks.forEach((mask, i) => file.writeUInt32LE(mask, 54 + i * 4))
  palette.forEach(([red, green, blue], i) => file.set([blue, green, red], paletteAt + i * (core ? 3 : 4)))
  file.set(data, dataAt)
  return file
}

function writeCoreHeader(file: Buffer, { width, height, bits }: BmpOptions): void {
  file.writeUInt16LE(width, 18)
  file.writeUInt16LE(height, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt16LE(bits, 24)
}

function writeInfoHeader(file: Buffer, { width, height, bits, topDown, compression, palette }: BmpOptions): void {
  file.writeInt32LE(width, 18)
  file.writeInt32LE(topDown === true ? -height : height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(bits, 28)
  file.writeUInt32LE(compression ?? 0, 30)
  file.writeUInt32LE(palette?.length ?? 0, 46)
}

/** Values of so many bits each, first in the highest bits, rows filled up to 4 bytes, lowest row first. */
export function packRows(values: readonly (readonly number[])[], bits: number, topDown = false): Buffer {
  const rows = values.map((row) => {
    const digits = row.map((value) => wordBits(value, bits)).join('')
    const bytes = digits.match(/.{1,8}/g) ?? []
    const packed = Buffer.from(bytes.map((byte) => parseInt(byte.padEnd(8, '0'), 2)))
    return Buffer.concat([packed, Buffer.alloc((4 - (packed.length % 4)) % 4)])
  })
  return Buffer.concat(topDown ? rows : rows.reverse())
}

/** Up to 8 bits as they are; larger words are little-endian in the file. */
function wordBits(value: number, bits: number): string {
  if (bits <= 8) return value.toString(2).padStart(bits, '0')
  const bytes = Array.from({ length: bits / 8 }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256)
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
}
