// Rows of a CSV file as records: what the formats that are CSV underneath have in common.

import { type CsvError, type InfoRecord, parse, type Parser } from 'csv-parse'
import type { HashKind } from '../core/hashes.js'
import { GUARDED } from './csv-cells.js'
import { type CsvHeader, UNNAMED_HASH } from './csv-header.js'
import type { FormatInput } from './format.js'
import { KindTeller, kindsOfLength } from './hash-kinds.js'
import { RecordBuilder } from './record-builder.js'

/** Characters of one row. A quote that nothing closes would otherwise take in the rest of the file. */
const MAX_ROW_CHARACTERS = 1024 * 1024
const APOSTROPHE = 0x27

export async function* readCsv(input: FormatInput, header: CsvHeader): AsyncGenerator<void> {
  const rows = new RowReader(input, header)
  const parser = rowParser(rows, header)
  const preamble = new LineSkipper(header.lines)
  let lastByte = 0
  for await (const chunk of input.chunks()) {
    lastByte = chunk[chunk.length - 1]
    // A copy: the parser keeps what it has not finished.
    await parser.write(Buffer.from(preamble.skip(chunk)))
    yield
  }
  await parser.end()
  rows.end(lastByte === 0x0a || lastByte === 0x0d)
}

interface RowParser {
  write(bytes: Buffer): Promise<void>
  end(): Promise<void>
}

/** csv-parse as a plain function of bytes: rows go to the reader at once, so that a fault comes after all rows before it. */
function rowParser(reader: RowReader, header: CsvHeader): RowParser {
  const parser: Parser = parse({
    delimiter: header.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_CHARACTERS,
    on_record: (row: string[], context: InfoRecord) => {
      reader.take(row, context.lines + header.lines)
      return null
    },
    on_skip: (error: CsvError | undefined) => reader.skip(error, header.lines) as undefined
  })
  const failed = new Promise<never>((_, reject) => parser.once('error', reject))
  failed.catch(() => undefined)
  parser.resume()
  return {
    write: (bytes) => Promise.race([failed, new Promise<void>((done) => parser.write(bytes, () => done()))]),
    end: () => Promise.race([failed, new Promise<void>((done) => parser.end(() => done()))])
  }
}

const MAX_SHOWN = 10

/** A category under a name of its own would else be lost without a word. */
function unreadText(names: readonly string[]): string {
  const shown = names.slice(0, MAX_SHOWN).join(', ')
  const more = names.length > MAX_SHOWN ? ` and ${names.length - MAX_SHOWN} more` : ''
  return `columns that are not read: ${shown}${more} (--column NAME=FIELD says what one is, e.g. Grade=category)`
}

/** Makes records of rows. */
class RowReader {
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  readonly #teller: KindTeller
  readonly #columns: CsvHeader['columns']
  #lastFaultyLine = 0
  /** A row with too few cells: at the end of a file that was cut it is no row of its own. */
  #short: { line: number; message: string } | null = null

  constructor(input: FormatInput, header: CsvHeader) {
    this.#input = input
    this.#builder = new RecordBuilder(input.tally)
    this.#columns = header.columns
    this.#teller = new KindTeller(input.options.kind, input.head.fileName)
    for (const comment of header.comments) this.#teller.readComment(comment)
    for (const name of header.unmapped) input.tally.warn(header.lines, `no column is named '${name}', as was expected`)
    if (header.unread.length > 0) input.tally.warn(header.lines, unreadText(header.unread))
  }

  take(row: readonly string[], line: number): void {
    this.#rejectShort()
    const width = this.#columns.length
    // Many tools write a separator after the last cell.
    if (row.length < width || row.slice(width).some((cell) => cell.trim() !== '')) {
      const message = `left out: the row has ${row.length} cells where the header has ${width}`
      if (row.length === 1 && /^\0+$/.test(row[0])) return // padding of a recovered file
      if (row.length < width) this.#short = { line, message }
      else this.#input.tally.reject(line, message)
      return
    }
    this.#builder.start(line)
    if (row.some((cell) => cell.includes('\n') && /[0-9a-f]{32}/i.test(cell))) {
      this.#builder.warn('a quoted cell holds several lines with hashes in them: a quote may be missing')
    }
    for (let i = 0; i < width; i++) {
      const column = this.#columns[i]
      if (column === null || row[i] === '') continue
      const cell = row[i].charCodeAt(0) === APOSTROPHE && GUARDED.test(row[i]) ? row[i].slice(1) : row[i]
      if (column === UNNAMED_HASH) this.#putUnnamed(cell.trim(), line)
      else if (typeof column === 'string') this.#builder.put(column, cell)
      else column(this.#builder, cell)
    }
    const record = this.#builder.finish()
    if (record !== null) this.#input.add(record)
  }

  /** Called for each fault of quotes; one row can have several. */
  skip(error: CsvError | undefined, linesBefore: number): void {
    this.#rejectShort()
    const line = Number(error?.['lines'] ?? 0) + linesBefore
    if (error?.code === 'CSV_MAX_RECORD_SIZE') {
      throw this.#input.fault('SOURCE_MALFORMED', `line ${line}: a row is too long; a quote may be missing before it`)
    }
    if (error?.code === 'CSV_QUOTE_NOT_CLOSED') {
      throw this.#input.fault('SOURCE_TRUNCATED', `line ${line}: the file ends within quotes`)
    }
    if (line === this.#lastFaultyLine) return
    this.#lastFaultyLine = line
    this.#input.tally.reject(line, 'left out: a quote in the row is not where the format has quotes')
  }

  /** Called after the last row. */
  end(hasLineEnd: boolean): void {
    const short = this.#short
    if (short !== null && !hasLineEnd) {
      throw this.#input.fault('SOURCE_TRUNCATED', `line ${short.line}: the file ends in the middle of a row`)
    }
    this.#rejectShort()
  }

  #rejectShort(): void {
    if (this.#short === null) return
    this.#input.tally.reject(this.#short.line, this.#short.message)
    this.#short = null
  }

  #putUnnamed(hex: string, line: number): void {
    const kind: HashKind | 'ambiguous' | 'unknown' = this.#teller.tell(hex.length)
    if (kind === 'ambiguous') {
      const kinds = kindsOfLength(hex.length).join(', ')
      const message = `line ${line}: ${hex.length} hex digits may be ${kinds}; nothing says which`
      throw this.#input.fault('DIGEST_AMBIGUOUS', message)
    }
    if (kind === 'unknown') this.#builder.warn(`a hash of ${hex.length} characters is of no known kind and left out`)
    else this.#builder.put(kind, hex)
  }
}
/** Drops the lines before the first row. They are no CSV: an apostrophe in a comment is no quote. */
class LineSkipper {
  #linesLeft: number
  #afterReturn = false

  constructor(lines: number) {
    this.#linesLeft = lines
  }

  skip(chunk: Buffer): Buffer {
    let at = 0
    while (at < chunk.length && (this.#linesLeft > 0 || this.#afterReturn)) {
      const isSecondHalf = this.#afterReturn && chunk[at] === 0x0a
      if (this.#linesLeft === 0 && !isSecondHalf) {
        this.#afterReturn = false
        break
      }
      this.#afterReturn = chunk[at] === 0x0d
      if (this.#afterReturn || (chunk[at] === 0x0a && !isSecondHalf)) this.#linesLeft--
      at++
    }
    return chunk.subarray(at)
  }
}
