// The memory of a batch of packed records: one buffer with a fixed layout, so that native code can append to it too.
// native/records/packed.h reads the same.

import { HASH_BYTES, HASH_KINDS, PHOTODNA_BYTES, type HashKind } from './hashes.js'
import { ROW_BYTES } from './record-row.js'

/** Quality of a PDQ hash whose source does not tell. */
export const UNKNOWN_QUALITY = 255

/** Words of the state. `batch` changes with every batch, `strings` and `textBytes` count texts in the memory. */
export const STATE_AT = { batch: 0, count: 1, strings: 2, textBytes: 3, isFull: 4, columnCounts: 5 } as const
const COLUMNS = HASH_KINDS.length + 1
const STATE_WORDS = STATE_AT.columnCounts + COLUMNS

/** Texts of a record at most: category, identity, series, tags, grader, MIME type. */
const TEXTS_PER_RECORD = 6
/** Enough for an identity as text in every record; a batch that needs more is taken earlier. */
const TEXT_BYTES_PER_RECORD = 128
/** So that the texts of any one record that native code takes have room. */
const LEAST_TEXT_BYTES = 16 * 1024
/** The place of a text that is not in the memory: native code never finds it. */
const ELSEWHERE = 0xffffffff

/** Values of one kind and the numbers of their records. */
export interface PackedColumn {
  /** Bytes of a value. */
  readonly bytes: number
  readonly values: Uint8Array
  readonly records: Uint32Array
  /** Index of the state's word that counts them. */
  readonly countAt: number
}

export interface PackedHashColumn extends PackedColumn {
  readonly kind: HashKind
}

/** How much a memory holds: records, and values by column. */
export interface PackedCounts {
  readonly records: number
  readonly values: Uint32Array
}

export class PackedMemory {
  readonly bytes: Uint8Array
  readonly state = new Uint32Array(STATE_WORDS)
  /** For native code: see native/records/packed.h. */
  readonly layout: Uint32Array
  readonly rows: Uint8Array
  readonly qualities: Uint8Array
  readonly columns: readonly PackedHashColumn[]
  readonly photoDna: PackedColumn
  readonly #places: Uint32Array
  readonly #texts: Buffer

  constructor(capacity: number) {
    const maxStrings = capacity * TEXTS_PER_RECORD
    const maxTextBytes = Math.max(capacity * TEXT_BYTES_PER_RECORD, LEAST_TEXT_BYTES)
    const valueBytes = [...HASH_KINDS.map((kind) => HASH_BYTES[kind]), PHOTODNA_BYTES]
    const sizes = [
      capacity * ROW_BYTES,
      capacity,
      maxStrings * 8,
      maxTextBytes,
      ...valueBytes.map((bytes) => capacity * bytes),
      ...valueBytes.map(() => capacity * 4)
    ]
    const offsets: number[] = []
    let total = 0
    for (const size of sizes) {
      offsets.push(total)
      // Every part begins with a cache line.
      total += Math.ceil(size / 64) * 64
    }
    this.bytes = new Uint8Array(total)
    this.layout = Uint32Array.of(capacity, total, maxStrings, maxTextBytes, ...offsets)
    const part = (index: number): Uint8Array => new Uint8Array(this.bytes.buffer, offsets[index], sizes[index])
    const words = (index: number): Uint32Array => new Uint32Array(this.bytes.buffer, offsets[index], sizes[index] / 4)
    this.rows = part(0)
    this.qualities = part(1)
    this.#places = words(2)
    this.#texts = Buffer.from(this.bytes.buffer, offsets[3], sizes[3])
    const column = (i: number): PackedColumn => ({
      bytes: valueBytes[i],
      values: part(4 + i),
      records: words(4 + COLUMNS + i),
      countAt: STATE_AT.columnCounts + i
    })
    this.columns = HASH_KINDS.map((kind, i) => ({ kind, ...column(i) }))
    this.photoDna = column(HASH_KINDS.length)
  }

  counts(): PackedCounts {
    return { records: this.state[STATE_AT.count], values: this.state.slice(STATE_AT.columnCounts) }
  }

  /** Shows native code a string that was numbered in JavaScript. */
  addText(text: string): void {
    const { state } = this
    const index = state[STATE_AT.strings]++
    const at = state[STATE_AT.textBytes]
    const bytes = Buffer.byteLength(text)
    // Without a surrogate of its own UTF-8 has the same text; with one it would be that of another.
    const isHere = bytes <= this.#texts.length - at && !/\p{Surrogate}/u.test(text)
    this.#places[2 * index] = isHere ? at : ELSEWHERE
    this.#places[2 * index + 1] = isHere ? bytes : 0
    if (isHere) state[STATE_AT.textBytes] += this.#texts.write(text, at)
  }

  /** A string that native code has numbered, by its index. */
  textOf(index: number): string {
    const at = this.#places[2 * index]
    return this.#texts.toString('utf8', at, at + this.#places[2 * index + 1])
  }

  /** To be called for a new batch. */
  clear(): void {
    this.state.fill(0, STATE_AT.count)
    this.state[STATE_AT.batch]++
  }
}
