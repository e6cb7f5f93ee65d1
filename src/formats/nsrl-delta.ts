// Deltas of NSRL RDS 3.x: INSERT, UPDATE and DELETE statements to be run in the last full database ("RDSv3 format", NIST).

import type { Format, FormatInput, Head } from './format.js'
import { RecordBuilder } from './record-builder.js'
import { type Change, changeOf, type SqlRow, StatementCutter, tableOf } from './sql-statements.js'

/** Tables that list files, with the order of their columns where a statement does not name them. */
const FILE_TABLES = new Map<string, readonly string[]>([
  ['file', ['sha256', 'sha1', 'md5', 'crc32', 'file_name', 'file_size', 'package_id']],
  ['metadata', []]
])
/** Tables of these databases that a delta may begin with. */
const TELLING = new Set([...FILE_TABLES.keys(), 'pkg', 'os', 'mfg', 'version', 'package_object', 'application'])
TELLING.add('manufacturer').add('operating_system')

const DIGESTS = ['sha256', 'sha1', 'md5'] as const

export const NSRL_DELTA: Format<'nsrl-delta'> = {
  name: 'nsrl-delta',
  family: 'nsrl',
  isOfIllegalMaterial: false,
  withdraws: true,
  isKnownGood: true,
  recognises: ({ text }: Head) => {
    const changes = text.matchAll(/^\s*(?:INSERT|REPLACE|DELETE|UPDATE)\s[^\n]{0,200}/gim)
    for (const [line] of changes) if (TELLING.has(tableOf(line.trim()) ?? '')) return true
    return false
  },
  async *read(input) {
    const reader = new DeltaReader(input)
    const cutter = new StatementCutter()
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    for await (const chunk of input.chunks()) {
      cutter.feed(decoder.decode(chunk, { stream: true }), (statement) => reader.take(statement, cutter.line))
      if (cutter.isTooLong) throw input.fault('SOURCE_MALFORMED', `a statement after line ${cutter.line} is too long`)
      yield
    }
    reader.end(cutter.unfinished)
  }
}

class DeltaReader {
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  #isInTransaction = false
  #isRecognised = false

  constructor(input: FormatInput) {
    this.#input = input
    this.#builder = new RecordBuilder(input.tally)
  }

  take(statement: string, line: number): void {
    if (/^BEGIN\b/i.test(statement)) this.#isInTransaction = true
    else if (/^(?:COMMIT|END)\b/i.test(statement)) this.#isInTransaction = false
    const table = tableOf(statement)
    if (table === null || !TELLING.has(table)) return
    this.#isRecognised = true
    if (!FILE_TABLES.has(table)) return
    const change = changeOf(statement)
    if (change === null) this.#input.tally.reject(line, 'left out: a statement of a form that is not understood here')
    else this.#apply(change, line)
  }

  /** @param unfinished - what stands after the last statement */
  end(unfinished: string): void {
    if (unfinished !== '' || this.#isInTransaction) {
      throw this.#input.fault('SOURCE_TRUNCATED', 'it ends in the middle of a statement or transaction')
    }
    if (!this.#isRecognised) throw this.#input.fault('SOURCE_UNRECOGNISED', 'no statement changes a table of NSRL')
  }

  #apply(change: Change, line: number): void {
    if (change.does === 'delete') this.#withdraw(change.where, line)
    else if (change.does === 'insert') this.#insert(change, line)
    // Most updates give a file another name or package, which is nothing that is held.
    else if (DIGESTS.some((kind) => change.set.has(kind))) {
      this.#withdraw(change.where, line)
      this.#add(change.set, line)
    } else this.#input.tally.skip()
  }

  #insert({ table, columns, rows }: Extract<Change, { does: 'insert' }>, line: number): void {
    for (const row of rows) {
      const names = columns ?? FILE_TABLES.get(table) ?? []
      if (names.length === row.length) this.#add(new Map(names.map((name, i) => [name, row[i]])), line)
      else this.#input.tally.reject(line, `left out: ${row.length} values, and nothing says of which columns`)
    }
  }

  #add(row: SqlRow, line: number): void {
    this.#put(row, line)
    this.#builder.put('sizeBytes', row.get('file_size') ?? row.get('bytes'))
    const record = this.#builder.finish()
    if (record !== null) this.#input.add(record)
  }

  #withdraw(where: SqlRow, line: number): void {
    this.#put(where, line)
    const record = this.#builder.finishWithdrawn()
    if (record !== null) this.#input.add(record)
  }

  #put(row: SqlRow, line: number): void {
    this.#builder.start(line)
    for (const kind of DIGESTS) this.#builder.put(kind, row.get(kind))
    this.#builder.put('mediaId', row.get('metadata_id'))
  }
}
