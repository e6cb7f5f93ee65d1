// Records of an open index: one row, its strings and its digests, as an object.

import { categoryLabel } from '../core/category.js'
import { DIGEST_KINDS, type DigestKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { decodeBrief, decodeRow, NO_POSITION } from '../core/record-row.js'
import type { GradingFacts } from '../core/set-record.js'
import type { IndexStore } from '../kernels/index-store.js'
import { KeyReader } from './key-reader.js'
import { SECTION } from './layout.js'
import type { SetMetadata } from './metadata.js'
import { wholeRow, wordsOfMask } from './row-form.js'
import type { Sections } from './sections.js'

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

/** Enough of a record to say which it is. */
export interface BriefRecord {
  /** Number of its source in the description of its file. */
  readonly source: number
  /** A number where it is one that a double holds exactly, else its text. */
  readonly mediaId: number | string | null
  readonly category: number | string | null
  /** Kinds of digests that it has. */
  readonly digests: readonly DigestKind[]
}

export class RecordReader {
  private readonly keys = new Map<DigestKind, KeyReader>()
  private rowWords: readonly number[] | null = null

  constructor(
    private readonly store: IndexStore,
    private readonly sections: Sections,
    private readonly metadata: SetMetadata
  ) {}

  /** @throws {ExhibitHashError} INDEX_DAMAGED where the row refers to what is not there */
  read(entry: number): SetEntry {
    const rows = this.sections.need(SECTION.records, 0)
    this.rowWords ??= wordsOfMask(rows.param)
    const stored = this.store.read(rows.offset + entry * rows.itemBytes, rows.itemBytes)
    const row = decodeRow(wholeRow(stored, this.rowWords), (id) => this.text(id))
    const source = this.metadata.sources[row.source]
    if (source === undefined) throw this.sections.damaged(`entry ${entry} names source ${row.source}`)
    const digests: { [K in DigestKind]?: string } = {}
    for (const kind of DIGEST_KINDS) {
      const digest = this.digestAt(kind, row.positions[kind])
      if (digest !== null) digests[kind] = digest
    }
    const { mediaId, category, sizeBytes, mimeType, grading } = row
    const label = categoryLabel(this.metadata.profile, category)
    return { entry, source: source.name, mediaId, category, label, digests, sizeBytes, mimeType, grading }
  }

  /**
   * What says which records these are, of `count` entries from `first`: much less work than reading them.
   * @throws {ExhibitHashError} INDEX_DAMAGED
   */
  briefs(first: number, count: number): BriefRecord[] {
    const rows = this.sections.need(SECTION.records, 0)
    const { itemBytes } = rows
    const words = (this.rowWords ??= wordsOfMask(rows.param))
    const bytes = this.store.read(rows.offset + first * itemBytes, count * itemBytes)
    const text = (id: number): string => this.text(id)
    return Array.from({ length: count }, (_, i) => {
      const row = wholeRow(bytes.subarray(i * itemBytes, (i + 1) * itemBytes), words)
      const { source, mediaId, category, positions } = decodeBrief(row, text)
      if (source >= this.metadata.sources.length)
        throw this.sections.damaged(`entry ${first + i} names source ${source}`)
      const digests = DIGEST_KINDS.filter((kind) => positions[kind] !== NO_POSITION)
      return { source, mediaId, category, digests }
    })
  }

  private digestAt(kind: DigestKind, position: number): string | null {
    if (position === NO_POSITION) return null
    let keys = this.keys.get(kind)
    if (keys === undefined) this.keys.set(kind, (keys = new KeyReader(this.store, this.sections, kind)))
    if (position >= keys.count) throw this.sections.damaged(`a record refers to ${kind} ${position} of ${keys.count}`)
    return bytesToHex(keys.digestAt(position))
  }

  private text(id: number): string {
    const offsets = this.sections.need(SECTION.stringOffsets, 0)
    const bytes = this.sections.need(SECTION.stringBytes, 0)
    if (id + 1 >= offsets.count) throw this.sections.damaged(`a record refers to string ${id} of ${offsets.count - 1}`)
    const pair = this.store.read(offsets.offset + id * 8, 16)
    const view = new DataView(pair.buffer, pair.byteOffset, 16)
    const start = Number(view.getBigUint64(0, true))
    const end = Number(view.getBigUint64(8, true))
    if (start > end || end > bytes.bytes) throw this.sections.damaged(`string ${id} lies outside its section`)
    return Buffer.from(this.store.read(bytes.offset + start, end - start)).toString('utf8')
  }
}
