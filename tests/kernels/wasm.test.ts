// The committed WebAssembly is what its sources compile to, and its memory follows the raster.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { portableKernels, type ResizeAxis } from '../../src/kernels/index.js'
import { KERNEL_PATHS, requirePath } from './paths.js'
import { resizedColumns, resizedRows } from './resized.js'

const BYTES = new URL('../../src/kernels/wasm-bytes.ts', import.meta.url)
const BUILD = new URL('../../src/kernels/assembly/build.mjs', import.meta.url)
const WASM = KERNEL_PATHS[1]

interface Build {
  compile(): Promise<Uint8Array>
  textOf(bytes: Uint8Array): string
}

test('the committed bytes are those of the sources: after a change, npm run build:wasm', async () => {
  const { compile, textOf } = (await import(BUILD.href)) as Build
  expect(readFileSync(BYTES, 'utf8')).toBe(textOf(await compile()))
}, 120_000)

/** Longer and longer rows, then short ones: memory grows, is left behind, and is used again. */
const SIZES = [
  [5, 5],
  [700, 300],
  [9_000, 40],
  [120_000, 12],
  [6, 90_000],
  [200_000, 9],
  [64, 64],
  [512, 65]
] as const

test('rasters of very different sizes, one after the other, have the bits of TypeScript', (context) => {
  const wasm = requirePath(WASM, context)
  const typescript = portableKernels()
  SIZES.forEach(([width, height], i) => {
    const channels = i % 2 === 0 ? 3 : 1
    const data = new Uint8Array(width * height * channels).map((_, at) => (at * at * 31 + i) >> 7)
    for (const name of ['pdq', 'pdqDihedral'] as const) {
      expect(wasm[name](data, width, height, channels)).toEqual(typescript[name](data, width, height, channels))
    }
  })
})

test('a Buffer in the middle of another is read like any array', (context) => {
  const wasm = requirePath(WASM, context)
  const data = Buffer.alloc(100 * 80 + 7).map((_, at) => at * 13)
  const [part, copy] = [data.subarray(5, 5 + 8000), new Uint8Array(data).slice(5, 5 + 8000)]
  expect(wasm.pdq(part, 100, 80, 1)).toEqual(portableKernels().pdq(copy, 100, 80, 1))
})

/** Weighted sums of up to `taps` samples around each output's place. */
function axisOf(samples: number, outputs: number, taps: number): ResizeAxis {
  const starts = Array.from({ length: outputs }, (_, i) => Math.floor((i * (samples - taps)) / outputs))
  return {
    bounds: Int32Array.from(starts.flatMap((start, i) => [start, taps - (i % 3)])),
    weights: Int32Array.from({ length: outputs * taps }, (_, i) => ((i * 7919) % 20_000) - 5_000)
  }
}

test('samples that go in by several parts, or need much memory, have the bits of TypeScript', (context) => {
  const wasm = requirePath(WASM, context)
  const typescript = portableKernels()
  const samples = new Uint8Array(5_000_000).map((_, at) => (at * at * 31) >> 7)
  const luma = (bytes: number) => [wasm, typescript].map((kernels) => kernels.luma(samples.subarray(0, bytes)))
  for (const bytes of [3 * 16_384, 3 * 50_001]) expect(luma(bytes)[0]).toEqual(luma(bytes)[1])
  for (const [width, height, taps] of [
    [300, 200, 60],
    [40_000, 3, 5_001],
    [3, 40_000, 3],
    [2_500, 2_000, 40]
  ] as const) {
    const given = samples.subarray(0, width * height)
    const across = [given, width, height, axisOf(width, 9, Math.min(width, taps))] as const
    expect(resizedRows(wasm, ...across)).toEqual(resizedRows(typescript, ...across))
    const down = [given, width, height, axisOf(height, 9, Math.min(height, taps))] as const
    expect(resizedColumns(wasm, ...down)).toEqual(resizedColumns(typescript, ...down))
  }
})
