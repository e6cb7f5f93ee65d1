// An open hash set: records of a digest, entries near a perceptual hash. Policy-free: what counts as a match is not decided here.

import { categoryLabel, type CategoryProfile } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'
import {
  DIGEST_KINDS,
  HASH_BYTES,
  PHOTODNA_BYTES,
  toHashBytes,
  type DigestKind,
  type PerceptualKind
} from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { PHOTODNA_MAX_DISTANCE } from '../core/photo-dna.js'
import type { SetIdentity } from '../core/result.js'
import type { GradingFacts } from '../core/set-record.js'
import type { IndexStore, KeyTable, SharedBlocks } from '../kernels/index-store.js'
import { sectionFault } from './check-sections.js'
import { UNKNOWN_QUALITY } from './columns.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import { decodeMetadata, type SetMetadata } from './metadata.js'
import { openIndexFile, type OpenFile } from './open-file.js'
import { decodeRow, NO_POSITION, ROW_BYTES } from './row.js'

export interface OpenOptions {
  /** False reads the file in blocks in place of mapping it: for network shares. Default true. */
  readonly mapping?: boolean
}

/** One record of a hash set. */
export interface SetEntry {
  /** Number of the entry within this index file. */
  readonly entry: number
  readonly source: string
  readonly mediaId: string | null
  readonly category: number | string | null
  readonly label: string | null
  /** The digests that the record has, lower-case hex. */
  readonly digests: { readonly [K in DigestKind]?: string }
  readonly sizeBytes: number | null
  readonly mimeType: string | null
  readonly grading: GradingFacts
}

export interface SimilarEntry {
  readonly entry: number
  readonly distanceBits: number
  /** PDQ only: quality of the set's hash, 0–100; `null` where the set does not know it. */
  readonly quality: number | null
}

export interface PhotoDnaNeighbour {
  readonly entry: number
  /** Sum of squared byte differences. */
  readonly distance: number
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

  private constructor(file: OpenFile, mapping: boolean) {
    this.file = file
    this.path = file.path
    this.root = file.root
    this.store = file.store
    this.mapping = mapping
    const meta = this.section(SECTION.meta, 0)
    if (meta === null) throw this.damaged('it has no description')
    this.metadata = decodeMetadata(this.store.read(meta.offset, meta.bytes), file.path)
    const fault = sectionFault(file.header.sections, this.metadata.entries)
    if (fault !== null) throw this.damaged(fault)
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
    return this.section(SECTION.hashes, KIND_CODE[kind]) !== null
  }

  /** Numbers of all entries with this digest. */
  findEntries(kind: DigestKind, digest: Uint8Array): Uint32Array {
    const table = this.keyTable(kind)
    const entries = table === null ? new Uint32Array(0) : this.store.findAll(table, toHashBytes(kind, digest))
    this.refuseBeyond(entries)
    return entries
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
    const rows = this.need(SECTION.records, 0)
    if (!Number.isInteger(entry) || entry < 0 || entry >= rows.count) {
      throw new ExhibitHashError('USAGE', `${this.path}: no entry ${entry}, there are ${rows.count}`)
    }
    const bytes = this.store.read(rows.offset + entry * ROW_BYTES, ROW_BYTES)
    const row = decodeRow(new DataView(bytes.buffer, bytes.byteOffset, ROW_BYTES), (id) => this.text(id))
    const source = this.metadata.sources[row.source]
    if (source === undefined) throw this.damaged(`entry ${entry} names source ${row.source}`)
    const digests: { [K in DigestKind]?: string } = {}
    for (const kind of DIGEST_KINDS) {
      const digest = this.digestAt(kind, row.positions[kind])
      if (digest !== null) digests[kind] = digest
    }
    const { mediaId, category, sizeBytes, mimeType, grading } = row
    const label = categoryLabel(this.profile, category)
    return { entry, source: source.name, mediaId, category, label, digests, sizeBytes, mimeType, grading }
  }

  /**
   * Every entry within a distance of one hash, nearest first; nothing is missed.
   * @param options.maxDistanceBits - Hamming distance, inclusive
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findSimilar(
    kind: PerceptualKind,
    hash: Uint8Array | string,
    options: { readonly maxDistanceBits: number }
  ): SimilarEntry[] {
    return this.findSimilarBatch(kind, toHashBytes(kind, hash), options)[0]
  }

  /** `findSimilar` for many hashes packed one after the other: one list a hash. */
  findSimilarBatch(
    kind: PerceptualKind,
    packed: Uint8Array,
    options: { readonly maxDistanceBits: number }
  ): SimilarEntry[][] {
    checkPacked(kind, packed)
    checkDistance(options.maxDistanceBits, HASH_BYTES[kind] * 8)
    const found = Array.from({ length: packed.length / HASH_BYTES[kind] }, (): SimilarEntry[] => [])
    const hashes = this.section(SECTION.hashes, KIND_CODE[kind])
    if (hashes === null) return found
    const table = { offset: hashes.offset, count: hashes.count, hashBytes: HASH_BYTES[kind] }
    const entries = this.need(SECTION.hashEntries, KIND_CODE[kind])
    const qualities = this.section(SECTION.hashQuality, KIND_CODE[kind])
    const triples = this.store.scan(table, packed, options.maxDistanceBits)
    for (let i = 0; i < triples.length; i += 3) {
      const position = triples[i + 1]
      const quality = qualities === null ? UNKNOWN_QUALITY : this.store.read(qualities.offset + position, 1)[0]
      found[triples[i]].push({
        entry: this.uint32(entries.offset + position * 4),
        distanceBits: triples[i + 2],
        quality: quality === UNKNOWN_QUALITY ? null : quality
      })
    }
    for (const list of found) {
      this.refuseBeyond(list.map(({ entry }) => entry))
      list.sort((a, b) => a.distanceBits - b.distanceBits || a.entry - b.entry)
    }
    return found
  }

  /**
   * Every entry whose PhotoDNA value lies within a distance, nearest first; nothing is missed.
   * @param packed - n × 144 bytes; the result has one list for each
   * @param options.maxDistance - sum of squared byte differences, inclusive; default 40,000
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findPhotoDna(packed: Uint8Array, options: { readonly maxDistance?: number } = {}): PhotoDnaNeighbour[][] {
    if (packed.length % PHOTODNA_BYTES !== 0) {
      throw new ExhibitHashError('DIGEST_INVALID', `${packed.length} bytes are not a multiple of ${PHOTODNA_BYTES}`)
    }
    const found = Array.from({ length: packed.length / PHOTODNA_BYTES }, (): PhotoDnaNeighbour[] => [])
    const values = this.section(SECTION.hashes, KIND_CODE.photoDna)
    if (values === null) return found
    const entries = this.need(SECTION.hashEntries, KIND_CODE.photoDna)
    const table = { offset: values.offset, count: values.count, hashBytes: PHOTODNA_BYTES }
    const triples = this.store.scanPhotoDna(table, packed, options.maxDistance ?? PHOTODNA_MAX_DISTANCE)
    for (let i = 0; i < triples.length; i += 3) {
      const entry = this.uint32(entries.offset + triples[i + 1] * 4)
      found[triples[i]].push({ entry, distance: triples[i + 2] })
    }
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
      if (bad !== -1) throw this.damaged(`block ${bad} does not have the digest it was written with`)
      options.onProgress?.(Math.min(bodyBytes, (first + blocksAtOnce) * 65536), bodyBytes)
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
    const keys = this.section(SECTION.keys, KIND_CODE[kind])
    if (keys === null) return null
    const directory = this.need(SECTION.directory, KIND_CODE[kind])
    const entries = this.need(SECTION.keyEntries, KIND_CODE[kind])
    return {
      keysOffset: keys.offset,
      entriesOffset: entries.offset,
      directoryOffset: directory.offset,
      count: keys.count,
      keyBytes: keys.itemBytes,
      directoryBits: directory.param
    }
  }

  /** Entry numbers come from the file: one that no record has is damage, not a mistake of the caller. */
  private refuseBeyond(entries: Iterable<number>): void {
    for (const entry of entries) {
      if (entry >= this.size) throw this.damaged(`it refers to entry ${entry} of ${this.size}`)
    }
  }

  private digestAt(kind: DigestKind, position: number): string | null {
    if (position === NO_POSITION) return null
    const keys = this.need(SECTION.keys, KIND_CODE[kind])
    if (position >= keys.count) throw this.damaged(`a record refers to ${kind} ${position} of ${keys.count}`)
    return bytesToHex(this.store.read(keys.offset + position * keys.itemBytes, keys.itemBytes))
  }

  private text(id: number): string {
    const offsets = this.need(SECTION.stringOffsets, 0)
    const bytes = this.need(SECTION.stringBytes, 0)
    if (id + 1 >= offsets.count) throw this.damaged(`a record refers to string ${id} of ${offsets.count - 1}`)
    const pair = this.store.read(offsets.offset + id * 8, 16)
    const view = new DataView(pair.buffer, pair.byteOffset, 16)
    const start = Number(view.getBigUint64(0, true))
    const end = Number(view.getBigUint64(8, true))
    if (start > end || end > bytes.bytes) throw this.damaged(`string ${id} lies outside its section`)
    return Buffer.from(this.store.read(bytes.offset + start, end - start)).toString('utf8')
  }

  private uint32(offset: number): number {
    const bytes = this.store.read(offset, 4)
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  }

  private section(id: number, kind: number): Section | null {
    return this.file.header.sections.find((section) => section.id === id && section.kind === kind) ?? null
  }

  private need(id: number, kind: number): Section {
    const section = this.section(id, kind)
    if (section === null) throw this.damaged(`section ${id} of kind ${kind} is missing`)
    return section
  }

  private damaged(what: string): ExhibitHashError {
    return new ExhibitHashError('INDEX_DAMAGED', `${this.path}: ${what}`, { path: this.path })
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
