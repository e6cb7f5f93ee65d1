// PDQ's filter in portable code: luma, two box filters along rows and columns, decimation to 64×64.
//
// The structure is that of native/pdq/generic.h, which says why it is exact: lines padded with zeros make the
// reference's four phases one loop, and all sweeps advance together, so only the rows inside a window are kept. Four
// rows are summed at once because each running sum waits for its own last addition. The numbers are float32 values kept
// as doubles: V8 converts at every load and store of a Float32Array, and `fround` of a double sum, difference, product
// or quotient of two float32 values is the float32 result.

import { divideAll, divideLine, Line, SIDE, sumColumns, sumFourRows } from './pdq-line.js'

const ROWS_AT_ONCE = 4
const { fround } = Math

/** Grows and is kept from call to call: the kernels are synchronous, so no two calls use it at once. */
let workspace = new Float64Array(0)
const KEPT_NUMBERS = 1 << 21

function takeWorkspace(numbers: number): Float64Array {
  if (numbers > KEPT_NUMBERS) return new Float64Array(numbers)
  if (workspace.length < numbers) workspace = new Float64Array(numbers)
  else workspace.fill(0, 0, numbers)
  return workspace
}

/** Luma of `count` pixels from `pixel` on; products and sums rounded to float32, left to right. */
function writeLuma(
  data: Uint8Array,
  channels: number,
  pixel: number,
  out: Float64Array,
  at: number,
  count: number
): void {
  if (channels === 1) {
    for (let i = 0; i < count; i++) out[at + i] = data[pixel + i]
    return
  }
  for (let i = 0, from = pixel * 3; i < count; i++, from += 3) {
    out[at + i] = fround(fround(RED[data[from]] + GREEN[data[from + 1]]) + BLUE[data[from + 2]])
  }
}

/** The 256 float32 products of a luma coefficient. */
function products(coefficient: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, value) => fround(fround(coefficient) * value))
}
const RED = products(0.299)
const GREEN = products(0.587)
const BLUE = products(0.114)

/** All four sweeps over one raster. Numbers named after places are offsets into `memory`. */
class Filter {
  private readonly alongRow: Line
  private readonly alongColumn: Line
  private readonly memory: Float64Array
  private readonly picks: Int32Array
  private readonly pickWindows: Float64Array
  private readonly pitch: number
  private readonly ringRows: number
  private readonly lines: number
  private readonly swept: number
  private readonly ring: number
  private readonly zeros: number
  private readonly sums: number
  private readonly keptRows: number
  private readonly lastSums: number
  private nextRow = 0

  constructor(
    private readonly data: Uint8Array,
    private readonly width: number,
    private readonly height: number,
    private readonly channels: number
  ) {
    this.alongRow = new Line(width)
    this.alongColumn = new Line(height)
    let next = 0
    const take = (floats: number): number => (next += floats) - floats
    this.pitch = this.alongRow.window + width + this.alongRow.lead
    this.ringRows = this.alongColumn.window + 2 * ROWS_AT_ONCE
    this.lines = take(ROWS_AT_ONCE * this.pitch)
    this.swept = take(ROWS_AT_ONCE * width)
    this.ring = take(this.ringRows * width)
    this.zeros = take(Math.max(width, SIDE))
    this.sums = take(width)
    this.keptRows = take((this.alongColumn.window + 1) * SIDE)
    this.lastSums = take(SIDE)
    this.memory = takeWorkspace(next)
    this.picks = Int32Array.from({ length: SIDE }, (_, i) => this.alongRow.decimated(i))
    this.pickWindows = Float64Array.from(this.picks, (column) => this.alongRow.windowAt(column))
  }

  /** The 64×64 raster. */
  run(): Float64Array {
    const decimated = new Float64Array(SIDE * SIDE)
    const { lead } = this.alongColumn
    let loaded = 0
    const loadUntil = (end: number): void => {
      for (; loaded < Math.min(end, this.height); loaded += ROWS_AT_ONCE) this.firstRowSweep(loaded)
    }
    loadUntil(lead)
    const scratch = this.lines + this.alongRow.window
    for (let row = 0; row < lead; row++) {
      sumColumns(this.memory, this.sums, this.rowAt(row), this.zeros, scratch, this.width, 1)
    }
    for (let o = 0; o < this.height; o += ROWS_AT_ONCE) {
      loadUntil(o + lead + ROWS_AT_ONCE)
      this.secondSweeps(o, decimated)
    }
    for (let row = this.height; row < this.height + lead; row++) this.lastSweep(row, null, decimated)
    return decimated
  }

  private rowAt(row: number): number {
    return row >= 0 && row < this.height ? this.ring + (row % this.ringRows) * this.width : this.zeros
  }

  private firstRowSweep(row: number): void {
    const { memory, width, pitch, alongRow } = this
    const rows = Math.min(ROWS_AT_ONCE, this.height - row)
    for (let i = 0; i < rows; i++) {
      const at = this.lines + i * pitch + alongRow.window
      writeLuma(this.data, this.channels, (row + i) * width, memory, at, width)
    }
    // Rows past the last are summed into the scratch lines, where nobody reads them.
    const to = [0, 1, 2, 3].map((i) => (i < rows ? this.rowAt(row + i) : this.swept + i * width))
    sumFourRows(alongRow, memory, this.lines, pitch, to, alongRow.inverseIfExact ?? 1)
    for (let i = 0; i < rows; i++) divideLine(alongRow, memory, to[i])
  }

  private secondSweeps(o: number, decimated: Float64Array): void {
    const { memory, width, pitch, alongRow, alongColumn } = this
    const rows = Math.min(ROWS_AT_ONCE, this.height - o)
    const [first, end] = alongColumn.interior
    const { window, lead, inverseIfExact } = alongColumn
    for (let i = 0; i < rows; i++) {
      const at = this.lines + i * pitch + alongRow.window
      const right = this.rowAt(o + i + lead)
      const left = this.rowAt(o + i + lead - window)
      const isScaled = inverseIfExact !== null && o + i >= first && o + i < end
      sumColumns(memory, this.sums, right, left, at, width, isScaled ? inverseIfExact : 1)
      if (!isScaled) divideAll(memory, at, width, alongColumn.windowAt(o + i))
    }
    const to = [0, 1, 2, 3].map((i) => this.swept + i * width)
    sumFourRows(alongRow, memory, this.lines, pitch, to, 1)
    for (let i = 0; i < rows; i++) this.lastSweep(o + i, this.swept + i * width, decimated)
  }

  /** Second sweep along the 64 columns that decimation picks; `swept` is null past the last row. */
  private lastSweep(row: number, swept: number | null, decimated: Float64Array): void {
    const { memory, alongColumn } = this
    const { window } = alongColumn
    const kept = this.keptRows + (row % (window + 1)) * SIDE
    const left = row >= window ? this.keptRows + ((row - window) % (window + 1)) * SIDE : this.zeros
    const { picks, pickWindows, lastSums } = this
    for (let i = 0; i < SIDE; i++) {
      memory[kept + i] = swept === null ? 0 : fround(memory[swept + picks[i]] / pickWindows[i])
    }
    sumColumns(memory, lastSums, kept, left, lastSums, SIDE, 1)
    const o = row - alongColumn.lead
    for (; this.nextRow < SIDE && alongColumn.decimated(this.nextRow) === o; this.nextRow++) {
      const divisor = alongColumn.windowAt(o)
      for (let i = 0; i < SIDE; i++) decimated[this.nextRow * SIDE + i] = fround(memory[lastSums + i] / divisor)
    }
  }
}

export function filterTo64(data: Uint8Array, width: number, height: number, channels: number): Float64Array {
  return new Filter(data, width, height, channels).run()
}

/** Luma of a raster of 64×64 pixels as it is: what the reference's single hash works on. */
export function lumaOf64(data: Uint8Array, channels: number): Float64Array {
  const luma = new Float64Array(SIDE * SIDE)
  writeLuma(data, channels, 0, luma, 0, SIDE * SIDE)
  return luma
}
