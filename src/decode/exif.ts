// The EXIF orientation in a JPEG's segments, where it stands as it should.

import type { JpegApplicationSegment } from '../kernels/index.js'

const APP1 = 0xe1
const SIGNATURE = 'Exif\0\0'
const TAG_ORIENTATION = 0x0112
const TYPE_SHORT = 3
const ENTRY_BYTES = 12

/** 1 to 8, 1 where nothing says so; `null` where it takes a more forgiving reader to tell. */
export function exifOrientation(applications: readonly JpegApplicationSegment[]): number | null {
  const found = applications.filter(
    ({ marker, content }) => marker === APP1 && textAt(content, 0, 4) === SIGNATURE.slice(0, 4)
  )
  if (found.length === 0) return 1
  const [{ content }] = found
  if (found.length > 1 || textAt(content, 0, SIGNATURE.length) !== SIGNATURE) return null
  try {
    return orientationOf(content.subarray(SIGNATURE.length))
  } catch (error) {
    // A read beyond the end.
    if (error instanceof RangeError) return null
    throw error
  }
}

function textAt(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1')
}

/** Of the first directory. @throws RangeError where it ends before. */
function orientationOf(tiff: Uint8Array): number | null {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  const order = textAt(tiff, 0, 2)
  const isLittle = order === 'II'
  if ((!isLittle && order !== 'MM') || view.getUint16(2, isLittle) !== 42) return null
  const directory = view.getUint32(4, isLittle)
  const entries = view.getUint16(directory, isLittle)
  let orientation: number | null = 1
  let count = 0
  for (let i = 0, at = directory + 2; i < entries; i++, at += ENTRY_BYTES) {
    if (view.getUint16(at, isLittle) !== TAG_ORIENTATION) continue
    const isUsual = view.getUint16(at + 2, isLittle) === TYPE_SHORT && view.getUint32(at + 4, isLittle) === 1
    const value = view.getUint16(at + 8, isLittle)
    orientation = isUsual && value >= 1 && value <= 8 ? value : null
    count++
  }
  return count > 1 ? null : orientation
}
