// The bits of a JPEG's scan and its Huffman codes, one at a time: native/jpeg/scan_data.cc and huffman.cc.

import { JPEG_BLOCK_SIZE, type JpegHuffman, type JpegMarkers } from './jpeg-markers.js'

const MAX_SCAN_BYTES = 2 ** 28
/** Zeros behind the data, for a block that starts at their end. */
const SPARE_BYTES = (JPEG_BLOCK_SIZE * 27) / 8 + 8

/** Bits from one restart marker, or the start of the scan, to the next. */
export interface JpegInterval {
  readonly start: number
  readonly end: number
}

/** A scan without stuffed zeros and restart markers. */
export class JpegScanData {
  private constructor(
    private readonly bytes: Uint8Array,
    readonly intervals: readonly JpegInterval[]
  ) {}

  /**
   * From the markers' place to the marker behind the data. `null` where there is none, where a restart marker is out of
   * order or not asked for, and where the data are too long.
   */
  static read(markers: JpegMarkers): JpegScanData | null {
    const { bytes } = markers
    const end = markers.endOfScan()
    if (end < 0 || end - markers.at > MAX_SCAN_BYTES) return null
    const data = new Uint8Array(end - markers.at + SPARE_BYTES)
    const intervals: JpegInterval[] = []
    let size = 0
    let start = 0
    for (let from = markers.at; from < end;) {
      const found = bytes.indexOf(0xff, from)
      const run = bytes.subarray(from, found)
      data.set(run, size)
      size += run.length
      if (found === end) break
      const marker = bytes[found + 1]
      if (marker === 0x00) {
        data[size++] = 0xff
      } else {
        if (markers.restartInterval === 0 || marker !== 0xd0 + (intervals.length % 8)) return null
        intervals.push({ start, end: size * 8 })
        start = size * 8
      }
      from = found + 2
    }
    intervals.push({ start, end: size * 8 })
    markers.at = end
    return new JpegScanData(data, intervals)
  }

  /** The next sixteen bits. */
  bitsAt(at: number): number {
    const { bytes } = this
    const byte = at >>> 3
    return (((bytes[byte] << 16) | (bytes[byte + 1] << 8) | bytes[byte + 2]) >> (8 - (at & 7))) & 0xffff
  }

  /** The signed value of `size` bits, at most 15. */
  valueAt(at: number, size: number): number {
    if (size === 0) return 0
    const value = this.bitsAt(at) >> (16 - size)
    return value >> (size - 1) === 1 ? value : value - (1 << size) + 1
  }
}

/** Only padding is left: fewer than eight bits. */
export function isAtEnd({ end }: JpegInterval, at: number): boolean {
  return at <= end && end - at < 8
}

const SHORT_BITS = 10
export const MOST_DC_BITS = 11
/** A sum of differences beyond this is no mean of samples of 8 bits, whatever it is divided by. */
export const MOST_DC = 2047
const MOST_AC_BITS = 10

/** Codes are found as their bits × 256 + symbol; of a symbol, the low four bits are the bits of a value behind the code. */
export class JpegCodes {
  /** What a code of up to SHORT_BITS bits fills, by all bits that can follow it. */
  private readonly short = new Uint16Array(1 << SHORT_BITS)
  /** For each length, the code behind its last one, and what is to be added to a code for the place of its symbol. */
  private readonly end = new Int32Array(17)
  private readonly offset = new Int32Array(17)
  private readonly symbols: Uint8Array

  constructor({ counts, symbols }: JpegHuffman) {
    this.symbols = symbols
    for (let bits = 1, code = 0, place = 0; bits <= 16; bits++, code *= 2) {
      this.offset[bits] = place - code
      for (let i = 0; i < counts[bits - 1]; i++, code++, place++) {
        if (bits > SHORT_BITS) continue
        const spare = SHORT_BITS - bits
        this.short.fill((bits << 8) | symbols[place], code << spare, (code + 1) << spare)
      }
      this.end[bits] = code
    }
  }

  /** The code that sixteen bits begin with; 0 where there is none. */
  find(bits: number): number {
    const found = this.short[bits >> (16 - SHORT_BITS)]
    if (found !== 0) return found
    for (let length = SHORT_BITS + 1; length <= 16; length++) {
      const code = bits >> (16 - length)
      if (code < this.end[length]) return (length << 8) | this.symbols[code + this.offset[length]]
    }
    return 0
  }
}

/**
 * Which coefficient comes next after an AC symbol: JPEG_BLOCK_SIZE behind the last one, more where the symbol is none of
 * a baseline picture or overruns the block.
 */
export function afterAc(at: number, symbol: number): number {
  const overrun = JPEG_BLOCK_SIZE + 1
  if (symbol === 0) return JPEG_BLOCK_SIZE
  const size = symbol & 15
  const next = at + (symbol >> 4) + 1
  const isSymbol = size === 0 ? symbol === 0xf0 : size <= MOST_AC_BITS
  return isSymbol && next <= JPEG_BLOCK_SIZE ? next : overrun
}
