// One open index file, the base of a set or one of its layers: its own entries, counted from 0, and nothing of policy.

import { ExhibitHashError } from '../core/errors.js'
import { HASH_BYTES, type DigestKind, type PerceptualKind } from '../core/hashes.js'
import { UNKNOWN_QUALITY } from '../core/packed-records.js'
import { littleEndian, type IndexStore, type KeyTable, type SharedBlocks } from '../kernels/index-store.js'
import { sectionFault } from './check-sections.js'
import { BLOCK_BYTES, KIND_CODE, SECTION, type Section } from './layout.js'
import { decodeMetadata, type PartMetadata } from './metadata.js'
import { NearSearch } from './near-search.js'
import { openIndexFile, type OpenFile } from './open-file.js'
import { PhotoDnaSearch, type PhotoDnaNeighbour, type PhotoDnaOptions } from './photo-dna-search.js'
import { RecordReader, type BriefRecord, type SetEntry } from './record-reader.js'
import { Sections } from './sections.js'

export interface SimilarEntry {
  readonly entry: number
  readonly distanceBits: number
  /** PDQ only: quality of the set's hash, 0–100; `null` where the set does not know it. */
  readonly quality: number | null
}

export interface SimilarOptions {
  /** Hamming distance, inclusive. */
  readonly maxDistanceBits: number
  /** Compare with every hash in place of asking the tables: the same answer, to hold them to. Default false. */
  readonly exhaustive?: boolean
}

/** What a thread needs to open the same file over the same memory. */
export interface SharedPart {
  readonly path: string
  readonly root: string
  readonly blocks: SharedBlocks | null
}

export class IndexPart {
  readonly path: string
  /** Root of the digest tree, hex. */
  readonly root: string
  readonly metadata: PartMetadata
  readonly store: IndexStore
  readonly sections: Sections
  readonly #file: OpenFile
  readonly #records: RecordReader
  readonly #keyTables = new Map<DigestKind, KeyTable | null>()
  readonly #nearSearches = new Map<PerceptualKind, NearSearch>()
  #photoDnaSearch: PhotoDnaSearch | null = null

  private constructor(file: OpenFile) {
    this.#file = file
    this.path = file.path
    this.root = file.root
    this.store = file.store
    this.sections = new Sections(file.path, file.header.sections)
    const meta = this.sections.need(SECTION.meta, 0)
    this.metadata = decodeMetadata(this.store.read(meta.offset, meta.bytes), file.path)
    const fault = sectionFault(file.header.sections, this.metadata.entries)
    if (fault !== null) throw this.sections.damaged(fault)
    this.#records = new RecordReader(file.store, this.sections, this.metadata)
  }

  /**
   * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, INDEX_NOT_AN_INDEX, INDEX_VERSION, INDEX_TRUNCATED,
   * INDEX_DAMAGED
   */
  static open(path: string, mapping: boolean): IndexPart {
    return IndexPart.#over(openIndexFile(path, { mapping, shared: null, expectedRoot: null }))
  }

  /** Opens in another thread what `share()` described, over the same memory. */
  static attach({ path, root, blocks }: SharedPart, mapping: boolean): IndexPart {
    return IndexPart.#over(openIndexFile(path, { mapping, shared: blocks, expectedRoot: root }))
  }

  static #over(file: OpenFile): IndexPart {
    try {
      return new IndexPart(file)
    } catch (error) {
      file.store.close()
      throw error
    }
  }

  get size(): number {
    return this.metadata.entries
  }

  get fileBytes(): number {
    return this.#file.header.fileBytes
  }

  get blocks(): number {
    return this.#file.header.leafCount
  }

  /** @throws {ExhibitHashError} INDEX_DAMAGED where the file was written to since it was opened */
  checkUnchanged(): void {
    this.#file.checkUnchanged()
  }

  share(): SharedPart {
    return { path: this.path, root: this.root, blocks: this.store.share() }
  }

  close(): void {
    this.store.close()
  }

  holds(kind: PerceptualKind): boolean {
    return this.sections.find(SECTION.hashes, KIND_CODE[kind]) !== null
  }

  findEntries(kind: DigestKind, digest: Uint8Array): Uint32Array {
    const table = this.#keyTable(kind)
    const entries = table === null ? new Uint32Array(0) : this.store.findAll(table, digest)
    for (const entry of entries) this.#checkedEntry(entry)
    return entries
  }

  findBatch(kind: DigestKind, packed: Uint8Array): Int32Array {
    const table = this.#keyTable(kind)
    if (table === null) return new Int32Array(packed.length / HASH_BYTES[kind]).fill(-1)
    return this.store.findFirst(table, packed)
  }

  record(entry: number): SetEntry {
    return this.#records.read(entry)
  }

  /** What says which records the entries from `first` are. */
  briefs(first: number, count: number): BriefRecord[] {
    return this.#records.briefs(first, count)
  }

  /** Calls `found` with every entry within the distance of each packed hash, in no order. */
  findSimilar(
    kind: PerceptualKind,
    packed: Uint8Array,
    { maxDistanceBits, exhaustive = false }: SimilarOptions,
    found: (query: number, neighbour: SimilarEntry) => void
  ): void {
    const hashes = this.sections.find(SECTION.hashes, KIND_CODE[kind])
    if (hashes === null) return
    const entries = this.sections.need(SECTION.hashEntries, KIND_CODE[kind])
    const qualities = this.sections.find(SECTION.hashQuality, KIND_CODE[kind])
    const hits = this.#nearSearch(kind, hashes).find(packed, maxDistanceBits, exhaustive)
    for (const { queries, positions, distances } of hits) {
      const numbers = this.store.readItems(entries.offset, entries.itemBytes, positions)
      const quality = qualities === null ? null : this.store.readItems(qualities.offset, 1, positions)
      for (let i = 0; i < positions.length; i++) {
        const known = quality !== null && quality[i] !== UNKNOWN_QUALITY
        const entry = this.#checkedEntry(littleEndian(numbers, i * entries.itemBytes))
        found(queries[i], { entry, distanceBits: distances[i], quality: known ? quality[i] : null })
      }
    }
  }

  /** The same of PhotoDNA values. */
  findPhotoDna(
    packed: Uint8Array,
    { maxDistance, exhaustive }: Required<PhotoDnaOptions>,
    found: (query: number, neighbour: PhotoDnaNeighbour) => void
  ): void {
    const values = this.sections.find(SECTION.hashes, KIND_CODE.photoDna)
    if (values === null) return
    const entries = this.sections.need(SECTION.hashEntries, KIND_CODE.photoDna)
    this.#photoDnaSearch ??= new PhotoDnaSearch(this.store, this.sections, values, entries)
    this.#photoDnaSearch.find(packed, maxDistance, exhaustive, (query, { entry, ...rest }) => {
      found(query, { entry: this.#checkedEntry(entry), ...rest })
    })
  }

  /**
   * Reads the whole file and checks every block against the digest tree.
   * @throws {ExhibitHashError} INDEX_DAMAGED naming the first damaged block; ABORTED
   */
  async verify(signal: AbortSignal | undefined, onBytes: (bytes: number) => void): Promise<void> {
    const { leafCount, bodyBytes } = this.#file.header
    const blocksAtOnce = 64
    for (let first = 0; first < leafCount; first += blocksAtOnce) {
      if (signal?.aborted === true) throw new ExhibitHashError('ABORTED', `${this.path}: verification stopped`)
      const bad = this.store.checkBlocks(first, blocksAtOnce)
      if (bad !== -1) throw this.sections.damaged(`block ${bad} does not have the digest it was written with`)
      onBytes(Math.min(bodyBytes, (first + blocksAtOnce) * BLOCK_BYTES))
      await new Promise(setImmediate)
    }
  }

  #keyTable(kind: DigestKind): KeyTable | null {
    let table = this.#keyTables.get(kind)
    if (table === undefined) {
      table = this.#readKeyTable(kind)
      this.#keyTables.set(kind, table)
    }
    return table
  }

  #readKeyTable(kind: DigestKind): KeyTable | null {
    const keys = this.sections.find(SECTION.keys, KIND_CODE[kind])
    if (keys === null) return null
    const directory = this.sections.need(SECTION.directory, KIND_CODE[kind])
    return {
      keysOffset: keys.offset,
      directoryOffset: directory.offset,
      count: keys.count,
      keyBytes: HASH_BYTES[kind],
      directoryBits: directory.param
    }
  }

  #nearSearch(kind: PerceptualKind, hashes: Section): NearSearch {
    let search = this.#nearSearches.get(kind)
    if (search === undefined) {
      search = new NearSearch(this.store, this.sections, kind, hashes)
      this.#nearSearches.set(kind, search)
    }
    return search
  }

  /** Entry numbers come from the file: one that no record has is damage, not a mistake of the caller. */
  #checkedEntry(entry: number): number {
    if (entry >= this.size) throw this.sections.damaged(`it refers to entry ${entry} of ${this.size}`)
    return entry
  }
}
