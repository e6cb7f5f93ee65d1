// Records of a hash set as a few large arrays in place of an object each: what the builder takes by the million.

import { HASH_BYTES, HASH_KINDS, PHOTODNA_BYTES, type HashKind } from './hashes.js'
import { writeHex } from './hex.js'
import { PackedMemory, STATE_AT, UNKNOWN_QUALITY } from './packed-memory.js'
import { encodeRow, ROW_BYTES } from './record-row.js'
import type { SetRecord } from './set-record.js'

export { UNKNOWN_QUALITY } from './packed-memory.js'

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

/** Packs records one by one, up to a number of them. Native code may append to its memory between two calls. */
export class RecordPacker {
  readonly memory: PackedMemory
  readonly #rows: DataView
  /** Of the first strings: those that native code numbered are added when somebody asks. */
  readonly #ids = new Map<string, number>()
  #strings: string[] = []
  /** True where somebody else numbers strings too. */
  #isShared = false
  readonly #intern = (text: string): number => {
    for (let i = this.#ids.size; i < this.#strings.length; i++) this.#ids.set(this.#strings[i], i + 1)
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    this.#strings.push(text)
    if (this.#isShared) this.memory.addText(text)
    return this.#strings.length
  }

  constructor(readonly capacity: number) {
    this.memory = new PackedMemory(capacity)
    const { rows } = this.memory
    this.#rows = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
  }

  /** Records since the last batch. */
  get count(): number {
    return this.memory.state[STATE_AT.count]
  }

  /** True where the batch must be taken before anything is added. */
  get isFull(): boolean {
    return this.count === this.capacity || this.memory.state[STATE_AT.isFull] !== 0
  }

  /** There must be room: `isFull` tells. */
  add(record: SetRecord): void {
    const { columns, photoDna, qualities, state } = this.memory
    const number = state[STATE_AT.count]
    encodeRow(this.#rows, number * ROW_BYTES, record, 0, this.#intern)
    for (const column of columns) {
      const hex = record.hashes[column.kind]
      if (hex === undefined) continue
      const at = state[column.countAt]++
      if (column.kind === 'pdq') qualities[at] = record.pdqQuality ?? UNKNOWN_QUALITY
      writeHex(column.values, at * HASH_BYTES[column.kind], hex)
      column.records[at] = number
    }
    if (record.photoDna !== undefined) {
      const at = state[photoDna.countAt]++
      photoDna.values.set(record.photoDna, at * PHOTODNA_BYTES)
      photoDna.records[at] = number
    }
    state[STATE_AT.count]++
  }

  /** From now on native code numbers strings too: what is added here is shown to it. */
  share(): void {
    this.#isShared = true
  }

  /** To be called after native code has appended to the memory, before anything is added here. */
  noteAppended(): void {
    for (let i = this.#strings.length; i < this.memory.state[STATE_AT.strings]; i++)
      this.#strings.push(this.memory.textOf(i))
  }

  /** What was added since the last call. */
  take(): PackedRecords {
    const { columns, photoDna, qualities, rows, state } = this.memory
    const count = this.count
    const packed = (column: (typeof columns)[number] | typeof photoDna): PackedHashes => ({
      values: column.values.subarray(0, state[column.countAt] * column.bytes),
      records: column.records.subarray(0, state[column.countAt])
    })
    const used = columns.filter(({ countAt }) => state[countAt] > 0)
    const batch: PackedRecords = {
      count,
      rows: rows.subarray(0, count * ROW_BYTES),
      strings: this.#strings,
      hashes: new Map(used.map((column) => [column.kind, packed(column)])),
      pdqQuality: qualities.subarray(0, state[STATE_AT.columnCounts + HASH_KINDS.indexOf('pdq')]),
      photoDna: state[photoDna.countAt] > 0 ? packed(photoDna) : null
    }
    this.#strings = []
    this.#ids.clear()
    this.memory.clear()
    return batch
  }
}
