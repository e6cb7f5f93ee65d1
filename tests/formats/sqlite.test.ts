// SQLite sources: databases of strangers are read as plain tables or refused with a code, and nothing is left beside them.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomNumbers } from '../support/bad-files.js'
import { fixture, hex64, md5, readPath, sha1 } from './read-all.js'

let folder: string
let number = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-sqlite-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A database made by these statements. */
function database(...statements: string[]): string {
  const path = join(folder, `${number++}.db`)
  const made = new DatabaseSync(path)
  made.exec('PRAGMA writable_schema = ON')
  for (const statement of statements) made.exec(statement)
  made.close()
  return path
}

const FILE = 'CREATE TABLE FILE (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, file_size INTEGER)'
const row = (i: number): string => `INSERT INTO FILE VALUES ('${hex64(i)}', '${sha1(i)}', '${md5(i)}', ${i})`

describe('what is in a database', () => {
  test.each([
    ['no tables', ['CREATE TABLE x (y)', 'DROP TABLE x']],
    ['tables of others', ['CREATE TABLE users (id, name)']],
    ['tables of these names without hashes', ['CREATE TABLE FILE (a, b)', 'CREATE TABLE hashes (a)']],
    ['a view in place of the table', ["CREATE VIEW FILE AS SELECT 'x' AS md5, 'y' AS sha1"]],
    ['a virtual table', ['CREATE VIRTUAL TABLE FILE USING fts5(md5, sha1)']],
    ['columns that are computed', ["CREATE TABLE FILE (a, md5 AS (hex(zeroblob(500000000))), sha1 AS ('x'))"]]
  ])('%s is not recognised', async (_, statements) => {
    expect((await readPath(database(...statements))).fault?.code).toBe('SOURCE_UNRECOGNISED')
    for (const format of ['sleuthkit', 'nsrl-sqlite']) {
      expect((await readPath(database(...statements), { format })).fault?.code).toBe('SOURCE_UNRECOGNISED')
    }
  })

  test('views that never end are never run', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS md5 FROM n WHERE i < 0'
    const doubled = Array.from(
      { length: 60 },
      (_, i) => `CREATE VIEW v${i + 1} AS SELECT * FROM v${i} UNION ALL SELECT * FROM v${i}`
    )
    const path = database(
      `CREATE TABLE METADATA (metadata_id INTEGER, md5, sha1, bytes)`,
      `INSERT INTO METADATA VALUES (7, '${md5(1)}', '${sha1(1)}', 5)`,
      `CREATE VIEW FILE AS ${endless}`,
      `CREATE VIEW v0 AS ${endless}`,
      ...doubled,
      'CREATE VIEW hashes AS SELECT * FROM v60'
    )
    const { records, report } = await readPath(path)
    expect(report?.format).toBe('nsrl-sqlite')
    expect(records).toMatchObject([{ mediaId: '7', hashes: { md5: md5(1), sha1: sha1(1) }, sizeBytes: 5 }])
  })

  test('names are no SQL', async () => {
    const path = database('CREATE TABLE "x""; DROP TABLE FILE; --" (md5)', "CREATE TABLE 'it''s' (md5)", FILE, row(1))
    expect((await readPath(path)).records).toHaveLength(1)
  })

  test('values of other types and lengths are left out with their record', async () => {
    const path = database(
      FILE,
      row(1),
      `INSERT INTO FILE VALUES (NULL, zeroblob(20), 7, 'x')`,
      `INSERT INTO FILE VALUES (1.5, x'00', NULL, -1)`,
      row(2)
    )
    const { records, report } = await readPath(path)
    expect(records.map(({ hashes }) => hashes.md5)).toEqual([md5(1), undefined, md5(2)])
    expect(records[1]?.hashes).toEqual({ sha1: '0'.repeat(40) })
    expect(report?.counts).toMatchObject({ records: 4, taken: 3, rejected: 1 })
  })

  test('numbers longer than a number can be are no fault of the database', async () => {
    const path = database(
      'CREATE TABLE METADATA (metadata_id NUMERIC, md5, bytes)',
      `INSERT INTO METADATA VALUES (9007199254740993, '${md5(1)}', 9223372036854775807)`,
      `INSERT INTO METADATA (rowid, metadata_id, md5, bytes) VALUES (9223372036854775807, 1, '${md5(2)}', 5)`
    )
    const { records, fault } = await readPath(path)
    expect(fault).toBeNull()
    expect(records).toMatchObject([{ mediaId: '9007199254740993' }, { mediaId: '1', sizeBytes: 5 }])
  })

  test('a value of many megabytes ends the reading', async () => {
    const path = database(FILE, row(1), `INSERT INTO FILE VALUES ('x', 'x', CAST(zeroblob(5000000) AS TEXT), 1)`)
    expect((await readPath(path)).fault).toMatchObject({ code: 'SOURCE_MALFORMED' })
  })

  test('digests of the empty file are not taken', async () => {
    const path = database(FILE, `INSERT INTO FILE VALUES (NULL, NULL, 'D41D8CD98F00B204E9800998ECF8427E', 0)`)
    expect((await readPath(path)).report?.counts).toMatchObject({ rejected: 1, emptyFileDigests: 1 })
  })

  test('Autopsy databases may hold hex as text', async () => {
    const path = database(
      'CREATE TABLE hashes (id INTEGER PRIMARY KEY, md5, sha1, sha2_256)',
      `INSERT INTO hashes VALUES (1, '${md5(1).toUpperCase()}', NULL, NULL)`
    )
    expect((await readPath(path)).records).toMatchObject([{ hashes: { md5: md5(1) } }])
  })
})

describe('how a database is read', () => {
  const many = Array.from({ length: 5000 }, (_, i) => row(i))

  test('in batches, with progress in bytes, and nothing made beside it', async () => {
    const path = database('BEGIN', FILE, ...many, 'COMMIT')
    const seen: number[] = []
    const before = readFileSync(path)
    const { records, fault } = await readPath(path, { onProgress: (bytes) => void seen.push(bytes) })
    expect(fault).toBeNull()
    expect(records).toHaveLength(5000)
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.at(-1)).toBe(before.length)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder).filter((name) => !name.endsWith('.db'))).toEqual([])
  })

  test('until it is told to stop', async () => {
    const path = database('BEGIN', FILE, ...many, 'COMMIT')
    const stop = new AbortController()
    const { records, fault } = await readPath(path, { signal: stop.signal, onProgress: () => stop.abort() })
    expect(fault?.code).toBe('ABORTED')
    expect(records.length).toBeLessThan(5000)
  })

  test('in the order of its digests where an index has them, and each file once', async () => {
    const key = 'PRIMARY KEY (sha256, sha1, md5, file_size)'
    const path = database(
      `CREATE TABLE FILE (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, file_size INTEGER, ${key})`,
      ...[3, 1, 2].flatMap((i) => [row(i), row(i).replace(/\d+\)$/, '9)')])
    )
    const { records, report } = await readPath(path)
    expect(records.map(({ hashes }) => hashes.md5)).toEqual([1, 2, 3].map(md5))
    expect(report?.counts).toMatchObject({ records: 6, taken: 3, skipped: 3 })
  })

  test('not while changes wait beside it', async () => {
    for (const side of ['-wal', '-journal']) {
      const path = database(FILE, row(1))
      writeFileSync(path + side, 'x')
      expect((await readPath(path)).fault).toMatchObject({
        code: 'SOURCE_MALFORMED',
        message: expect.stringContaining(side)
      })
      rmSync(path + side)
    }
  })

  test('that was left in WAL mode', async () => {
    const path = database('PRAGMA journal_mode = WAL', FILE, row(1))
    expect((await readPath(path)).records).toHaveLength(1)
    expect(readdirSync(folder).filter((name) => !name.endsWith('.db'))).toEqual([])
  })
})

describe('damaged databases', () => {
  test('pages of noise, zeros and other pages are a typed fault or good records', async () => {
    const source = database('BEGIN', FILE, ...Array.from({ length: 400 }, (_, i) => row(i)), 'COMMIT')
    const good = readFileSync(source)
    const next = randomNumbers(4)
    for (let round = 0; round < 150; round++) {
      const bad = Buffer.from(good)
      const at = 4096 * next(good.length / 4096) + (next(2) === 0 ? 0 : next(4000))
      const kind = next(4)
      if (kind === 0) bad.fill(next(256), at, at + 1 + next(96))
      else if (kind === 1) for (let i = at; i < at + 16; i++) bad[i] = next(256)
      else bad.copyWithin(4096 * next(good.length / 4096), 4096 * next(good.length / 4096), 4096)
      const path = join(folder, `bad-${round}.db`)
      writeFileSync(path, bad)
      const { fault } = await readPath(path)
      rmSync(path)
      if (fault !== null) expect(fault.code, `round ${round}`).toMatch(/^SOURCE_(MALFORMED|TRUNCATED|UNRECOGNISED)$/)
    }
  })

  test('pages that refer to one page over and over are given up', async () => {
    const source = database(
      'PRAGMA page_size = 512',
      'VACUUM',
      'BEGIN',
      FILE,
      ...Array.from({ length: 3000 }, (_, i) => row(i)),
      'COMMIT'
    )
    const bytes = readFileSync(source)
    // Every pointer of the interior pages to one leaf of each level: rows without end come out of few pages.
    for (let page = 512; page < bytes.length; page += 512) {
      if (bytes[page] !== 5) continue
      const cells = bytes.readUInt16BE(page + 3)
      const first = bytes.readUInt32BE(page + bytes.readUInt16BE(page + 12))
      for (let i = 0; i < cells; i++) bytes.writeUInt32BE(first, page + bytes.readUInt16BE(page + 12 + 2 * i))
      bytes.writeUInt32BE(first, page + 8)
    }
    const path = join(folder, 'cycle.db')
    writeFileSync(path, bytes)
    const { fault, records } = await readPath(path)
    if (fault !== null) expect(fault.code).toBe('SOURCE_MALFORMED')
    expect(records.length).toBeLessThan(bytes.length)
  })

  test('a file that only begins as a database is told apart', async () => {
    const path = join(folder, 'stub.db')
    for (const [content, code] of [
      ['SQLite format 3\0', 'SOURCE_UNRECOGNISED'],
      [`SQLite format 3\0${'x'.repeat(5000)}`, 'SOURCE_UNRECOGNISED'],
      [`SQLite format 3\0${'x'.repeat(500)} CREATE TABLE FILE `, 'SOURCE_TRUNCATED']
    ]) {
      writeFileSync(path, content)
      expect((await readPath(path)).fault?.code).toBe(code)
    }
  })
})

test('the statement that rows are read from outlives the collection of garbage', () => {
  const source = database('BEGIN', FILE, ...Array.from({ length: 20_000 }, (_, i) => row(i)), 'COMMIT')
  const program = `const { buildHashSet } = require('exhibit-hash')
    setInterval(() => gc(), 1).unref()
    buildHashSet(${JSON.stringify(join(folder, 'x.ehx'))}, [${JSON.stringify(source)}]).then(({ entries }) => console.log(entries))`
  const output = execFileSync(process.execPath, ['--expose-gc', '-e', program], {
    cwd: join(import.meta.dirname, '../..')
  })
  expect(String(output).trim()).toBe('20000')
})

test('importing the package loads no database engine; reading a text loads none either', () => {
  const program = `const { buildHashSet } = require('exhibit-hash')
    buildHashSet(${JSON.stringify(join(folder, 'y.ehx'))}, [${JSON.stringify(fixture('list-md5.txt'))}]).then(() =>
      console.log(JSON.stringify(process.report.getReport().sharedObjects.filter((name) => name.includes('sqlite')))))`
  const output = execFileSync(process.execPath, ['-e', program], { cwd: join(import.meta.dirname, '../..') })
  expect(JSON.parse(String(output))).toEqual([])
})
