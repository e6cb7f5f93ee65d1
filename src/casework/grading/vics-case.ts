// A case as VICS has it: the facts of the case, and a Media record for each content that was graded, with the places where it was found.

import { createHash } from 'node:crypto'
import type { FileRecord } from '../../core/result.js'
import { RECORD_FLAGS } from '../../core/set-record.js'
import { packageVersion } from '../../files/index.js'
import { vicsMarker } from '../../formats/index.js'
import type { StandingGrade } from './grades.js'
import { mimeTypeOf } from './mime-types.js'
import { vicsPath } from './vics-names.js'

export type VicsVersion = '2.0' | '1.3'

/** What a case says of itself. */
export interface CaseFacts {
  /** GUID. Where it is absent one is made of organisation and number, so that the same case always has the same. */
  readonly caseId?: string
  readonly caseNumber: string
  readonly organisation?: string
  readonly contactName?: string
  readonly contactEmail?: string
  readonly contactPhone?: string
  readonly contactTitle?: string
  /** ISO 8601. */
  readonly seizureDate?: string
}

export interface FoundAt {
  readonly record: FileRecord
  readonly exhibit: string | undefined
  /** Number of the results file. */
  readonly source: number
  /** What the records of sets say that it is identical with. */
  readonly setCategories: readonly string[]
}

/** One content: equal MD5s are one record. */
export interface GradedMedia {
  readonly grade: StandingGrade
  readonly places: FoundAt[]
  /** Where the file lies in the package, with back-slashes; absent where only its hashes are. */
  readonly stored?: string
  readonly copiedFrom?: FoundAt
}

export const GUID = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i

/** A GUID of version 8 (RFC 9562) from a SHA-256. */
export function caseIdOf({ caseId, caseNumber, organisation }: CaseFacts): string {
  if (caseId !== undefined) return caseId
  const digest = createHash('sha256')
    .update(JSON.stringify(['exhibit-hash case', organisation ?? null, caseNumber]))
    .digest()
  digest[6] = (digest[6] & 0x0f) | 0x80
  digest[8] = (digest[8] & 0x3f) | 0x80
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The text of a document in pieces: a record a line. */
export function* caseDocument(
  facts: CaseFacts,
  media: readonly GradedMedia[],
  { version, profileId }: { readonly version: VicsVersion; readonly profileId: string }
): Generator<string> {
  const [key, marker] = vicsMarker(version, profileId, 'Cases')
  const files = media.reduce((sum, { places }) => sum + places.length, 0)
  const head = JSON.stringify(caseFields(facts, files)).slice(0, -1)
  yield `${JSON.stringify({ [key]: marker }).slice(0, -1)},"value":[${head},"Media":[`
  for (const [i, each] of media.entries())
    yield `${i === 0 ? '' : ','}\n${JSON.stringify(mediaFields(each, i + 1, version))}`
  yield '\n]}]}\n'
}

function caseFields(facts: CaseFacts, files: number): Record<string, unknown> {
  // What is undefined is left out of the JSON.
  return {
    CaseID: caseIdOf(facts),
    CaseNumber: facts.caseNumber,
    ContactOrganization: facts.organisation,
    ContactName: facts.contactName,
    ContactPhone: facts.contactPhone,
    ContactEmail: facts.contactEmail,
    ContactTitle: facts.contactTitle,
    TotalMediaFiles: files,
    SeizureDate: facts.seizureDate,
    SourceApplicationName: 'exhibit-hash',
    SourceApplicationVersion: packageVersion()
  }
}

/** A record without its number: what tells whether it has changed since. */
export function mediaFields(
  { grade, places, stored }: GradedMedia,
  mediaId: number | undefined,
  version: VicsVersion
): Record<string, unknown> {
  const { record } = places[0]
  const { digests, hashes, media, sizeBytes } = record
  const md5 = digests!.md5.toUpperCase()
  const photoDna =
    typeof hashes?.photoDna === 'string' ? Buffer.from(hashes.photoDna, 'hex').toString('base64') : undefined
  const others = [{ HashName: 'SHA256', HashValue: digests!.sha256 }]
  if (hashes?.pdq !== undefined) others.push({ HashName: 'PDQ', HashValue: hashes.pdq })
  if (hashes?.pdqQuality !== undefined) others.push({ HashName: 'PDQQuality', HashValue: String(hashes.pdqQuality) })
  if (photoDna !== undefined && version === '1.3') others.push({ HashName: 'PhotoDNA', HashValue: photoDna })
  return {
    MediaID: mediaId,
    Category: grade.category,
    MD5: md5,
    SHA1: digests!.sha1.toUpperCase(),
    PhotoDNA: version === '2.0' ? photoDna : undefined,
    MediaSize: sizeBytes,
    MimeType: mimeTypeOf(media),
    RelativeFilePath: stored,
    DateUpdated: grade.gradedAt,
    PrecategorizationSource: grade.gradedBy,
    Series: grade.series,
    Tags: grade.tags,
    Comments: grade.comments,
    ...Object.fromEntries(RECORD_FLAGS.map((flag) => [flag[0].toUpperCase() + flag.slice(1), grade[flag]])),
    AlternativeHashes: others.map((other) => (version === '1.3' ? { MD5: md5, ...other } : other)),
    MediaFiles: places.map((place) => placeFields(place, md5))
  }
}

function placeFields({ record, exhibit }: FoundAt, md5: string): Record<string, unknown> {
  const { times } = record
  const path = vicsPath(record)
  return {
    MD5: md5,
    FileName: path.slice(path.lastIndexOf('/') + 1),
    FilePath: path,
    Created: times?.created,
    Written: times?.modified,
    Accessed: times?.accessed,
    SourceID: exhibit
  }
}
