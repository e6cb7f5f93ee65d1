// Whether a JPEG's colour profile leaves luma as it is: most are sRGB, written out.

import type { JpegApplicationSegment } from '../kernels/index.js'

const APP2 = 0xe2
const SIGNATURE = 'ICC_PROFILE\0'
/** The number of the part and how many there are. */
const PART_BYTES = 2
const HEADER_BYTES = 128

/** Red, green and blue of sRGB as a profile has them, adapted to D50 (ICC.1, IEC 61966-2-1). */
const SRGB_COLORANTS: Readonly<Record<string, readonly number[]>> = {
  rXYZ: [0.43607, 0.22249, 0.01392],
  gXYZ: [0.38515, 0.71687, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.7141]
}
const CURVES = ['rTRC', 'gTRC', 'bTRC']
const COLORANT_TOLERANCE = 0.003
const CURVE_TOLERANCE = 0.01

/** True where there is no profile, or one whose numbers are those of sRGB within what 8 bits can show. */
export function isPlainColour(applications: readonly JpegApplicationSegment[]): boolean {
  const parts = applications.filter(
    ({ marker, content }) => marker === APP2 && textAt(content, 0, SIGNATURE.length) === SIGNATURE
  )
  if (parts.length === 0) return true
  if (parts.length > 1) return false
  try {
    return isSrgb(parts[0].content.subarray(SIGNATURE.length + PART_BYTES))
  } catch (error) {
    // A read beyond the end.
    if (error instanceof RangeError) return false
    throw error
  }
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString('latin1')
}

/** @throws RangeError where the profile ends before. */
function isSrgb(profile: Uint8Array): boolean {
  if (textAt(profile, 16, 4) !== 'RGB ' || textAt(profile, 20, 4) !== 'XYZ ') return false
  const tags = tagsOf(profile)
  // A table, where there is one, is what counts.
  if (tags.has('A2B0') || tags.has('A2B1')) return false
  const areColorants = Object.entries(SRGB_COLORANTS).every(([name, expected]) => {
    const tag = tags.get(name)
    return tag !== undefined && expected.every((value, i) => isNear(fixed(tag, 8 + 4 * i), value, COLORANT_TOLERANCE))
  })
  return areColorants && CURVES.every((name) => isSrgbCurve(tags.get(name)))
}

function tagsOf(profile: Uint8Array): Map<string, DataView> {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.length)
  const tags = new Map<string, DataView>()
  const count = view.getUint32(HEADER_BYTES)
  for (let i = 0, at = HEADER_BYTES + 4; i < count; i++, at += 12) {
    const offset = view.getUint32(at + 4)
    const size = view.getUint32(at + 8)
    if (offset + size > profile.length) throw new RangeError('beyond the end')
    tags.set(textAt(profile, at, 4), new DataView(profile.buffer, profile.byteOffset + offset, size))
  }
  return tags
}

function isNear(value: number, expected: number, tolerance: number): boolean {
  return Math.abs(value - expected) <= tolerance
}

/** A number with sixteen bits behind the point. */
function fixed(view: DataView, at: number): number {
  return view.getInt32(at) / 2 ** 16
}

function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** Places at which a curve is looked at, and what sRGB has there: a profile comes with every picture of a camera. */
const SRGB_CURVE = Array.from({ length: 33 }, (_, i) => [i / 32, srgbToLinear(i / 32)] as const)

function isSrgbCurve(tag: DataView | undefined): boolean {
  const curve = tag === undefined ? null : curveOf(tag)
  return curve !== null && SRGB_CURVE.every(([x, expected]) => isNear(curve(x), expected, CURVE_TOLERANCE))
}

/** `null` where it is of no known type. */
function curveOf(tag: DataView): ((x: number) => number) | null {
  const type = String.fromCharCode(tag.getUint8(0), tag.getUint8(1), tag.getUint8(2), tag.getUint8(3))
  if (type === 'para') return parametricCurve(tag)
  if (type !== 'curv') return null
  const count = tag.getUint32(8)
  if (count === 0) return (x) => x
  if (count === 1) return (x) => x ** (tag.getUint16(12) / 256)
  return (x) => {
    const place = x * (count - 1)
    const below = Math.min(count - 2, Math.floor(place))
    const sample = (i: number): number => tag.getUint16(12 + 2 * i) / 65535
    return sample(below) + (sample(below + 1) - sample(below)) * (place - below)
  }
}

/** Types 0 and 3: a power, and one with a straight line at its start. */
function parametricCurve(tag: DataView): ((x: number) => number) | null {
  const type = tag.getUint16(8)
  const parameter = (i: number): number => fixed(tag, 12 + 4 * i)
  const gamma = parameter(0)
  if (type === 0) return (x) => x ** gamma
  if (type !== 3) return null
  const [a, b, c, d] = [1, 2, 3, 4].map(parameter)
  return (x) => (x >= d ? (a * x + b) ** gamma : c * x)
}
