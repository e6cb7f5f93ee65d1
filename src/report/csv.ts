// Results as CSV: a row a match, and one for each file that matches nothing.

import { DIGEST_KINDS, PERCEPTUAL_KINDS } from '../core/hashes.js'
import type { FileRecord, Match } from '../core/result.js'
import { RECORD_FLAGS } from '../core/set-record.js'
import { type Cell, csvLine } from '../formats/index.js'
import type { ReportFormat, ReportSource } from './writer.js'

interface Row {
  readonly source: ReportSource
  readonly record: FileRecord
  readonly match: Match | undefined
}

type Column = readonly [name: string, valueOf: (row: Row) => Cell]

const FILE_COLUMNS: readonly Column[] = [
  ['case', ({ source }) => source.header.case],
  ['exhibit', ({ source }) => source.header.exhibit],
  ['results', ({ source }) => source.name],
  ['seq', ({ record }) => record.seq],
  ['path', ({ record }) => record.path],
  ['pathBase64', ({ record }) => record.pathBase64],
  ['sizeBytes', ({ record }) => record.sizeBytes],
  ...(['created', 'modified', 'accessed'] as const).map((name): Column => [name, ({ record }) => record.times?.[name]]),
  ...DIGEST_KINDS.map((kind): Column => [kind, ({ record }) => record.digests?.[kind]]),
  ...(['kind', 'format', 'width', 'height', 'partial'] as const).map((name): Column => [
    name,
    ({ record }) => record.media?.[name]
  ]),
  ...PERCEPTUAL_KINDS.map((kind): Column => [kind, ({ record }) => record.hashes?.[kind]]),
  ['pdqQuality', ({ record }) => record.hashes?.pdqQuality]
]

const PHOTODNA_COLUMN: Column = ['photoDna', ({ record }) => record.hashes?.photoDna]

const MATCH_COLUMNS: readonly Column[] = [
  ...(['relation', 'by', 'set', 'source', 'mediaId', 'category', 'label', 'knownGood', 'news'] as const).map(
    (name): Column => [name, ({ match }) => match?.[name]]
  ),
  ['agreeing', ({ match }) => (match !== undefined && 'agreeing' in match ? match.agreeing.join(' ') : '')],
  ['contradicting', ({ match }) => (match?.relation === 'conflict' ? match.contradicting.join(' ') : '')],
  ['distanceBits', ({ match }) => (match !== undefined && 'distanceBits' in match ? match.distanceBits : '')],
  ['squaredDistance', ({ match }) => (match !== undefined && 'squaredDistance' in match ? match.squaredDistance : '')],
  ['variant', ({ match }) => (match !== undefined && 'variant' in match ? match.variant : '')],
  ['timeSeconds', ({ match }) => (match !== undefined && 'timeSeconds' in match ? match.timeSeconds?.join(' ') : '')],
  ...(['gradedBy', 'updated', 'series', 'tags', ...RECORD_FLAGS] as const).map((name): Column => [
    name,
    ({ match }) => match?.grading?.[name]
  ]),
  ['matchesOmitted', ({ record }) => record.matchesOmitted],
  ['skipped', ({ record }) => record.skipped],
  ['error', ({ record }) => record.error?.code],
  ['errorMessage', ({ record }) => record.error?.message]
]

export const CSV_REPORT: ReportFormat<'csv'> = {
  name: 'csv',
  write(_, { photoDna }) {
    const columns = [...FILE_COLUMNS, ...(photoDna ? [PHOTODNA_COLUMN] : []), ...MATCH_COLUMNS]
    const line = (row: Row): string => csvLine(columns.map(([, valueOf]) => valueOf(row)))
    return {
      head: csvLine(columns.map(([name]) => name)),
      row(record, source) {
        const matches = record.matches ?? []
        const rows = matches.length === 0 ? [undefined] : matches
        return rows.map((match) => line({ source, record, match })).join('')
      },
      tail: () => ''
    }
  }
}
