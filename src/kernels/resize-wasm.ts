// Pillow's luma and resize in WebAssembly SIMD, by parts of the samples; resize-portable.ts is the same in TypeScript.

import { lumaPortable, resizeColumnsPortable, resizeRowsPortable } from './resize-portable.js'
import type { ResizeAxis } from './types.js'
import { wasmWith, type PlacedAxis, type WasmExports } from './wasm-module.js'

/** Of a part, so that it stays in the first caches; whole registers are read and written, so there is room behind it. */
const PART_BYTES = 1 << 14
const SPARE_BYTES = 64
/** Weights are read sixteen at once. */
const STEP = 16

const roundUp = (value: number): number => Math.ceil(value / STEP) * STEP

export function lumaWasm(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length / 3)
  const exports = wasmWith((instance) => instance.freePlace() + 4 * PART_BYTES + 2 * SPARE_BYTES)
  if (exports === null) return lumaPortable(rgb)
  const memory = new Uint8Array(exports.memory.buffer)
  const input = exports.freePlace()
  const output = input + 3 * PART_BYTES + SPARE_BYTES
  for (let from = 0; from < out.length; from += PART_BYTES) {
    const pixels = Math.min(PART_BYTES, out.length - from)
    memory.set(rgb.subarray(from * 3, (from + pixels) * 3), input)
    exports.luma(input, pixels, output)
    out.set(memory.subarray(output, output + pixels), from)
  }
  return out
}

/** Bytes of an axis in memory. */
function axisBytes({ bounds, weights }: ResizeAxis): number {
  const outputs = bounds.length / 2
  return roundUp(bounds.byteLength) + outputs * roundUp(weights.length / outputs) * weights.BYTES_PER_ELEMENT
}

/** Writes an axis to where free memory begins; its weights past those that count become zeros. */
function placeAxis({ bounds, weights }: ResizeAxis, exports: WasmExports): PlacedAxis {
  const place = exports.freePlace()
  const view = new DataView(exports.memory.buffer, place)
  const outputs = bounds.length / 2
  const taps = weights.length / outputs
  const padded = roundUp(taps)
  bounds.forEach((value, i) => view.setInt32(i * 4, value, true))
  const start = roundUp(bounds.byteLength)
  for (let i = 0; i < outputs; i++) {
    const count = bounds[2 * i + 1]
    for (let x = 0; x < padded; x++) {
      view.setInt32(start + (i * padded + x) * 4, x < count ? weights[i * taps + x] : 0, true)
    }
  }
  return [place, place + start, outputs, padded]
}

export function resizeRowsWasm(
  luma: Uint8Array,
  width: number,
  height: number,
  axis: ResizeAxis,
  out: Uint8Array
): void {
  const outputs = axis.bounds.length / 2
  const partRows = Math.min(height, Math.max(1, Math.floor(PART_BYTES / width)))
  const inputBytes = roundUp(partRows * width) + SPARE_BYTES
  const needed = axisBytes(axis) + inputBytes + partRows * outputs
  const exports = wasmWith((instance) => instance.freePlace() + needed)
  if (exports === null) return resizeRowsPortable(luma, width, height, axis, out)
  const placed = placeAxis(axis, exports)
  const memory = new Uint8Array(exports.memory.buffer)
  const input = placed[0] + axisBytes(axis)
  const output = input + inputBytes
  for (let row = 0; row < height; row += partRows) {
    const rows = Math.min(partRows, height - row)
    memory.set(luma.subarray(row * width, (row + rows) * width), input)
    exports.resizeRows(input, width, rows, ...placed, output)
    out.set(memory.subarray(output, output + rows * outputs), row * outputs)
  }
}

export function resizeColumnsWasm(luma: Uint8Array, width: number, axis: ResizeAxis, out: Uint8Array): void {
  const outputBytes = (axis.bounds.length / 2) * width
  const inputBytes = roundUp(luma.length) + SPARE_BYTES
  const needed = axisBytes(axis) + inputBytes + outputBytes + SPARE_BYTES
  const exports = wasmWith((instance) => instance.freePlace() + needed)
  if (exports === null) return resizeColumnsPortable(luma, width, axis, out)
  const placed = placeAxis(axis, exports)
  const memory = new Uint8Array(exports.memory.buffer)
  const input = placed[0] + axisBytes(axis)
  const output = input + inputBytes
  memory.set(luma, input)
  exports.resizeColumns(input, width, ...placed, output)
  out.set(memory.subarray(output, output + outputBytes))
}
