// What the newest layers of a set bring and take away: looked up apart from the rest, and which records they hide.

import { type DigestKind, HASH_BYTES, type PerceptualKind } from '../core/hashes.js'
import { hashEntries } from './entries.js'
import { type EntryBits, hiddenIn } from './entry-bits.js'
import type { HashSet } from './hash-set.js'
import { IndexPart } from './index-part.js'
import { KIND_CODE, SECTION } from './layout.js'

/** 32 MB of PDQ. */
const HASHES_AT_ONCE = 1_000_000

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

  /** Calls `found` with the number of each packed digest that one of them has. */
  findDigests(kind: DigestKind, packed: Uint8Array, found: (query: number) => void): void {
    for (const { part } of this.#newer) {
      part.findBatch(kind, packed).forEach((entry, query) => {
        if (entry !== -1) found(query)
      })
    }
  }

  /** Calls `found` with the number of each packed PhotoDNA value that has a neighbour in one of them. */
  findPhotoDna(packed: Uint8Array, maxDistance: number, found: (query: number) => void): void {
    for (const { part } of this.#newer) part.findPhotoDna(packed, { maxDistance, exhaustive: false }, found)
  }

  /**
   * Hashes of a kind that they bring and that are not hidden, packed, a portion at a time.
   * @param minQuality - PDQ of a lower quality are left out; those of an unknown one are not
   */
  *hashes(kind: PerceptualKind, minQuality: number): Generator<Uint8Array> {
    const width = HASH_BYTES[kind]
    for (const { part, first } of this.#newer) {
      const { store, sections } = part
      const hashes = sections.find(SECTION.hashes, KIND_CODE[kind])
      if (hashes === null) continue
      const entries = [...hashEntries(store, sections, KIND_CODE[kind], part.size)]
      const qualities = sections.find(SECTION.hashQuality, KIND_CODE[kind])
      for (let from = 0; from < hashes.count; from += HASHES_AT_ONCE) {
        const count = Math.min(HASHES_AT_ONCE, hashes.count - from)
        const packed = store.read(hashes.offset + from * width, count * width)
        const quality = qualities === null ? null : store.read(qualities.offset + from, count)
        const wanted = (i: number): boolean =>
          !this.#hidden.has(first + entries[from + i]) && (quality === null || quality[i] >= minQuality)
        yield packedWhere(packed, width, wanted)
      }
    }
  }

  close(): void {
    for (const { part } of this.#parts) part.close()
  }
}

/** Those of some packed hashes that are wanted. */
function packedWhere(packed: Uint8Array, width: number, wanted: (i: number) => boolean): Uint8Array {
  const kept = new Uint8Array(packed.length)
  let bytes = 0
  for (let i = 0; i < packed.length / width; i++) {
    if (!wanted(i)) continue
    kept.set(packed.subarray(i * width, (i + 1) * width), bytes)
    bytes += width
  }
  return kept.subarray(0, bytes)
}
