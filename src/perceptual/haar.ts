// Haar wavelets in PyWavelets' own arithmetic, for the pictures where its last bits decide a wavelet hash.
//
// Source: PyWavelets 1.1, wavedec2 and waverec2 with 'haar'. Decomposition goes along columns, then along rows;
// reconstruction along rows, then along columns. The taps are ±√½, and the order of the sums is that of its C.

const TAP = 0.7071067811865476
const SIDE = 8

/** What one level of decomposition takes out of a square: the letters are low and high, along columns then rows. */
interface Details {
  readonly lowHigh: Float64Array
  readonly highLow: Float64Array
  readonly highHigh: Float64Array
}

type Halves = readonly [low: Float64Array, high: Float64Array]

/** Along columns: rows 2i and 2i + 1 become row i of both halves. */
function splitColumns(from: Float64Array, side: number): Halves {
  const low = new Float64Array(from.length / 2)
  const high = new Float64Array(from.length / 2)
  for (let to = 0; to < low.length; to++) {
    const first = Math.floor(to / side) * 2 * side + (to % side)
    low[to] = TAP * from[first + side] + TAP * from[first]
    high[to] = -TAP * from[first + side] + TAP * from[first]
  }
  return [low, high]
}

/** Along rows: neighbours become one value of both halves. */
function splitRows(from: Float64Array): Halves {
  const low = new Float64Array(from.length / 2)
  const high = new Float64Array(from.length / 2)
  for (let to = 0; to < low.length; to++) {
    low[to] = TAP * from[2 * to + 1] + TAP * from[2 * to]
    high[to] = -TAP * from[2 * to + 1] + TAP * from[2 * to]
  }
  return [low, high]
}

function joinColumns([low, high]: Halves, side: number): Float64Array {
  const out = new Float64Array(low.length * 2)
  for (let i = 0; i < low.length; i++) {
    const first = Math.floor(i / side) * 2 * side + (i % side)
    out[first] = TAP * low[i] + TAP * high[i]
    out[first + side] = TAP * low[i] + -TAP * high[i]
  }
  return out
}

function joinRows([low, high]: Halves): Float64Array {
  const out = new Float64Array(low.length * 2)
  for (let i = 0; i < low.length; i++) {
    out[2 * i] = TAP * low[i] + TAP * high[i]
    out[2 * i + 1] = TAP * low[i] + -TAP * high[i]
  }
  return out
}

function decompose(square: Float64Array, side: number): { low: Float64Array; details: Details } {
  const [low, high] = splitColumns(square, side)
  const [lowLow, lowHigh] = splitRows(low)
  const [highLow, highHigh] = splitRows(high)
  return { low: lowLow, details: { lowHigh, highLow, highHigh } }
}

function recompose(low: Float64Array, { lowHigh, highLow, highHigh }: Details, side: number): Float64Array {
  return joinColumns([joinRows([low, lowHigh]), joinRows([highLow, highHigh])], side)
}

/** The 8×8 low pass of a square of `side` pixels, a power of two of 8 or more, after its mean has been taken out. */
export function haarLowPass(pixels: Uint8Array, side: number): Float64Array {
  let low: Float64Array = Float64Array.from(pixels, (pixel) => pixel / 255)
  const levels: Details[] = []
  for (let size = side; size > 1; size /= 2) {
    const level = decompose(low, size)
    levels.push(level.details)
    low = level.low
  }
  low = new Float64Array(1)
  for (let size = 2; size <= side; size *= 2) low = recompose(low, levels.pop()!, size)
  for (let size = side; size > SIDE; size /= 2) low = decompose(low, size).low
  return low
}
