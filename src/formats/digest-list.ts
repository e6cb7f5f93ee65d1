// Plain lists: one digest a line, bare, as md5sum and BSD tools write them, as X-Ways does, and lists of PDQ hashes.

import type { HashKind } from '../core/hashes.js'
import type { Format, FormatInput, Head } from './format.js'
import { isHeaderText, KindTeller, kindsNamed, kindsOfLength } from './hash-kinds.js'
import { LineCutter } from './lines.js'
import { RecordBuilder } from './record-builder.js'

/** A line that holds a hash. */
interface HashLine {
  readonly hex: string
  /** The kind that a BSD line names. */
  readonly tag?: string
  /** What follows a comma: quality and identity of a PDQ hash. */
  readonly columns?: string
}

/** A hash alone; before a name, as md5sum writes it, also with its backslash for names with odd characters; or before columns. */
const BARE = /^\\?([0-9a-f]+)(?:$|[ \t]+.*$|[ \t]*,(.*)$)/i
const BSD = /^\\?([a-z0-9/-]+) ?\(.*\) ?= ?([0-9a-f]+)$/i

export const DIGEST_LIST: Format = {
  name: 'list',
  isOfIllegalMaterial: false,
  recognises: ({ text }: Head) => text.split('\n').some((line) => hashLine(line.trim()) !== null),
  async *read(input: FormatInput) {
    const reader = new ListReader(input)
    const cutter = new LineCutter()
    const take = (line: string): void => reader.take(line, cutter.number)
    for await (const chunk of input.chunks()) {
      cutter.feed(chunk, take)
      yield
    }
    cutter.end(take)
    reader.end()
  }
}

/** The parts of a line with a hash of a length that some kind has; `null` for any other line. */
function hashLine(line: string): HashLine | null {
  const bare = BARE.exec(line)
  if (bare !== null && kindsOfLength(bare[1].length).length > 0) {
    return bare[2] === undefined ? { hex: bare[1] } : { hex: bare[1], columns: bare[2] }
  }
  const bsd = BSD.exec(line)
  return bsd !== null && kindsNamed(bsd[1]).size === 1 ? { hex: bsd[2], tag: bsd[1] } : null
}

class ListReader {
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  readonly #teller: KindTeller
  #hasHash = false
  #hasHeader = false

  constructor(input: FormatInput) {
    this.#input = input
    this.#builder = new RecordBuilder(input.tally)
    this.#teller = new KindTeller(input.options.kind, input.head.fileName)
  }

  take(text: string, number: number): void {
    // Recovered files are padded with NULs.
    const line = (text.includes('\0') ? text.replaceAll('\0', ' ') : text).trim()
    if (line === '') return
    if (line.startsWith('#')) {
      // A remark among the hashes is about its neighbours, not about the list.
      if (!this.#hasHash) this.#teller.readComment(line)
      return
    }
    const found = hashLine(line)
    if (found !== null) this.#takeHash(found, number)
    else if (!this.#hasHash && !this.#hasHeader && isHeaderText(line)) this.#takeHeader(line)
    else this.#input.tally.reject(number, 'left out: the line holds no hash of a known length')
  }

  /** Called after the last line. */
  end(): void {
    if (!this.#hasHash) throw this.#input.fault('SOURCE_UNRECOGNISED', 'no line of it holds a hash')
  }

  #takeHeader(line: string): void {
    this.#hasHeader = true
    this.#teller.readHeader(line)
  }

  #takeHash({ hex, tag, columns }: HashLine, number: number): void {
    this.#hasHash = true
    const kind = tag === undefined ? this.#kindOf(hex, number) : [...kindsNamed(tag)][0]
    if (columns !== undefined && kind !== 'pdq') {
      this.#input.tally.reject(number, `left out: a list of ${kind} has no columns; name them in a header`)
      return
    }
    this.#builder.start(number)
    this.#builder.put(kind, hex)
    if (columns !== undefined) {
      const comma = columns.indexOf(',')
      this.#builder.put('pdqQuality', comma < 0 ? columns : columns.slice(0, comma))
      if (comma >= 0) this.#builder.put('mediaId', columns.slice(comma + 1))
    }
    const record = this.#builder.finish()
    if (record !== null) this.#input.add(record)
  }

  #kindOf(hex: string, number: number): HashKind {
    const kind = this.#teller.tell(hex.length)
    if (kind !== 'ambiguous' && kind !== 'unknown') return kind
    const kinds = kindsOfLength(hex.length).join(', ')
    throw this.#input.fault(
      'DIGEST_AMBIGUOUS',
      `line ${number}: ${hex.length} hex digits may be ${kinds}; nothing says which`
    )
  }
}
