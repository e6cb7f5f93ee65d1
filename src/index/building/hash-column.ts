// Perceptual hashes of one kind while a set is built: sorted, and with the tables that search them by distance.

import { HASH_BYTES, type PerceptualKind } from '../../core/hashes.js'
import type { PackedHashes } from '../../core/packed-records.js'
import type { TemporaryFolder } from '../../files/index.js'
import { bigEndian } from '../../kernels/index-store.js'
import { KIND_CODE, SECTION } from '../layout.js'
import { PARITY, parityOf } from '../near-sections.js'
import type { IndexWriter } from '../writer.js'
import { swapped } from './digest-column.js'
import { ItemSorter } from './item-sorter.js'
import type { MemoryBudget } from './memory.js'
import { mergeRuns } from './merge.js'
import { type HashRun, writeTables } from './near-tables.js'
import { Spool, type SpoolFile } from './spool.js'

/** A set has classes of its own for both parities where one of them is at most this share of the hashes. */
const FEW_OF_A_PARITY = 1 / 8

export class HashColumn {
  readonly #words: number
  /** Behind a hash: its entry, big-endian, and for PDQ a word with its quality. */
  readonly #extraWords: number
  /** Hashes with an even and with an odd number of set bits. */
  readonly #sorters: readonly [ItemSorter, ItemSorter]
  readonly #entries: Spool
  readonly #qualities: Spool

  constructor(
    readonly kind: PerceptualKind,
    folder: TemporaryFolder,
    file: SpoolFile,
    budget: MemoryBudget
  ) {
    this.#words = HASH_BYTES[kind] / 4
    this.#extraWords = kind === 'pdq' ? 2 : 1
    const itemBytes = (this.#words + this.#extraWords) * 4
    this.#sorters = [budget.add(new ItemSorter(itemBytes, folder)), budget.add(new ItemSorter(itemBytes, folder))]
    this.#entries = budget.add(new Spool(file))
    this.#qualities = budget.add(new Spool(file))
  }

  get count(): number {
    return this.#sorters[0].count + this.#sorters[1].count
  }

  /** @param qualities - one a hash; PDQ only */
  add({ values, records }: PackedHashes, firstEntry: number, qualities: Uint8Array | null): void {
    const words = this.#words
    const from = new Uint32Array(values.buffer, values.byteOffset, records.length * words)
    for (let i = 0; i < records.length; i++) {
      let folded = 0
      for (let k = 0; k < words; k++) folded ^= from[i * words + k]
      const sorter = this.#sorters[parityOf(folded)]
      const at = sorter.grow(1) / 4
      const to = new Uint32Array(sorter.buffer.buffer, at * 4, words + this.#extraWords)
      for (let k = 0; k < words; k++) to[k] = from[i * words + k]
      to[words] = swapped(firstEntry + records[i])
      if (qualities !== null) to[words + 1] = qualities[i]
    }
  }

  async write(writer: IndexWriter, afterEach: () => Promise<void>): Promise<void> {
    const [even, odd] = this.#sorters.map(({ count }) => count)
    const isMixed = Math.min(even, odd) > this.count * FEW_OF_A_PARITY
    const runs: HashRun[] = isMixed
      ? [{ firstPosition: 0, count: this.count, parity: PARITY.mixed, distinct: 0 }]
      : [
          { firstPosition: 0, count: even, parity: PARITY.even, distinct: 0 },
          { firstPosition: even, count: odd, parity: PARITY.odd, distinct: 0 }
        ].filter(({ count }) => count > 0)
    const code = KIND_CODE[this.kind]
    const hashes = await writer.sectionOf(SECTION.hashes, code, this.#words * 4, this.#parts(isMixed, runs, afterEach))
    await writer.sectionOf(SECTION.hashEntries, code, 4, this.#entries.parts())
    if (this.kind === 'pdq') await writer.sectionOf(SECTION.hashQuality, code, 1, this.#qualities.parts())
    await writeTables(writer, hashes, runs)
  }

  /** Even hashes and then odd ones, or all in one order. Counts how many of each run differ. */
  async *#sorted(isMixed: boolean): AsyncGenerator<Uint8Array> {
    const [even, odd] = this.#sorters
    if (isMixed) {
      yield* mergeRuns([even.sorted(), odd.sorted()], even.itemBytes)
    } else {
      yield* even.sorted()
      yield* odd.sorted()
    }
  }

  async *#parts(isMixed: boolean, runs: HashRun[], afterEach: () => Promise<void>): AsyncGenerator<Uint8Array> {
    const words = this.#words
    const itemWords = words + this.#extraWords
    const last = new Uint32Array(words)
    let position = 0
    let run = 0
    for await (const bytes of this.#sorted(isMixed)) {
      const items = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
      const count = items.length / itemWords
      const hashes = new Uint32Array(count * words)
      const entries = new Uint32Array(count)
      const qualities = new Uint8Array(this.kind === 'pdq' ? count : 0)
      for (let i = 0, from = 0; i < count; i++, from += itemWords, position++) {
        let differs = false
        if (position >= runs[run].firstPosition + runs[run].count) run++
        for (let k = 0; k < words; k++) {
          const word = items[from + k]
          hashes[i * words + k] = word
          differs ||= word !== last[k]
          last[k] = word
        }
        if (differs || position === runs[run].firstPosition) runs[run].distinct++
        entries[i] = bigEndian(bytes, (from + words) * 4)
        if (this.kind === 'pdq') qualities[i] = items[from + words + 1]
      }
      this.#entries.append(new Uint8Array(entries.buffer))
      if (this.kind === 'pdq') this.#qualities.append(qualities)
      await afterEach()
      yield new Uint8Array(hashes.buffer)
    }
  }
}
