// The border to the scanner of records: what JavaScript must tell it, and what it gives back. It has no portable twin
// here: that is the reader of the format, which takes whatever the scanner leaves.

import { HASH_KINDS } from '../core/hashes.js'
import { RECORD_FLAGS } from '../core/set-record.js'

/** What a key of a record can be about, in the order of native/records/json_records.h. */
export const SCANNED_FIELDS = [
  ...HASH_KINDS,
  'photoDna',
  'pdqQuality',
  'category',
  'mediaId',
  'sizeBytes',
  'updated',
  'series',
  'tags',
  'gradedBy',
  'mimeType',
  ...RECORD_FLAGS,
  'alternatives',
  /** Nothing that is held. */
  'ignored',
  /** Something that only the reader of the format understands. */
  'foreign'
] as const
export type ScannedField = (typeof SCANNED_FIELDS)[number]

/** What a key of an entry of the alternative hashes can be about. */
export const ENTRY_FIELDS = ['name', 'value', 'owner', 'ignored'] as const
export type EntryField = (typeof ENTRY_FIELDS)[number]

/** Spellings that the scanner is told, by what they are of. */
export const SPELLINGS = { keys: 0, entryKeys: 1, hashNames: 2 } as const

/** Appends ordinary records to the memory of one packer. */
export interface RecordScanner {
  /** Tells what a key of records, a key of alternative hashes or the name of a hash there is about. Once each. */
  learnKey(key: string, field: ScannedField): void
  learnEntryKey(key: string, field: EntryField): void
  learnHashName(name: string, field: ScannedField): void
  /**
   * Takes records of a JSON list from `from`, the brace of the first, on. Returns the end of the last one taken, `from`
   * where there was none, and whether the next is one that it cannot take: odd, or not all here.
   */
  scanJson(source: Uint8Array, from: number, to: number): { readonly end: number; readonly isOdd: boolean }
  /** Takes lines that are the hex digits of one hash. Returns the end of the last one taken. */
  scanLines(source: Uint8Array, from: number, to: number, column: number): number
}
