// All entries of a set as the records they were made of, in their order, a batch at a time.

import { ExhibitHashError } from '../core/errors.js'
import { HASH_BYTES, type HashKind, PERCEPTUAL_KINDS, PHOTODNA_BYTES, type PerceptualKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { UNKNOWN_QUALITY } from '../core/packed-records.js'
import { NO_POSITION } from '../core/record-row.js'
import type { SetRecord } from '../core/set-record.js'
import type { IndexStore } from '../kernels/index-store.js'
import { hiddenIn } from './entry-bits.js'
import type { IndexPart } from './index-part.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import { mergeMetadata, type SetMetadata } from './metadata.js'
import { numbersIn } from './numbers.js'
import { openParts } from './open-parts.js'
import type { Sections } from './sections.js'

const ENTRIES_AT_ONCE = 1000

export interface BatchOptions {
  readonly kinds?: readonly HashKind[] | undefined
  readonly signal?: AbortSignal | undefined
}

export interface IndexEntry {
  /** Name of the source it is of. */
  readonly source: string
  readonly record: SetRecord
}

export interface IndexEntries {
  readonly metadata: SetMetadata
  /**
   * @param options.kinds - kinds of hashes that are wanted; all where absent
   * @throws {ExhibitHashError} INDEX_DAMAGED, ABORTED
   */
  batches(options: BatchOptions): AsyncGenerator<IndexEntry[]>
  close(): void
}

/** Opens an index with its layers to be read from its first entry to its last. */
export async function openEntries(path: string, { mapping }: { readonly mapping: boolean }): Promise<IndexEntries> {
  const { parts } = await openParts(path, { mapping })
  try {
    const layers = parts.slice(1).map(({ metadata }) => metadata)
    return {
      metadata: layers.length === 0 ? parts[0].metadata : mergeMetadata(parts[0].metadata, layers),
      batches: (options) => entriesOf(parts, options),
      close: () => parts.forEach((part) => part.close())
    }
  } catch (error) {
    for (const part of parts) part.close()
    throw error
  }
}

/** The visible entries of base and layers, in the numbering over all. */
export async function* entriesOf(
  parts: readonly IndexPart[],
  { kinds, signal }: BatchOptions
): AsyncGenerator<IndexEntry[]> {
  const hidden = parts.length === 1 ? null : hiddenIn(parts)
  let before = 0
  for (const part of parts) {
    const reader = new EntryReader(part, kinds)
    for (let from = 0; from < part.size; from += ENTRIES_AT_ONCE) {
      if (signal?.aborted === true) {
        const { path } = part
        throw new ExhibitHashError('ABORTED', `${path}: reading was stopped`, { path, cause: signal.reason })
      }
      const count = Math.min(ENTRIES_AT_ONCE, part.size - from)
      const numbers = Array.from({ length: count }, (_, i) => from + i)
      const visible = hidden === null ? numbers : numbers.filter((entry) => !hidden.has(before + entry))
      yield visible.map((entry) => reader.read(entry))
      await new Promise(setImmediate)
    }
    before += part.size
  }
}

/** Reads entries of one index file as the records they were made of, in any order. */
export class EntryReader {
  readonly #part: IndexPart
  readonly #hashes: readonly (readonly [PerceptualKind, HashColumn])[]
  readonly #photoDna: HashColumn | null
  readonly #qualities: Section | null

  constructor(part: IndexPart, kinds: readonly HashKind[] | undefined) {
    this.#part = part
    const { store, sections, size } = part
    const column = (kind: PerceptualKind | 'photoDna', bytes: number): HashColumn | null =>
      HashColumn.of(store, sections, { kindCode: KIND_CODE[kind], bytes, entries: size })
    this.#hashes = PERCEPTUAL_KINDS.flatMap((kind) => {
      const found = kinds === undefined || kinds.includes(kind) ? column(kind, HASH_BYTES[kind]) : null
      return found === null ? [] : [[kind, found] as const]
    })
    this.#photoDna = kinds === undefined ? column('photoDna', PHOTODNA_BYTES) : null
    this.#qualities = sections.find(SECTION.hashQuality, KIND_CODE.pdq)
  }

  read(entry: number): IndexEntry {
    const { source, mediaId, category, digests, sizeBytes, mimeType, grading } = this.#part.record(entry)
    const hashes: { -readonly [K in HashKind]?: string } = { ...digests }
    let pdqQuality: number | undefined
    for (const [kind, column] of this.#hashes) {
      const position = column.positionOf(entry)
      if (position === -1) continue
      hashes[kind] = bytesToHex(column.valueAt(position))
      if (kind === 'pdq') pdqQuality = this.#qualityAt(position)
    }
    const photoDna = this.#photoDna?.positionOf(entry) ?? -1
    const record: SetRecord = {
      mediaId,
      category,
      hashes,
      ...(pdqQuality !== undefined && { pdqQuality }),
      ...(photoDna !== -1 && { photoDna: Uint8Array.from(this.#photoDna!.valueAt(photoDna)) }),
      ...(sizeBytes !== null && { sizeBytes }),
      ...(mimeType !== null && { mimeType }),
      grading
    }
    return { source, record }
  }

  #qualityAt(position: number): number | undefined {
    if (this.#qualities === null) return undefined
    const [quality] = this.#part.store.read(this.#qualities.offset + position, 1)
    return quality === UNKNOWN_QUALITY ? undefined : quality
  }
}

/** Hashes of one kind, which stand in an order of their own: four bytes an entry say where. */
class HashColumn {
  private constructor(
    private readonly store: IndexStore,
    private readonly values: Section,
    private readonly positions: Uint32Array
  ) {}

  static of(
    store: IndexStore,
    sections: Sections,
    { kindCode, bytes, entries }: { kindCode: number; bytes: number; entries: number }
  ): HashColumn | null {
    const values = sections.find(SECTION.hashes, kindCode)
    if (values === null) return null
    if (values.itemBytes !== bytes) throw sections.damaged(`hashes of kind ${kindCode} are of another length`)
    const positions = new Uint32Array(entries).fill(NO_POSITION)
    let position = 0
    for (const entry of hashEntries(store, sections, kindCode, entries)) positions[entry] = position++
    return new HashColumn(store, values, positions)
  }

  /** Position of the hash of an entry; -1 where it has none. */
  positionOf(entry: number): number {
    const position = this.positions[entry]
    return position === NO_POSITION ? -1 : position
  }

  valueAt(position: number): Uint8Array {
    return this.store.read(this.values.offset + position * this.values.itemBytes, this.values.itemBytes)
  }
}

/**
 * The entry of each perceptual hash or PhotoDNA value of a kind, in the order of the hashes.
 * @throws {ExhibitHashError} INDEX_DAMAGED
 */
export function* hashEntries(
  store: IndexStore,
  sections: Sections,
  kindCode: number,
  entries: number
): Generator<number> {
  const numbers = sections.find(SECTION.hashEntries, kindCode)
  if (numbers === null) return
  for (const entry of numbersIn(store, numbers)) {
    if (entry >= entries) throw sections.damaged(`it refers to entry ${entry} of ${entries}`)
    yield entry
  }
}
