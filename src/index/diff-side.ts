// One of two sets that are compared: its visible entries, read in the orders that comparing needs.

import { DIGEST_KINDS, type DigestKind } from '../core/hashes.js'
import { ExhibitHashError } from '../core/errors.js'
import { digestsInOrder, type DigestEntry } from './key-reader.js'
import { EntryReader } from './entries.js'
import { EntryBits, hiddenIn } from './entry-bits.js'
import type { IndexPart } from './index-part.js'
import { KindBits, SIDE_KINDS } from './kind-bits.js'
import type { OpenParts } from './open-parts.js'
import { identifyingHash } from './record-identity.js'
import type { SetEntry } from './record-reader.js'

/** All kinds of hash, one bit each in `kinds`. */
export const KINDS = [...DIGEST_KINDS, ...SIDE_KINDS] as const

export interface SideEntry {
  readonly source: string
  /** `null` where it has none that identifies. */
  readonly mediaId: number | string | null
  readonly category: number | string | null
  /** Bits of DIGEST_KINDS that it has. */
  readonly digests: number
}

/** An entry of a side, with what says which record it is. */
export interface Placed {
  readonly entry: number
  readonly brief: SideEntry
}

interface PlacedPart {
  readonly part: IndexPart
  readonly first: number
  readonly kinds: KindBits
}

export class DiffSide {
  readonly size: number
  /** Entries that have found their counterpart. */
  readonly paired: EntryBits
  readonly #hidden: EntryBits | null
  readonly #parts: readonly PlacedPart[]
  readonly #readers = new Map<IndexPart, EntryReader>()

  constructor({ parts }: OpenParts) {
    let size = 0
    this.#parts = parts.map((part) => ({ part, first: (size += part.size) - part.size, kinds: new KindBits(part) }))
    this.size = size
    this.paired = new EntryBits(size)
    this.#hidden = parts.length === 1 ? null : hiddenIn(parts)
  }

  /** True for an entry that is of the set and has no counterpart yet. */
  isOpen(entry: number): boolean {
    return !this.paired.has(entry) && this.#hidden?.has(entry) !== true
  }

  brief(entry: number): SideEntry {
    const { part, first } = this.#partOf(entry)
    const { source, mediaId, category, digests } = part.briefs(entry - first, 1)[0]
    return {
      source: part.metadata.sources[source].name,
      mediaId: mediaId === 0 ? null : mediaId,
      category,
      digests: digests.reduce((bits, kind) => bits | digestBit(kind), 0)
    }
  }

  /** Bits of KINDS that an entry has. */
  kinds(entry: number, digests: number): number {
    const { first, kinds } = this.#partOf(entry)
    let bits = digests
    SIDE_KINDS.forEach((kind, i) => {
      if (kinds.has(kind, entry - first)) bits |= 1 << (DIGEST_KINDS.length + i)
    })
    return bits
  }

  record(entry: number): SetEntry {
    const { part, first } = this.#partOf(entry)
    return part.record(entry - first)
  }

  /** The hash that an entry without MediaID and digests is known by. */
  identifyingHash(entry: number): string | null {
    const { part, first } = this.#partOf(entry)
    let reader = this.#readers.get(part)
    if (reader === undefined) this.#readers.set(part, (reader = new EntryReader(part, undefined)))
    return identifyingHash(reader.read(entry - first).record)
  }

  /** Digests of a kind over all parts, ascending, without those of hidden entries. */
  *digests(kind: DigestKind): Generator<DigestEntry, void> {
    const open = this.#parts.map(({ part, first }) => ({
      walk: digestsInOrder(part.store, part.sections, kind),
      first,
      head: undefined as DigestEntry | undefined
    }))
    for (const each of open) each.head = next(each.walk)
    for (;;) {
      let least: (typeof open)[number] | undefined
      for (const each of open) {
        if (each.head === undefined) continue
        if (least?.head === undefined || compareBytes(each.head.digest, least.head.digest) < 0) least = each
      }
      if (least?.head === undefined) return
      const entry = least.first + least.head.entry
      if (entry >= this.size) throw new ExhibitHashError('INDEX_DAMAGED', `it refers to entry ${entry} of ${this.size}`)
      if (this.#hidden?.has(entry) !== true) yield { digest: least.head.digest, entry }
      least.head = next(least.walk)
    }
  }

  #partOf(entry: number): PlacedPart {
    return this.#parts.findLast(({ first }) => first <= entry)!
  }
}

export function digestBit(kind: DigestKind): number {
  return 1 << DIGEST_KINDS.indexOf(kind)
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

function next<T>(walk: Generator<T, void>): T | undefined {
  const step = walk.next()
  return step.done === true ? undefined : step.value
}
