// How many bytes a cut file lacks by its own account. Filled up with zeros, it decodes as far as it goes: the formats
// here read zeros as an empty packet, a grey block or black.

/** JPEG 2000 markers: start and end of the codestream, start of a tile-part. */
const SOC = 0xff4f
const EOC = 0xffd9
const SOT = 0xff90
const EOC_BYTES = 2

const MAX_FILL_BYTES = 64 * 1024 * 1024

export interface Filled {
  readonly bytes: Uint8Array
  /** The file was cut. */
  readonly cut: boolean
}

/** The file itself, or a copy with zeros for what is missing at its end. */
export function fillCut(bytes: Uint8Array, format: string): Filled {
  const missing = missingBytes(bytes, format)
  if (missing === 0 || missing > MAX_FILL_BYTES) return { bytes, cut: missing > 0 }
  const filled = Buffer.alloc(bytes.length + missing)
  filled.set(bytes)
  if (format === 'jp2') filled.writeUInt16BE(EOC, filled.length - EOC_BYTES)
  return { bytes: filled, cut: true }
}

function missingBytes(bytes: Uint8Array, format: string): number {
  try {
    return Math.max(0, expectedBytes(bytes, format) - bytes.length)
  } catch (error) {
    // A read beyond the end: cut within a header, which nothing can fill.
    if (error instanceof RangeError) return 0
    throw error
  }
}

function expectedBytes(bytes: Uint8Array, format: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  switch (format) {
    case 'heic':
      return endOfBoxes(view, 'mdat').end
    case 'webp':
      return endOfRiff(view)
    case 'jp2':
      return endOfCodestream(view)
    case 'psd':
    case 'psb':
      return endOfPsd(view)
    default:
      return 0
  }
}

/** Where the box of a type ends and its content begins, as it claims; all zero where there is none. */
function endOfBoxes(view: DataView, type: string): { start: number; end: number } {
  for (let at = 0; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at)
    const large = size === 1
    const boxBytes = large ? Number(view.getBigUint64(at + 8)) : size
    const name = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at + 4, 4))
    const start = at + (large ? 16 : 8)
    // 0: to the end of the file.
    if (name === type && (boxBytes === 0 || at + boxBytes > view.byteLength)) {
      return { start, end: boxBytes === 0 ? 0 : at + boxBytes }
    }
    if (name === type && type === 'jp2c') return { start, end: at + boxBytes }
    if (boxBytes < 8) break
    at += boxBytes
  }
  return { start: 0, end: 0 }
}

/** Some writers count a padding byte that they leave out: one byte does not make a cut file. */
function endOfRiff(view: DataView): number {
  const end = 8 + view.getUint32(4, true)
  return end > view.byteLength + 1 ? end : 0
}

/** The end of the last tile-part that begins in the file, and the marker after it. */
function endOfCodestream(view: DataView): number {
  const start = view.getUint16(0) === SOC ? 0 : endOfBoxes(view, 'jp2c').start
  if (view.getUint16(start) !== SOC) return 0
  let at = start + 2
  while (at + 2 <= view.byteLength) {
    const marker = view.getUint16(at)
    if (marker === EOC) return at + EOC_BYTES
    const segmentBytes = marker === SOT ? view.getUint32(at + 6) : view.getUint16(at + 2) + 2
    // 0: to the end of the file. Less than a marker and its length: damage that no filling mends.
    if (segmentBytes < 4) return 0
    at += segmentBytes
  }
  return at + EOC_BYTES
}

/** The end of the flattened picture, which comes last. */
function endOfPsd(view: DataView): number {
  const large = view.getUint16(4) === 2
  const rows = view.getUint16(12) * view.getUint32(14)
  const rowBytes = Math.ceil((view.getUint32(18) * view.getUint16(22)) / 8)
  let at = 26
  at += 4 + view.getUint32(at)
  at += 4 + view.getUint32(at)
  at += large ? 8 + Number(view.getBigUint64(at)) : 4 + view.getUint32(at)
  if (at + 2 > view.byteLength) return at + 2
  const compression = view.getUint16(at)
  at += 2
  if (compression === 0) return at + rows * rowBytes
  if (compression !== 1) return 0
  const countBytes = large ? 4 : 2
  const countsEnd = at + rows * countBytes
  if (countsEnd > view.byteLength) return countsEnd
  let end = countsEnd
  for (; at < countsEnd; at += countBytes) end += large ? view.getUint32(at) : view.getUint16(at)
  return end
}
