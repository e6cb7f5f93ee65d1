// Chooses the kernels: native on the best instruction set, or on the one that EXHIBIT_HASH_ISA names, else portable.

import { ExhibitHashError } from '../core/errors.js'
import { nativeAddon } from './addon.js'
import { nativeKernelsOn } from './native.js'
import { PORTABLE_KERNELS } from './portable.js'
import { NATIVE_ISAS, type KernelFacts, type Kernels, type NativeIsa } from './types.js'

export { DIGEST_BYTES, NATIVE_ISAS } from './types.js'
export type {
  KernelFacts,
  Kernels,
  NativeIsa,
  PackedDigestStream,
  PdqDihedralResult,
  PdqResult,
  ResizeAxis
} from './types.js'

const ISA_VARIABLE = 'EXHIBIT_HASH_ISA'

function availableIsas(): readonly NativeIsa[] {
  const { addon } = nativeAddon()
  return addon === null ? [] : NATIVE_ISAS.filter((isa) => addon.isas.includes(isa))
}

/** @throws {ExhibitHashError} ISA_UNAVAILABLE or NATIVE_UNAVAILABLE where the variable asks for what is not there. */
function forcedIsa(): NativeIsa | null {
  const asked = process.env[ISA_VARIABLE]
  if (asked === undefined || asked === '') return null
  const isa = NATIVE_ISAS.find((known) => known === asked)
  if (isa === undefined) {
    const names = availableIsas().join(', ') || 'none, the addon cannot load'
    throw new ExhibitHashError('ISA_UNAVAILABLE', `${ISA_VARIABLE}=${asked} is unknown; available: ${names}`)
  }
  const { addon, reason } = nativeAddon()
  if (addon === null) {
    throw new ExhibitHashError('NATIVE_UNAVAILABLE', `${ISA_VARIABLE}=${asked} needs the native addon: ${reason}`)
  }
  const available = availableIsas()
  if (!available.includes(isa)) {
    const message = `${ISA_VARIABLE}=${asked} cannot run here; available: ${available.join(', ')}`
    throw new ExhibitHashError('ISA_UNAVAILABLE', message)
  }
  return isa
}

function choose(): Kernels {
  if (process.env['EXHIBIT_HASH_NATIVE'] === '0') return PORTABLE_KERNELS
  return nativeKernels(forcedIsa() ?? undefined) ?? PORTABLE_KERNELS
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

/** The portable kernels, whatever is chosen: for tests and benches. */
export function portableKernels(): Kernels {
  return PORTABLE_KERNELS
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
  return { path, isa, available: addon === null ? [] : [...addon.isas], reason: path === 'native' ? null : reason }
}
