// What the newest layers of a set bring and take away: their hashes a portion at a time, and which records they hide.

import { type DigestKind, HASH_BYTES, type NearKind, PHOTODNA_BYTES } from '../core/hashes.js'
import { UNKNOWN_QUALITY } from '../core/packed-records.js'
import { hashEntries } from './entries.js'
import { type EntryBits, hiddenIn } from './entry-bits.js'
import type { HashSet } from './hash-set.js'
import { IndexPart } from './index-part.js'
import { digestsInOrder } from './key-reader.js'
import { KIND_CODE, SECTION } from './layout.js'

const HASHES_AT_ONCE = 8192

/** A record as matches name it. */
export interface NamedRecord {
  readonly source: string
  readonly mediaId: string | null
}

interface PlacedPart {
  readonly part: IndexPart
  /** Number of its first entry in the numbering over all. */
  readonly first: number
}

export class NewerLayers {
  readonly #parts: readonly PlacedPart[]
  /** First of #parts that is new. */
  readonly #newer: readonly PlacedPart[]
  readonly #hidden: EntryBits
  /** Entries of older parts that only the newer layers hide. */
  readonly #taken: Uint32Array

  private constructor(parts: readonly IndexPart[], known: number) {
    let entries = 0
    this.#parts = parts.map((part) => ({ part, first: (entries += part.size) - part.size }))
    this.#newer = this.#parts.slice(known + 1)
    this.#hidden = hiddenIn(parts)
    const before = hiddenIn(parts.slice(0, known + 1))
    const firstNew = this.#newer[0]?.first ?? entries
    this.#taken = this.#hidden.numbers().filter((entry) => entry < firstNew && !before.has(entry))
  }

  /** @param known - number of layers, from the first, that are not new. The set stays open by itself. */
  static of(set: HashSet, known: number): NewerLayers {
    const { parts: shared, mapping } = set.share()
    const parts: IndexPart[] = []
    try {
      for (const part of shared) parts.push(IndexPart.attach(part, mapping))
      return new NewerLayers(parts, known)
    } catch (error) {
      for (const part of parts) part.close()
      throw error
    }
  }

  /** Entries that they bring, those that a later one of them hides included. */
  get added(): number {
    return this.#newer.reduce((sum, { part }) => sum + part.size, 0)
  }

  /** Number of records before them that they hide. */
  get takenCount(): number {
    return this.#taken.length
  }

  /** Records before them that they hide: taken back, or replaced by one of theirs. */
  *taken(): Generator<NamedRecord> {
    for (const entry of this.#taken) {
      const { part, first } = this.#parts.findLast((each) => each.first <= entry)!
      const { source, mediaId } = part.briefs(entry - first, 1)[0]
      yield { source: part.metadata.sources[source].name, mediaId: mediaId === null ? null : String(mediaId) }
    }
  }

  /** Digests of a kind that they bring, packed, each once a layer. */
  *digests(kind: DigestKind): Generator<Uint8Array> {
    const portion = new Portion(HASH_BYTES[kind])
    for (const { part, first } of this.#newer) {
      let last: Uint8Array | null = null
      for (const { digest, entry } of digestsInOrder(part.store, part.sections, kind)) {
        if (this.#hidden.has(first + entry) || (last !== null && Buffer.compare(last, digest) === 0)) continue
        portion.add((last = digest))
        if (portion.isFull) yield portion.take()
      }
    }
    yield portion.take()
  }

  /**
   * Hashes of a kind that they bring, packed.
   * @param minQuality - PDQ of a lower quality are left out; those of an unknown one are not
   */
  *hashes(kind: NearKind, minQuality: number): Generator<Uint8Array> {
    const bytes = kind === 'photoDna' ? PHOTODNA_BYTES : HASH_BYTES[kind]
    const portion = new Portion(bytes)
    for (const { part, first } of this.#newer) {
      const { store, sections } = part
      const hashes = sections.find(SECTION.hashes, KIND_CODE[kind])
      if (hashes === null) continue
      const qualities = sections.find(SECTION.hashQuality, KIND_CODE[kind])
      let position = -1
      for (const entry of hashEntries(store, sections, KIND_CODE[kind], part.size)) {
        position++
        if (this.#hidden.has(first + entry)) continue
        const quality = qualities === null ? UNKNOWN_QUALITY : store.read(qualities.offset + position, 1)[0]
        if (quality < minQuality) continue
        portion.add(store.read(hashes.offset + position * bytes, bytes))
        if (portion.isFull) yield portion.take()
      }
    }
    yield portion.take()
  }

  close(): void {
    for (const { part } of this.#parts) part.close()
  }
}

/** Hashes gathered one by one and handed on many at a time. */
class Portion {
  #packed: Uint8Array
  #count = 0

  constructor(private readonly width: number) {
    this.#packed = new Uint8Array(HASHES_AT_ONCE * width)
  }

  get isFull(): boolean {
    return this.#count === HASHES_AT_ONCE
  }

  add(hash: Uint8Array): void {
    this.#packed.set(hash, this.#count++ * this.width)
  }

  take(): Uint8Array {
    const packed = this.#packed.subarray(0, this.#count * this.width)
    this.#packed = new Uint8Array(HASHES_AT_ONCE * this.width)
    this.#count = 0
    return packed
  }
}
