// Hash databases of The Sleuth Kit and Autopsy: SQLite with the schema of tsk/hashdb/sqlite_hdb.cpp, version 1.

import { type DigestKind, HASH_BYTES } from '../core/hashes.js'
import { hexToBytes } from '../core/hex.js'
import type { SetRecord } from '../core/set-record.js'
import type { Format, Head } from './format.js'
import { RecordBuilder } from './record-builder.js'
import {
  asHex,
  eachRow,
  isSqlite,
  progressByNumber,
  type Row,
  ROW_NUMBER,
  sqliteDriver,
  tablesOf,
  type Values,
  withDatabase
} from './sqlite.js'
import type { DatabaseWriter } from './writer.js'

const TABLE = 'hashes'
/** Columns by what they hold. */
const COLUMNS = { md5: 'md5', sha1: 'sha1', sha256: 'sha2_256' } as const satisfies Record<DigestKind, string>
const KINDS = Object.keys(COLUMNS) as DigestKind[]

export const SLEUTHKIT: Format<'sleuthkit'> = {
  name: 'sleuthkit',
  isOfIllegalMaterial: false,
  isBinary: true,
  recognises: async (head: Head) => {
    if (!isSqlite(head)) return false
    const tables = await tablesOf(head)
    // One that cannot be opened may still show what it was.
    if (tables === null) return head.text.includes(COLUMNS.sha256)
    return tables.get(TABLE)?.columns.has(COLUMNS.md5) === true
  },
  async *read(input) {
    const tables = await tablesOf(input.head)
    yield* withDatabase(input, async function* (database, sizeBytes) {
      const table = tables?.get(TABLE)
      if (table?.columns.has(COLUMNS.md5) !== true)
        throw input.fault('SOURCE_UNRECOGNISED', 'the database has no table of hashes')
      const kinds = KINDS.filter((kind) => table.columns.has(COLUMNS[kind]))
      const builder = new RecordBuilder(input.tally)
      const take = (row: Values): void => {
        builder.start(input.tally.counts.records + 1)
        for (let i = 0; i < kinds.length; i++) builder.put(kinds[i], row[i + 1])
        const record = builder.finish()
        if (record !== null) input.add(record)
      }
      const columns = kinds.map((kind) => asHex(COLUMNS[kind])).join(', ')
      const sql = `SELECT ${ROW_NUMBER}, ${columns} FROM ${table.quotedName} NOT INDEXED`
      yield* eachRow(input, { database, sizeBytes, sql }, take, progressByNumber(database, table))
    })
  },
  writeDatabase
}

const SCHEMA = `
  CREATE TABLE db_properties (name TEXT NOT NULL, value TEXT);
  INSERT INTO db_properties (name, value) VALUES ('Schema Version', '1');
  CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));
  CREATE TABLE file_names (name TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(name, hash_id));
  CREATE TABLE comments (comment TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(comment, hash_id));
  CREATE INDEX md5_index ON hashes(md5);`

/** An MD5 stands there once: what another record adds is added to it, and one that contradicts it is left out. */
const INSERT = `INSERT INTO hashes (md5, sha1, sha2_256) VALUES (?, ?, ?)
  ON CONFLICT (md5) DO UPDATE SET sha1 = ifnull(sha1, excluded.sha1), sha2_256 = ifnull(sha2_256, excluded.sha2_256)
  WHERE ifnull(sha1 = excluded.sha1, 1) AND ifnull(sha2_256 = excluded.sha2_256, 1)
  RETURNING id`

async function writeDatabase(path: string): Promise<DatabaseWriter> {
  const { DatabaseSync } = await sqliteDriver(path)
  const database = new DatabaseSync(path)
  // The file gets its name when it is complete, so nothing needs to survive a crash before that.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
  database.exec(`BEGIN; ${SCHEMA}`)
  const insert = database.prepare(INSERT)
  const comment = database.prepare('INSERT OR IGNORE INTO comments (comment, hash_id) VALUES (?, ?)')
  return {
    kinds: KINDS,
    add({ hashes, category }: SetRecord) {
      const digests = KINDS.map((kind) => {
        const hex = hashes[kind]
        return hex === undefined ? null : hexToBytes(hex, HASH_BYTES[kind])
      })
      if (digests.every((digest) => digest === null)) return false
      const row = insert.get(...digests) as Row | undefined
      if (row === undefined) return false
      if (category !== null) comment.run(`category ${category}`, Number(row['id']))
      return true
    },
    close(isComplete) {
      if (!database.isOpen) return
      try {
        if (isComplete) database.exec('COMMIT')
      } finally {
        database.close()
      }
    }
  }
}
