// From the 64×64 raster to hash and quality; native/pdq/generic_hash.h has the same in C++.

import { decimated, ROW_OF_64 } from './layout'
import { SIDE } from './line'

const BITS: usize = 16
const COEFFICIENTS: usize = BITS * BITS
const HASH_BYTES: usize = 32
const ROW: usize = BITS * 4

/** 64 × 16 numbers, which the caller writes once: element 16·k + i is D[i][k]. */
export const DCT = memory.data(64 * 16 * 4, 16)
const half = memory.data(16 * 64 * 4, 16)
const coefficients = memory.data(16 * 16 * 4, 16)
const signed = memory.data(16 * 16 * 4, 16)
/** Sixteen words of 32 bits, of which the low half counts. */
const words = memory.data(16 * 4, 16)
/** 32 bytes, or 8 × 32 in the order of DIHEDRAL_VARIANTS, each hash in the order of its hex text. */
export const HASHES = memory.data(8 * 32, 16)

/** B = D · A · Dᵀ. */
export function transform(): void {
  multiply(DCT, 4, ROW, decimated, ROW_OF_64, half)
  multiply(half, ROW_OF_64, 4, DCT, ROW, coefficients)
}

/** out[m] = Σ over k of left(m, k) · rows[k], summed from k = 0 upwards; sixteen rows of `rowBytes`. */
function multiply(left: usize, mBytes: usize, kBytes: usize, rows: usize, rowBytes: usize, out: usize): void {
  for (let m: usize = 0; m < BITS; m += 4) {
    for (let c: usize = 0; c < rowBytes; c += 32) {
      multiplyTile(left + m * mBytes, mBytes, kBytes, rows + c, rowBytes, out + m * rowBytes + c)
    }
  }
}

/** Four rows of eight numbers: eight sums are under way at once, because each waits for its own last addition. */
function multiplyTile(left: usize, mBytes: usize, kBytes: usize, rows: usize, rowBytes: usize, out: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let b0 = a0
  let b1 = a0
  let c0 = a0
  let c1 = a0
  let d0 = a0
  let d1 = a0
  for (let k = 0; k < SIDE; k++, left += kBytes, rows += rowBytes) {
    const row0 = v128.load(rows)
    const row1 = v128.load(rows, 16)
    const a = v128.load32_splat(left)
    const b = v128.load32_splat(left + mBytes)
    const c = v128.load32_splat(left + 2 * mBytes)
    const d = v128.load32_splat(left + 3 * mBytes)
    a0 = f32x4.add(a0, f32x4.mul(a, row0))
    a1 = f32x4.add(a1, f32x4.mul(a, row1))
    b0 = f32x4.add(b0, f32x4.mul(b, row0))
    b1 = f32x4.add(b1, f32x4.mul(b, row1))
    c0 = f32x4.add(c0, f32x4.mul(c, row0))
    c1 = f32x4.add(c1, f32x4.mul(c, row1))
    d0 = f32x4.add(d0, f32x4.mul(d, row0))
    d1 = f32x4.add(d1, f32x4.mul(d, row1))
  }
  v128.store(out, a0)
  v128.store(out, a1, 16)
  v128.store(out + rowBytes, b0)
  v128.store(out + rowBytes, b1, 16)
  v128.store(out + 2 * rowBytes, c0)
  v128.store(out + 2 * rowBytes, c1, 16)
  v128.store(out + 3 * rowBytes, d0)
  v128.store(out + 3 * rowBytes, d1, 16)
}

/** |int((u − v) · 100 / 255)| of four pairs of neighbours. */
function steps(u: v128, v: v128): v128 {
  const scaled = f32x4.div(f32x4.mul(f32x4.sub(u, v), f32x4.splat(100)), f32x4.splat(255))
  return i32x4.abs(i32x4.trunc_sat_f32x4_s(scaled))
}

export function quality(): i32 {
  let sum = i32x4.splat(0)
  const lastRow = decimated + <usize>(SIDE - 1) * ROW_OF_64
  for (let at = decimated; at < lastRow; at += 16) {
    sum = i32x4.add(sum, steps(v128.load(at), v128.load(at + ROW_OF_64)))
  }
  for (let row = decimated; row <= lastRow; row += ROW_OF_64) {
    const last = row + ROW_OF_64 - 16
    for (let at = row; at < last; at += 16) sum = i32x4.add(sum, steps(v128.load(at), v128.load(at, 4)))
    // The neighbour to the right of column 63 is column 63 itself: no step.
    const numbers = v128.load(last)
    sum = i32x4.add(sum, steps(numbers, v128.shuffle<i32>(numbers, numbers, 1, 2, 3, 3)))
  }
  return min(100, sumOf(sum) / 90)
}

function sumOf(lanes: v128): i32 {
  const left = i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1)
  return left + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3)
}

/** Floats in the order of unsigned numbers, and back. */
function keyOf(value: f32): u32 {
  const bits = reinterpret<u32>(value)
  return bits >> 31 ? ~bits : bits | 0x80000000
}

function valueOfKey(key: u32): f32 {
  return reinterpret<f32>(key >> 31 ? key & 0x7fffffff : ~key)
}

function countLess(values: usize, limit: f32): i32 {
  const limits = f32x4.splat(limit)
  let less = i32x4.splat(0)
  // Each lane that is less is −1.
  for (let i: usize = 0; i < COEFFICIENTS * 4; i += 16) less = i32x4.sub(less, f32x4.lt(v128.load(values + i), limits))
  return sumOf(less)
}

/** The 128th smallest of 256: the largest value that fewer than 128 are less than, found by halving. */
function medianOf(values: usize): f32 {
  let least = v128.load(values)
  let most = least
  for (let i: usize = 16; i < COEFFICIENTS * 4; i += 16) {
    least = f32x4.min(least, v128.load(values + i))
    most = f32x4.max(most, v128.load(values + i))
  }
  let low = keyOf(
    min(
      min(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1)),
      min(f32x4.extract_lane(least, 2), f32x4.extract_lane(least, 3))
    )
  )
  let high = keyOf(
    max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3))
    )
  )
  while (low < high) {
    const middle = low + (high - low) / 2 + 1
    if (countLess(values, valueOfKey(middle)) < <i32>COEFFICIENTS / 2) low = middle
    else high = middle - 1
  }
  return valueOfKey(low)
}

/** Bit j of word i: is element (i, j) above the median? */
function markAboveMedian(values: usize): void {
  const median = f32x4.splat(medianOf(values))
  for (let i: usize = 0; i < BITS; i++) {
    let word = 0
    for (let j: usize = 0; j < BITS; j += 4) {
      word |= i32x4.bitmask(f32x4.gt(v128.load(values + i * ROW + j * 4), median)) << (<i32>j)
    }
    store<i32>(words + i * 4, word)
  }
}

/** Words are written from the last to the first, the high byte first. */
function writeHash(place: usize): void {
  const to = HASHES + place * HASH_BYTES
  for (let i: usize = 0; i < BITS; i++) store<u16>(to + i * 2, bswap(<u16>load<i32>(words + (BITS - 1 - i) * 4)))
}

function writeTransposed(place: usize): void {
  const to = HASHES + place * HASH_BYTES
  for (let i: usize = 0; i < BITS; i++) {
    let turned = 0
    for (let j: usize = 0; j < BITS; j++) turned |= ((load<i32>(words + j * 4) >> (<i32>i)) & 1) << (<i32>j)
    store<u16>(to + (BITS - 1 - i) * 2, bswap(<u16>turned))
  }
}

export function writeSingle(): void {
  markAboveMedian(coefficients)
  writeHash(0)
}

/** The hash of the coefficients with signs, and that of their transposition, which has the same median. */
function writePair(evenSigns: v128, oddSigns: v128, plain: usize, turned: usize): void {
  for (let i: usize = 0; i < BITS; i++) {
    const signs = i & 1 ? oddSigns : evenSigns
    for (let at = i * ROW; at < (i + 1) * ROW; at += 16) {
      v128.store(signed + at, v128.xor(v128.load(coefficients + at), signs))
    }
  }
  markAboveMedian(signed)
  writeHash(plain)
  writeTransposed(turned)
}

export function writeVariants(): void {
  const none = i32x4.splat(0)
  const all = i32x4.splat(i32.MIN_VALUE)
  const evenColumns = i32x4(i32.MIN_VALUE, 0, i32.MIN_VALUE, 0)
  const oddColumns = i32x4(0, i32.MIN_VALUE, 0, i32.MIN_VALUE)
  writePair(none, none, 0, 6)
  writePair(evenColumns, evenColumns, 5, 1)
  writePair(oddColumns, evenColumns, 2, 7)
  writePair(all, none, 4, 3)
}
