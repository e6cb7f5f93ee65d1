// What the resize kernels write, in memory of its own.

import type { Kernels, ResizeAxis } from '../../src/kernels/index.js'

type Args = readonly [luma: Uint8Array, width: number, height: number, axis: ResizeAxis]

export function resizedRows(kernels: Kernels, ...args: Args): Uint8Array {
  const [, , height, { bounds }] = args
  const out = new Uint8Array((bounds.length / 2) * height)
  kernels.resizeRows(...args, out)
  return out
}

export function resizedColumns(kernels: Kernels, ...args: Args): Uint8Array {
  const [, width, , { bounds }] = args
  const out = new Uint8Array((bounds.length / 2) * width)
  kernels.resizeColumns(...args, out)
  return out
}
