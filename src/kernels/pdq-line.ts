// PDQ's box filter along one direction in portable code; pdq-filter.ts says why it is exact and how numbers are kept.

/** Side of the raster that the filter leads to. */
export const SIDE = 64
const { fround } = Math

/** One direction of the box filter; output `o` is written when sample `o + lead` has been added. */
export class Line {
  readonly window: number
  readonly lead: number

  constructor(readonly samples: number) {
    this.window = Math.floor((samples + 127) / 128)
    this.lead = Math.floor((this.window + 2) / 2) - 1
  }

  /** Samples in the sum at output `o`. */
  windowAt(o: number): number {
    const last = Math.min(o + this.lead, this.samples - 1)
    return last - Math.max(0, o + this.lead - this.window + 1) + 1
  }

  /** A product with the inverse of a power of two is the exact quotient. */
  get inverseIfExact(): number | null {
    return (this.window & (this.window - 1)) === 0 ? 1 / this.window : null
  }

  /** Outputs whose window is full: the first, and the one past the last. */
  get interior(): readonly [number, number] {
    return [this.window - 1 - this.lead, this.samples - this.lead]
  }

  decimated(i: number): number {
    return Math.floor(((i + 0.5) * this.samples) / SIDE)
  }
}

/** Divides the sums of one line by their windows, in place; those of full windows may have been divided already. */
export function divideLine(line: Line, numbers: Float64Array, at: number): void {
  const { samples, window, inverseIfExact } = line
  const [first, end] = line.interior
  // What was multiplied with an exact inverse is taken back exactly.
  const divided = inverseIfExact === null ? 1 : window
  for (let o = 0; o < first; o++) numbers[at + o] = fround((numbers[at + o] * divided) / line.windowAt(o))
  if (inverseIfExact === null) for (let o = first; o < end; o++) numbers[at + o] = fround(numbers[at + o] / window)
  for (let o = end; o < samples; o++) numbers[at + o] = fround((numbers[at + o] * divided) / line.windowAt(o))
}

/**
 * Running sums of four padded lines, `pitch` apart: sample p of the first stands at `from + window + p`. The sums times
 * `scale`, one or a power of two, go to the four places `to`.
 */
export function sumFourRows(
  line: Line,
  numbers: Float64Array,
  from: number,
  pitch: number,
  to: readonly number[],
  scale: number
): void {
  const { samples, window, lead } = line
  const [to0, to1, to2, to3] = to as [number, number, number, number]
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  let right = from + window
  for (const end = right + lead; right < end; right++) {
    sum0 = fround(sum0 + numbers[right])
    sum1 = fround(sum1 + numbers[right + pitch])
    sum2 = fround(sum2 + numbers[right + 2 * pitch])
    sum3 = fround(sum3 + numbers[right + 3 * pitch])
  }
  const second = pitch
  const third = 2 * pitch
  const fourth = 3 * pitch
  for (let o = 0; o < samples; o++, right++) {
    const left = right - window
    sum0 = fround(fround(sum0 + numbers[right]) - numbers[left])
    sum1 = fround(fround(sum1 + numbers[right + second]) - numbers[left + second])
    sum2 = fround(fround(sum2 + numbers[right + third]) - numbers[left + third])
    sum3 = fround(fround(sum3 + numbers[right + fourth]) - numbers[left + fourth])
    numbers[to0 + o] = sum0 * scale
    numbers[to1 + o] = sum1 * scale
    numbers[to2 + o] = sum2 * scale
    numbers[to3 + o] = sum3 * scale
  }
}

/**
 * Adds a row to running column sums and subtracts the one that leaves; the sums times `scale`, one or a power of two,
 * go to `to`.
 */
export function sumColumns(
  numbers: Float64Array,
  sums: number,
  right: number,
  left: number,
  to: number,
  count: number,
  scale: number
): void {
  for (let c = 0; c < count; c++) {
    const sum = fround(fround(numbers[sums + c] + numbers[right + c]) - numbers[left + c])
    numbers[sums + c] = sum
    numbers[to + c] = sum * scale
  }
}

export function divideAll(numbers: Float64Array, at: number, count: number, divisor: number): void {
  for (let i = at; i < at + count; i++) numbers[i] = fround(numbers[i] / divisor)
}
