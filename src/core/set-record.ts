// A record of a hash set: what a source says about one file, whatever format it came in.

import type { DigestKind, PerceptualKind } from './hashes.js'

/** Yes-or-no facts of a record; absent where the source does not say. */
export const RECORD_FLAGS = [
  'victimIdentified',
  'offenderIdentified',
  'isDistributed',
  'isPrecategorized',
  'isSuspected',
  'selfGenerated'
] as const
export type RecordFlag = (typeof RECORD_FLAGS)[number]

/** Who graded the file, when, and what else the source knows of it. */
export interface GradingFacts {
  /** The organisation that graded it (VICS PrecategorizationSource); several that did so independently, with `; ` between. */
  readonly gradedBy?: string
  /** Time of the last change, ISO 8601 in UTC. */
  readonly updated?: string
  readonly victimIdentified?: boolean
  readonly offenderIdentified?: boolean
  readonly isDistributed?: boolean
  readonly isPrecategorized?: boolean
  readonly isSuspected?: boolean
  readonly selfGenerated?: boolean
  readonly series?: string
  readonly tags?: string
}

/** One record as a format reader hands it to the index builder. Hashes are validated lower-case hex. */
export interface SetRecord {
  /** Identity within its source, as decimal text or as found; `null` where absent. "0" occurs and identifies nothing. */
  readonly mediaId: string | null
  /** A whole number where the source has one, other text as found, `null` where it says nothing. 0 is a real value. */
  readonly category: number | string | null
  readonly hashes: { readonly [K in DigestKind | PerceptualKind]?: string }
  /** 0–100; absent where the source does not say. */
  readonly pdqQuality?: number
  /** 144 bytes. */
  readonly photoDna?: Uint8Array
  readonly sizeBytes?: number
  readonly mimeType?: string
  readonly grading: GradingFacts
  /** The source takes the record back: it has what it is found by, and nothing else. */
  readonly withdrawn?: true
}

/** What a reader did with a source, in numbers. */
export interface SourceCounts {
  records: number
  taken: number
  /** Records without any usable hash, or that are no records at all. */
  rejected: number
  /** Records that the reader leaves out by rule: repetitions, directories, kinds of hashes that are not held. */
  skipped?: number
  /** Records by which the source takes earlier ones back. */
  withdrawn?: number
  /** Taken records that are not in the set, since something read after them takes them back. */
  takenBack?: number
  /** Digests of the empty file, dropped wherever they occur. */
  emptyFileDigests: number
  /** Taken records that lack a hash, by kind. */
  lacking: Record<string, number>
}

/** A remark about a source that did not stop the reading. */
export interface SourceWarning {
  /** Line or record number, from 1. */
  readonly position: number
  readonly message: string
}
