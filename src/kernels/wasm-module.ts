// The WebAssembly module of assembly/: compiled at first use, with an instance whose memory grows with what is asked.

import { DCT_TRANSPOSED } from './pdq-dct-matrix.js'
import { WASM_BYTES } from './wasm-bytes.js'

/** What assembly/module.ts exports. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  freePlace(): number
  /** Bytes of memory that PDQ needs for a raster of these sizes. */
  layout(width: number, height: number, channels: number): number
  begin(): void
  addBand(): void
  addLuma(): void
  endFilter(): void
  finish(isDihedral: boolean): number
  inputPlace(): number
  dctPlace(): number
  hashesPlace(): number
  luma(rgb: number, pixels: number, out: number): void
  resizeRows(samples: number, width: number, height: number, ...axis: [...PlacedAxis, out: number]): void
  resizeColumns(samples: number, width: number, ...axis: [...PlacedAxis, out: number]): void
}

/** Places of bounds and weights, and the numbers of outputs and of weights an output. */
export type PlacedAxis = readonly [bounds: number, weights: number, outputs: number, outputWeights: number]

/** The part of the global that is used here: the types of ES have none, and `--jitless` takes it away. */
interface Api {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Compiled {
  readonly create: () => WasmExports
  /** The instance for what is of usual size. */
  readonly kept: WasmExports
}

const PAGE_BYTES = 1 << 16
/** The memory of WebAssembly never shrinks: who needs more has an instance of its own, which goes with its work. */
const KEPT_BYTES = 1 << 22

function compile(): Compiled | { readonly reason: string } {
  const { WebAssembly: api } = globalThis as { readonly WebAssembly?: Api }
  if (api === undefined) return { reason: 'this Node.js runs without WebAssembly' }
  try {
    const module = new api.Module(Buffer.from(WASM_BYTES, 'base64'))
    const create = () => withDct(new api.Instance(module).exports as WasmExports)
    return { create, kept: create() }
  } catch (thrown) {
    // A processor without SIMD, or no room for a memory.
    return { reason: (thrown as Error).message }
  }
}

/** WebAssembly is little-endian on every machine. */
function withDct(exports: WasmExports): WasmExports {
  const matrix = new DataView(exports.memory.buffer, exports.dctPlace(), DCT_TRANSPOSED.byteLength)
  DCT_TRANSPOSED.forEach((value, i) => matrix.setFloat32(i * DCT_TRANSPOSED.BYTES_PER_ELEMENT, value, true))
  return exports
}

let outcome: ReturnType<typeof compile> | undefined

function compiled(): ReturnType<typeof compile> {
  outcome ??= compile()
  return outcome
}

/** Why WebAssembly cannot be used here; `null` where it can. */
export function whyNoWasm(): string | null {
  const result = compiled()
  return 'reason' in result ? result.reason : null
}

/** An instance whose memory has as many bytes as `bytesFor` says; `null` where there is none. */
export function wasmWith(bytesFor: (exports: WasmExports) => number): WasmExports | null {
  const result = compiled()
  if ('reason' in result) return null
  try {
    const bytes = bytesFor(result.kept)
    if (bytes <= KEPT_BYTES) return grown(result.kept, bytes)
    const own = result.create()
    return grown(own, bytesFor(own))
  } catch (thrown) {
    // No room for one more memory, or for a larger one.
    if (thrown instanceof RangeError) return null
    throw thrown
  }
}

function grown(exports: WasmExports, bytes: number): WasmExports {
  const missing = bytes - exports.memory.buffer.byteLength
  if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE_BYTES))
  return exports
}
