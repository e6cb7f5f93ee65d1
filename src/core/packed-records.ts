// Records of a hash set as a few large arrays in place of an object each: what the builder takes by the million.

import { HASH_BYTES, HASH_KINDS, PHOTODNA_BYTES, type HashKind } from './hashes.js'
import { writeHex } from './hex.js'
import { encodeRow, ROW_BYTES } from './record-row.js'
import type { SetRecord } from './set-record.js'

/** Quality of a PDQ hash whose source does not tell. */
export const UNKNOWN_QUALITY = 255

/** Hashes of one kind, in the order of their records. */
export interface PackedHashes {
  /** One after the other. */
  readonly values: Uint8Array
  /** Number within the batch of the record of each, ascending. */
  readonly records: Uint32Array
}

/** A batch of records. Its arrays are views of memory that the next batch will use. */
export interface PackedRecords {
  readonly count: number
  /** `count` rows: digests have no position, the source is 0, and strings are numbered from 1 within the batch. */
  readonly rows: Uint8Array
  /** In the order of first use. */
  readonly strings: readonly string[]
  /** Kinds that occur. */
  readonly hashes: ReadonlyMap<HashKind, PackedHashes>
  /** One a PDQ hash. */
  readonly pdqQuality: Uint8Array
  readonly photoDna: PackedHashes | null
}

interface Column {
  readonly values: Uint8Array
  readonly records: Uint32Array
  count: number
}

/** Packs records one by one, up to a number of them. */
export class RecordPacker {
  count = 0
  readonly #rows: Uint8Array
  readonly #view: DataView
  readonly #strings = new Map<string, number>()
  readonly #columns: ReadonlyMap<HashKind, Column>
  readonly #photoDna: Column
  readonly #quality: Uint8Array
  readonly #intern = (text: string): number => {
    const known = this.#strings.get(text)
    if (known !== undefined) return known
    this.#strings.set(text, this.#strings.size + 1)
    return this.#strings.size
  }

  constructor(readonly capacity: number) {
    this.#rows = new Uint8Array(capacity * ROW_BYTES)
    this.#view = new DataView(this.#rows.buffer)
    const column = (bytes: number): Column => ({
      values: new Uint8Array(capacity * bytes),
      records: new Uint32Array(capacity),
      count: 0
    })
    this.#columns = new Map(HASH_KINDS.map((kind) => [kind, column(HASH_BYTES[kind])]))
    this.#photoDna = column(PHOTODNA_BYTES)
    this.#quality = new Uint8Array(capacity)
  }

  get isFull(): boolean {
    return this.count === this.capacity
  }

  /** There must be room: `isFull` tells. */
  add(record: SetRecord): void {
    encodeRow(this.#view, this.count * ROW_BYTES, record, 0, this.#intern)
    for (const [kind, column] of this.#columns) {
      const hex = record.hashes[kind]
      if (hex === undefined) continue
      if (kind === 'pdq') this.#quality[column.count] = record.pdqQuality ?? UNKNOWN_QUALITY
      writeHex(column.values, column.count * HASH_BYTES[kind], hex)
      column.records[column.count++] = this.count
    }
    if (record.photoDna !== undefined) {
      this.#photoDna.values.set(record.photoDna, this.#photoDna.count * PHOTODNA_BYTES)
      this.#photoDna.records[this.#photoDna.count++] = this.count
    }
    this.count++
  }

  /** What was added since the last call. */
  take(): PackedRecords {
    const packed = ({ values, records, count }: Column, bytes: number): PackedHashes => ({
      values: values.subarray(0, count * bytes),
      records: records.subarray(0, count)
    })
    const used = [...this.#columns].filter(([, { count }]) => count > 0)
    const batch: PackedRecords = {
      count: this.count,
      rows: this.#rows.subarray(0, this.count * ROW_BYTES),
      strings: [...this.#strings.keys()],
      hashes: new Map(used.map(([kind, column]) => [kind, packed(column, HASH_BYTES[kind])])),
      pdqQuality: this.#quality.subarray(0, this.#columns.get('pdq')?.count ?? 0),
      photoDna: this.#photoDna.count > 0 ? packed(this.#photoDna, PHOTODNA_BYTES) : null
    }
    this.count = 0
    this.#strings.clear()
    for (const column of [...this.#columns.values(), this.#photoDna]) column.count = 0
    return batch
  }
}
