// PDQ of a raster, and of the eight ways to turn and mirror it.

import { bytesToHex } from '../core/hex.js'
import type { Raster } from '../core/raster.js'
import { DIHEDRAL_VARIANTS, type DihedralVariant } from '../core/result.js'
import { kernels } from '../kernels/index.js'
import type { PerceptualHash } from './bits.js'

export interface Pdq extends PerceptualHash {
  /** 0–100; below 50 the hash says too little to be matched by distance. */
  readonly quality: number
}

export interface PdqDihedral {
  readonly quality: number
  readonly variants: Readonly<Record<DihedralVariant, PerceptualHash>>
  /** The same, 8 × 32 bytes in the order of DIHEDRAL_VARIANTS: what near matching asks with. */
  readonly packed: Uint8Array
}

/**
 * The bits that Meta's C++ gives for the same pixels. A side under 5 pixels gives the zero hash with quality 0.
 * @throws {ExhibitHashError} RASTER_INVALID.
 */
export function pdq({ data, width, height, channels }: Raster): Pdq {
  const { hash, quality } = kernels().pdq(data, width, height, channels)
  return { hash, quality, hex: bytesToHex(hash) }
}

/**
 * All eight variants from one pass. For rasters of exactly 64×64 pixels `original` can differ from {@link pdq} by a
 * few bits, as it does in the reference: its single hash skips the filter there, its dihedral one does not.
 * @throws {ExhibitHashError} RASTER_INVALID.
 */
export function pdqDihedral({ data, width, height, channels }: Raster): PdqDihedral {
  const { hashes, quality } = kernels().pdqDihedral(data, width, height, channels)
  const size = hashes.length / DIHEDRAL_VARIANTS.length
  const variants = DIHEDRAL_VARIANTS.map((variant, i) => {
    const hash = hashes.subarray(i * size, (i + 1) * size)
    return [variant, { hash, hex: bytesToHex(hash) }] as const
  })
  return { quality, variants: Object.fromEntries(variants) as PdqDihedral['variants'], packed: hashes }
}
