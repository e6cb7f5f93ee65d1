// CSV and TSV (RFC 4180 and what spreadsheets make of it): a header names the columns; names, order and separator vary.

import { HASH_KINDS } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { RECORD_FLAGS, type SetRecord } from '../core/set-record.js'
import { type Cell, csvLine } from './csv-cells.js'
import { findHeader } from './csv-header.js'
import { readCsv } from './csv-rows.js'
import type { Format, Head } from './format.js'
import type { SourceOptions } from './source.js'
import type { ExportFacts, ExportOptions, TextWriter } from './writer.js'

export const CSV: Format<'csv'> = {
  name: 'csv',
  isOfIllegalMaterial: false,
  // One column alone is a list with a header, unless the user has named the column.
  recognises: (head: Head, options: SourceOptions) => {
    const columns = findHeader(head, options)?.columns ?? []
    if (columns.length === 1 && columns[0] === 'mediaId') return true
    return columns.length > 1 || (columns.length === 1 && options.columns !== undefined)
  },
  async *read(input) {
    const header = findHeader(input.head, input.options)
    if (header === null) throw input.fault('SOURCE_UNRECOGNISED', 'no column of its header is one of hashes')
    yield* readCsv(input, header)
  },
  writeText
}

/** Columns by their names, as the reader knows them. */
function columnsToWrite(facts: ExportFacts, options: ExportOptions): [string, (record: SetRecord) => Cell][] {
  const has = (kind: string): boolean => (facts.hashCounts[kind] ?? 0) > 0
  const columns: [string, (record: SetRecord) => Cell][] = HASH_KINDS.filter(has).map((kind) => [
    kind,
    ({ hashes }) => hashes[kind]
  ])
  if (has('pdq')) columns.push(['pdqQuality', (record) => record.pdqQuality])
  if (has('photoDna') && options.photoDna === true) {
    columns.push(['photoDna', ({ photoDna }) => (photoDna === undefined ? '' : bytesToHex(photoDna))])
  }
  return [
    ...columns,
    ['category', (record) => record.category],
    ['mediaId', (record) => record.mediaId],
    ['sizeBytes', (record) => record.sizeBytes],
    ['mimeType', (record) => record.mimeType],
    ...(['gradedBy', 'updated', 'series', 'tags', ...RECORD_FLAGS] as const).map(
      (name): [string, (record: SetRecord) => Cell] => [name, ({ grading }) => grading[name]]
    )
  ]
}

function writeText(facts: ExportFacts, options: ExportOptions): TextWriter {
  const columns = columnsToWrite(facts, options)
  return {
    head: csvLine(columns.map(([name]) => name)),
    row: (record) => csvLine(columns.map(([, valueOf]) => valueOf(record))),
    tail: ''
  }
}
