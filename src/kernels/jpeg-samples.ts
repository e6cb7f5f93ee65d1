// From a JPEG's coefficients to samples of luma, with the integers of native/jpeg/samples.cc, which tells the source.

const SIDE = 8
const CONSTANT_BITS = 13
const KEPT_BITS = 2
const { imul } = Math

/** The place of each coefficient of the file in a block, row by row. */
// prettier-ignore
const ZIGZAG = Uint8Array.of(
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48,
  41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
  30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63
)

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value
}

/** The mean of a block: libjpeg's sample at an eighth. */
export function meanOf(dc: number, steps: Uint8Array): number {
  return clamp(((dc * steps[0] + 4) >> 3) + 128)
}

/** Two rows of two samples from the mean and the lowest frequency each way. */
export function writeQuarters(
  coefficients: Int16Array,
  steps: Uint8Array,
  out: Uint8Array,
  at: number,
  stride: number
): void {
  const mean = coefficients[0] * steps[0] + 4
  const across = coefficients[1] * steps[1]
  const down = coefficients[2] * steps[2]
  const both = coefficients[4] * steps[4]
  out[at] = clamp(((mean + across + down + both) >> 3) + 128)
  out[at + 1] = clamp(((mean - across + down - both) >> 3) + 128)
  out[at + stride] = clamp(((mean + across - down - both) >> 3) + 128)
  out[at + stride + 1] = clamp(((mean - across - down + both) >> 3) + 128)
}

/** One line of eight, `step` apart, in place; `shift` bits of fraction are rounded off. */
function transformLine(block: Int32Array, from: number, step: number, shift: number): void {
  const half = 1 << (shift - 1)
  const in0 = block[from]
  const in1 = block[from + step]
  const in2 = block[from + 2 * step]
  const in3 = block[from + 3 * step]
  const in4 = block[from + 4 * step]
  const in5 = block[from + 5 * step]
  const in6 = block[from + 6 * step]
  const in7 = block[from + 7 * step]
  const turned = imul(in2 + in6, 4433)
  const low = turned + imul(in2, 6270)
  const high = turned - imul(in6, 15137)
  const sum = (in0 + in4) << CONSTANT_BITS
  const difference = (in0 - in4) << CONSTANT_BITS
  const z5 = imul(in7 + in3 + in5 + in1, 9633)
  const z1 = imul(in7 + in1, 7373)
  const z2 = imul(in5 + in3, 20995)
  const z3 = z5 - imul(in7 + in3, 16069)
  const z4 = z5 - imul(in5 + in1, 3196)
  const write = (i: number, even: number, odd: number): void => {
    block[from + i * step] = (even + odd + half) >> shift
    block[from + (7 - i) * step] = (even - odd + half) >> shift
  }
  write(0, sum + low, imul(in1, 12299) - z1 + z4)
  write(1, difference + high, imul(in3, 25172) - z2 + z3)
  write(2, difference - high, imul(in5, 16819) - z2 + z4)
  write(3, sum - low, imul(in7, 2446) - z1 + z3)
}

const block = new Int32Array(SIDE * SIDE)

/** Eight rows of eight samples, `stride` apart: libjpeg's accurate integer transform. */
export function writeSamples(
  coefficients: Int16Array,
  steps: Uint8Array,
  out: Uint8Array,
  at: number,
  stride: number
): void {
  for (let i = 0; i < block.length; i++) block[ZIGZAG[i]] = coefficients[i] * steps[i]
  for (let i = 0; i < SIDE; i++) transformLine(block, i, SIDE, CONSTANT_BITS - KEPT_BITS)
  for (let i = 0; i < SIDE; i++) transformLine(block, i * SIDE, 1, CONSTANT_BITS + KEPT_BITS + 3)
  for (let y = 0, from = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) out[at + y * stride + x] = clamp(block[from++] + 128)
  }
}
