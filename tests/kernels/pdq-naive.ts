// PDQ in its shortest obvious form, after fixtures' source, Meta's C++: what every path is held to. Slow on purpose.

import { conformance } from '../support/fixtures.js'

const { fround } = Math
const SIDE = 64
const BITS = 16

const DCT = (() => {
  const bits = Uint32Array.from(conformance('pdq-dct-matrix.csv'), (row) => parseInt(row['float32_bits'], 16))
  return new Float32Array(bits.buffer)
})()

function box(line: Float32Array): Float32Array {
  const n = line.length
  const window = Math.floor((n + 127) / 128)
  const half = Math.floor((window + 2) / 2)
  const out = new Float32Array(n)
  let sum = 0
  let size = 0
  let right = 0
  let left = 0
  let o = 0
  const add = () => {
    sum = fround(sum + line[right++])
    size++
  }
  const subtract = () => {
    sum = fround(sum - line[left++])
    size--
  }
  const write = () => {
    out[o++] = sum / size
  }
  const repeat = (times: number, ...steps: (() => void)[]) => {
    for (let i = 0; i < times; i++) for (const step of steps) step()
  }
  repeat(half - 1, add)
  repeat(window - half + 1, add, write)
  repeat(n - window, add, subtract, write)
  repeat(half - 1, subtract, write)
  return out
}

function transpose(plane: Float32Array[]): Float32Array[] {
  return Array.from(plane[0], (_, x) => Float32Array.from(plane, (row) => row[x]))
}

function filtered(luma: Float32Array[]): Float32Array[] {
  const pass = (plane: Float32Array[]) => transpose(transpose(plane.map(box)).map(box))
  const plane = pass(pass(luma))
  const at = (i: number, n: number) => Math.trunc(((i + 0.5) * n) / SIDE)
  return Array.from({ length: SIDE }, (_, i) => {
    const row = plane[at(i, plane.length)]
    return Float32Array.from({ length: SIDE }, (_, j) => row[at(j, row.length)])
  })
}

function lumaOf(data: Uint8Array, width: number, height: number, channels: number): Float32Array[] {
  const [red, green, blue] = [0.299, 0.587, 0.114].map(fround)
  return Array.from({ length: height }, (_, y) =>
    Float32Array.from({ length: width }, (_, x) => {
      const p = (y * width + x) * channels
      if (channels === 1) return data[p]
      return fround(fround(fround(red * data[p]) + fround(green * data[p + 1])) + fround(blue * data[p + 2]))
    })
  )
}

function qualityOf(a: Float32Array[]): number {
  let sum = 0
  const step = (u: number, v: number) => Math.abs(Math.trunc(fround(fround(fround(u - v) * 100) / 255)))
  for (let i = 0; i < SIDE - 1; i++) for (let j = 0; j < SIDE; j++) sum += step(a[i][j], a[i + 1][j])
  for (let i = 0; i < SIDE; i++) for (let j = 0; j < SIDE - 1; j++) sum += step(a[i][j], a[i][j + 1])
  return Math.min(100, Math.floor(sum / 90))
}

function dot(length: number, left: (k: number) => number, right: (k: number) => number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum = fround(sum + fround(left(k) * right(k)))
  return sum
}

type Square = readonly Float32Array[]
const square = (element: (i: number, j: number) => number): Square =>
  Array.from({ length: BITS }, (_, i) => Float32Array.from({ length: BITS }, (_, j) => element(i, j)))

function dct(a: Float32Array[]): Square {
  const t = Array.from({ length: BITS }, (_, i) =>
    Float32Array.from({ length: SIDE }, (_, j) =>
      dot(
        SIDE,
        (k) => DCT[i * SIDE + k],
        (k) => a[k][j]
      )
    )
  )
  return square((i, j) =>
    dot(
      SIDE,
      (k) => t[i][k],
      (k) => DCT[j * SIDE + k]
    )
  )
}

function hexOf(b: Square): string {
  const median = Float32Array.from(b.flatMap((row) => [...row])).sort()[127]
  const words = b.map((row) => row.reduce((word, value, j) => word | (value > median ? 1 << j : 0), 0))
  return words
    .reverse()
    .map((word) => word.toString(16).padStart(4, '0'))
    .join('')
}

/** The table of formats/PDQ.md, in the order of DIHEDRAL_VARIANTS. */
function variantsOf(a: Square): string[] {
  const odd = (n: number) => n % 2 === 1
  const variant = (turned: boolean, isNegative: (i: number, j: number) => boolean) =>
    hexOf(
      square((row, column) => {
        const [i, j] = turned ? [column, row] : [row, column]
        return isNegative(i, j) ? -a[i][j] : a[i][j]
      })
    )
  return [
    variant(false, () => false),
    variant(true, (_, j) => !odd(j)),
    variant(false, (i, j) => odd(i + j)),
    variant(true, (i) => !odd(i)),
    variant(false, (i) => !odd(i)),
    variant(false, (_, j) => !odd(j)),
    variant(true, () => false),
    variant(true, (i, j) => odd(i + j))
  ]
}

export interface NaivePdq {
  readonly hex: string
  readonly quality: number
  /** Eight, from the filtered raster even where it is 64×64. */
  readonly variants: readonly string[]
  readonly dihedralQuality: number
}

/** Sides of 5 pixels or more. */
export function naivePdq(data: Uint8Array, width: number, height: number, channels: number): NaivePdq {
  const luma = lumaOf(data, width, height, channels)
  const decimated = filtered(luma)
  const single = width === SIDE && height === SIDE ? luma : decimated
  return {
    hex: hexOf(dct(single)),
    quality: qualityOf(single),
    variants: variantsOf(dct(decimated)),
    dihedralQuality: qualityOf(decimated)
  }
}
