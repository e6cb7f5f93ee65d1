// An open hash set: records of a digest, entries near a perceptual hash. Policy-free: what counts as a match is not decided here.

import type { CategoryProfile } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'
import { HASH_BYTES, PHOTODNA_BYTES, toHashBytes, type DigestKind, type PerceptualKind } from '../core/hashes.js'
import { UNKNOWN_QUALITY } from '../core/packed-records.js'
import { PHOTODNA_MAX_DISTANCE } from '../core/photo-dna.js'
import type { SetIdentity } from '../core/result.js'
import type { IndexStore, KeyTable, SharedBlocks } from '../kernels/index-store.js'
import { sectionFault } from './check-sections.js'
import { BLOCK_BYTES, KIND_CODE, SECTION, type Section } from './layout.js'
import { decodeMetadata, type SetMetadata } from './metadata.js'
import { NearSearch } from './near-search.js'
import { openIndexFile, type OpenFile } from './open-file.js'
import { PhotoDnaSearch, type PhotoDnaNeighbour, type PhotoDnaOptions } from './photo-dna-search.js'
import { RecordReader, type SetEntry } from './record-reader.js'
import { Sections } from './sections.js'

export interface OpenOptions {
  /** False reads the file in blocks in place of mapping it: for network shares. Default true. */
  readonly mapping?: boolean
}

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

/** What a thread needs to open the same set over the same memory. */
export interface SharedHashSet {
  readonly path: string
  readonly root: string
  readonly mapping: boolean
  readonly blocks: SharedBlocks | null
}

/**
 * A hash set opened from an index file. Opening takes milliseconds whatever the size; every block is
 * checked when first used, so a damaged file is an error (INDEX_DAMAGED) and never a missed match.
 * Look-ups are synchronous.
 *
 * @example
 * await using set = await HashSet.open('caid.ehx')
 * for (const record of set.find('md5', '0cc175b9c0f1b6a831c399e269772661')) console.log(record.category)
 */
export class HashSet implements AsyncDisposable {
  readonly path: string
  /** Root of the digest tree, hex: the identity of the file's content. */
  readonly root: string
  readonly metadata: SetMetadata
  private readonly store: IndexStore
  private readonly file: OpenFile
  private readonly mapping: boolean
  private readonly sections: Sections
  private readonly records: RecordReader
  private readonly nearSearches = new Map<PerceptualKind, NearSearch>()
  private photoDnaSearch: PhotoDnaSearch | null = null

  private constructor(file: OpenFile, mapping: boolean) {
    this.file = file
    this.path = file.path
    this.root = file.root
    this.store = file.store
    this.mapping = mapping
    this.sections = new Sections(file.path, file.header.sections)
    const meta = this.sections.need(SECTION.meta, 0)
    this.metadata = decodeMetadata(this.store.read(meta.offset, meta.bytes), file.path)
    const fault = sectionFault(file.header.sections, this.metadata.entries)
    if (fault !== null) throw this.sections.damaged(fault)
    this.records = new RecordReader(file.store, this.sections, this.metadata)
  }

  /**
   * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, INDEX_NOT_AN_INDEX, INDEX_VERSION,
   * INDEX_TRUNCATED, INDEX_DAMAGED
   */
  static async open(path: string, options: OpenOptions = {}): Promise<HashSet> {
    const mapping = options.mapping ?? true
    return Promise.resolve(HashSet.over(openIndexFile(path, { mapping, shared: null, expectedRoot: null }), mapping))
  }

  /** Opens in another thread what `share()` described, over the same memory. */
  static attach(shared: SharedHashSet): HashSet {
    const options = { mapping: shared.mapping, shared: shared.blocks, expectedRoot: shared.root }
    return HashSet.over(openIndexFile(shared.path, options), shared.mapping)
  }

  private static over(file: OpenFile, mapping: boolean): HashSet {
    try {
      return new HashSet(file, mapping)
    } catch (error) {
      file.store.close()
      throw error
    }
  }

  get name(): string {
    return this.metadata.name
  }

  get profile(): CategoryProfile {
    return this.metadata.profile
  }

  /** Number of entries. */
  get size(): number {
    return this.metadata.entries
  }

  get identity(): SetIdentity {
    const { name, profile, complete } = this.metadata
    return { name, root: this.root, profile: `${profile.id} ${profile.version}`, complete }
  }

  /**
   * Says whether the file is still as it was opened; `scan` asks after every batch.
   * @throws {ExhibitHashError} INDEX_DAMAGED where it was written to in place
   */
  checkUnchanged(): void {
    this.file.checkUnchanged()
  }

  share(): SharedHashSet {
    return { path: this.path, root: this.root, mapping: this.mapping, blocks: this.store.share() }
  }

  /**
   * Records of one digest, in the order their source gave them.
   * @param value - bytes, or hex in any case
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  find(kind: DigestKind, value: Uint8Array | string): SetEntry[] {
    return [...this.findEntries(kind, toHashBytes(kind, value))].map((entry) => this.record(entry))
  }

  /** True where some entry has a hash of this kind. */
  holds(kind: PerceptualKind): boolean {
    return this.sections.find(SECTION.hashes, KIND_CODE[kind]) !== null
  }

  /** Numbers of all entries with this digest. */
  findEntries(kind: DigestKind, digest: Uint8Array): Uint32Array {
    const table = this.keyTable(kind)
    const entries = table === null ? new Uint32Array(0) : this.store.findAll(table, toHashBytes(kind, digest))
    return entries.map((entry) => this.checkedEntry(entry))
  }

  /**
   * First entry of each of many digests: `packed` holds n × the kind's bytes, the result n numbers, -1 for none.
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findBatch(kind: DigestKind, packed: Uint8Array): Int32Array {
    checkPacked(kind, packed)
    const table = this.keyTable(kind)
    if (table === null) return new Int32Array(packed.length / HASH_BYTES[kind]).fill(-1)
    return this.store.findFirst(table, packed)
  }

  /** The record of an entry. */
  record(entry: number): SetEntry {
    if (!Number.isInteger(entry) || entry < 0 || entry >= this.size) {
      throw new ExhibitHashError('USAGE', `${this.path}: no entry ${entry}, there are ${this.size}`)
    }
    return this.records.read(entry)
  }

  /**
   * Every entry within a distance of one hash, nearest first; nothing is missed.
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findSimilar(kind: PerceptualKind, hash: Uint8Array | string, options: SimilarOptions): SimilarEntry[] {
    return this.findSimilarBatch(kind, toHashBytes(kind, hash), options)[0]
  }

  /** `findSimilar` for many hashes packed one after the other: one list a hash. */
  findSimilarBatch(kind: PerceptualKind, packed: Uint8Array, options: SimilarOptions): SimilarEntry[][] {
    checkPacked(kind, packed)
    checkDistance(options.maxDistanceBits, HASH_BYTES[kind] * 8)
    const found = Array.from({ length: packed.length / HASH_BYTES[kind] }, (): SimilarEntry[] => [])
    const hashes = this.sections.find(SECTION.hashes, KIND_CODE[kind])
    if (hashes === null) return found
    const entries = this.sections.need(SECTION.hashEntries, KIND_CODE[kind])
    const qualities = this.sections.find(SECTION.hashQuality, KIND_CODE[kind])
    const { maxDistanceBits, exhaustive = false } = options
    const hits = this.nearSearch(kind, hashes).find(packed, maxDistanceBits, exhaustive)
    for (const { query, position, distanceBits } of hits) {
      const quality = qualities === null ? UNKNOWN_QUALITY : this.store.read(qualities.offset + position, 1)[0]
      const entry = this.entryAt(entries, position)
      found[query].push({ entry, distanceBits, quality: quality === UNKNOWN_QUALITY ? null : quality })
    }
    for (const list of found) list.sort((a, b) => a.distanceBits - b.distanceBits || a.entry - b.entry)
    return found
  }

  /**
   * Every entry whose PhotoDNA value lies within a distance, nearest first; nothing is missed.
   * @param packed - n × 144 bytes; the result has one list for each
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findPhotoDna(packed: Uint8Array, options: PhotoDnaOptions = {}): PhotoDnaNeighbour[][] {
    if (packed.length % PHOTODNA_BYTES !== 0) {
      throw new ExhibitHashError('DIGEST_INVALID', `${packed.length} bytes are not a multiple of ${PHOTODNA_BYTES}`)
    }
    const found = Array.from({ length: packed.length / PHOTODNA_BYTES }, (): PhotoDnaNeighbour[] => [])
    const values = this.sections.find(SECTION.hashes, KIND_CODE.photoDna)
    if (values === null) return found
    const entries = this.sections.need(SECTION.hashEntries, KIND_CODE.photoDna)
    this.photoDnaSearch ??= new PhotoDnaSearch(this.store, this.sections, values, entries)
    const { maxDistance = PHOTODNA_MAX_DISTANCE, exhaustive = false } = options
    this.photoDnaSearch.find(packed, maxDistance, exhaustive, (query, { entry, ...rest }) => {
      found[query].push({ entry: this.checkedEntry(entry), ...rest })
    })
    for (const list of found) list.sort((a, b) => a.distance - b.distance || a.entry - b.entry)
    return found
  }

  /**
   * Reads the whole file and checks every block against the digest tree.
   * @throws {ExhibitHashError} INDEX_DAMAGED naming the first damaged block; ABORTED
   */
  async verify(options: { signal?: AbortSignal; onProgress?: (bytes: number, totalBytes: number) => void } = {}) {
    const { leafCount, bodyBytes } = this.file.header
    const blocksAtOnce = 64
    for (let first = 0; first < leafCount; first += blocksAtOnce) {
      if (options.signal?.aborted === true) throw new ExhibitHashError('ABORTED', `${this.path}: verification stopped`)
      const bad = this.store.checkBlocks(first, blocksAtOnce)
      if (bad !== -1) throw this.sections.damaged(`block ${bad} does not have the digest it was written with`)
      options.onProgress?.(Math.min(bodyBytes, (first + blocksAtOnce) * BLOCK_BYTES), bodyBytes)
      await new Promise(setImmediate)
    }
    return { blocks: leafCount, bytes: this.file.header.fileBytes, root: this.root }
  }

  close(): Promise<void> {
    this.store.close()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private keyTable(kind: DigestKind): KeyTable | null {
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

  private nearSearch(kind: PerceptualKind, hashes: Section): NearSearch {
    let search = this.nearSearches.get(kind)
    if (search === undefined) {
      search = new NearSearch(this.store, this.sections, kind, hashes)
      this.nearSearches.set(kind, search)
    }
    return search
  }

  /** The entry that the hash at a position belongs to. */
  private entryAt(entries: Section, position: number): number {
    const bytes = this.store.read(entries.offset + position * 4, 4)
    return this.checkedEntry(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true))
  }

  /** Entry numbers come from the file: one that no record has is damage, not a mistake of the caller. */
  private checkedEntry(entry: number): number {
    if (entry >= this.size) throw this.sections.damaged(`it refers to entry ${entry} of ${this.size}`)
    return entry
  }
}

function checkDistance(distance: number, most: number): void {
  if (!Number.isInteger(distance) || distance < 0 || distance > most) {
    throw new ExhibitHashError('USAGE', `a distance is a whole number from 0 to ${most}, got ${distance}`)
  }
}

function checkPacked(kind: DigestKind | PerceptualKind, packed: Uint8Array): void {
  if (!(packed instanceof Uint8Array) || packed.length % HASH_BYTES[kind] !== 0) {
    const message = `${kind}: ${packed.length} bytes are not a multiple of ${HASH_BYTES[kind]}`
    throw new ExhibitHashError('DIGEST_INVALID', message)
  }
}
