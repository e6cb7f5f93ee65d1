// How much a picture has of what a perceptual hash looks at. Of one that has next to nothing, every way of decoding and
// shrinking gives another hash.

import { DCT_TRANSPOSED } from '../kernels/index.js'

/** Samples each way that the frequencies are taken of. */
export const FREQUENCY_SIDE = 64
const FREQUENCIES = 16
const HALF = FREQUENCY_SIDE / 2

/** As doubles, row by row of frequencies. */
const DCT = Float64Array.from({ length: FREQUENCIES * FREQUENCY_SIDE }, (_, at) => {
  return DCT_TRANSPOSED[(at % FREQUENCY_SIDE) * FREQUENCIES + Math.floor(at / FREQUENCY_SIDE)]
})

/**
 * How far the 16 × 16 lowest frequencies, but the mean, lie from the middle one: half of them lie farther. In steps of the
 * samples (an orthonormal transform), which are 64 × 64 of luma. The same on every machine: the order of additions is fixed.
 */
export function lowFrequencySpread(luma: Uint8Array): number {
  // Rows of the samples to frequencies across, each beside the next row's: then the same for their columns.
  const across = frequenciesOf(luma, FREQUENCY_SIDE)
  const both = frequenciesOf(across, FREQUENCIES)
  const middle = median(both)
  return median(both.map((value) => Math.abs(value - middle)))
}

/**
 * Each of `rows` rows of 64 to 16 frequencies, from the first to the sixteenth; what comes out is turned, 16 rows. A cosine
 * of odd frequency is the negative of its mirror image and one of even frequency the image itself, so that differences and
 * sums of mirrored samples take half the work.
 */
function frequenciesOf(samples: ArrayLike<number>, rows: number): Float64Array {
  const out = new Float64Array(FREQUENCIES * rows)
  const differences = new Float64Array(HALF)
  const sums = new Float64Array(HALF)
  for (let row = 0; row < rows; row++) {
    const from = row * FREQUENCY_SIDE
    for (let i = 0, left = from, right = from + FREQUENCY_SIDE - 1; i < HALF; i++, left++, right--) {
      differences[i] = samples[left] - samples[right]
      sums[i] = samples[left] + samples[right]
    }
    // Row 0 of the transform is frequency 1.
    for (let at = 0; at < FREQUENCIES; at++) {
      out[at * rows + row] = halfProduct(at % 2 === 0 ? differences : sums, at * FREQUENCY_SIDE)
    }
  }
  return out
}

/** Four sums side by side: one would wait for itself. */
function halfProduct(folded: Float64Array, to: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let i = 0; i < HALF; i += 4) {
    a += DCT[to + i] * folded[i]
    b += DCT[to + i + 1] * folded[i + 1]
    c += DCT[to + i + 2] * folded[i + 2]
    d += DCT[to + i + 3] * folded[i + 3]
  }
  return a + b + (c + d)
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1]
}
