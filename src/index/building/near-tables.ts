// Writes the tables that search a kind of hash by distance, one after the other over hashes that are written already.

import type { NearShape } from '../../kernels/index.js'
import { kernels } from '../../kernels/index.js'
import { groupBytesOf } from '../../kernels/index-store.js'
import { SECTION, type Section } from '../layout.js'
import { planTables } from '../near-plan.js'
import { encodeNearRows, GROUP_UNIT_BYTES, NEAR_ROW_BYTES, type NearClass, type Parity } from '../near-sections.js'
import type { IndexWriter } from '../writer.js'

const HASHES_AT_ONCE = 1 << 16

/** Hashes of one parity, one after the other. */
export interface HashRun {
  readonly firstPosition: number
  readonly count: number
  readonly parity: Parity
  /** How many of them differ. */
  distinct: number
}

export async function writeTables(writer: IndexWriter, hashes: Section, runs: readonly HashRun[]): Promise<void> {
  const hashBytes = hashes.itemBytes as 8 | 32
  const planned = runs.map((run) => ({ run, shape: planTables(run.distinct, hashBytes) }))
  if (planned.every(({ shape }) => shape === null)) return
  const tables = new TableWriter(writer, hashes)
  const classes: NearClass[] = []
  async function* groupsOfAll(): AsyncGenerator<Uint32Array> {
    for (const { run, shape } of planned) {
      const { firstPosition, count, parity } = run
      const firstGroupUnit = tables.units
      const firstOverflow = tables.overflowed
      if (shape !== null) yield* tables.groupsOf(run, shape)
      const own = { firstGroupUnit, firstOverflow, overflowCount: tables.overflowed - firstOverflow }
      classes.push({ firstPosition, count, parity, shape, ...own })
    }
  }
  await writer.sectionOf(SECTION.nearGroups, hashes.kind, GROUP_UNIT_BYTES, groupsOfAll())
  if (tables.overflowed > 0) await writer.sectionOf(SECTION.nearOverflow, hashes.kind, 4, tables.overflows)
  await writer.section(SECTION.nearRows, hashes.kind, NEAR_ROW_BYTES, encodeNearRows(classes))
}

class TableWriter {
  /** Groups so far, in units of GROUP_UNIT_BYTES. */
  units = 0
  overflowed = 0
  readonly overflows: Uint32Array[] = []

  constructor(
    private readonly writer: IndexWriter,
    private readonly hashes: Section
  ) {}

  async *groupsOf({ firstPosition, count }: HashRun, shape: NearShape): AsyncGenerator<Uint32Array> {
    const { offset, itemBytes } = this.hashes
    const run = { ...this.hashes, offset: offset + firstPosition * itemBytes, bytes: count * itemBytes }
    const firstOverflow = this.overflowed
    for (let table = 0; table < shape.tables; table++) {
      const builder = kernels().nearTable(shape, table)
      let position = firstPosition
      for await (const part of this.writer.readBack(run, HASHES_AT_ONCE)) {
        builder.add(part, position)
        position += part.length / itemBytes
      }
      // The overflow of a run is counted from its own first slot.
      const { groups, overflow } = builder.finish(this.overflowed - firstOverflow)
      this.overflows.push(overflow)
      this.overflowed += overflow.length
      this.units += groupBytesOf(shape) / GROUP_UNIT_BYTES
      yield groups
    }
  }
}
