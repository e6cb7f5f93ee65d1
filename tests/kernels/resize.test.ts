// Luma and Pillow's resize: every path gives the bits of the obvious loops, and the addon trusts no axis.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nativeAddon, type NativeAddon } from '../../src/kernels/addon.js'
import type { Kernels, ResizeAxis } from '../../src/kernels/index.js'
import { NATIVE_PATH, requirePath, testEachPath } from './paths.js'
import { resizedColumns, resizedRows } from './resized.js'

interface Sample {
  readonly luma: Uint8Array
  readonly width: number
  readonly height: number
  readonly columns: ResizeAxis
  readonly rows: ResizeAxis
}

/** Any axis, not only Lanczos ones: weights of both signs, sums that clip at both ends. */
function anyAxis(samples: number): fc.Arbitrary<ResizeAxis> {
  const output = fc
    .tuple(fc.nat(samples - 1), fc.nat(samples))
    .map(([first, count]) => [first, Math.min(count, samples - first)])
  return fc.array(output, { minLength: 1, maxLength: 40 }).chain((outputs) => {
    const taps = Math.max(1, ...outputs.map(([, count]) => count))
    const weight = fc.integer({ min: -(1 << 21), max: 1 << 22 })
    const length = outputs.length * taps
    return fc.array(weight, { minLength: length, maxLength: length }).map((weights) => ({
      bounds: Int32Array.from(outputs.flat()),
      weights: Int32Array.from(weights, (each) => Math.trunc(each / Math.sqrt(taps)))
    }))
  })
}

const side = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(63, 64, 65, 127, 130))
const anySample: fc.Arbitrary<Sample> = fc.tuple(side, side).chain(([width, height]) =>
  fc.record({
    luma: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
    width: fc.constant(width),
    height: fc.constant(height),
    columns: anyAxis(width),
    rows: anyAxis(height)
  })
)

/** Each output of a line, summed in 32 bits, rounded and clipped. */
function naiveLine(line: readonly number[], { bounds, weights }: ResizeAxis): number[] {
  const outputs = bounds.length / 2
  const taps = weights.length / outputs
  return Array.from({ length: outputs }, (_, i) => {
    const [first, count] = [bounds[2 * i], bounds[2 * i + 1]]
    let sum = 1 << 21
    for (let x = 0; x < count; x++) sum = (sum + line[first + x] * weights[i * taps + x]) | 0
    return Math.min(255, Math.max(0, sum >> 22))
  })
}

function rowOf({ luma, width }: Sample, y: number): number[] {
  return [...luma.subarray(y * width, (y + 1) * width)]
}

function columnOf({ luma, width, height }: Sample, x: number): number[] {
  return Array.from({ length: height }, (_, y) => luma[y * width + x])
}

function expectNaiveBits(kernels: Kernels, sample: Sample): void {
  const { luma, width, height, columns, rows } = sample
  const expectedRows = Array.from({ length: height }, (_, y) => naiveLine(rowOf(sample, y), columns)).flat()
  expect([...resizedRows(kernels, luma, width, height, columns)]).toEqual(expectedRows)
  const turned = Array.from({ length: width }, (_, x) => naiveLine(columnOf(sample, x), rows))
  const expectedColumns = turned[0].flatMap((_, i) => turned.map((column) => column[i]))
  expect([...resizedColumns(kernels, luma, width, height, rows)]).toEqual(expectedColumns)
}

describe('resize', () => {
  testEachPath('gives the bits of the obvious loops', (kernels) => {
    fc.assert(
      fc.property(anySample, (sample) => expectNaiveBits(kernels, sample)),
      { numRuns: 60 }
    )
  })

  testEachPath('makes luma in 16-bit fixed point', (kernels) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const rgb = bytes.subarray(0, bytes.length - (bytes.length % 3))
        const expected = Array.from({ length: rgb.length / 3 }, (_, i) =>
          Math.floor((rgb[3 * i] * 19595 + rgb[3 * i + 1] * 38470 + rgb[3 * i + 2] * 7471 + 32768) / 65536)
        )
        expect([...kernels.luma(rgb)]).toEqual(expected)
      })
    )
  })
})

describe('the addon refuses to resize', () => {
  const axis = { bounds: Int32Array.of(0, 2, 2, 2), weights: new Int32Array(6) }
  const cases: Readonly<Record<string, readonly unknown[]>> = {
    'a first sample below the line': [{ ...axis, bounds: Int32Array.of(-1, 2, 2, 2) }],
    'more samples than the line has': [{ ...axis, bounds: Int32Array.of(0, 2, 3, 2) }],
    'a number of samples below zero': [{ ...axis, bounds: Int32Array.of(0, -2, 2, 2) }],
    'more samples than weights': [{ ...axis, weights: new Int32Array(2) }],
    'bounds whose sum overflows': [{ ...axis, bounds: Int32Array.of(0x7fffffff, 0x7fffffff, 2, 2) }],
    'half a bound': [{ ...axis, bounds: Int32Array.of(0, 2, 2) }],
    'no outputs': [{ bounds: new Int32Array(0), weights: new Int32Array(0) }],
    'plain arrays': [{ bounds: [0, 2, 2, 2], weights: [0, 0, 0, 0] }],
    'no axis': [undefined],
    'a place of another size': [axis, new Uint8Array(9)]
  }

  for (const [name, [bad, out = new Uint8Array(8)]] of Object.entries(cases)) {
    test(name, (context) => {
      requirePath(NATIVE_PATH, context)
      const { resizeRows, resizeColumns } = nativeAddon().addon as unknown as Record<
        string,
        (...args: unknown[]) => void
      >
      for (const resize of [resizeRows, resizeColumns]) {
        expect(() => resize('scalar', new Uint8Array(16), 4, 4, bad, out)).toThrow(
          expect.objectContaining({ code: 'RASTER_INVALID' })
        )
      }
    })
  }

  test('luma of bytes that are no pixels', (context) => {
    requirePath(NATIVE_PATH, context)
    const addon = nativeAddon().addon as NativeAddon
    for (const [rgb, out] of [
      [10, 3],
      [9, 2],
      [9, 4]
    ]) {
      const call = () => addon.luma('scalar', new Uint8Array(rgb), new Uint8Array(out))
      expect(call).toThrow(expect.objectContaining({ code: 'RASTER_INVALID' }))
    }
  })
})
