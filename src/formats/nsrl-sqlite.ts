// NSRL RDS 3.x: SQLite, full (table METADATA) or minimal (table FILE), with the schemas that NIST publishes beside them.

import type { Field } from './fields.js'
import type { Format, FormatInput, Head } from './format.js'
import { RecordBuilder } from './record-builder.js'
import {
  asHex,
  asText,
  type Database,
  eachRow,
  isSqlite,
  planOf,
  progressByNumber,
  ROW_NUMBER,
  type Table,
  type Tables,
  tablesOf,
  type Values,
  withDatabase
} from './sqlite.js'

const DIGESTS = ['sha256', 'sha1', 'md5'] as const
const SIZE_COLUMNS = ['file_size', 'bytes']
const ID_COLUMN = 'metadata_id'

export const NSRL_SQLITE: Format<'nsrl-sqlite'> = {
  name: 'nsrl-sqlite',
  family: 'nsrl',
  isOfIllegalMaterial: false,
  isKnownGood: true,
  isBinary: true,
  recognises: async (head: Head) => {
    if (!isSqlite(head)) return false
    const tables = await tablesOf(head)
    // One that cannot be opened may still show what it was.
    if (tables === null) return /CREATE (?:TABLE|VIEW) (?:METADATA|FILE)\b/i.test(head.text)
    return filesOf(tables) !== null
  },
  async *read(input) {
    const tables = await tablesOf(input.head)
    input.tally.version = '3'
    yield* withDatabase(input, async function* (database, sizeBytes) {
      const table = tables === null ? null : filesOf(tables)
      if (table === null)
        throw input.fault('SOURCE_UNRECOGNISED', 'the database has neither table of NSRL: FILE, METADATA')
      const rows = new FileRows(input, table)
      const inOrder = sqlInOrder(database, table, rows.columns)
      const sql = inOrder ?? `SELECT ${ROW_NUMBER}, ${rows.columns} FROM ${table.quotedName} NOT INDEXED`
      const progress = inOrder === null ? progressByNumber(database, table) : digestProgress
      yield* eachRow(input, { database, sizeBytes, sql }, (row) => rows.take(row), progress)
    })
  }
}

/**
 * The table that lists files. In full databases FILE is a view over METADATA, and views are never run: the table under
 * it holds the same digests.
 */
function filesOf(tables: Tables): Table | null {
  const candidates = [tables.get('file'), tables.get('metadata')]
  return candidates.find((table) => table !== undefined && DIGESTS.some((kind) => table.columns.has(kind))) ?? null
}

/**
 * A query that gives the rows in the order of their digests, where an index holds all that is read: the many rows of one
 * file, one for each package that has it, then stand together. `null` where there is no such index.
 */
function sqlInOrder(database: Database, table: Table, columns: string): string | null {
  if (!DIGESTS.every((kind) => table.columns.has(kind)) || table.columns.has(ID_COLUMN)) return null
  const sql = `SELECT NULL, ${columns} FROM ${table.quotedName} ORDER BY ${DIGESTS.join(', ')}`
  const plan = planOf(database, sql)
  return plan.length === 1 && plan[0].includes('COVERING INDEX') ? sql : null
}

/** Digests are spread evenly, so the first bits of one say how many stand before it. */
function digestProgress([, digest]: Values): number {
  return parseInt(String(digest).slice(0, 8), 16) / 0xffffffff
}

class FileRows {
  /** The columns that are read, as SQL. */
  readonly columns: string
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  readonly #fields: readonly Field[]
  readonly #digests: number
  #last: Values = []

  constructor(input: FormatInput, { columns }: Table) {
    this.#input = input
    this.#builder = new RecordBuilder(input.tally)
    const digests = DIGESTS.filter((kind) => columns.has(kind))
    const sizeColumn = SIZE_COLUMNS.find((name) => columns.has(name))
    const others: [Field, string][] = [
      ...(sizeColumn === undefined ? [] : [['sizeBytes', sizeColumn] as [Field, string]]),
      ...(columns.has(ID_COLUMN) ? [['mediaId', ID_COLUMN] as [Field, string]] : [])
    ]
    this.#digests = digests.length
    this.#fields = [...digests, ...others.map(([field]) => field)]
    this.columns = [...digests.map(asHex), ...others.map(([, name]) => asText(name))].join(', ')
  }

  /** The row's first value is not one of the columns. */
  take(row: Values): void {
    const { tally } = this.#input
    if (this.#isRepeat(row)) {
      tally.skip()
      return
    }
    this.#last = row
    this.#builder.start(tally.counts.records + 1)
    for (let i = 0; i < this.#fields.length; i++) this.#builder.put(this.#fields[i], row[i + 1])
    const record = this.#builder.finish()
    if (record !== null) this.#input.add(record)
  }

  #isRepeat(row: Values): boolean {
    for (let i = 1; i <= this.#digests; i++) if (row[i] !== this.#last[i]) return false
    return true
  }
}
