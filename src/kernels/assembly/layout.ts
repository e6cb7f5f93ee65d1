// Where everything of one raster lies in memory, and what PDQ's filter must find there at the start.

import { BAND, COLUMN, LANES } from './lanes'
import { Line, SIDE } from './line'

export const alongRow = changetype<Line>(memory.data(offsetof<Line>(), 16))
export const alongColumn = changetype<Line>(memory.data(offsetof<Line>(), 16))
/** Bytes of a row of 64 numbers. */
export const ROW_OF_64: usize = <usize>SIDE * 4

export let channels: i32 = 0
/** The pixels of one band. */
export let input: usize = 0
/** What the filter leads to. */
export let decimated: usize = 0
/** Numbers of one band, a column after the other, with zeros before and after. */
export let columns: usize = 0
/** What each output of a row is divided by. */
export let rowWindows: usize = 0
/** Rows after the first sweep: those of the window, and then whole bands, `stride` bytes apart. */
export let rows: usize = 0
export let stride: usize = 0
export let bandsKept: i32 = 0
export let columnSums: usize = 0
/** The columns that decimation picks, and what they are divided by. */
export let picks: usize = 0
export let pickedWindows: usize = 0
/** The picked columns of a band, before and after they have been turned into rows. */
export let pickedColumns: usize = 0
export let pickedRows: usize = 0
/** The rows inside the window of the last sweep, in a ring. */
export let lastRows: usize = 0
export let lastSums: usize = 0
export let zeroRow: usize = 0

export function roundUp(value: i32, step: i32): i32 {
  return ((value + step - 1) / step) * step
}

/** Bytes taken; beyond 32 bits the places are wrong, and the caller does not come back. */
let taken: f64 = 0
function take(bytes: f64): usize {
  const here = taken
  taken += Math.ceil(bytes / 64) * 64
  return usize(here)
}

/** Bytes of memory for a raster of these sizes, each at most 2^24. */
export function layout(width: i32, height: i32, channelsOfPixel: i32): f64 {
  alongRow.setTo(width)
  alongColumn.setTo(height)
  channels = channelsOfPixel
  taken = Math.ceil(f64(__heap_base) / 64) * 64
  // Rows start 64 bytes past a multiple of the width, so that equal columns do not share a cache set.
  stride = <usize>(roundUp(width, 16) + 16) * 4
  bandsKept = max(2, roundUp(alongColumn.window, BAND) / BAND)
  const padded = f64(alongRow.window + roundUp(width, LANES) + alongRow.lead + LANES)
  // Whole registers are read, so the last one may reach past the pixels.
  input = take(f64(width) * f64(channels) * f64(BAND) + 16)
  decimated = take(f64(ROW_OF_64) * f64(SIDE) + 16)
  columns = take(padded * f64(COLUMN))
  rowWindows = take(f64(roundUp(width, LANES)) * 4)
  rows = take(f64(alongColumn.window + bandsKept * BAND) * f64(stride))
  columnSums = take(f64(stride))
  picks = take(f64(ROW_OF_64))
  pickedWindows = take(f64(ROW_OF_64))
  pickedColumns = take(f64(ROW_OF_64) * f64(BAND))
  pickedRows = take(f64(ROW_OF_64) * f64(BAND))
  lastRows = take(f64(alongColumn.window + 1) * f64(ROW_OF_64))
  lastSums = take(f64(ROW_OF_64))
  zeroRow = take(f64(ROW_OF_64))
  return taken
}

/** Zeros, and the divisors and columns that follow from the sizes. */
export function clear(): void {
  memory.fill(columns, 0, rowWindows - columns)
  memory.fill(rows, 0, <usize>alongColumn.window * stride)
  memory.fill(columnSums, 0, stride)
  memory.fill(lastSums, 0, ROW_OF_64)
  memory.fill(zeroRow, 0, ROW_OF_64)
  for (let o = 0; o < roundUp(alongRow.samples, LANES); o++) store<f32>(rowWindows + o * 4, alongRow.windowAt(o))
  for (let i = 0; i < SIDE; i++) {
    const pick = alongRow.decimated(i)
    store<i32>(picks + i * 4, pick)
    store<f32>(pickedWindows + i * 4, alongRow.windowAt(pick))
  }
}
