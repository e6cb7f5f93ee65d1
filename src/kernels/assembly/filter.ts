// PDQ's filter over a raster that comes in bands of rows: native/pdq/generic.h says how it works and why it is exact.
//
// The caller asks `layout` for the memory that a raster needs, calls `begin` once it is there, writes the pixels of
// eight rows at `input` before each call of `addBand`, and calls `endFilter`.

import { BAND, BLOCK, COLUMN, Lanes, LANES } from './lanes'
import {
  alongColumn,
  alongRow,
  bandsKept,
  channels,
  clear,
  columns,
  columnSums,
  decimated,
  input,
  lastRows,
  lastSums,
  pickedColumns,
  pickedRows,
  pickedWindows,
  picks,
  ROW_OF_64,
  roundUp,
  rows,
  rowWindows,
  stride,
  zeroRow
} from './layout'
import { SIDE } from './line'

/** First row of the next band. */
let bandRow: i32 = 0
/** The next row of the result. */
let nextRow: i32 = 0

export function begin(): void {
  clear()
  bandRow = 0
  nextRow = 0
}

/** Rows past the last hold what the last band left there, and nobody reads what becomes of them. */
export function addBand(): void {
  const band = bandAt(bandRow)
  loadBand()
  clearPastLine()
  firstRowSweep(band)
  const left = alongColumn.samples - bandRow
  if (left < BAND) memory.fill(band + <usize>left * stride, 0, <usize>(BAND - left) * stride)
  secondSweeps(band)
  bandRow += BAND
}

export function endFilter(): void {
  const end = alongColumn.samples + alongColumn.lead
  for (; bandRow < end; bandRow += BAND) {
    const band = bandAt(bandRow)
    memory.fill(band, 0, <usize>BAND * stride)
    secondSweeps(band)
  }
  for (let row = alongColumn.samples; row < end; row++) lastSweep(row, zeroRow)
}

/**
 * Where the rows from `row` on are kept: the window's rows above them are always just before them in memory. So when
 * the end of the memory is reached, the last of them are copied to its beginning.
 */
function bandAt(row: i32): usize {
  const place = (row / BAND) % bandsKept
  const windowBytes = <usize>alongColumn.window * stride
  if (place === 0 && row > 0) memory.copy(rows, rows + <usize>(bandsKept * BAND) * stride, windowBytes)
  return rows + windowBytes + <usize>(place * BAND) * stride
}

/** The luma of the band, turned into columns. */
function loadBand(): void {
  const isRgb = channels === 3
  const pitch = <usize>(alongRow.samples * channels)
  for (let chain: usize = 0; chain < 2; chain++) {
    let a = input + chain * 4 * pitch
    let to = columns + <usize>alongRow.window * COLUMN + chain * 16
    for (const end = to + <usize>alongRow.samples * COLUMN; to < end; to += BLOCK, a += <usize>(LANES * channels)) {
      const b = a + pitch
      const c = b + pitch
      const d = c + pitch
      if (isRgb) {
        Lanes.storeTransposed(Lanes.ofRgb(a), Lanes.ofRgb(b), Lanes.ofRgb(c), Lanes.ofRgb(d), to, COLUMN)
      } else {
        Lanes.storeTransposed(Lanes.ofGrey(a), Lanes.ofGrey(b), Lanes.ofGrey(c), Lanes.ofGrey(d), to, COLUMN)
      }
    }
  }
}

/** Whole registers have been written: the columns past the last one are zeros again. */
function clearPastLine(): void {
  const past = roundUp(alongRow.samples, LANES) - alongRow.samples
  memory.fill(columns + <usize>(alongRow.window + alongRow.samples) * COLUMN, 0, <usize>past * COLUMN)
}

/** The sum of the columns before the first output. */
function leadSum(chain: usize): v128 {
  let sum = f32x4.splat(0)
  let at = columns + <usize>alongRow.window * COLUMN + chain * 16
  for (let i = 0; i < alongRow.lead; i++, at += COLUMN) sum = f32x4.add(sum, v128.load(at))
  return sum
}

function firstRowSweep(band: usize): void {
  let sum0 = leadSum(0)
  let sum1 = leadSum(1)
  let left = columns + <usize>alongRow.lead * COLUMN
  let right = left + <usize>alongRow.window * COLUMN
  let to = band
  const end = rowWindows + <usize>alongRow.samples * 4
  for (let windows = rowWindows; windows < end; windows += 16, to += 16, left += BLOCK, right += BLOCK) {
    const a0 = Lanes.step(sum0, right, left)
    const b0 = Lanes.step(a0, right + COLUMN, left + COLUMN)
    const c0 = Lanes.step(b0, right + 2 * COLUMN, left + 2 * COLUMN)
    sum0 = Lanes.step(c0, right + 3 * COLUMN, left + 3 * COLUMN)
    const a1 = Lanes.step(sum1, right + 16, left + 16)
    const b1 = Lanes.step(a1, right + 16 + COLUMN, left + 16 + COLUMN)
    const c1 = Lanes.step(b1, right + 16 + 2 * COLUMN, left + 16 + 2 * COLUMN)
    sum1 = Lanes.step(c1, right + 16 + 3 * COLUMN, left + 16 + 3 * COLUMN)
    const wa = v128.load32_splat(windows)
    const wb = v128.load32_splat(windows + 4)
    const wc = v128.load32_splat(windows + 8)
    const wd = v128.load32_splat(windows + 12)
    Lanes.storeQuotients(a0, b0, c0, sum0, wa, wb, wc, wd, to, stride)
    Lanes.storeQuotients(a1, b1, c1, sum1, wa, wb, wc, wd, to + 4 * stride, stride)
  }
}

/** The second two sweeps, once the rows of a band have been added: they lead the outputs, which may not exist. */
function secondSweeps(band: usize): void {
  const o = bandRow - alongColumn.lead
  sweepColumns(band, o)
  clearPastLine()
  secondRowSweep()
  finishRows()
  for (let i = max(0, -o); i < min(BAND, alongColumn.samples - o); i++) {
    lastSweep(o + i, pickedRows + <usize>i * ROW_OF_64)
  }
}

function sweepColumns(band: usize, o: i32): void {
  const windowBytes = <usize>alongColumn.window * stride
  const rowBytes = stride
  for (let chain = 0; chain < 2; chain++) {
    const wa = f32x4.splat(alongColumn.windowAt(o + 4 * chain))
    const wb = f32x4.splat(alongColumn.windowAt(o + 4 * chain + 1))
    const wc = f32x4.splat(alongColumn.windowAt(o + 4 * chain + 2))
    const wd = f32x4.splat(alongColumn.windowAt(o + 4 * chain + 3))
    let right = band + <usize>(4 * chain) * rowBytes
    let sums = columnSums
    let to = columns + <usize>alongRow.window * COLUMN + <usize>chain * 16
    const end = right + <usize>alongRow.samples * 4
    for (; right < end; right += 16, sums += 16, to += BLOCK) {
      const left = right - windowBytes
      const a = Lanes.step(v128.load(sums), right, left)
      const b = Lanes.step(a, right + rowBytes, left + rowBytes)
      const c = Lanes.step(b, right + 2 * rowBytes, left + 2 * rowBytes)
      const d = Lanes.step(c, right + 3 * rowBytes, left + 3 * rowBytes)
      v128.store(sums, d)
      Lanes.storeQuotients(a, b, c, d, wa, wb, wc, wd, to, COLUMN)
    }
  }
}

/** Only the sums at the 64 columns that decimation picks are kept. */
function secondRowSweep(): void {
  let sum0 = leadSum(0)
  let sum1 = leadSum(1)
  const windowBytes = <usize>alongRow.window * COLUMN
  const start = columns + windowBytes + <usize>alongRow.lead * COLUMN
  let right = start
  let to = pickedColumns
  for (let pick = picks; pick < picks + ROW_OF_64; pick += 4, to += COLUMN) {
    const end = start + <usize>load<i32>(pick) * COLUMN
    for (; right <= end; right += COLUMN) {
      sum0 = Lanes.step(sum0, right, right - windowBytes)
      sum1 = Lanes.step(sum1, right + 16, right + 16 - windowBytes)
    }
    v128.store(to, sum0)
    v128.store(to, sum1, 16)
  }
}

/** The picked columns divided and turned into rows. */
function finishRows(): void {
  for (let chain: usize = 0; chain < 2; chain++) {
    let from = pickedColumns + chain * 16
    let to = pickedRows + chain * 4 * ROW_OF_64
    for (let windows = pickedWindows; windows < pickedWindows + ROW_OF_64; windows += 16, to += 16) {
      Lanes.storeQuotients(
        v128.load(from),
        v128.load(from + COLUMN),
        v128.load(from + 2 * COLUMN),
        v128.load(from + 3 * COLUMN),
        v128.load32_splat(windows),
        v128.load32_splat(windows + 4),
        v128.load32_splat(windows + 8),
        v128.load32_splat(windows + 12),
        to,
        ROW_OF_64
      )
      from += BLOCK
    }
  }
}

/** Second sweep along the 64 picked columns; writes a row of the result where decimation picks it. */
function lastSweep(row: i32, from: usize): void {
  const window = alongColumn.window
  const kept = lastRows + <usize>(row % (window + 1)) * ROW_OF_64
  const left = row >= window ? lastRows + <usize>((row - window) % (window + 1)) * ROW_OF_64 : zeroRow
  for (let c: usize = 0; c < ROW_OF_64; c += 16) {
    v128.store(kept + c, v128.load(from + c))
    v128.store(lastSums + c, Lanes.step(v128.load(lastSums + c), from + c, left + c))
  }
  const o = row - alongColumn.lead
  for (; nextRow < SIDE && alongColumn.decimated(nextRow) === o; nextRow++) {
    const divisor = f32x4.splat(alongColumn.windowAt(o))
    const to = decimated + <usize>nextRow * ROW_OF_64
    for (let c: usize = 0; c < ROW_OF_64; c += 16) {
      v128.store(to + c, f32x4.div(v128.load(lastSums + c), divisor))
    }
  }
}

/** Luma of the next 512 pixels, as they are: what the reference's single hash works on where a raster is 64×64. */
export function addLuma(): void {
  const count: usize = BAND * SIDE
  let to = decimated + <usize>bandRow * ROW_OF_64
  for (let i: usize = 0; i < count; i += LANES, to += 16) {
    v128.store(to, channels === 3 ? Lanes.ofRgb(input + i * 3) : Lanes.ofGrey(input + i))
  }
  bandRow += BAND
}
