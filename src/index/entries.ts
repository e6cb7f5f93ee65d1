// All entries of an index as the records they were made of, in their order, a batch at a time.

import { ExhibitHashError } from '../core/errors.js'
import { HASH_BYTES, type HashKind, PERCEPTUAL_KINDS, PHOTODNA_BYTES, type PerceptualKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { UNKNOWN_QUALITY } from '../core/packed-records.js'
import type { SetRecord } from '../core/set-record.js'
import type { IndexStore } from '../kernels/index-store.js'
import { sectionFault } from './check-sections.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import { decodeMetadata, type SetMetadata } from './metadata.js'
import { openIndexFile } from './open-file.js'
import { RecordReader } from './record-reader.js'
import { Sections } from './sections.js'

const ENTRIES_AT_ONCE = 1000

export interface BatchOptions {
  readonly kinds?: readonly HashKind[] | undefined
  readonly signal?: AbortSignal | undefined
}

export interface IndexEntries {
  readonly metadata: SetMetadata
  /**
   * @param options.kinds - kinds of hashes that are wanted; all where absent
   * @throws {ExhibitHashError} INDEX_DAMAGED, ABORTED
   */
  batches(options: BatchOptions): AsyncGenerator<SetRecord[]>
  close(): void
}

/** Opens an index to be read from its first entry to its last. */
export function openEntries(path: string, { mapping }: { readonly mapping: boolean }): IndexEntries {
  const file = openIndexFile(path, { mapping, shared: null, expectedRoot: null })
  try {
    const sections = new Sections(path, file.header.sections)
    const meta = sections.need(SECTION.meta, 0)
    const metadata = decodeMetadata(file.store.read(meta.offset, meta.bytes), path)
    const fault = sectionFault(file.header.sections, metadata.entries)
    if (fault !== null) throw sections.damaged(fault)
    return {
      metadata,
      batches: ({ kinds, signal }) =>
        readBatches(() => new EntryReader(file.store, sections, metadata, kinds), metadata, { path, signal }),
      close: () => file.store.close()
    }
  } catch (error) {
    file.store.close()
    throw error
  }
}

async function* readBatches(
  open: () => EntryReader,
  { entries }: SetMetadata,
  { path, signal }: { path: string; signal: AbortSignal | undefined }
): AsyncGenerator<SetRecord[]> {
  const reader = open()
  for (let from = 0; from < entries; from += ENTRIES_AT_ONCE) {
    if (signal?.aborted === true) {
      throw new ExhibitHashError('ABORTED', `${path}: reading was stopped`, { path, cause: signal.reason })
    }
    const count = Math.min(ENTRIES_AT_ONCE, entries - from)
    yield Array.from({ length: count }, (_, i) => reader.read(from + i))
    await new Promise(setImmediate)
  }
}

class EntryReader {
  readonly #records: RecordReader
  readonly #hashes: readonly (readonly [PerceptualKind, HashColumn])[]
  readonly #photoDna: HashColumn | null
  readonly #store: IndexStore
  readonly #qualities: Section | null

  constructor(store: IndexStore, sections: Sections, metadata: SetMetadata, kinds: readonly HashKind[] | undefined) {
    this.#store = store
    this.#records = new RecordReader(store, sections, metadata)
    const column = (kind: PerceptualKind | 'photoDna', bytes: number): HashColumn | null =>
      HashColumn.of(store, sections, { kindCode: KIND_CODE[kind], bytes, entries: metadata.entries })
    this.#hashes = PERCEPTUAL_KINDS.flatMap((kind) => {
      const found = kinds === undefined || kinds.includes(kind) ? column(kind, HASH_BYTES[kind]) : null
      return found === null ? [] : [[kind, found] as const]
    })
    this.#photoDna = kinds === undefined ? column('photoDna', PHOTODNA_BYTES) : null
    this.#qualities = sections.find(SECTION.hashQuality, KIND_CODE.pdq)
  }

  read(entry: number): SetRecord {
    const { mediaId, category, digests, sizeBytes, mimeType, grading } = this.#records.read(entry)
    const hashes: { -readonly [K in HashKind]?: string } = { ...digests }
    let pdqQuality: number | undefined
    for (const [kind, column] of this.#hashes) {
      const position = column.positionOf(entry)
      if (position === -1) continue
      hashes[kind] = bytesToHex(column.valueAt(position))
      if (kind === 'pdq') pdqQuality = this.#qualityAt(position)
    }
    const photoDna = this.#photoDna?.positionOf(entry) ?? -1
    return {
      mediaId,
      category,
      hashes,
      ...(pdqQuality !== undefined && { pdqQuality }),
      ...(photoDna !== -1 && { photoDna: Uint8Array.from(this.#photoDna!.valueAt(photoDna)) }),
      ...(sizeBytes !== null && { sizeBytes }),
      ...(mimeType !== null && { mimeType }),
      grading
    }
  }

  #qualityAt(position: number): number | undefined {
    if (this.#qualities === null) return undefined
    const [quality] = this.#store.read(this.#qualities.offset + position, 1)
    return quality === UNKNOWN_QUALITY ? undefined : quality
  }
}

/** Entry numbers that are read at once. */
const NUMBERS_AT_ONCE = 8192
const NO_POSITION = 0xffffffff

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
    const numbers = sections.need(SECTION.hashEntries, kindCode)
    const positions = new Uint32Array(entries).fill(NO_POSITION)
    for (let from = 0; from < numbers.count; from += NUMBERS_AT_ONCE) {
      const count = Math.min(NUMBERS_AT_ONCE, numbers.count - from)
      const read = store.read(numbers.offset + from * 4, count * 4)
      const view = new DataView(read.buffer, read.byteOffset, read.byteLength)
      for (let i = 0; i < count; i++) {
        const entry = view.getUint32(i * 4, true)
        if (entry >= entries) throw sections.damaged(`it refers to entry ${entry} of ${entries}`)
        positions[entry] = from + i
      }
    }
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
