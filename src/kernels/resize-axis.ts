// The weights of a Lanczos resize, made in double and rounded to 22-bit fixed point here, on every path.
//
// Source: Pillow 9.4, src/libImaging/Resample.c.

import type { ResizeAxis } from './types.js'

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

function makeAxis(samples: number, outputs: number, extent: number): ResizeAxis {
  const scale = extent / outputs
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

/**
 * Lanczos weights for a line of samples, as Pillow has them.
 * @param extent - where the line ends, in samples: less than their number where the last one is only in part of the picture
 */
export function resizeAxis(samples: number, outputs: number, extent = samples): ResizeAxis {
  const key = `${samples}>${outputs} of ${extent}`
  let found = cache.get(key)
  if (found === undefined) {
    found = makeAxis(samples, outputs, extent)
    if (cache.size >= CACHE_ENTRIES) cache.delete(cache.keys().next().value as string)
    cache.set(key, found)
  }
  return found
}
