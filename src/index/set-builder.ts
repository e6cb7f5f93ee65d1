// Records in, one index file out, in bounded memory: columns are sorted and kept on disk where they do not fit.

import { ExhibitHashError } from '../core/errors.js'
import {
  DIGEST_KINDS,
  type DigestKind,
  HASH_KINDS,
  type HashKind,
  isDigestKind,
  PERCEPTUAL_KINDS,
  type PerceptualKind,
  PHOTODNA_BYTES
} from '../core/hashes.js'
import { type PackedHashes, type PackedRecords, RecordPacker } from '../core/packed-records.js'
import type { SetRecord } from '../core/set-record.js'
import { removeLeftovers, TemporaryFolder } from '../files/index.js'
import { MAX_ENTRY } from '../kernels/index-store.js'
import { DigestColumn } from './building/digest-column.js'
import { HashColumn } from './building/hash-column.js'
import { MemoryBudget } from './building/memory.js'
import { type Positions, positionsOf } from './building/positions.js'
import { RowStore } from './building/rows.js'
import { checked, Spool, SpoolFile } from './building/spool.js'
import { StringStore } from './building/string-store.js'
import { KIND_CODE, SECTION, type SectionId } from './layout.js'
import { encodeMetadata, type SetMetadata } from './metadata.js'
import { writeSketches } from './photo-dna-sketch.js'
import { wordsOfMask } from './row-form.js'
import { IndexWriter } from './writer.js'

const MIN_MEMORY_BYTES = 16 * 1024 * 1024
const DEFAULT_MEMORY_BYTES = 2 ** 31
const BATCH_RECORDS = 4096
const PHOTODNA_AT_ONCE = 8192
/** What Node, buffers of files and the code itself take before the first record. */
const BASE_BYTES = 256 * 1024 * 1024

export interface SetBuilderOptions {
  /** Bound of what the process takes, in bytes; what is more goes to temporary files. Default 2 GiB. */
  readonly maxMemoryBytes?: number | undefined
  /** Where temporary files go; default beside the index. */
  readonly temporaryFolder?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called as the parts of the file are written. */
  readonly onProgress?: ((done: number, total: number, records: number) => void) | undefined
}

/** What the description of a set must tell of its records. */
export interface BuiltFacts {
  readonly entries: number
  readonly hashCounts: Readonly<Record<string, number>>
}

/** A section beside those that records make. */
export interface ExtraSection {
  readonly id: SectionId
  readonly kind: number
  readonly itemBytes: number
  readonly data: ArrayBufferView
}

/** Entries are numbered in the order in which records are added. The same records give the same bytes. */
export class SetBuilder {
  readonly #file: SpoolFile
  readonly #rows: RowStore
  readonly #strings: StringStore
  readonly #digests: ReadonlyMap<DigestKind, DigestColumn>
  readonly #hashes: ReadonlyMap<PerceptualKind, HashColumn>
  readonly #photoDna: { readonly values: Spool; readonly entries: Spool; count: number }
  readonly #packer = new RecordPacker(BATCH_RECORDS)
  #packedSource = 0
  #isDone = false

  private constructor(
    private readonly indexPath: string,
    private readonly folder: TemporaryFolder,
    private readonly budget: MemoryBudget,
    private readonly options: SetBuilderOptions
  ) {
    this.#file = new SpoolFile(folder)
    this.#rows = new RowStore(this.#file, budget)
    this.#strings = new StringStore(this.#file, budget)
    this.#digests = new Map(DIGEST_KINDS.map((kind) => [kind, new DigestColumn(kind, folder, this.#file, budget)]))
    this.#hashes = new Map(PERCEPTUAL_KINDS.map((kind) => [kind, new HashColumn(kind, folder, this.#file, budget)]))
    this.#photoDna = { values: budget.add(new Spool(this.#file)), entries: budget.add(new Spool(this.#file)), count: 0 }
  }

  /** @throws {ExhibitHashError} USAGE */
  static async create(indexPath: string, options: SetBuilderOptions = {}): Promise<SetBuilder> {
    const { maxMemoryBytes = DEFAULT_MEMORY_BYTES, temporaryFolder } = options
    if (!(maxMemoryBytes >= MIN_MEMORY_BYTES)) {
      throw new ExhibitHashError('USAGE', `a set is built in at least ${MIN_MEMORY_BYTES} bytes, got ${maxMemoryBytes}`)
    }
    await removeLeftovers(indexPath, temporaryFolder)
    const budget = new MemoryBudget(Math.max(maxMemoryBytes / 8, maxMemoryBytes - BASE_BYTES))
    return new SetBuilder(indexPath, new TemporaryFolder(indexPath, temporaryFolder), budget, options)
  }

  /** Records so far. */
  get count(): number {
    return this.#rows.count + this.#packer.count
  }

  /** Adds a record of a source, by its number in the description; a promise is to be waited for. */
  add(record: SetRecord, source: number): Promise<void> | undefined {
    if (source !== this.#packedSource || this.#packer.isFull) {
      return this.#flush().then(() => {
        this.#packedSource = source
        this.#packer.add(record)
      })
    }
    this.#packer.add(record)
    return undefined
  }

  /** Adds a batch of records of one source; its arrays are changed and may be used again afterwards. */
  async addPacked(batch: PackedRecords, source: number): Promise<void> {
    await this.#flush()
    await this.#take(batch, source)
  }

  /**
   * Writes the index.
   * @throws {ExhibitHashError} WRITE_FAILED, ABORTED
   */
  async finish(
    describe: (facts: BuiltFacts) => SetMetadata,
    extra: readonly ExtraSection[] = []
  ): Promise<{ root: Uint8Array; sizeBytes: number }> {
    await this.#flush()
    const metadata = describe({ entries: this.count, hashCounts: this.#hashCounts() })
    const writer = await IndexWriter.create(this.indexPath)
    try {
      await writer.section(SECTION.meta, 0, 1, encodeMetadata(metadata))
      for (const { id, kind, itemBytes, data } of extra) await writer.section(id, kind, itemBytes, data)
      await this.#writeAll(writer)
      const written = await writer.finish()
      await this.discard()
      return written
    } catch (error) {
      await writer.discard()
      await this.discard()
      throw error
    }
  }

  /** Removes temporary files. Safe to call at any time. */
  async discard(): Promise<void> {
    if (this.#isDone) return
    this.#isDone = true
    await this.budget.settled()
    await this.folder.remove()
  }

  async #writeAll(writer: IndexWriter): Promise<void> {
    let done = 0
    const afterEach = async (): Promise<void> => {
      this.#refuseStopped()
      await this.budget.settle()
    }
    const steps = this.#columns().length + 2
    const step = (): void => this.options.onProgress?.(++done, steps, this.count)
    this.options.onProgress?.(0, steps, this.count)
    const positions = new Map<DigestKind, Positions>()
    for (const column of this.#digests.values()) {
      if (column.count === 0) continue
      const own = positionsOf(this.count, this.#file, this.budget)
      positions.set(column.kind, own)
      await column.write(writer, own, afterEach)
      step()
    }
    for (const column of this.#hashes.values()) {
      if (column.count === 0) continue
      await column.write(writer, afterEach)
      step()
    }
    const { values, entries, count } = this.#photoDna
    if (count > 0) {
      const parts = checked(values.parts(), afterEach)
      const section = await writer.sectionOf(SECTION.hashes, KIND_CODE.photoDna, PHOTODNA_BYTES, parts)
      await writer.sectionOf(SECTION.hashEntries, KIND_CODE.photoDna, 4, entries.parts())
      await writeSketches(writer, count, checked(writer.readBack(section, PHOTODNA_AT_ONCE), afterEach))
      step()
    }
    // Rows after the digests, which tell each row where its own stand.
    const mask = this.#rows.mask(positions)
    const rows = checked(this.#rows.parts(positions), afterEach)
    await writer.sectionOf(SECTION.records, 0, wordsOfMask(mask).length * 4, rows, mask)
    step()
    await writer.sectionOf(SECTION.stringOffsets, 0, 8, this.#strings.offsets())
    await writer.sectionOf(SECTION.stringBytes, 0, 1, this.#strings.parts())
    step()
  }

  #columns(): { readonly kind: HashKind | 'photoDna'; readonly count: number }[] {
    const columns = [...this.#digests.values(), ...this.#hashes.values()]
    const all = [...columns, { kind: 'photoDna' as const, count: this.#photoDna.count }]
    return all.filter(({ count }) => count > 0)
  }

  #hashCounts(): Record<string, number> {
    return Object.fromEntries(this.#columns().map(({ kind, count }) => [kind, count]))
  }

  async #flush(): Promise<void> {
    if (this.#packer.count > 0) await this.#take(this.#packer.take(), this.#packedSource)
  }

  async #take(batch: PackedRecords, source: number): Promise<void> {
    this.#refuseStopped()
    const first = this.#rows.count
    if (first + batch.count > MAX_ENTRY) {
      throw new ExhibitHashError('USAGE', `${this.indexPath}: a set has at most ${MAX_ENTRY} records`)
    }
    const strings = Uint32Array.from(['', ...batch.strings], (text, i) => (i === 0 ? 0 : this.#strings.intern(text)))
    this.#rows.add(batch, source, strings)
    for (const kind of HASH_KINDS) {
      const packed = batch.hashes.get(kind)
      if (packed === undefined) continue
      if (isDigestKind(kind)) this.#digests.get(kind)!.add(packed, first)
      else this.#hashes.get(kind)!.add(packed, first, kind === 'pdq' ? batch.pdqQuality : null)
    }
    if (batch.photoDna !== null) this.#addPhotoDna(batch.photoDna, first)
    await this.budget.settle()
  }

  #addPhotoDna({ values, records }: PackedHashes, firstEntry: number): void {
    this.#photoDna.values.append(values.slice())
    this.#photoDna.entries.append(new Uint8Array(records.map((record) => firstEntry + record).buffer))
    this.#photoDna.count += records.length
  }

  #refuseStopped(): void {
    const { signal } = this.options
    if (signal?.aborted !== true) return
    const path = this.indexPath
    throw new ExhibitHashError('ABORTED', `${path}: building was stopped`, { path, cause: signal.reason })
  }
}
