// Digests of one kind while a set is built: in the order they come, then sorted, with their entries and a directory.

import { HASH_BYTES, type DigestKind } from '../../core/hashes.js'
import type { PackedHashes } from '../../core/packed-records.js'
import type { TemporaryFolder } from '../../files/index.js'
import { bigEndian, droppedBytes, keyItemBytes, keyPrefix } from '../../kernels/index-store.js'
import { KIND_CODE, SECTION } from '../layout.js'
import type { IndexWriter } from '../writer.js'
import { ItemSorter } from './item-sorter.js'
import type { MemoryBudget } from './memory.js'
import type { Positions } from './positions.js'

/** Digests of one prefix, on average, where a finer directory would be larger than what it saves. */
const MAX_PER_PREFIX = 16
/** Half a gigabyte of directory, which the builder has in memory. */
const MAX_DIRECTORY_BITS = 27
const DIRECTORY_ITEM_BYTES = 4

export class DigestColumn {
  readonly #sorter: ItemSorter

  constructor(
    readonly kind: DigestKind,
    folder: TemporaryFolder,
    budget: MemoryBudget
  ) {
    // Big-endian entries behind the digests: equal digests come in the order of entries, and no two items are equal.
    this.#sorter = budget.add(new ItemSorter(HASH_BYTES[kind] + 4, folder))
  }

  get count(): number {
    return this.#sorter.count
  }

  add({ values, records }: PackedHashes, firstEntry: number): void {
    const words = HASH_BYTES[this.kind] / 4
    const at = this.#sorter.grow(records.length)
    const { buffer } = this.#sorter
    const from = new Uint32Array(values.buffer, values.byteOffset, records.length * words)
    const to = new Uint32Array(buffer.buffer, at, records.length * (words + 1))
    for (let i = 0, f = 0, t = 0; i < records.length; i++) {
      for (let k = 0; k < words; k++) to[t++] = from[f++]
      to[t++] = swapped(firstEntry + records[i])
    }
  }

  async write(writer: IndexWriter, positions: Positions, afterEach: () => Promise<void>): Promise<void> {
    const bits = directoryBits(this.count)
    const directory = new Uint32Array(2 ** bits + 1)
    const itemBytes = keyItemBytes(HASH_BYTES[this.kind], bits)
    const parts = this.#parts(bits, directory, positions, afterEach)
    await writer.sectionOf(SECTION.keys, KIND_CODE[this.kind], itemBytes, parts)
    for (let p = 0; p < 2 ** bits; p++) directory[p + 1] += directory[p]
    await writer.section(SECTION.directory, KIND_CODE[this.kind], 4, directory, bits)
  }

  async *#parts(
    bits: number,
    directory: Uint32Array,
    positions: Positions,
    afterEach: () => Promise<void>
  ): AsyncGenerator<Uint8Array> {
    const width = HASH_BYTES[this.kind]
    const dropped = droppedBytes(bits)
    let position = 0
    for await (const items of this.#sorter.sorted()) {
      const count = items.length / (width + 4)
      const out = new Uint8Array(count * keyItemBytes(width, bits))
      for (let i = 0, from = 0, to = 0; i < count; i++, from += width + 4) {
        directory[keyPrefix(items, from, bits) + 1]++
        for (let k = from + dropped; k < from + width; k++) out[to++] = items[k]
        const e = from + width
        out[to++] = items[e + 3]
        out[to++] = items[e + 2]
        out[to++] = items[e + 1]
        out[to++] = items[e]
        positions.set(bigEndian(items, e), position++)
      }
      await afterEach()
      yield out
    }
  }
}

/** Bytes of a number the other way round: big-endian where they are stored little-endian. */
export function swapped(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | (value << 24)) >>> 0
}

/**
 * Bits of the prefixes that a directory tells apart. The finer it is, the fewer digests share a prefix: on large sets
 * one or two, which lie in one line of memory. It takes at most the bytes that it saves, since what a prefix says is
 * left out of every digest.
 */
function directoryBits(count: number): number {
  let bits = Math.max(0, Math.ceil(Math.log2(count / MAX_PER_PREFIX)))
  for (let finer = bits + 1; finer <= MAX_DIRECTORY_BITS; finer++) {
    if (2 ** finer * DIRECTORY_ITEM_BYTES <= count * droppedBytes(finer)) bits = finer
  }
  return Math.min(bits, MAX_DIRECTORY_BITS)
}
