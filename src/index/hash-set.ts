// An open hash set: a base and its layers, searched as one. Policy-free: what counts as a match is not decided here.

import { type CategoryProfile, profileIdentity } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'
import { HASH_BYTES, PHOTODNA_BYTES, toHashBytes, type DigestKind, type PerceptualKind } from '../core/hashes.js'
import { areTexts, refuseUnknown } from '../core/options.js'
import { PHOTODNA_MAX_DISTANCE } from '../core/photo-dna.js'
import type { SetIdentity } from '../core/result.js'
import type { SetHead } from './head.js'
import { type EntryBits, hiddenIn } from './entry-bits.js'
import { IndexPart, type SharedPart, type SimilarEntry, type SimilarOptions } from './index-part.js'
import { mergeMetadata, type SetMetadata } from './metadata.js'
import { openParts } from './open-parts.js'
import type { PhotoDnaNeighbour, PhotoDnaOptions } from './photo-dna-search.js'
import type { SetEntry } from './record-reader.js'
import { loadPublicKey, type KeyInput } from './signing.js'

export interface OpenOptions {
  /** False reads the files in blocks in place of mapping them: for network shares. Default true. */
  readonly mapping?: boolean
  /**
   * Ed25519 public key (PEM text, path of a PEM file, or KeyObject): the set must be signed with its private half, base
   * and layers, or it is not opened.
   */
  readonly requireSignature?: KeyInput
}

/** What a thread needs to open the same set over the same memory. */
export interface SharedHashSet {
  readonly path: string
  readonly mapping: boolean
  readonly parts: readonly SharedPart[]
  readonly signature: SetSignature | null
}

export interface SetSignature {
  /** Fingerprint of the key that the set says it was signed with. */
  readonly key: string
  /** True where the signature was required and checked. */
  readonly checked: boolean
}

export interface VerifyOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (bytes: number, totalBytes: number) => void
}

/**
 * A hash set opened from an index file, with the updates (layers) that lie beside it. Opening takes milliseconds whatever
 * the size; every block is checked when first used, so a damaged file is an error (INDEX_DAMAGED) and never a missed
 * match. Look-ups are synchronous.
 *
 * @example
 * await using set = await HashSet.open('caid.ehx')
 * for (const record of set.find('md5', '0cc175b9c0f1b6a831c399e269772661')) console.log(record.category)
 */
export class HashSet implements AsyncDisposable {
  readonly path: string
  /** Root of the digest tree of the base, hex: the identity of the file's content. */
  readonly root: string
  /** Roots of the layers in their order, hex. */
  readonly layers: readonly string[]
  /** What is said of base and layers as one. */
  readonly metadata: SetMetadata
  /** `null` where the set is not signed. */
  readonly signature: SetSignature | null
  private readonly mapping: boolean
  private readonly parts: readonly IndexPart[]
  /** Of each part, in the numbering over all. */
  private readonly firstEntries: readonly number[]
  private readonly entries: number
  /** `null` where there is no layer: then nothing is asked of it. */
  private readonly hidden: EntryBits | null

  private constructor(path: string, parts: readonly IndexPart[], mapping: boolean, signature: SetSignature | null) {
    const [base, ...layers] = parts
    this.path = path
    this.root = base.root
    this.layers = layers.map(({ root }) => root)
    this.signature = signature
    this.mapping = mapping
    this.parts = parts
    let entries = 0
    this.firstEntries = parts.map(({ size }) => (entries += size) - size)
    this.entries = entries
    this.hidden = layers.length === 0 ? null : hiddenIn(parts)
    this.metadata = layers.length === 0 ? base.metadata : mergeMetadata(base.metadata, layers.map(partMetadata))
    const last = parts[parts.length - 1]
    if (this.metadata.entries !== entries - (this.hidden?.count ?? 0)) {
      throw last.sections.damaged('its number of entries is not the one that it tells')
    }
  }

  /**
   * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, INDEX_NOT_AN_INDEX, INDEX_VERSION, INDEX_TRUNCATED,
   * INDEX_DAMAGED; HEAD_INVALID, HEAD_FOREIGN, LAYER_ALONE, LAYER_MISSING, LAYER_FOREIGN, LAYER_OUT_OF_ORDER,
   * LAYER_CHANGED, LAYER_UNLISTED where index, head and layers are not one set; KEY_UNUSABLE, SIGNATURE_MISSING,
   * SIGNATURE_INVALID
   */
  static async open(path: string, options: OpenOptions = {}): Promise<HashSet> {
    if (!areTexts([path])) throw new ExhibitHashError('USAGE', 'HashSet.open needs the path of an index')
    // A misspelt requireSignature would open what nobody signed.
    refuseUnknown(options, ['mapping', 'requireSignature'])
    const { mapping = true, requireSignature } = options
    const signedBy = requireSignature === undefined ? undefined : await loadPublicKey(requireSignature)
    const { parts, head } = await openParts(path, { mapping, signedBy })
    return HashSet.over(path, parts, mapping, signatureOf(head, signedBy !== undefined))
  }

  /** Opens in another thread what `share()` described, over the same memory. */
  static attach({ path, mapping, parts: shared, signature }: SharedHashSet): HashSet {
    const parts: IndexPart[] = []
    try {
      for (const part of shared) parts.push(IndexPart.attach(part, mapping))
    } catch (error) {
      for (const part of parts) part.close()
      throw error
    }
    return HashSet.over(path, parts, mapping, signature)
  }

  private static over(
    path: string,
    parts: readonly IndexPart[],
    mapping: boolean,
    signature: SetSignature | null
  ): HashSet {
    try {
      return new HashSet(path, parts, mapping, signature)
    } catch (error) {
      for (const part of parts) part.close()
      throw error
    }
  }

  get name(): string {
    return this.metadata.name
  }

  get profile(): CategoryProfile {
    return this.metadata.profile
  }

  /** Number of entries. Where there are layers they are not numbered without gaps: see `entryNumbers`. */
  get size(): number {
    return this.metadata.entries
  }

  /** One more than the highest number that an entry may have. */
  get numbered(): number {
    return this.entries
  }

  get identity(): SetIdentity {
    const { name, profile, complete } = this.metadata
    const layers = this.layers.length > 0 && { layers: this.layers }
    return { name, root: this.root, ...layers, profile: profileIdentity(profile), complete }
  }

  /**
   * Says whether the files are still as they were opened; `scan` asks after every batch.
   * @throws {ExhibitHashError} INDEX_DAMAGED where one was written to in place
   */
  checkUnchanged(): void {
    for (const part of this.parts) part.checkUnchanged()
  }

  share(): SharedHashSet {
    const parts = this.parts.map((part) => part.share())
    return { path: this.path, mapping: this.mapping, parts, signature: this.signature }
  }

  /** Numbers of all entries, ascending. */
  *entryNumbers(): Generator<number> {
    for (let entry = 0; entry < this.entries; entry++) if (this.isVisible(entry)) yield entry
  }

  /**
   * Records of one digest, in the order their source gave them.
   * @param value - bytes, or hex in any case
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  find(kind: DigestKind, value: Uint8Array | string): SetEntry[] {
    return [...this.findEntries(kind, toHashBytes(kind, value))].map((entry) => this.record(entry))
  }

  /** True where some entry may have a hash of this kind. */
  holds(kind: PerceptualKind): boolean {
    return this.parts.some((part) => part.holds(kind))
  }

  /** Numbers of all entries with this digest, ascending. */
  findEntries(kind: DigestKind, digest: Uint8Array): Uint32Array {
    const bytes = toHashBytes(kind, digest)
    if (this.hidden === null) return this.parts[0].findEntries(kind, bytes)
    const found = this.parts.flatMap((part, i) =>
      Array.from(part.findEntries(kind, bytes), (entry) => this.firstEntries[i] + entry)
    )
    return Uint32Array.from(found.filter((entry) => this.isVisible(entry)))
  }

  /**
   * First entry of each of many digests: `packed` holds n × the kind's bytes, the result n numbers, -1 for none.
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findBatch(kind: DigestKind, packed: Uint8Array): Int32Array {
    checkPacked(kind, packed)
    const first = this.parts[0].findBatch(kind, packed)
    if (this.hidden === null) return first
    const width = HASH_BYTES[kind]
    const later = this.parts.slice(1).map((part) => part.findBatch(kind, packed))
    return first.map((entry, i) => {
      if (entry !== -1 && this.isVisible(entry)) return entry
      // Entries that only a layer has, and those that stand behind a hidden one.
      if (entry === -1 && later.every((found) => found[i] === -1)) return -1
      return this.findEntries(kind, packed.subarray(i * width, (i + 1) * width))[0] ?? -1
    })
  }

  /**
   * The record of an entry.
   * @throws {ExhibitHashError} USAGE where there is none of that number, or a layer has taken it out
   */
  record(entry: number): SetEntry {
    if (!Number.isInteger(entry) || entry < 0 || entry >= this.entries || !this.isVisible(entry)) {
      throw new ExhibitHashError('USAGE', `${this.path}: no entry ${entry}, there are ${this.size}`)
    }
    const part = this.firstEntries.findLastIndex((first) => first <= entry)
    const first = this.firstEntries[part]
    return first === 0 ? this.parts[part].record(entry) : { ...this.parts[part].record(entry - first), entry }
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
    checkDistance(options, HASH_BYTES[kind] * 8)
    const lists = this.gather<SimilarEntry>(packed.length / HASH_BYTES[kind], (part, found) =>
      part.findSimilar(kind, packed, options, found)
    )
    for (const list of lists) list.sort((a, b) => a.distanceBits - b.distanceBits || a.entry - b.entry)
    return lists
  }

  /**
   * Every entry whose PhotoDNA value lies within a distance, nearest first; nothing is missed.
   * @param packed - n × 144 bytes; the result has one list for each
   * @param options.maxDistance - sum of squared byte differences, inclusive; default 40,000
   * @throws {ExhibitHashError} DIGEST_INVALID, INDEX_DAMAGED, SET_CLOSED
   */
  findPhotoDna(packed: Uint8Array, options: PhotoDnaOptions = {}): PhotoDnaNeighbour[][] {
    if (packed.length % PHOTODNA_BYTES !== 0) {
      throw new ExhibitHashError('DIGEST_INVALID', `${packed.length} bytes are not a multiple of ${PHOTODNA_BYTES}`)
    }
    const { maxDistance = PHOTODNA_MAX_DISTANCE, exhaustive = false } = options
    const lists = this.gather<PhotoDnaNeighbour>(packed.length / PHOTODNA_BYTES, (part, found) =>
      part.findPhotoDna(packed, { maxDistance, exhaustive }, found)
    )
    for (const list of lists) list.sort((a, b) => a.distance - b.distance || a.entry - b.entry)
    return lists
  }

  /**
   * Reads base and layers whole and checks every block against its digest tree.
   * @throws {ExhibitHashError} INDEX_DAMAGED naming the first damaged block; ABORTED
   */
  async verify({ signal, onProgress }: VerifyOptions = {}) {
    const totalBytes = this.parts.reduce((sum, { fileBytes }) => sum + fileBytes, 0)
    let bytes = 0
    let blocks = 0
    for (const part of this.parts) {
      const before = bytes
      await part.verify(signal, (done) => onProgress?.(before + done, totalBytes))
      bytes += part.fileBytes
      blocks += part.blocks
    }
    return { blocks, bytes: totalBytes, root: this.root, layers: this.layers }
  }

  close(): Promise<void> {
    for (const part of this.parts) part.close()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private isVisible(entry: number): boolean {
    return this.hidden === null || !this.hidden.has(entry)
  }

  /** What every part finds of each of `queries`, in the numbering over all parts, without what is hidden. */
  private gather<T extends { readonly entry: number }>(
    queries: number,
    search: (part: IndexPart, found: (query: number, neighbour: T) => void) => void
  ): T[][] {
    const lists = Array.from({ length: queries }, (): T[] => [])
    for (const [i, part] of this.parts.entries()) {
      const first = this.firstEntries[i]
      search(part, (query, neighbour) => {
        if (this.isVisible(first + neighbour.entry)) {
          lists[query].push(first === 0 ? neighbour : { ...neighbour, entry: first + neighbour.entry })
        }
      })
    }
    return lists
  }
}

function partMetadata({ metadata }: IndexPart) {
  return metadata
}

function signatureOf(head: SetHead | null, checked: boolean): SetSignature | null {
  return head?.signature === undefined ? null : { key: head.signature.key, checked }
}

/** Plain JavaScript may leave the options out. */
function checkDistance(options: SimilarOptions | undefined, most: number): void {
  const distance = options?.maxDistanceBits ?? NaN
  if (Number.isInteger(distance) && distance >= 0 && distance <= most) return
  const message = `maxDistanceBits is a whole number from 0 to ${most}, got ${options?.maxDistanceBits}`
  throw new ExhibitHashError('USAGE', message)
}

function checkPacked(kind: DigestKind | PerceptualKind, packed: Uint8Array): void {
  if (!(packed instanceof Uint8Array) || packed.length % HASH_BYTES[kind] !== 0) {
    const message = `${kind}: ${packed.length} bytes are not a multiple of ${HASH_BYTES[kind]}`
    throw new ExhibitHashError('DIGEST_INVALID', message)
  }
}
