// Rows of a set while it is built: columns of those words of a row that say anything, in the order of entries.

import { DIGEST_KINDS, type DigestKind } from '../../core/hashes.js'
import type { PackedRecords } from '../../core/packed-records.js'
import {
  CATEGORY_WORD,
  DEFAULT_ROW,
  DIGEST_WORDS,
  isTextCategory,
  isTextMediaId,
  MEDIA_ID_WORD,
  FLAGS_WORD,
  ROW_WORDS,
  SOURCE_WORD,
  STRING_WORDS
} from '../../core/record-row.js'
import type { MemoryBudget } from './memory.js'
import type { Positions } from './positions.js'
import { wordsOfMask } from '../row-form.js'
import { Spool, type SpoolFile } from './spool.js'

interface Block {
  readonly count: number
  /** Bit w: the block has a column of word w. */
  readonly mask: number
}

export class RowStore {
  count = 0
  #mask = 0
  readonly #blocks: Block[] = []
  readonly #columns: Spool

  constructor(file: SpoolFile, budget: MemoryBudget) {
    this.#columns = budget.add(new Spool(file))
  }

  /** @param strings - number within the set of each string of the batch, from 1 */
  add({ rows, count }: PackedRecords, source: number, strings: Uint32Array): void {
    const words = new Uint32Array(rows.buffer, rows.byteOffset, count * ROW_WORDS)
    for (let i = SOURCE_WORD; i < words.length; i += ROW_WORDS) words[i] = source
    if (strings.length > 1) renumber(words, strings)
    let mask = 0
    for (let word = 0; word < ROW_WORDS; word++) if (isUsed(words, word)) mask |= 1 << word
    const used = wordsOfMask(mask)
    const columns = new Uint32Array(used.length * count)
    let to = 0
    for (const word of used) {
      for (let from = word; from < words.length; from += ROW_WORDS) columns[to++] = words[from]
    }
    if (mask !== 0) this.#columns.append(new Uint8Array(columns.buffer))
    this.#blocks.push({ count, mask })
    this.#mask |= mask
    this.count += count
  }

  /** Words that rows of this set have, bit w for word w. */
  mask(positions: ReadonlyMap<DigestKind, Positions>): number {
    let mask = this.#mask
    for (const kind of positions.keys()) mask |= 1 << DIGEST_WORDS[kind]
    // A row of nothing would have no place.
    return mask === 0 ? 1 << SOURCE_WORD : mask
  }

  /** The rows, without the words that no row uses, in parts. */
  async *parts(positions: ReadonlyMap<DigestKind, Positions>): AsyncGenerator<Uint8Array> {
    const words = wordsOfMask(this.mask(positions))
    const parts = this.#columns.parts()
    let entry = 0
    for (const { count, mask } of this.#blocks) {
      const next = mask === 0 ? null : ((await parts.next()).value as Uint8Array)
      const columns =
        next === null ? new Uint32Array(0) : new Uint32Array(next.buffer, next.byteOffset, next.length / 4)
      const columnOf = new Map<number, Uint32Array>()
      for (const word of wordsOfMask(mask)) {
        columnOf.set(word, columns.subarray(columnOf.size * count, (columnOf.size + 1) * count))
      }
      for (const kind of DIGEST_KINDS) {
        const column = await positions.get(kind)?.slice(entry, count)
        if (column !== undefined) columnOf.set(DIGEST_WORDS[kind], column)
      }
      const out = new Uint32Array(words.length * count)
      words.forEach((word, i) => interleave(out, i, words.length, columnOf.get(word) ?? DEFAULT_ROW[word]))
      yield new Uint8Array(out.buffer)
      entry += count
    }
  }
}

function renumber(words: Uint32Array, strings: Uint32Array): void {
  for (let row = 0; row < words.length; row += ROW_WORDS) {
    for (const word of STRING_WORDS) words[row + word] = strings[words[row + word]]
    const flags = words[row + FLAGS_WORD]
    if (isTextCategory(flags)) words[row + CATEGORY_WORD] = strings[words[row + CATEGORY_WORD]]
    if (isTextMediaId(flags)) words[row + MEDIA_ID_WORD] = strings[words[row + MEDIA_ID_WORD]]
  }
}

function isUsed(words: Uint32Array, word: number): boolean {
  const nothing = DEFAULT_ROW[word]
  for (let i = word; i < words.length; i += ROW_WORDS) if (words[i] !== nothing) return true
  return false
}

function interleave(out: Uint32Array, at: number, step: number, column: Uint32Array | number): void {
  if (typeof column === 'number') for (let i = at; i < out.length; i += step) out[i] = column
  else for (let i = at, from = 0; i < out.length; i += step) out[i] = column[from++]
}
