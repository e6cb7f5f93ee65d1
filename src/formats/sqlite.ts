// SQLite databases of strangers, read only. Only plain tables are read, row by row: views, virtual tables and generated
// columns are programs of whoever made the file, and are never run.

import { stat } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ExhibitHashError } from '../core/errors.js'
import { throwIfAborted } from './byte-source.js'
import type { FormatInput, Head } from './format.js'

type Driver = typeof import('@photostructure/sqlite')
export type Database = InstanceType<Driver['DatabaseSync']>
export type Row = Readonly<Record<string, unknown>>

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
/** No value of a hash set is longer; a longer one ends the reading. */
const LIMITS = { length: 1_000_000, attach: 0, variableNumber: 16 }
const ROWS_AT_ONCE = 1000
/** Less than this the smallest row cannot take: more rows than that come out of pages that refer to each other. */
const MIN_ROW_BYTES = 2

let driver: Driver | null | undefined

/**
 * Loads node:sqlite where this Node has all of it that is used here, else the package with the same functions.
 * @throws {ExhibitHashError} SQLITE_UNAVAILABLE
 */
export async function sqliteDriver(path: string): Promise<Driver> {
  driver ??= builtInDriver('limits') ?? (await packagedDriver()) ?? builtInDriver('location')
  if (driver !== null) return driver
  const message = `${path}: neither node:sqlite nor @photostructure/sqlite can be loaded here`
  throw new ExhibitHashError('SQLITE_UNAVAILABLE', message, { path, stage: 'read' })
}

/** The built-in one, if it is no older than a function of it: without `limits`, nothing bounds a value. */
function builtInDriver(since: 'limits' | 'location'): Driver | null {
  const builtIn = process.getBuiltinModule('node:sqlite') as Driver | undefined
  return builtIn !== undefined && since in builtIn.DatabaseSync.prototype ? builtIn : null
}

function packagedDriver(): Promise<Driver | null> {
  return import('@photostructure/sqlite').catch(() => null)
}

export function isSqlite({ bytes }: Head): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC
}

/** Tables by name in lower case, with the names of their columns in lower case. */
export type Tables = ReadonlyMap<string, Table>

export interface Table {
  /** As SQL calls it. */
  readonly quotedName: string
  readonly columns: ReadonlySet<string>
}

const tablesOfHead = new WeakMap<Head, Tables | null>()

/** The tables of a source, looked up once; `null` where it is no database that can be opened. */
export async function tablesOf(head: Head): Promise<Tables | null> {
  let tables = tablesOfHead.get(head)
  if (tables === undefined) {
    tables = isSqlite(head) ? await readTables(head) : null
    tablesOfHead.set(head, tables)
  }
  return tables
}

async function readTables({ path }: Head): Promise<Tables | null> {
  const { DatabaseSync } = await sqliteDriver(path)
  let database: Database | undefined
  try {
    database = openReadOnly(DatabaseSync, path)
    return listTables(database)
  } catch {
    // Whoever reads it will say what is wrong.
    return null
  } finally {
    database?.close()
  }
}

function openReadOnly(DatabaseSync: Driver['DatabaseSync'], path: string): Database {
  // Immutable: no locks, and no files made beside one that may lie on evidence media.
  const location = `${pathToFileURL(path).href}?mode=ro&immutable=1`
  const database = new DatabaseSync(location, {
    readOnly: true,
    allowExtension: false,
    defensive: true,
    limits: LIMITS
  })
  database.exec('PRAGMA trusted_schema = OFF')
  database.exec('PRAGMA cell_size_check = ON')
  database.exec('PRAGMA query_only = ON')
  return database
}

/** A few bytes of each, and no more of them than any program makes. */
const LIST_TABLES = `SELECT name, substr(sql, 1, 40) AS start FROM sqlite_schema
  WHERE type = 'table' AND length(name) < 200 LIMIT 1000`

function listTables(database: Database): Tables {
  const tables = new Map<string, Table>()
  for (const { name, start } of database.prepare(LIST_TABLES).all() as Row[]) {
    if (typeof name !== 'string' || typeof start !== 'string' || /^\s*CREATE\s+VIRTUAL\b/i.test(start)) continue
    const columns = database.prepare(`SELECT name, hidden FROM pragma_table_xinfo(${quoted(name, "'")})`).all()
    const plain = (columns as Row[]).flatMap((row) => (row['hidden'] === 0 ? [String(row['name']).toLowerCase()] : []))
    tables.set(name.toLowerCase(), { quotedName: quoted(name, '"'), columns: new Set(plain) })
  }
  return tables
}

function quoted(name: string, quote: string): string {
  return quote + name.replaceAll(quote, quote + quote) + quote
}

/**
 * Runs `read` with the database of a source open. Whatever SQLite finds wrong is a fault of the source.
 * @throws {ExhibitHashError} SOURCE_MALFORMED, SOURCE_TRUNCATED, SQLITE_UNAVAILABLE
 */
export async function* withDatabase(
  input: FormatInput,
  read: (database: Database, sizeBytes: number) => AsyncGenerator<void>
): AsyncGenerator<void> {
  const { path } = input.head
  const sizeBytes = await completeSize(input)
  const { DatabaseSync } = await sqliteDriver(path)
  let database: Database | undefined
  try {
    database = openReadOnly(DatabaseSync, path)
    yield* read(database, sizeBytes)
    input.options.onProgress?.(sizeBytes)
  } catch (thrown) {
    const { code, errstr } = thrown as { code?: unknown; errstr?: unknown }
    if (code !== 'ERR_SQLITE_ERROR' && code !== 'ERR_OUT_OF_RANGE') throw thrown
    // The general text, not that of the message: it may quote the file.
    const reason = typeof errstr === 'string' ? errstr : 'a value cannot be read'
    throw input.fault('SOURCE_MALFORMED', `no sound SQLite database (${reason}), at record ${nextRecord(input)}`)
  } finally {
    database?.close()
  }
}

function nextRecord(input: FormatInput): number {
  return input.tally.counts.records + 1
}

/** Bytes of the file, which must be as many as its header says, and not wait for changes that lie beside it. */
async function completeSize(input: FormatInput): Promise<number> {
  const { bytes, path } = input.head
  if (!isSqlite(input.head)) throw input.fault('SOURCE_UNRECOGNISED', 'no SQLite database')
  if (bytes.length < HEADER_BYTES) throw input.fault('SOURCE_TRUNCATED', 'the database ends within its header')
  const header = Buffer.from(bytes.subarray(0, HEADER_BYTES))
  const pageBytes = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
  const { size } = await stat(path)
  // The count of pages is only kept where the two counters of changes agree.
  const pages = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 0
  if (size < pages * pageBytes || size % pageBytes !== 0) {
    throw input.fault(
      'SOURCE_TRUNCATED',
      `the database should have ${pages} pages of ${pageBytes} bytes, not ${size} bytes`
    )
  }
  for (const side of ['-wal', '-journal']) {
    const beside = await stat(path + side).catch(() => null)
    if (beside !== null && beside.size > 0) {
      const message = `changes lie beside it in its ${side} file; open and close it with the program that made it`
      throw input.fault('SOURCE_MALFORMED', message)
    }
  }
  return size
}

/** Values of a row, in the order of the query's columns. */
export type Values = readonly unknown[]

/** A digest as text, hex where it is bytes: that costs less than bytes do. Numbers are none. */
export function asHex(column: string): string {
  return `CASE typeof(${column}) WHEN 'blob' THEN hex(${column}) WHEN 'text' THEN ${column} END`
}

/** A number as text, since it may be longer than a number can be here. */
export function asText(column: string): string {
  return `CAST(${column} AS TEXT)`
}

/** The number of a row, for `progress`. */
export const ROW_NUMBER = 'CAST(rowid AS REAL)'

/** How far a row stands from the end of its table, by the numbers of rows. */
export function progressByNumber(database: Database, { quotedName }: Table): (row: Values) => number {
  const { last } = database.prepare(`SELECT CAST(max(rowid) AS REAL) AS last FROM ${quotedName}`).get() as Row
  return ([number]) => Number(number) / Number(last)
}

/** Statements that rows are still read from: the package does not hold them itself, and their memory would be freed. */
const inUse = new Set<object>()

/**
 * Rows of a query over one table, without holding them.
 * @param progress - how much of the table a row stands at, from 0 to 1
 */
export async function* eachRow(
  input: FormatInput,
  { database, sizeBytes, sql }: { database: Database; sizeBytes: number; sql: string },
  take: (row: Values) => void,
  progress: (row: Values) => number
): AsyncGenerator<void> {
  const plan = planOf(database, sql)
  if (plan.length !== 1 || !plan[0].startsWith('SCAN ')) {
    throw input.fault('SOURCE_MALFORMED', 'the table cannot be read from its first row to its last')
  }
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  inUse.add(statement)
  const maxRows = sizeBytes / MIN_ROW_BYTES
  let rows = 0
  try {
    for (const row of statement.iterate() as Iterable<Values>) {
      take(row)
      if (++rows % ROWS_AT_ONCE !== 0) continue
      if (rows > maxRows) {
        const message = `the database has more rows than its bytes can hold, at record ${nextRecord(input)}`
        throw input.fault('SOURCE_MALFORMED', message)
      }
      input.options.onProgress?.(Math.floor(sizeBytes * Math.min(1, Math.max(0, progress(row)))))
      yield
      // SQLite's functions do not wait, so nothing else would run: a stop, for one.
      await nextTurn()
      throwIfAborted(input.head.path, input.options.signal)
    }
  } finally {
    inUse.delete(statement)
  }
}

/** Steps of a query that goes through one table once. */
export function planOf(database: Database, sql: string): string[] {
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as Row[]
  return steps.map((step) => String(step['detail']))
}
