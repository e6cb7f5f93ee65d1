// What a builder holds of the records it was given: packed columns, one row a record.

import { HASH_BYTES, HASH_KINDS, PHOTODNA_BYTES, type DigestKind, type HashKind } from '../core/hashes.js'
import { writeHex } from '../core/hex.js'
import type { SetRecord } from '../core/set-record.js'
import { PackedBytes, PackedNumbers, StringTable } from './packed.js'
import { encodeRow, ROW_AT, ROW_BYTES } from './row.js'
import { sortedOrder } from './sort-keys.js'

export const UNKNOWN_QUALITY = 255

interface HashColumn {
  readonly values: PackedBytes
  readonly entries: PackedNumbers
}

export interface SortedDigests {
  readonly keys: Uint8Array
  readonly entries: Uint32Array
}

/** All columns of a set under construction. Entries are numbered in the order of `add`. */
export class RecordColumns {
  readonly rows = new PackedBytes(ROW_BYTES)
  readonly strings = new StringTable()
  readonly hashes: ReadonlyMap<HashKind, HashColumn>
  readonly photoDna = { values: new PackedBytes(PHOTODNA_BYTES), entries: new PackedNumbers() }
  readonly pdqQuality = new PackedBytes(1)
  private readonly intern = (text: string): number => this.strings.intern(text)

  constructor() {
    this.hashes = new Map(
      HASH_KINDS.map((kind) => [kind, { values: new PackedBytes(HASH_BYTES[kind]), entries: new PackedNumbers() }])
    )
  }

  add(record: SetRecord, source: number): void {
    const entry = this.rows.count
    const at = this.rows.grow()
    encodeRow(this.rows.view, at, record, source, this.intern)
    for (const [kind, column] of this.hashes) {
      const hex = record.hashes[kind]
      if (hex === undefined) continue
      const offset = column.values.grow()
      writeHex(column.values.buffer, offset, hex)
      column.entries.push(entry)
      if (kind === 'pdq') {
        const quality = this.pdqQuality.grow()
        this.pdqQuality.buffer[quality] = record.pdqQuality ?? UNKNOWN_QUALITY
      }
    }
    if (record.photoDna !== undefined) {
      const offset = this.photoDna.values.grow()
      this.photoDna.values.buffer.set(record.photoDna, offset)
      this.photoDna.entries.push(entry)
    }
  }

  /** Digests of one kind in ascending order; each row learns where its own came to stand. */
  sortDigests(kind: DigestKind): SortedDigests {
    const column = this.hashes.get(kind)
    if (column === undefined) throw new RangeError(kind)
    const width = HASH_BYTES[kind]
    const unsorted = column.values.bytes
    const order = sortedOrder(unsorted, width, column.values.count)
    const keys = new Uint8Array(unsorted.length)
    const entries = new Uint32Array(order.length)
    const rows = this.rows.view
    order.forEach((from, to) => {
      keys.set(unsorted.subarray(from * width, (from + 1) * width), to * width)
      entries[to] = column.entries.values[from]
      rows.setUint32(entries[to] * ROW_BYTES + ROW_AT[kind], to, true)
    })
    return { keys, entries }
  }
}
