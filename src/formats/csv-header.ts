// The header of a CSV file: where it stands, what separates its columns, and which field each column holds.

import { parse } from 'csv-parse/sync'
import { ExhibitHashError } from '../core/errors.js'
import { COLUMN_FIELDS, type Field, FIELD_NAMES, plainName } from './fields.js'
import type { Head } from './format.js'
import type { RecordBuilder } from './record-builder.js'
import type { SourceOptions } from './source.js'

/** A column of hashes whose kind is told by their length, or not at all. */
export const UNNAMED_HASH = 'hash'

/** What a column holds: a field, a hash, something that is put in a way of its own, or `null` for nothing that is read. */
export type CsvColumn = Field | typeof UNNAMED_HASH | ((builder: RecordBuilder, cell: string) => void) | null

export interface CsvHeader {
  readonly delimiter: string
  /** Lines up to and with the header. */
  readonly lines: number
  /** The comments above the header. */
  readonly comments: readonly string[]
  readonly columns: readonly CsvColumn[]
  /** Headers of the user's mapping that the file does not have. */
  readonly unmapped: readonly string[]
  /** Headers that stand for nothing that is read; of formats with columns of their own none is told. */
  readonly unread: readonly string[]
}

const DELIMITERS = [',', ';', '\t', '|']
const UNNAMED = new Set(['hash', 'hashes', 'digest', 'hashvalue'])
const HASHES = new Set<string | null>([
  ...['md5', 'sha1', 'sha256', 'photoDna', UNNAMED_HASH],
  ...['pdq', 'phash', 'dhash', 'dhashVertical', 'ahash', 'whash', 'blockhash']
])
/** What a list of records to take back may name them by. */
const IDENTITIES = new Set<unknown>([...HASHES, 'mediaId'])
/** Longer first lines are data. */
const MAX_HEADER_CHARACTERS = 16 * 1024

/**
 * Finds the header in the first lines; `null` where no column of hashes is named.
 * @throws {ExhibitHashError} USAGE where the mapping points at a field that does not exist.
 */
export function findHeader(head: Head, options: SourceOptions): CsvHeader | null {
  const mapping = columnMapping(options.columns)
  const comments: string[] = []
  let delimiters = DELIMITERS
  for (const [i, line] of head.text.split(/\r\n|\n|\r/).entries()) {
    const declared = /^sep=(.)$/i.exec(line)?.[1]
    if (declared !== undefined) delimiters = [declared]
    else if (line.startsWith('#')) comments.push(line)
    else if (line.trim() !== '') {
      const telling = options.asWithdrawals === true ? IDENTITIES : HASHES
      return bestReading(line, delimiters, { mapping, telling }, { lines: i + 1, comments })
    }
  }
  return null
}

/** The header of a format whose first line is its header; a column that `columns` does not have holds nothing of use. */
export function fixedHeader({ text }: Head, delimiter: string, columns: ReadonlyMap<string, CsvColumn>): CsvHeader {
  const cells = cellsOf(text.split(/\r\n|\n|\r/, 1)[0], delimiter)
  const read = cells.map((cell) => columns.get(plainName(cell)) ?? null)
  return { delimiter, lines: 1, comments: [], unmapped: [], unread: [], columns: read }
}

/** Plain names of the columns of a first line, in its order. */
export function columnNames({ text }: Head, delimiter: string): string[] {
  const line = text.split(/\r\n|\n|\r/, 1)[0]
  return line.length > MAX_HEADER_CHARACTERS ? [] : cellsOf(line, delimiter).map(plainName)
}

/** The reading of the line under the delimiter that makes the most fields of it. */
function bestReading(
  line: string,
  delimiters: readonly string[],
  { mapping, telling }: { mapping: ReadonlyMap<string, Field>; telling: ReadonlySet<unknown> },
  place: { lines: number; comments: readonly string[] }
): CsvHeader | null {
  let best: CsvHeader | null = null
  for (const delimiter of line.length > MAX_HEADER_CHARACTERS ? [] : delimiters) {
    const cells = cellsOf(line, delimiter)
    const columns = cells.map((cell) => mapping.get(cell.trim()) ?? fieldOf(cell))
    if (!columns.some((column) => telling.has(column))) continue
    const unmapped = [...mapping.keys()].filter((name) => !cells.some((cell) => cell.trim() === name))
    if (best !== null && named(columns) <= named(best.columns)) continue
    const unread = cells.map((cell) => cell.trim()).filter((cell, i) => columns[i] === null && cell !== '')
    best = { ...place, delimiter, columns, unmapped, unread }
  }
  return best
}

function named(columns: CsvHeader['columns']): number {
  return columns.filter((column) => column !== null).length
}

/** None where the line has a quote that nothing closes: it is no header then. */
function cellsOf(line: string, delimiter: string): string[] {
  try {
    return parse(line, { delimiter, relax_quotes: true, relax_column_count: true })[0] ?? []
  } catch {
    return []
  }
}

function fieldOf(cell: string): Field | typeof UNNAMED_HASH | null {
  const name = plainName(cell)
  return COLUMN_FIELDS.get(name) ?? (UNNAMED.has(name) ? UNNAMED_HASH : null)
}

function columnMapping(columns: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, Field> {
  const mapping = new Map<string, Field>()
  for (const [header, name] of Object.entries(columns ?? {})) {
    const field = FIELD_NAMES.get(name.toLowerCase()) ?? COLUMN_FIELDS.get(plainName(name))
    if (field === undefined) {
      const known = [...FIELD_NAMES.values()].join(', ')
      throw new ExhibitHashError('USAGE', `column '${header}' is mapped to '${name}', which is no field (${known})`)
    }
    mapping.set(header.trim(), field)
  }
  return mapping
}
