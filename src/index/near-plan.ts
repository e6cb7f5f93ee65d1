// How a search by distance is split over tables: their shape when a set is built, their radii when it is asked.

import type { NearShape } from '../kernels/index.js'
import { isNearShape, MAX_RADIUS, SKIP_TABLE } from '../kernels/index-store.js'

/** Hashes that differ only in their lowest key bits stand in one group: see native/near/tables.h. */
const LOW_BITS = 3
const MIN_KEY_BITS = 8
const MAX_KEY_BITS = 28
const SLOTS = [16, 32, 64] as const
/** Fullest a group may be on average: beyond it too many overflow. */
const MAX_LOAD = 0.76
/** Bytes of tables for each hash of a large set; small sets may have more. */
const MAX_TABLE_BYTES = 96
const LARGE_SET = 1_000_000
/** Sets below this are scanned: their tables would hold more air than hashes. */
const MIN_HASHES = 16_384

/**
 * Cost of comparing one hash after the other, in cache lines fetched from anywhere: measured on 10 million hashes, where
 * a line costs about 10 ns.
 */
const SCAN_COST = { 8: 0.05, 32: 0.12 } as const

/** Distances for which tables are shaped, and how often each is thought to be asked for. */
const ASKED = {
  8: [
    { distance: 6, weight: 1 },
    { distance: 10, weight: 0.125 }
  ],
  32: [{ distance: 30, weight: 1 }]
} as const

type HashWidth = keyof typeof ASKED

/** The best shape of tables over so many hashes, `null` where scanning them is better. */
export function planTables(hashes: number, hashBytes: HashWidth): NearShape | null {
  if (hashes < MIN_HASHES) return null
  let best: { readonly shape: NearShape; readonly cost: number } | null = null
  for (let keyBits = MIN_KEY_BITS; keyBits <= MAX_KEY_BITS; keyBits++) {
    for (let tables = 1; tables * keyBits <= hashBytes * 8; tables++) {
      for (const slots of SLOTS) {
        const shape = { hashBytes, tables, keyBits, slots }
        if (!isNearShape(shape) || !fits(shape, hashes)) continue
        const cost = ASKED[hashBytes].reduce((sum, { distance, weight }) => {
          return sum + weight * Math.min(tableCost(shape, hashes, distance), scanCost(hashes, hashBytes))
        }, 0)
        if (best === null || cost < best.cost) best = { shape, cost }
      }
    }
  }
  return best?.shape ?? null
}

function loadOf({ keyBits }: NearShape, hashes: number): number {
  return hashes / 2 ** (keyBits - LOW_BITS)
}

function fits(shape: NearShape, hashes: number): boolean {
  const load = loadOf(shape, hashes)
  const bytesEach = (shape.tables * shape.slots * 4) / load
  return load <= shape.slots * MAX_LOAD && bytesEach <= MAX_TABLE_BYTES * (hashes < LARGE_SET ? 2 : 1)
}

/**
 * Radius of each table so that no hash within the distance is missed: the radii, with one more for each, add up to the
 * distance and one. `null` where scanning is cheaper.
 */
export function radiiFor(shape: NearShape, hashes: number, distance: number): Uint8Array | null {
  const radii = spread(distance, shape.tables)
  if (Math.max(...radii) > MAX_RADIUS) return null
  if (tableCost(shape, hashes, distance) > scanCost(hashes, shape.hashBytes as HashWidth)) return null
  return Uint8Array.from(radii, (radius) => (radius < 0 ? SKIP_TABLE : radius))
}

function spread(distance: number, tables: number): number[] {
  const each = Math.floor((distance + 1) / tables)
  return Array.from({ length: tables }, (_, table) => each - 1 + (table < (distance + 1) % tables ? 1 : 0))
}

function scanCost(hashes: number, hashBytes: HashWidth): number {
  return hashes * SCAN_COST[hashBytes]
}

/** Cache lines that a query fetches: groups near its keys, and hashes of the slots that come into question. */
function tableCost(shape: NearShape, hashes: number, distance: number): number {
  const { tables, keyBits, slots } = shape
  const linesPerGroup = 1 + Math.max(0, Math.min(slots, loadOf(shape, hashes)) / 16 - 0.75) / 2
  return spread(distance, tables).reduce((sum, radius) => {
    if (radius < 0) return sum
    const groups = within(keyBits - LOW_BITS, radius)
    return sum + groups * linesPerGroup + (within(keyBits, radius) * hashes) / 2 ** keyBits
  }, 0)
}

/** Numbers of `bits` bits within a radius of one of them. */
function within(bits: number, radius: number): number {
  let sum = 0
  for (let n = 0, ways = 1; n <= Math.min(bits, radius); ways = (ways * (bits - n)) / (n + 1), n++) sum += ways
  return sum
}
