// Names that foreign formats have for the fields of a record.

import type { HashKind } from '../core/hashes.js'
import type { RecordFlag } from '../core/set-record.js'

/** A field of a record, by the name the product has for it. */
export type Field =
  | HashKind
  | RecordFlag
  | 'photoDna'
  | 'pdqQuality'
  | 'category'
  | 'mediaId'
  | 'sizeBytes'
  | 'mimeType'
  | 'gradedBy'
  | 'updated'
  | 'series'
  | 'tags'

/** Names of robust and cryptographic hashes, in records, columns and AlternativeHashes alike. */
const HASH_NAMES = {
  md5: ['md5', 'md5hash'],
  sha1: ['sha1', 'sha1hash'],
  sha256: ['sha256', 'sha256hash', 'sha2256'],
  pdq: ['pdq', 'pdqhash'],
  pdqQuality: ['pdqquality'],
  photoDna: ['photodna', 'photodnahash', 'pdna'],
  phash: ['phash', 'perceptualhash'],
  dhash: ['dhash', 'differencehash'],
  dhashVertical: ['dhashvertical'],
  ahash: ['ahash', 'averagehash'],
  whash: ['whash', 'wavelethash'],
  blockhash: ['blockhash']
} as const satisfies Partial<Record<Field, readonly string[]>>

const VICS_NAMES = {
  ...HASH_NAMES,
  category: ['category'],
  mediaId: ['mediaid'],
  sizeBytes: ['mediasize'],
  mimeType: ['mimetype'],
  gradedBy: ['precategorizationsource', 'precategorisationsource'],
  updated: ['dateupdated'],
  series: ['series'],
  tags: ['tags'],
  victimIdentified: ['victimidentified'],
  offenderIdentified: ['offenderidentified'],
  isDistributed: ['isdistributed'],
  isPrecategorized: ['isprecategorized', 'isprecategorised'],
  isSuspected: ['issuspected'],
  selfGenerated: ['selfgenerated']
} as const satisfies Record<Field, readonly string[]>

/** Looser names that only a column header may have: in a VICS record they mean other things. */
const COLUMN_NAMES: Readonly<Partial<Record<Field, readonly string[]>>> = {
  pdqQuality: ['quality'],
  mediaId: ['id', 'imageid', 'recordid'],
  sizeBytes: ['size', 'sizebytes', 'filesize'],
  mimeType: ['mime', 'contenttype'],
  gradedBy: ['source', 'gradedby', 'agency'],
  updated: ['updated', 'lastmodified'],
  series: ['seriesname'],
  tags: ['tag', 'keywords'],
  isDistributed: ['distributed'],
  isPrecategorized: ['precategorized', 'precategorised'],
  isSuspected: ['suspected'],
  selfGenerated: ['isselfgenerated']
}

/** Names compare without case and punctuation: `SHA-1`, `sha_1` and `Sha1` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function byName(...tables: Readonly<Partial<Record<Field, readonly string[]>>>[]): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const table of tables) {
    for (const [field, names] of Object.entries(table)) {
      for (const name of names) fields.set(name, field as Field)
    }
  }
  return fields
}

/** Plain name → field, for each place that names fields. */
export const HASH_FIELDS = byName(HASH_NAMES)
export const VICS_FIELDS = byName(VICS_NAMES)
export const COLUMN_FIELDS = byName(VICS_NAMES, COLUMN_NAMES)

/** Every field by the product's own name, in any case: what a user's column mapping may point at. */
export const FIELD_NAMES: ReadonlyMap<string, Field> = new Map(
  (Object.keys(VICS_NAMES) as Field[]).map((field) => [field.toLowerCase(), field])
)
