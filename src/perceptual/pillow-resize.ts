// Pillow's Lanczos resize of 8-bit luma, bit for bit: the imagehash family is defined by it.
//
// Source: Pillow 9.4, src/libImaging/Resample.c. Weights are made in double and rounded to 22-bit fixed point here, on
// every path; the kernels sum them, rows first, and round and clip each pass to 8 bits.

import { kernels, type ResizeAxis } from '../kernels/index.js'

const PRECISION_BITS = 32 - 8 - 2
const LANCZOS_SUPPORT = 3

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI)
}

function lanczos(x: number): number {
  return -LANCZOS_SUPPORT <= x && x < LANCZOS_SUPPORT ? sinc(x) * sinc(x / LANCZOS_SUPPORT) : 0
}

function toFixedPoint(weight: number): number {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION_BITS))
}

function makeAxis(samples: number, outputs: number): ResizeAxis {
  const scale = samples / outputs
  const filterScale = Math.max(1, scale)
  const support = LANCZOS_SUPPORT * filterScale
  const taps = Math.ceil(support) * 2 + 1
  const bounds = new Int32Array(outputs * 2)
  const weights = new Int32Array(outputs * taps)
  for (let i = 0; i < outputs; i++) {
    const center = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support + 0.5))
    const count = Math.min(samples, Math.trunc(center + support + 0.5)) - first
    const exact = Float64Array.from({ length: count }, (_, x) =>
      lanczos((x + first - center + 0.5) * (1 / filterScale))
    )
    const sum = exact.reduce((total, weight) => total + weight, 0)
    for (let x = 0; x < count; x++) weights[i * taps + x] = toFixedPoint(sum === 0 ? exact[x] : exact[x] / sum)
    bounds[2 * i] = first
    bounds[2 * i + 1] = count
  }
  return { bounds, weights }
}

/** Making coefficients takes as long as using them once, and an exhibit has few sizes; the oldest is dropped. */
const cache = new Map<string, ResizeAxis>()
const CACHE_ENTRIES = 64

function axisFor(samples: number, outputs: number): ResizeAxis {
  const key = `${samples}>${outputs}`
  let found = cache.get(key)
  if (found === undefined) {
    found = makeAxis(samples, outputs)
    if (cache.size >= CACHE_ENTRIES) cache.delete(cache.keys().next().value as string)
    cache.set(key, found)
  }
  return found
}

/** `luma` of `width` × `height` resized to `toWidth` × `toHeight`; the same array where the size is that already. */
export function resizeLuma(
  luma: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number
): Uint8Array {
  const kernel = kernels()
  const rows = toWidth === width ? luma : kernel.resizeRows(luma, width, height, axisFor(width, toWidth))
  return toHeight === height ? rows : kernel.resizeColumns(rows, toWidth, height, axisFor(height, toHeight))
}
