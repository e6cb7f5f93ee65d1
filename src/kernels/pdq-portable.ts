// PDQ in portable code: from the 64×64 raster to hash and quality. The same bits as the addon.

import { checkRaster } from '../core/raster.js'
import { DCT_TRANSPOSED } from './pdq-dct-matrix.js'
import { filterTo64, lumaOf64 } from './pdq-filter.js'
import { PDQ_HASH_BYTES, PDQ_MIN_SIDE, PDQ_VARIANTS, type PdqDihedralResult, type PdqResult } from './types.js'

const SIDE = 64
const BITS = 16
const { fround } = Math

function qualityOf(a: Float64Array): number {
  const step = (u: number, v: number): number => Math.abs(Math.trunc(fround(fround(fround(u - v) * 100) / 255)))
  let sum = 0
  for (let k = 0; k < SIDE * SIDE; k++) {
    if (k < SIDE * SIDE - SIDE) sum += step(a[k], a[k + SIDE])
    if (k % SIDE !== SIDE - 1) sum += step(a[k], a[k + 1])
  }
  return Math.min(100, Math.floor(sum / 90))
}

/** The matrix as doubles: see pdq-filter.ts on float32 values kept as doubles. */
const DCT = Float64Array.from(DCT_TRANSPOSED)

/**
 * D times `right`, 64 rows of `columns` numbers: 16 rows. Sums run from k = 0 upwards; four are under way at once,
 * because each waits for its own last addition.
 */
function multiplyByDct(right: Float64Array, columns: number): Float64Array {
  const out = new Float64Array(BITS * columns)
  for (let i = 0; i < BITS; i += 4) {
    for (let j = 0; j < columns; j++) {
      let sum0 = 0
      let sum1 = 0
      let sum2 = 0
      let sum3 = 0
      for (let k = 0, at = i; k < SIDE; k++, at += BITS) {
        const value = right[k * columns + j]
        sum0 = fround(sum0 + fround(DCT[at] * value))
        sum1 = fround(sum1 + fround(DCT[at + 1] * value))
        sum2 = fround(sum2 + fround(DCT[at + 2] * value))
        sum3 = fround(sum3 + fround(DCT[at + 3] * value))
      }
      out[i * columns + j] = sum0
      out[(i + 1) * columns + j] = sum1
      out[(i + 2) * columns + j] = sum2
      out[(i + 3) * columns + j] = sum3
    }
  }
  return out
}

function transposed(matrix: Float64Array, columns: number): Float64Array {
  const rows = matrix.length / columns
  return matrix.map((_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)])
}

/** The 16×16 coefficients D · A · Dᵀ, the second product as the transpose of D · (D · A)ᵀ. */
function coefficientsOf(a: Float64Array): Float64Array {
  const half = transposed(multiplyByDct(a, SIDE), SIDE)
  return transposed(multiplyByDct(half, BITS), BITS)
}

/** Sixteen words: bit j of word i is 1 where element (i, j) is above the 128th smallest. */
function wordsAboveMedian(values: Float64Array): number[] {
  const median = values.slice().sort()[(BITS * BITS) / 2 - 1]
  return Array.from({ length: BITS }, (_, i) => {
    let word = 0
    for (let j = 0; j < BITS; j++) if (values[i * BITS + j] > median) word |= 1 << j
    return word
  })
}

function transposedWords(words: readonly number[]): number[] {
  return words.map((_, i) => words.reduce((word, column, j) => word | (((column >> i) & 1) << j), 0))
}

/** Words are printed from the last to the first, the high byte first. */
function writeHash(words: readonly number[], out: Uint8Array, place: number): void {
  for (let i = 0; i < BITS; i++) {
    const word = words[BITS - 1 - i]
    out[place * PDQ_HASH_BYTES + 2 * i] = word >> 8
    out[place * PDQ_HASH_BYTES + 2 * i + 1] = word & 255
  }
}

/**
 * A variant is the coefficients with signs, as they are or transposed; transposing keeps the median, so each of four
 * sign patterns serves two places of DIHEDRAL_VARIANTS.
 */
const SIGN_PATTERNS: readonly { negative: (i: number, j: number) => boolean; plain: number; turned: number }[] = [
  { negative: () => false, plain: 0, turned: 6 },
  { negative: (_, j) => j % 2 === 0, plain: 5, turned: 1 },
  { negative: (i, j) => (i + j) % 2 === 1, plain: 2, turned: 7 },
  { negative: (i) => i % 2 === 0, plain: 4, turned: 3 }
]

export function isTooSmall(width: number, height: number): boolean {
  return width < PDQ_MIN_SIDE || height < PDQ_MIN_SIDE
}

export function pdqPortable(data: Uint8Array, width: number, height: number, channels: 1 | 3): PdqResult {
  checkRaster({ data, width, height, channels })
  const hash = new Uint8Array(PDQ_HASH_BYTES)
  if (isTooSmall(width, height)) return { hash, quality: 0 }
  const isUnfiltered = width === SIDE && height === SIDE
  const a = isUnfiltered ? lumaOf64(data, channels) : filterTo64(data, width, height, channels)
  writeHash(wordsAboveMedian(coefficientsOf(a)), hash, 0)
  return { hash, quality: qualityOf(a) }
}

export function pdqDihedralPortable(
  data: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3
): PdqDihedralResult {
  checkRaster({ data, width, height, channels })
  const hashes = new Uint8Array(PDQ_VARIANTS * PDQ_HASH_BYTES)
  if (isTooSmall(width, height)) return { hashes, quality: 0 }
  const a = filterTo64(data, width, height, channels)
  const coefficients = coefficientsOf(a)
  for (const { negative, plain, turned } of SIGN_PATTERNS) {
    const signed = coefficients.map((value, k) => (negative(Math.floor(k / BITS), k % BITS) ? -value : value))
    const words = wordsAboveMedian(signed)
    writeHash(words, hashes, plain)
    writeHash(transposedWords(words), hashes, turned)
  }
  return { hashes, quality: qualityOf(a) }
}
