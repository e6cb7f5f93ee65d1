// Luma of JPEGs on every path, beside the obvious arithmetic on the coefficients that a file was written from.

import { expect } from 'vitest'
import { JpegMarkers, type JpegReduction, type Kernels } from '../../src/kernels/index.js'
import { buildJpeg, type BuiltJpeg, type JpegPlan } from '../support/jpeg-builder.js'
import { KERNEL_PATHS } from './paths.js'

export const REDUCTIONS: readonly JpegReduction[] = [1, 4, 8]

export const GREY = [{ h: 1, v: 1, table: 0 }]
const chroma = (table: number) => ({ h: 1, v: 1, table })
const withChroma = (h: number, v: number) => [{ h, v, table: 0 }, chroma(1), chroma(1)]

/** Small ones of every kind; those of several components have 1, 2 or 3 pairs of tables. */
export const PLANS: Readonly<Record<string, JpegPlan>> = {
  'one pixel': { width: 1, height: 1, components: GREY, seed: 1 },
  grey: { width: 45, height: 30, components: GREY, seed: 2 },
  'grey that claims a sampling': { width: 45, height: 30, components: [{ h: 2, v: 2, table: 0 }], seed: 3 },
  '4:4:4': { width: 33, height: 47, components: withChroma(1, 1), seed: 4 },
  '4:4:4 of one table': { width: 50, height: 40, components: [0, 0, 0].map(chroma), seed: 5 },
  '4:4:4 of three tables': { width: 50, height: 40, components: [0, 1, 2].map(chroma), seed: 6 },
  '4:2:2': { width: 33, height: 47, components: withChroma(2, 1), seed: 7 },
  '4:4:0': { width: 33, height: 47, components: withChroma(1, 2), seed: 8 },
  '4:2:0': { width: 49, height: 33, components: withChroma(2, 2), seed: 9 },
  '4:2:0 of one table': {
    width: 49,
    height: 33,
    components: [{ h: 2, v: 2, table: 0 }, chroma(0), chroma(0)],
    seed: 10
  },
  '4:1:1': { width: 49, height: 33, components: withChroma(4, 1), seed: 11 },
  'full blocks': { width: 40, height: 40, components: withChroma(2, 1), density: 1, seed: 12 },
  'flat blocks': { width: 90, height: 70, components: withChroma(2, 2), density: 0, seed: 13 },
  'a restart at every MCU': { width: 60, height: 60, components: withChroma(2, 2), restartInterval: 1, seed: 14 },
  'restarts that do not divide it': {
    width: 90,
    height: 60,
    components: withChroma(2, 1),
    restartInterval: 7,
    seed: 15
  },
  'a restart interval beyond its end': {
    width: 60,
    height: 60,
    components: withChroma(1, 1),
    restartInterval: 999,
    seed: 16
  }
}

/** Large enough that streams are guessed and joined. */
export const LARGE_PLANS: Readonly<Record<string, JpegPlan>> = {
  'large 4:2:0': { width: 500, height: 400, components: withChroma(2, 2), density: 0.3, seed: 20 },
  'large 4:4:4 of one table': { width: 400, height: 300, components: [0, 0, 0].map(chroma), density: 0.3, seed: 21 },
  'large 4:2:0 of one table': {
    ...{
      width: 400,
      height: 400,
      components: [{ h: 2, v: 2, table: 0 }, chroma(0), chroma(0)],
      density: 0.25,
      seed: 22
    }
  },
  'large grey': { width: 600, height: 500, components: GREY, density: 0.2, seed: 23 },
  'large full blocks': { width: 300, height: 300, components: withChroma(2, 1), density: 1, seed: 24 },
  'large with restarts': {
    width: 500,
    height: 400,
    components: withChroma(2, 2),
    restartInterval: 13,
    density: 0.3,
    seed: 25
  }
}

const progressive = (low: number, interleaved: boolean) => ({ low, interleaved })

export const PROGRESSIVE_PLANS: Readonly<Record<string, JpegPlan>> = {
  'progressive grey': { width: 45, height: 30, components: GREY, progressive: progressive(0, false), seed: 30 },
  'progressive 4:2:0': {
    width: 49,
    height: 33,
    components: withChroma(2, 2),
    progressive: progressive(1, true),
    seed: 31
  },
  'progressive 4:2:0 by components': {
    ...{ width: 49, height: 33, components: withChroma(2, 2), progressive: progressive(2, false), seed: 32 }
  },
  'progressive with restarts': {
    ...{
      width: 90,
      height: 50,
      components: withChroma(2, 1),
      progressive: progressive(1, true),
      restartInterval: 5,
      seed: 33
    }
  },
  'progressive 4:1:1 by components': {
    ...{ width: 70, height: 33, components: withChroma(4, 1), progressive: progressive(3, false), seed: 34 }
  }
}

const files = new Map<JpegPlan, BuiltJpeg>()

/** Written once. */
export function built(plan: JpegPlan): BuiltJpeg {
  const file = files.get(plan) ?? buildJpeg(plan)
  files.set(plan, file)
  return file
}

/** The raster, or `null` where the file is not taken; sizes are those that the file claims, if it can be read so far. */
export function lumaOf(kernels: Kernels, file: Uint8Array, reduction: JpegReduction): Uint8Array | null {
  const markers = JpegMarkers.start(file)
  markers?.next()
  const { width, height } = markers?.frame ?? { width: 1, height: 1 }
  const samples = Math.ceil(width / reduction) * Math.ceil(height / reduction)
  // A picture that claims gigapixels from nothing: no path takes it, and it is not worth the memory.
  const out = new Uint8Array(Math.min(samples, 2 ** 24))
  return kernels.jpegLuma(file, reduction, out) ? out : null
}

const clamp = (value: number): number => Math.min(255, Math.max(0, value))

/** Of one block, in real numbers. */
function transformed(block: Int16Array, steps: Uint8Array, zigzag: readonly number[]): Float64Array {
  const cosine = (x: number, u: number) => (u === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * x + 1) * u * Math.PI) / 16)
  const values = new Float64Array(64)
  block.forEach((coefficient, i) => {
    if (coefficient === 0) return
    const [u, v] = [zigzag[i] % 8, Math.floor(zigzag[i] / 8)]
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) values[y * 8 + x] += (coefficient * steps[i] * cosine(x, u) * cosine(y, v)) / 4
    }
  })
  return values
}

/** Places in zigzag order, by walking the diagonals. */
export const ZIGZAG = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
  const diagonal = (place: number) => (place % 8) + Math.floor(place / 8)
  const along = (place: number) => (diagonal(place) % 2 === 0 ? place % 8 : Math.floor(place / 8))
  return diagonal(a) - diagonal(b) || along(a) - along(b)
})

/** The samples of one block, `8 / reduction` a side; in full, within one of what comes out in integers. */
function naiveBlock(block: Int16Array, steps: Uint8Array, reduction: JpegReduction): number[] {
  const scaled = (i: number) => block[i] * steps[i]
  const eighth = (sum: number) => clamp(Math.floor((sum + 4) / 8) + 128)
  if (reduction === 8) return [eighth(scaled(0))]
  if (reduction === 1) return [...transformed(block, steps, ZIGZAG)].map((value) => clamp(Math.round(value) + 128))
  return [
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1]
  ].map(([x, y]) => eighth(scaled(0) + x * scaled(1) + y * scaled(2) + x * y * scaled(4)))
}

function naiveRaster({ steps, luma, blockColumns }: BuiltJpeg, plan: JpegPlan, reduction: JpegReduction): number[] {
  const side = 8 / reduction
  const blocks = luma.map((block) => naiveBlock(block, steps, reduction))
  const width = Math.ceil(plan.width / reduction)
  const height = Math.ceil(plan.height / reduction)
  return Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const block = blocks[Math.floor(y / side) * blockColumns + Math.floor(x / side)]
    return block[(y % side) * side + (x % side)]
  })
}

export function expectNaiveLuma(kernels: Kernels, plan: JpegPlan, reduction: JpegReduction): void {
  const file = built(plan)
  const found = lumaOf(kernels, file.bytes, reduction)
  const expected = naiveRaster(file, plan, reduction)
  expect(found).toHaveLength(expected.length)
  const most = reduction === 1 ? 1 : 0
  const off = expected.findIndex((value, i) => Math.abs((found as Uint8Array)[i] - value) > most)
  expect(off, 'sample that is not the one of the coefficients').toBe(-1)
}

const COMPARED = KERNEL_PATHS.filter(({ name }) => name === 'portable' || name === 'native scalar')

/** All paths take the file and give the same raster, or none does; which, by reduction. */
export function expectSameLuma(file: Uint8Array, what: string): readonly boolean[] {
  return REDUCTIONS.map((reduction) => {
    const [first, ...others] = COMPARED.flatMap(({ kernels }) => (kernels === null ? [] : [kernels]))
    const expected = lumaOf(first, file, reduction)
    for (const kernels of others) {
      const found = lumaOf(kernels, file, reduction)
      const isSame = expected === null ? found === null : found !== null && Buffer.compare(found, expected) === 0
      if (!isSame) expect(found, `${what}: ${kernels.isa} at 1/${reduction}`).toEqual(expected)
    }
    return expected !== null
  })
}
