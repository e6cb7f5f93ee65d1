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
import { checked, Spool, type SpoolFile } from './spool.js'

/** At most so many digests a prefix, on average, also where such a directory saves nothing. */
const MAX_PER_PREFIX = 16
const MAX_DIRECTORY_BITS = 28
const DIRECTORY_ITEM_BYTES = 4
const DIRECTORY_PART_ITEMS = 64 * 1024

export class DigestColumn {
  readonly #sorter: ItemSorter
  readonly #directory: Spool

  constructor(
    readonly kind: DigestKind,
    folder: TemporaryFolder,
    file: SpoolFile,
    budget: MemoryBudget
  ) {
    // Big-endian entries behind the digests: equal digests come in the order of entries, and no two items are equal.
    this.#sorter = budget.add(new ItemSorter(HASH_BYTES[kind] + 4, folder))
    this.#directory = budget.add(new Spool(file))
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
    const itemBytes = keyItemBytes(HASH_BYTES[this.kind], bits)
    const code = KIND_CODE[this.kind]
    await writer.sectionOf(SECTION.keys, code, itemBytes, this.#parts(bits, positions, afterEach))
    const directory = checked(this.#directory.parts(), afterEach)
    await writer.sectionOf(SECTION.directory, code, DIRECTORY_ITEM_BYTES, directory, bits)
    this.#directory.clear()
  }

  async *#parts(bits: number, positions: Positions, afterEach: () => Promise<void>): AsyncGenerator<Uint8Array> {
    const width = HASH_BYTES[this.kind]
    const dropped = droppedBytes(bits)
    const directory = new DirectoryWriter(this.#directory)
    let position = 0
    for await (const items of this.#sorter.sorted()) {
      const count = items.length / (width + 4)
      const out = new Uint8Array(count * keyItemBytes(width, bits))
      for (let i = 0, from = 0, to = 0; i < count; i++, from += width + 4) {
        const prefix = keyPrefix(items, from, bits)
        while (!directory.reach(prefix, position)) await afterEach()
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
    while (!directory.reach(2 ** bits, position)) await afterEach()
    directory.flush()
  }
}

/** Puts down, as sorted digests go by, for each prefix where the first digest stands that has it or a greater one. */
class DirectoryWriter {
  #part = new Uint32Array(DIRECTORY_PART_ITEMS)
  #inPart = 0
  #next = 0

  constructor(private readonly spool: Spool) {}

  /**
   * Puts the position down for all prefixes up to this one that have none. False where a part is full and there is more
   * to put down: digests that lie unevenly leave wide gaps, and whoever asks has memory to look after.
   */
  reach(prefix: number, position: number): boolean {
    while (this.#next <= prefix) {
      if (this.#inPart === DIRECTORY_PART_ITEMS) {
        this.flush()
        return false
      }
      this.#part[this.#inPart++] = position
      this.#next++
    }
    return true
  }

  flush(): void {
    this.spool.append(new Uint8Array(this.#part.buffer, 0, this.#inPart * DIRECTORY_ITEM_BYTES))
    this.#part = new Uint32Array(DIRECTORY_PART_ITEMS)
    this.#inPart = 0
  }
}

/** Bytes of a number the other way round: big-endian where they are stored little-endian. */
export function swapped(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | (value << 24)) >>> 0
}

/**
 * Bits of the prefixes that a directory tells apart. The finer it is, the fewer digests share a prefix, and the fewer
 * lines of memory a look-up reads: two to four digests from 131,072 on, one to three from 22 million on. From 1,024
 * digests on it takes no more bytes than it saves (but for its last item), since what a prefix says is left out of them.
 */
function directoryBits(count: number): number {
  let bits = Math.max(0, Math.ceil(Math.log2(count / MAX_PER_PREFIX)))
  for (let finer = bits + 1; finer <= MAX_DIRECTORY_BITS; finer++) {
    if (2 ** finer * DIRECTORY_ITEM_BYTES <= count * droppedBytes(finer)) bits = finer
  }
  return Math.min(bits, MAX_DIRECTORY_BITS)
}
