// What the markers of a JPEG say, read up to the next scan; anything irregular refuses the whole file. The same files
// are taken and refused as by native/jpeg/markers.cc. Source: ITU-T T.81, Annex B.

export const JPEG_BLOCK_SIZE = 64
const TABLES = 4
/** A picture of more pixels is not taken. */
const MAX_PIXELS = 2 ** 28

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP0 = 0xe0
const APP14 = 0xee
const APP15 = 0xef
const COMMENT = 0xfe
const SOF0 = 0xc0
const SOF1 = 0xc1
const SOF2 = 0xc2
const DHT = 0xc4
const DQT = 0xdb
const DRI = 0xdd

/** A Huffman table as a file defines it: how many codes have 1 to 16 bits, and their symbols in order. */
export interface JpegHuffman {
  readonly counts: Uint8Array
  readonly symbols: Uint8Array
}

export interface JpegComponent {
  readonly id: number
  readonly h: number
  readonly v: number
  readonly quantisation: number
}

export interface JpegFrame {
  readonly isProgressive: boolean
  readonly width: number
  readonly height: number
  readonly components: readonly JpegComponent[]
}

export interface JpegScanComponent {
  /** Its place in the frame. */
  readonly place: number
  readonly dcTable: number
  readonly acTable: number
}

export interface JpegScan {
  readonly components: readonly JpegScanComponent[]
  readonly first: number
  readonly last: number
  readonly high: number
  readonly low: number
}

/** APP0 to APP15. */
export interface JpegApplicationSegment {
  readonly marker: number
  readonly content: Uint8Array
}

/** Where the next scan's data begin, the picture has ended, or the file is refused. */
export type JpegNext = 'scan' | 'end' | 'refused'

export class JpegMarkers {
  frame: JpegFrame | null = null
  /** The latest one. */
  scan: JpegScan | null = null
  readonly dc: (JpegHuffman | undefined)[] = []
  readonly ac: (JpegHuffman | undefined)[] = []
  /** In zigzag order, as coefficients come. */
  readonly quantisation: (Uint8Array | undefined)[] = []
  /** MCUs between restart markers, 0 for none. */
  restartInterval = 0
  /** Of the part that was read. */
  readonly applications: JpegApplicationSegment[] = []
  private hasUntransformedColours = false

  private constructor(
    readonly bytes: Uint8Array,
    public at: number
  ) {}

  /** `null` where the file does not begin like a JPEG. */
  static start(bytes: Uint8Array): JpegMarkers | null {
    return bytes[0] === 0xff && bytes[1] === SOI ? new JpegMarkers(bytes, 2) : null
  }

  /** Reads to the data of the next scan, or past the end of the picture. */
  next(): JpegNext {
    const { bytes } = this
    for (;;) {
      if (bytes[this.at] !== 0xff) return 'refused'
      // A marker may stand behind any number of FF.
      while (bytes[this.at] === 0xff) this.at++
      if (this.at >= bytes.length) return 'refused'
      const marker = bytes[this.at++]
      if (marker === EOI) return this.scan === null ? 'refused' : 'end'
      const segment = marker < SOF0 || marker === SOI ? null : this.takeSegment()
      if (segment === null) return 'refused'
      if (marker === SOS) return this.readScan(segment) ? 'scan' : 'refused'
      if (!this.readSegment(marker, segment)) return 'refused'
    }
  }

  /** Where the marker behind a scan's data stands, from their start on; -1 where there is none. */
  endOfScan(): number {
    const { bytes } = this
    for (let at = this.at; ;) {
      at = bytes.indexOf(0xff, at)
      if (at < 0 || at + 1 >= bytes.length) return -1
      const next = bytes[at + 1]
      // A stuffed zero or a restart marker; of several FF the last one counts.
      if (next !== 0x00 && (next & 0xf8) !== 0xd0 && next !== 0xff) return at
      at += next === 0xff ? 1 : 2
    }
  }

  private takeSegment(): Uint8Array | null {
    const { bytes, at } = this
    if (bytes.length - at < 2) return null
    const length = word(bytes, at)
    if (length < 2 || length > bytes.length - at) return null
    this.at += length
    return bytes.subarray(at + 2, at + length)
  }

  /** What any segment but a scan's header says. */
  private readSegment(marker: number, segment: Uint8Array): boolean {
    if (marker === SOF0 || marker === SOF1 || marker === SOF2) return this.readFrame(segment, marker === SOF2)
    if (marker === DHT) return this.readHuffman(segment)
    if (marker === DQT) return this.readQuantisation(segment)
    if (marker === DRI) return this.readRestartInterval(segment)
    if (marker === COMMENT) return true
    if (marker < APP0 || marker > APP15) return false
    this.applications.push({ marker, content: segment })
    return marker !== APP14 || this.readAdobe(segment)
  }

  private readFrame(segment: Uint8Array, isProgressive: boolean): boolean {
    if (this.frame !== null || segment.length < 6 || segment[0] !== 8) return false
    const height = word(segment, 1)
    const width = word(segment, 3)
    const count = segment[5]
    if ((count !== 1 && count !== 3) || segment.length !== 6 + 3 * count) return false
    if (width === 0 || height === 0 || width * height > MAX_PIXELS) return false
    const components = Array.from({ length: count }, (_, i): JpegComponent => {
      const [id, sampling, quantisation] = segment.subarray(6 + 3 * i)
      return { id, h: sampling >> 4, v: sampling & 15, quantisation }
    })
    this.frame = { isProgressive, width, height, components }
    return components.every(isComponent) && hasUsualColours(components)
  }

  private readHuffman(segment: Uint8Array): boolean {
    for (let at = 0; at < segment.length;) {
      if (segment.length - at < 17) return false
      const kind = segment[at] >> 4
      const place = segment[at] & 15
      if (kind > 1 || place >= TABLES) return false
      const counts = segment.slice(at + 1, at + 17)
      const total = counts.reduce((sum, count) => sum + count, 0)
      if (total > 256 || segment.length - at - 17 < total || !isPrefixCode(counts)) return false
      const tables = kind === 0 ? this.dc : this.ac
      tables[place] = { counts, symbols: segment.slice(at + 17, at + 17 + total) }
      at += 17 + total
    }
    return true
  }

  private readQuantisation(segment: Uint8Array): boolean {
    const tableBytes = 1 + JPEG_BLOCK_SIZE
    // Steps that change between scans, and steps of 16 bits, are nobody's.
    if (this.scan !== null || segment.length % tableBytes !== 0) return false
    for (let at = 0; at < segment.length; at += tableBytes) {
      if (segment[at] >= TABLES) return false
      this.quantisation[segment[at]] = segment.slice(at + 1, at + tableBytes)
    }
    return true
  }

  private readRestartInterval(segment: Uint8Array): boolean {
    if (segment.length !== 2) return false
    this.restartInterval = word(segment, 0)
    return true
  }

  /** Adobe's own segment: 0 says that three components are red, green and blue, 1 that they are luma and chroma. */
  private readAdobe(segment: Uint8Array): boolean {
    const transformAt = 11
    if (Buffer.from(segment.subarray(0, 5)).toString('latin1') !== 'Adobe') return true
    if (segment.length <= transformAt) return false
    this.hasUntransformedColours = segment[transformAt] !== 1
    return true
  }

  private readScan(segment: Uint8Array): boolean {
    const { frame } = this
    const count = segment[0]
    if (frame === null || count === undefined) return false
    if (frame.components.length === 3 && this.hasUntransformedColours) return false
    if (count < 1 || count > frame.components.length || segment.length !== 4 + 2 * count) return false
    const components: JpegScanComponent[] = []
    let from = 0
    for (let i = 0; i < count; i++) {
      const [id, tables] = segment.subarray(1 + 2 * i)
      // In the order of the frame, so that none comes twice.
      const place = frame.components.findIndex((component, at) => at >= from && component.id === id)
      const dcTable = tables >> 4
      const acTable = tables & 15
      if (place < 0 || dcTable >= TABLES || acTable >= TABLES) return false
      if (this.quantisation[frame.components[place].quantisation] === undefined) return false
      components.push({ place, dcTable, acTable })
      from = place + 1
    }
    const [first, last, approximation] = segment.subarray(segment.length - 3)
    this.scan = { components, first, last, high: approximation >> 4, low: approximation & 15 }
    return true
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

function isComponent(component: JpegComponent, place: number, all: readonly JpegComponent[]): boolean {
  const { id, h, v, quantisation } = component
  const isNew = all.findIndex((one) => one.id === id) === place
  return isNew && h >= 1 && h <= 4 && v >= 1 && v <= 4 && quantisation < TABLES
}

/** Luma leads, with one block of either chroma for each 1, 2 or 4 of luma, and is not called red. */
function hasUsualColours(components: readonly JpegComponent[]): boolean {
  if (components.length === 1) return true
  if (String.fromCharCode(...components.map(({ id }) => id)) === 'RGB') return false
  const [{ h, v }, ...chroma] = components
  return chroma.every((one) => one.h === 1 && one.v === 1) && ((h <= 2 && v <= 2) || (h === 4 && v === 1))
}

/** Codes of each length follow one another; there must be as many as their bits allow. */
function isPrefixCode(counts: Uint8Array): boolean {
  let code = 0
  for (let bits = 1; bits <= 16; bits++) {
    code += counts[bits - 1]
    if (code > 2 ** bits) return false
    code *= 2
  }
  return true
}
