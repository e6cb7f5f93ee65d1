// Property: every path gives the bits of the naive PDQ, for any size and content.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToHex } from '../../src/core/hex.js'
import type { Kernels } from '../../src/kernels/index.js'
import { DCT_TRANSPOSED } from '../../src/kernels/pdq-dct-matrix.js'
import { conformance } from '../support/fixtures.js'
import { KERNEL_PATHS, testEachPath } from './paths.js'
import { naivePdq, type NaivePdq } from './pdq-naive.js'

interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

/** A repeatable source of bytes: what a seed of fast-check is turned into. */
function noise(seed: number): () => number {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
}

const CONTENTS: Readonly<Record<string, (x: number, y: number, seed: number, random: () => number) => number>> = {
  noise: (_x, _y, _seed, random) => random(),
  zeros: () => 0,
  ones: () => 255,
  flat: (_x, _y, seed) => seed & 255,
  checkerboard: (x, y) => ((x + y) & 1) * 255,
  squares: (x, y, seed) => (((x >> (seed & 3)) + (y >> (seed & 3))) & 1) * 255,
  impulse: (x, y, seed) => (x === (seed & 15) && y === ((seed >> 4) & 15) ? 255 : 0),
  gradient: (x, y, seed) => (x * (seed & 3) + y * ((seed >> 2) & 3)) & 255,
  grain: (x, y, seed, random) => (100 + ((x * seed) & 31) + (y >> 2) + (random() & 7)) & 255
}

function pixels(width: number, height: number, channels: 1 | 3, content: string, seed: number): Pixels {
  const data = new Uint8Array(width * height * channels)
  const random = noise(seed)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) data[at++] = CONTENTS[content](x, y, seed >> c, random)
    }
  }
  return { data, width, height, channels }
}

/** Windows change at multiples of 128, blocks of lanes at multiples of 4, 8 and 16, decimation at 64. */
const EDGES = [5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 384, 385, 512, 513, 640, 641, 700]
const AT_EDGES = EDGES.map((width, i) => {
  const height = EDGES[(i * 7 + 3) % EDGES.length]
  return pixels(width, height, i % 2 === 0 ? 3 : 1, 'grain', i * 77 + 1)
})
const FAR_FROM_SQUARE = [
  pixels(5, 1500, 3, 'grain', 3),
  pixels(1500, 5, 3, 'grain', 4),
  pixels(1030, 300, 1, 'noise', 5)
]
const SMALL = pixels(67, 33, 3, 'grain', 9)

const side = fc.oneof(fc.integer({ min: 5, max: 140 }), fc.constantFrom(...EDGES), fc.integer({ min: 5, max: 700 }))
const anyPixels = fc
  .tuple(
    side,
    fc.oneof(fc.integer({ min: 5, max: 140 }), side),
    fc.constantFrom<1 | 3>(1, 3),
    fc.constantFrom(...Object.keys(CONTENTS)),
    fc.nat()
  )
  .map((fields) => ({ fields, pixels: pixels(...fields) }))

/** The naive form takes longer than all paths together, so they share its answer. */
const naiveAnswers = new WeakMap<Pixels, NaivePdq>()
function naiveOf(sample: Pixels): NaivePdq {
  const { data, width, height, channels } = sample
  const answer = naiveAnswers.get(sample) ?? naivePdq(data, width, height, channels)
  naiveAnswers.set(sample, answer)
  return answer
}

function expectNaiveBits(kernels: Kernels, sample: Pixels): void {
  const { data, width, height, channels } = sample
  const naive = naiveOf(sample)
  const single = kernels.pdq(data, width, height, channels)
  const dihedral = kernels.pdqDihedral(data, width, height, channels)
  const hexes = naive.variants.map((_, i) => bytesToHex(dihedral.hashes.subarray(i * 32, (i + 1) * 32)))
  expect({ hex: bytesToHex(single.hash), quality: single.quality }).toEqual({ hex: naive.hex, quality: naive.quality })
  expect({ hexes, quality: dihedral.quality }).toEqual({ hexes: naive.variants, quality: naive.dihedralQuality })
}

describe('PDQ agrees with the naive form', () => {
  test('on every path, for any raster', () => {
    const present = KERNEL_PATHS.flatMap(({ kernels }) => kernels ?? [])
    fc.assert(
      fc.property(anyPixels, (sample) => {
        for (const kernels of present) expectNaiveBits(kernels, sample.pixels)
      }),
      // The counterexample is told by its fields: the pixels follow from them.
      { numRuns: 50, reporter: (run) => reportFields(run) }
    )
  })

  testEachPath('at the sizes where windows and blocks of lanes begin and end', (kernels) => {
    for (const sample of AT_EDGES) expectNaiveBits(kernels, sample)
  })

  testEachPath('where a raster is far from square', (kernels) => {
    for (const sample of FAR_FROM_SQUARE) expectNaiveBits(kernels, sample)
  })

  testEachPath('whatever lies before and after the pixels in memory', (kernels) => {
    const { data, ...sizes } = SMALL
    const buffer = new Uint8Array(data.length + 200).fill(255)
    buffer.set(data, 101)
    expectNaiveBits(kernels, { data: buffer.subarray(101, 101 + data.length), ...sizes })
  })
})

type SampleOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Sample> ? Sample : never

function reportFields(run: fc.RunDetails<[SampleOf<typeof anyPixels>]>): void {
  if (!run.failed) return
  const fields = JSON.stringify(run.counterexample?.[0].fields)
  throw new Error(`seed ${run.seed}, path ${run.counterexamplePath}: ${fields}`, { cause: run.errorInstance })
}

test('the committed DCT constants are those of the conformance table', () => {
  for (const row of conformance('pdq-dct-matrix.csv')) {
    const value = new Float32Array(Uint32Array.of(parseInt(row['float32_bits'], 16)).buffer)[0]
    expect(DCT_TRANSPOSED[Number(row['j']) * 16 + Number(row['i'])]).toBe(value)
  }
})
