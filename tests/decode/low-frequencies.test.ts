// How much of the lowest frequencies a picture has, held to the transform as it is defined.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lowFrequencySpread } from '../../src/decode/low-frequencies.js'

const SIDE = 64
const FREQUENCIES = 16

/** The orthonormal cosine transform, its lowest 16 × 16 frequencies without those of number 0. */
function frequencies(luma: Uint8Array): number[] {
  const cosine = (frequency: number, at: number): number =>
    Math.sqrt(2 / SIDE) * Math.cos((Math.PI / (2 * SIDE)) * frequency * (2 * at + 1))
  const all: number[] = []
  for (let down = 1; down <= FREQUENCIES; down++) {
    for (let across = 1; across <= FREQUENCIES; across++) {
      let sum = 0
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) sum += luma[y * SIDE + x] * cosine(down, y) * cosine(across, x)
      }
      all.push(sum)
    }
  }
  return all
}

function spreadOf(luma: Uint8Array): number {
  const upperMedian = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
  const all = frequencies(luma)
  const middle = upperMedian(all)
  return upperMedian(all.map((value) => Math.abs(value - middle)))
}

function lumaBy(sample: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => sample(i % SIDE, Math.floor(i / SIDE)))
}

test.each<[string, Uint8Array, boolean]>([
  ['one colour', lumaBy(() => 140), true],
  ['stripes of two samples', lumaBy((x) => (x % 4 < 2 ? 90 : 160)), true],
  ['a board of squares of one sample', lumaBy((x, y) => ((x + y) % 2) * 255), true],
  ['a bright corner', lumaBy((x, y) => (x + y < 40 ? 230 : 30)), false],
  ['a disc', lumaBy((x, y) => (Math.hypot(x - 20, y - 40) < 15 ? 200 : 60)), false]
])('of %s it is what the definition gives', (_, luma, isEven) => {
  const spread = lowFrequencySpread(luma)
  expect(spread).toBeCloseTo(spreadOf(luma), 3)
  expect(spread < 2).toBe(isEven)
})

test('of any samples it is what the definition gives', () => {
  const lumas = fc.noShrink(fc.uint8Array({ minLength: SIDE * SIDE, maxLength: SIDE * SIDE }))
  fc.assert(
    fc.property(lumas, (luma) => {
      expect(lowFrequencySpread(luma)).toBeCloseTo(spreadOf(luma), 2)
    }),
    { numRuns: 20 }
  )
})
