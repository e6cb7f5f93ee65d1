// Digests of an open index by their position: what the directory says of them, and the rest as it stands.

import type { DigestKind } from '../core/hashes.js'
import { HASH_BYTES } from '../core/hashes.js'
import { ENTRY_BYTES, droppedBytes, type IndexStore } from '../kernels/index-store.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import type { Sections } from './sections.js'

/** Items of the directory that are read at once. */
const WINDOW = 64
/** Guesses before the directory is halved: digests spread evenly, so the third is right. */
const GUESSES = 6
const KEYS_AT_ONCE = 8192

export interface DigestEntry {
  readonly digest: Uint8Array
  readonly entry: number
}

/**
 * All digests of a kind of an index file, ascending; equal ones in the order of their entries.
 * @throws {ExhibitHashError} INDEX_DAMAGED
 */
export function* digestsInOrder(store: IndexStore, sections: Sections, kind: DigestKind): Generator<DigestEntry, void> {
  if (sections.find(SECTION.keys, KIND_CODE[kind]) !== null) yield* new KeyReader(store, sections, kind).inOrder()
}

export class KeyReader {
  readonly #keys: Section
  readonly #directory: Section
  readonly #width: number
  readonly #dropped: number

  constructor(
    private readonly store: IndexStore,
    private readonly sections: Sections,
    kind: DigestKind
  ) {
    this.#keys = sections.need(SECTION.keys, KIND_CODE[kind])
    this.#directory = sections.need(SECTION.directory, KIND_CODE[kind])
    this.#width = HASH_BYTES[kind]
    this.#dropped = droppedBytes(this.#directory.param)
  }

  get count(): number {
    return this.#keys.count
  }

  /** @throws {ExhibitHashError} INDEX_DAMAGED */
  digestAt(position: number): Uint8Array {
    const { offset, itemBytes } = this.#keys
    const item = this.store.read(offset + position * itemBytes, itemBytes - ENTRY_BYTES)
    const digest = new Uint8Array(this.#width)
    if (this.#dropped > 0) this.#putPrefix(digest, this.#prefixOf(position))
    digest.set(item, this.#dropped)
    return digest
  }

  /** All digests, ascending; equal ones in the order of their entries. */
  *inOrder(): Generator<DigestEntry, void> {
    const { offset, itemBytes, count } = this.#keys
    let prefix = 0
    let directory = this.#read(0)
    let base = 0
    for (let first = 0; first < count; first += KEYS_AT_ONCE) {
      const items = Math.min(KEYS_AT_ONCE, count - first)
      const bytes = this.store.read(offset + first * itemBytes, items * itemBytes)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const digests = new Uint8Array(items * this.#width)
      for (let i = 0; i < items; i++) {
        const digest = digests.subarray(i * this.#width, (i + 1) * this.#width)
        while (directory[prefix + 1 - base] <= first + i) {
          if (++prefix + 1 - base < directory.length) continue
          if (prefix + 1 >= this.#directory.count) throw this.#damaged()
          base = prefix
          directory = this.#read(base)
        }
        if (this.#dropped > 0) this.#putPrefix(digest, prefix)
        digest.set(bytes.subarray(i * itemBytes, (i + 1) * itemBytes - ENTRY_BYTES), this.#dropped)
        yield { digest, entry: view.getUint32((i + 1) * itemBytes - ENTRY_BYTES, true) }
      }
    }
  }

  /** The whole bytes of the prefix. */
  #putPrefix(digest: Uint8Array, prefix: number): void {
    const shifted = prefix * 2 ** (32 - this.#directory.param)
    for (let i = 0; i < this.#dropped; i++) digest[i] = (shifted / 2 ** (24 - 8 * i)) & 0xff
  }

  /** The prefix of the digest at a position: the last of which the directory says that it begins there or before. */
  #prefixOf(position: number): number {
    const prefixes = this.#directory.count - 1
    const perPrefix = this.#keys.count / prefixes
    let guess = position / perPrefix
    for (let i = 0; i < GUESSES; i++) {
      const from = Math.max(0, Math.min(prefixes - WINDOW + 1, Math.round(guess) - WINDOW / 2))
      const starts = this.#read(from)
      if (starts[0] <= position && position < starts[starts.length - 1]) return from + lastAtMost(starts, position)
      const nearest = position < starts[0] ? 0 : starts.length - 1
      guess = from + nearest + (position - starts[nearest]) / perPrefix
    }
    return this.#halve(position, prefixes)
  }

  #halve(position: number, prefixes: number): number {
    let low = 0
    let high = prefixes
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#read(middle, 1)[0] <= position) low = middle
      else high = middle
    }
    const [start, end] = this.#read(low, 2)
    if (start > position || end <= position) throw this.#damaged()
    return low
  }

  /** Items of the directory. */
  #read(from: number, items = WINDOW): Uint32Array {
    const count = Math.min(items, this.#directory.count - from)
    const bytes = this.store.read(this.#directory.offset + from * 4, count * 4)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Uint32Array.from({ length: count }, (_, i) => view.getUint32(i * 4, true))
  }

  #damaged(): Error {
    return this.sections.damaged('its directory of digests contradicts itself')
  }
}

function lastAtMost(starts: Uint32Array, position: number): number {
  let i = starts.length - 1
  while (i > 0 && starts[i] > position) i--
  return i
}
