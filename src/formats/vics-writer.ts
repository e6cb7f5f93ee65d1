// VICS 2.0 hash sets written strictly: one Media record a line, keys and types as distributed sets have them.

import { HASH_KINDS } from '../core/hashes.js'
import { RECORD_FLAGS, type SetRecord } from '../core/set-record.js'
import type { ExportFacts, ExportOptions, TextWriter } from './writer.js'

const CONTEXT = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml'
/** The profiles that have a name in the marker. */
const PROFILES = new Map([
  ['none', 'Default'],
  ['uk', 'UK'],
  ['us', 'US']
])

/** The marker of a document: of version 2.0 or 1.3, a hash set (Media) or a case (Cases). */
export function vicsMarker(
  version: '2.0' | '1.3',
  profileId: string,
  content: 'Media' | 'Cases'
): [key: string, value: string] {
  return version === '2.0'
    ? ['@odata.context', `${CONTEXT}/${PROFILES.get(profileId) ?? 'CUSTOM'}/$metadata#${content}`]
    : ['odata.metadata', `http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#${content}`]
}

export function writeVics({ profileId }: ExportFacts, { photoDna }: ExportOptions): TextWriter {
  let isFirst = true
  return {
    head: `${JSON.stringify(Object.fromEntries([vicsMarker('2.0', profileId, 'Media')])).slice(0, -1)},"value":[`,
    row(record) {
      const comma = isFirst ? '' : ','
      isFirst = false
      return `${comma}\n${JSON.stringify(mediaOf(record, photoDna === true))}`
    },
    tail: '\n]}\n'
  }
}

function mediaOf(record: SetRecord, hasPhotoDna: boolean): Record<string, unknown> {
  const { mediaId, category, hashes, grading, photoDna } = record
  const others = HASH_KINDS.filter((kind) => kind !== 'md5' && kind !== 'sha1').flatMap((kind) => {
    const hash = hashes[kind]
    return hash === undefined ? [] : [{ HashName: kind === 'pdq' ? 'PDQ' : kind, HashValue: hash }]
  })
  if (record.pdqQuality !== undefined) others.push({ HashName: 'PDQQuality', HashValue: String(record.pdqQuality) })
  const flags = RECORD_FLAGS.map((flag) => [flag[0].toUpperCase() + flag.slice(1), grading[flag]] as const)
  // What is undefined is left out of the JSON.
  return {
    MediaID: mediaId !== null && /^(?:0|[1-9]\d{0,14})$/.test(mediaId) ? Number(mediaId) : mediaId,
    Category: category,
    MD5: hashes.md5?.toUpperCase(),
    SHA1: hashes.sha1?.toUpperCase(),
    PhotoDNA: photoDna === undefined || !hasPhotoDna ? undefined : Buffer.from(photoDna).toString('base64'),
    MediaSize: record.sizeBytes,
    MimeType: record.mimeType,
    DateUpdated: grading.updated,
    PrecategorizationSource: grading.gradedBy,
    Series: grading.series,
    Tags: grading.tags,
    ...Object.fromEntries(flags),
    AlternativeHashes: others.length === 0 ? undefined : others
  }
}
