// Which of some hashes lie within a distance of any of others, where both are many: buckets that are alike are compared
// one after the other, which is much less work than a search through tables for each. Nothing is missed.

import { HASH_BYTES, type PerceptualKind } from '../core/hashes.js'
import { type JoinSlice, kernels, MAX_JOIN_KEY_BITS, MAX_JOIN_RADIUS } from '../kernels/index.js'

/** In comparisons of two hashes: putting a hash into its bucket, and looking into one. Measured on a million of each. */
const PLACING_COST = 16
const LOOKING_COST = 16

/**
 * Slices of the bits, each with a radius, so that of two hashes within the distance some slice differs in at most its
 * radius: the radii, with one more for each, add up to the distance and one. The plan that costs least.
 */
export function planJoin(hashBytes: number, queries: number, items: number, maxDistanceBits: number): JoinSlice[] {
  let best: { readonly slices: JoinSlice[]; readonly cost: number } = {
    slices: [{ firstBit: 0, keyBits: 0, radius: 0 }],
    cost: queries * items
  }
  for (let count = 1; count <= hashBytes * 4; count++) {
    const slices = slicesOf(hashBytes * 8, count, maxDistanceBits)
    if (slices.some(({ radius }) => radius > MAX_JOIN_RADIUS)) continue
    const cost = slices.reduce((sum, slice) => sum + costOf(slice, queries, items), 0)
    if (cost < best.cost) best = { slices, cost }
  }
  return best.slices
}

function slicesOf(bits: number, count: number, distance: number): JoinSlice[] {
  const width = Math.floor(bits / count)
  const each = Math.floor((distance + 1) / count)
  const more = (distance + 1) % count
  return Array.from({ length: count }, (_, i) => ({
    firstBit: i * width,
    keyBits: Math.min(MAX_JOIN_KEY_BITS, width),
    radius: each - 1 + (i < more ? 1 : 0)
  })).filter(({ radius }) => radius >= 0)
}

function costOf({ keyBits, radius }: JoinSlice, queries: number, items: number): number {
  const masks = [1, 1 + keyBits, 1 + keyBits + (keyBits * (keyBits - 1)) / 2][radius]
  const keys = 2 ** keyBits
  return (
    (queries + items) * PLACING_COST + Math.min(queries, keys) * masks * LOOKING_COST + (queries * items * masks) / keys
  )
}

/**
 * Sets marks[i] for every item i within the distance of a query; others stay as they are. Yields between the steps of the
 * work, where it may be left.
 */
export function* markNear(
  kind: PerceptualKind,
  queries: Uint8Array,
  items: Uint8Array,
  maxDistanceBits: number,
  marks: Uint8Array
): Generator<void> {
  const width = HASH_BYTES[kind]
  for (const slice of planJoin(width, queries.length / width, items.length / width, maxDistanceBits)) {
    kernels().markNear(queries, items, width, slice, maxDistanceBits, marks)
    yield
  }
}
