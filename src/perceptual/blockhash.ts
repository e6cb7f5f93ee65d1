// Block mean hash, as commonsmachinery/blockhash-python: 16×16 blocks against the median of their quarter.

import { checkRaster, type Raster } from '../core/raster.js'
import { packBits, type PerceptualHash } from './bits.js'

const BITS = 16
const BLOCKS = BITS * BITS
const BANDS = 4

/** How each row or column is shared between two blocks; all arrays have one element a row or column. */
interface Shares {
  /** True where no row or column is shared: all sums are whole numbers then, in any order. */
  readonly isEven: boolean
  readonly first: Int32Array
  readonly second: Int32Array
  readonly firstWeight: Float64Array
  readonly secondWeight: Float64Array
}

/** The reference's own arithmetic in doubles, odd remainders included: its last bits decide ties. */
function sharesOf(samples: number): Shares {
  const size = samples / BITS
  const isEven = samples % BITS === 0
  const first = new Int32Array(samples)
  const second = new Int32Array(samples)
  const firstWeight = new Float64Array(samples).fill(1)
  const secondWeight = new Float64Array(samples)
  for (let i = 0; i < samples; i++) {
    // Python's // of floats is the floor of the exact quotient, found from the remainder.
    const block = Math.round((i - (i % size)) / size)
    first[i] = block
    second[i] = block
    if (isEven) continue
    const end = (i + 1) % size
    const whole = Math.trunc(end)
    secondWeight[i] = end - whole
    firstWeight[i] = 1 - secondWeight[i]
    const isInside = whole > 0 || i + 1 === samples
    if (!isInside && i % size !== 0) second[i] = block + 1
  }
  return { isEven, first, second, firstWeight, secondWeight }
}

/** Red, green and blue of each pixel of a row, added; grey counts as three equal ones. */
function writeBrightness({ data, width, channels }: Raster, y: number, out: Float64Array): void {
  for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
    out[x] = channels === 1 ? data[at] * 3 : data[at] + data[at + 1] + data[at + 2]
  }
}

/** Adds a row that belongs to one block row, of columns that belong to one block each. */
function addEvenRow(values: Float64Array, columns: Shares, sums: Float64Array, block: number): void {
  for (let x = 0; x < values.length; x++) sums[block + columns.first[x]] += values[x]
}

/** Adds a row to the blocks above and below, pixel by pixel and product by product as the reference does. */
function addSharedRow(
  values: Float64Array,
  columns: Shares,
  sums: Float64Array,
  [upper, lower, upperWeight, lowerWeight]: readonly [number, number, number, number]
): void {
  const { first, second, firstWeight, secondWeight } = columns
  for (let x = 0; x < values.length; x++) {
    const above = values[x] * upperWeight
    const below = values[x] * lowerWeight
    sums[upper + first[x]] += above * firstWeight[x]
    sums[upper + second[x]] += above * secondWeight[x]
    // Adding zero changes nothing, and most rows lie within one block row.
    if (lowerWeight === 0) continue
    sums[lower + first[x]] += below * firstWeight[x]
    sums[lower + second[x]] += below * secondWeight[x]
  }
}

function blockSums(raster: Raster): Float64Array {
  const sums = new Float64Array(BLOCKS)
  const columns = sharesOf(raster.width)
  const rows = sharesOf(raster.height)
  const values = new Float64Array(raster.width)
  for (let y = 0; y < raster.height; y++) {
    writeBrightness(raster, y, values)
    const upper = rows.first[y] * BITS
    if (rows.isEven && columns.isEven) {
      addEvenRow(values, columns, sums, upper)
    } else {
      const lower = rows.second[y] * BITS
      addSharedRow(values, columns, sums, [upper, lower, rows.firstWeight[y], rows.secondWeight[y]])
    }
  }
  return sums
}

function medianOfBand(band: Float64Array): number {
  const sorted = band.slice().sort()
  return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2
}

/** @throws {ExhibitHashError} RASTER_INVALID. */
export function blockhash(raster: Raster): PerceptualHash {
  checkRaster(raster)
  const sums = blockSums(raster)
  const halfValue = ((raster.width / BITS) * (raster.height / BITS) * 256 * 3) / 2
  const bandSize = BLOCKS / BANDS
  const medians = Array.from({ length: BANDS }, (_, i) => medianOfBand(sums.subarray(i * bandSize, (i + 1) * bandSize)))
  return packBits(BLOCKS, (i) => {
    const median = medians[Math.floor(i / bandSize)]
    const sum = sums[i]
    // A band of one colour has all its blocks at the median: they are 1 where it is bright.
    return sum > median || (Math.abs(sum - median) < 1 && median > halfValue)
  })
}
