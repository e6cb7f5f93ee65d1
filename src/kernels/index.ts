// Chooses the kernels: those that EXHIBIT_HASH_ISA names, else native on the best instruction set, else portable in
// WebAssembly, else portable in TypeScript.

import { ExhibitHashError } from '../core/errors.js'
import { nativeAddon } from './addon.js'
import { nativeKernelsOn } from './native.js'
import { PORTABLE_KERNELS, WASM_KERNELS } from './portable.js'
import { NATIVE_ISAS, type KernelFacts, type Kernels, type NativeIsa } from './types.js'
import { whyNoWasm } from './wasm-module.js'

export { canDenyNetwork, denyNetwork } from './confinement.js'
export { JpegMarkers, type JpegApplicationSegment } from './jpeg-markers.js'
export { DCT_TRANSPOSED } from './pdq-dct-matrix.js'
export { resizeAxis } from './resize-axis.js'
export { SCANNED_FIELDS } from './record-scanner.js'
export type { EntryField, RecordScanner, ScannedField } from './record-scanner.js'
export { DIGEST_BYTES, MAX_JOIN_KEY_BITS, MAX_JOIN_RADIUS, NATIVE_ISAS } from './types.js'
export type {
  Isa,
  JoinSlice,
  JpegReduction,
  KernelFacts,
  Kernels,
  NativeIsa,
  NearShape,
  NearTableBuilder,
  PackedDigestStream,
  PdqDihedralResult,
  PdqResult,
  ResizeAxis,
  SketchPlan
} from './types.js'

const ISA_VARIABLE = 'EXHIBIT_HASH_ISA'

function availableIsas(): readonly string[] {
  const { addon } = nativeAddon()
  const native = addon === null ? [] : NATIVE_ISAS.filter((isa) => addon.isas.includes(isa))
  return wasmKernels() === null ? [...native, 'portable'] : [...native, 'wasm', 'portable']
}

function unavailable(asked: string, why: string): ExhibitHashError {
  const names = availableIsas().join(', ')
  return new ExhibitHashError('ISA_UNAVAILABLE', `${ISA_VARIABLE}=${asked} ${why}; available: ${names}`)
}

function forcedNative(asked: string): Kernels {
  const isa = NATIVE_ISAS.find((known) => known === asked)
  if (isa === undefined) throw unavailable(asked, 'is unknown')
  const { addon, reason } = nativeAddon()
  if (addon === null) {
    throw new ExhibitHashError('NATIVE_UNAVAILABLE', `${ISA_VARIABLE}=${asked} needs the native addon: ${reason}`)
  }
  const kernels = nativeKernels(isa)
  if (kernels === null) throw unavailable(asked, 'cannot run here')
  return kernels
}

function forcedWasm(): Kernels {
  const kernels = wasmKernels()
  if (kernels === null) throw unavailable('wasm', `cannot run here: ${whyNoWasm()}`)
  return kernels
}

function choose(): Kernels {
  const asked = process.env[ISA_VARIABLE] ?? ''
  if (asked === 'portable') return PORTABLE_KERNELS
  if (asked === 'wasm') return forcedWasm()
  const isWithoutAddon = process.env['EXHIBIT_HASH_NATIVE'] === '0'
  // Arms of the addon have no meaning where it is switched off.
  if (!isWithoutAddon && asked !== '') return forcedNative(asked)
  return nativeKernels() ?? wasmKernels() ?? PORTABLE_KERNELS
}

let chosen: Kernels | undefined

/**
 * The kernels of this process, chosen at the first call.
 * @throws {ExhibitHashError} ISA_UNAVAILABLE, NATIVE_UNAVAILABLE where EXHIBIT_HASH_ISA asks for what is not there.
 */
export function kernels(): Kernels {
  chosen ??= choose()
  return chosen
}

/** The portable kernels in TypeScript, whatever is chosen: for tests and benches. */
export function portableKernels(): Kernels {
  return PORTABLE_KERNELS
}

/** The portable kernels in WebAssembly; `null` where there is none. */
export function wasmKernels(): Kernels | null {
  return whyNoWasm() === null ? WASM_KERNELS : null
}

/** The native kernels on `isa` or on the best one; `null` where the addon or the instruction set is not there. */
export function nativeKernels(isa?: NativeIsa): Kernels | null {
  const { addon } = nativeAddon()
  if (addon === null) return null
  const best = isa ?? (addon.isas[0] as NativeIsa)
  return addon.isas.includes(best) ? nativeKernelsOn(addon, best, isa !== undefined) : null
}

/** What runs here and why. @throws as {@link kernels} does. */
export function kernelFacts(): KernelFacts {
  const { path, isa } = kernels()
  const { addon, reason } = nativeAddon()
  const available = addon === null ? [] : [...addon.isas]
  if (path === 'native') return { path, isa, available, reason: null }
  const reasons = [reason ?? `${ISA_VARIABLE}=${isa} is set`, isa === 'wasm' ? null : whyNoWasm()]
  return { path, isa, available, reason: reasons.filter((each) => each !== null).join('; ') }
}
