// The form that all hashes of this room have, and the packing of yes-or-no answers into it.

import { bytesToHex } from '../core/hex.js'

export interface PerceptualHash {
  /** In the order of the hex text. */
  readonly hash: Uint8Array
  readonly hex: string
}

/** Packs `count` answers, the first into the highest bit of the first byte, as imagehash prints them. */
export function packBits(count: number, isSet: (index: number) => boolean): PerceptualHash {
  const hash = new Uint8Array(count / 8)
  for (let i = 0; i < count; i++) if (isSet(i)) hash[i >> 3] |= 0x80 >> (i & 7)
  return { hash, hex: bytesToHex(hash) }
}

/** NumPy's median of an even number of values: the mean of the middle two. */
export function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort()
  const upper = sorted.length / 2
  return (sorted[upper - 1] + sorted[upper]) / 2
}
