// What a caller sees of a hash-set source: options, the report, and the reader that hands out records.

import type { DigestKind, PerceptualKind } from '../core/hashes.js'
import type { PackedRecords } from '../core/packed-records.js'
import type { SetRecord, SourceCounts, SourceWarning } from '../core/set-record.js'

/** What a set is used for: to find what it describes, or to leave it out. */
export type SourceRole = 'known' | 'known-good'

export interface SourceOptions {
  /** Name of the format; recognised by content where absent. See {@link FORMAT_NAMES}. */
  readonly format?: string
  /** Kind of the hashes whose length fits several kinds (64 and 16 hex digits) and that nothing else names. */
  readonly kind?: DigestKind | PerceptualKind
  /** CSV: header as it stands in the file → name of a field, for headers that are not known here. */
  readonly columns?: Readonly<Record<string, string>>
  /** A source of illegal material is refused as known-good: it would hide what it describes. */
  readonly role?: SourceRole
  /** Every record names one to take back, by its MediaID or its hashes; it need not have both. */
  readonly asWithdrawals?: boolean
  readonly signal?: AbortSignal
  /** Called with the bytes of the file read so far. */
  readonly onProgress?: (bytesRead: number) => void
}

/** What was read and what was not; live during the iteration, final after it. */
export interface SourceReport {
  readonly format: string
  /** Formats of one family say the same of a file: what a record of one takes back, another may have listed. */
  readonly family: string
  /** `known-good` where the format is one of harmless files. */
  readonly impliedRole: SourceRole | null
  /** PROFILE of the VICS marker, such as UK or US; `null` where the source does not say. */
  readonly profile: string | null
  /** Version of the format as the source states it. */
  readonly version: string | null
  readonly counts: SourceCounts
  /** The first {@link MAX_WARNINGS}. */
  readonly warnings: readonly SourceWarning[]
  /** All of them. */
  readonly warningCount: number
}

export interface SourceReader {
  readonly report: SourceReport
  /**
   * The records in batches, once; those marked `withdrawn` are no entries, they take entries back. A fault of the source
   * is thrown after every record before it was handed out, so that a caller may choose to keep an incomplete set.
   */
  records(): AsyncIterable<SetRecord[]>
  /** False for formats with records that take others back: they have no packed form. */
  readonly canPack: boolean
  /** The same in place of `records()`, packed. A batch is valid until the next is asked for. */
  packed(): AsyncIterable<PackedRecords>
}

/** Warnings that a report keeps; the others are only counted. */
export const MAX_WARNINGS = 100
