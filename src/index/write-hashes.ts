// Writes the perceptual hashes of one kind: sorted, and with the tables that search them by distance.

import type { NearShape } from '../kernels/index.js'
import { kernels } from '../kernels/index.js'
import { groupBytesOf } from '../kernels/index-store.js'
import { SECTION } from './layout.js'
import { planTables } from './near-plan.js'
import {
  encodeNearRows,
  GROUP_UNIT_BYTES,
  NEAR_ROW_BYTES,
  PARITY,
  type NearClass,
  type Parity
} from './near-sections.js'
import { parityOf } from './near-search.js'
import { sortedOrder } from './sort-keys.js'
import type { IndexWriter } from './writer.js'

/** Hashes of one kind, in the order of entries. */
export interface HashColumn {
  readonly kindCode: number
  readonly hashBytes: 8 | 32
  readonly values: Uint8Array
  readonly entries: Uint32Array
  /** One byte a hash; absent for kinds that have none. */
  readonly quality?: Uint8Array
}

/** A set has classes of its own for both parities where one of them is at most this share of the hashes. */
const FEW_OF_A_PARITY = 1 / 8

export async function writeHashes(writer: IndexWriter, column: HashColumn): Promise<void> {
  const { kindCode, hashBytes, entries, quality } = column
  const { order, runs } = arrange(column)
  const values = permuted(column.values, hashBytes, order)
  await writer.section(SECTION.hashes, kindCode, hashBytes, values)
  await writer.section(
    SECTION.hashEntries,
    kindCode,
    4,
    order.map((from) => entries[from])
  )
  if (quality !== undefined) await writer.section(SECTION.hashQuality, kindCode, 1, permuted(quality, 1, order))
  const planned = runs.map((run) => ({ ...run, shape: planTables(distinct(values, hashBytes, run), hashBytes) }))
  if (planned.every(({ shape }) => shape === null)) return
  await writeTables(writer, kindCode, values, hashBytes, planned)
}

interface Run {
  readonly firstPosition: number
  readonly count: number
  readonly parity: Parity
}

/** Equal hashes become neighbours; where one parity is rare, the hashes of even parity come first. */
function arrange({ values, hashBytes, entries }: HashColumn): { order: Uint32Array; runs: Run[] } {
  const count = entries.length
  const sorted = sortedOrder(values, hashBytes, count)
  const isOdd = new Uint8Array(count)
  let odd = 0
  for (let i = 0; i < count; i++) odd += isOdd[i] = parityOf(values, i * hashBytes, hashBytes)
  if (Math.min(odd, count - odd) > count * FEW_OF_A_PARITY) {
    return { order: sorted, runs: [{ firstPosition: 0, count, parity: PARITY.mixed }] }
  }
  const order = new Uint32Array(count)
  let [even, behind] = [0, count - odd]
  for (const from of sorted) order[isOdd[from] === 1 ? behind++ : even++] = from
  const runs = [
    { firstPosition: 0, count: even, parity: PARITY.even },
    { firstPosition: even, count: odd, parity: PARITY.odd }
  ]
  return { order, runs: runs.filter((run) => run.count > 0) }
}

function permuted(items: Uint8Array, width: number, order: Uint32Array): Uint8Array {
  const moved = new Uint8Array(items.length)
  order.forEach((from, to) => moved.set(items.subarray(from * width, (from + 1) * width), to * width))
  return moved
}

/** Hashes of a run, equal ones counted once. */
function distinct(values: Uint8Array, width: number, { firstPosition, count }: Run): number {
  let found = 0
  for (let i = firstPosition; i < firstPosition + count; i++) {
    let at = 0
    if (i > firstPosition) while (at < width && values[i * width + at] === values[(i - 1) * width + at]) at++
    if (at < width) found++
  }
  return found
}

async function writeTables(
  writer: IndexWriter,
  kindCode: number,
  values: Uint8Array,
  hashBytes: number,
  planned: readonly (Run & { readonly shape: NearShape | null })[]
): Promise<void> {
  const classes: NearClass[] = []
  const overflows: Uint32Array[] = []
  let units = 0
  let overflowed = 0
  function* groupsOfAll(): Generator<Uint32Array> {
    for (const { shape, ...run } of planned) {
      const firstOverflow = overflowed
      for (let table = 0; table < (shape?.tables ?? 0); table++) {
        if (shape === null) continue
        const builder = kernels().nearTable(shape, table)
        const { firstPosition, count } = run
        builder.add(values.subarray(firstPosition * hashBytes, (firstPosition + count) * hashBytes), firstPosition)
        // The overflow of a class is counted from its own first slot.
        const { groups, overflow } = builder.finish(overflowed - firstOverflow)
        overflows.push(overflow)
        overflowed += overflow.length
        yield groups
      }
      const own = { firstGroupUnit: units, firstOverflow, overflowCount: overflowed - firstOverflow }
      classes.push({ ...run, shape, ...own })
      if (shape !== null) units += (shape.tables * groupBytesOf(shape)) / GROUP_UNIT_BYTES
    }
  }
  await writer.sectionOf(SECTION.nearGroups, kindCode, GROUP_UNIT_BYTES, groupsOfAll())
  if (overflowed > 0) await writer.sectionOf(SECTION.nearOverflow, kindCode, 4, overflows)
  await writer.section(SECTION.nearRows, kindCode, NEAR_ROW_BYTES, encodeNearRows(classes))
}
