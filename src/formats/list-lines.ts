// Lists of one hash a line: what a line may look like, and the reader that every list format shares.

import type { HashKind } from '../core/hashes.js'
import type { FormatInput, Head } from './format.js'
import { isHeaderText, KindTeller, kindsNamed, kindsOfLength } from './hash-kinds.js'
import { eachLine, type LineCutter, trimmedLine } from './lines.js'
import { digitsOf, PackedLines } from './packed-lines.js'
import { RecordBuilder } from './record-builder.js'
import type { SourceOptions } from './source.js'

/** A line that holds a hash. */
interface HashLine {
  readonly hex: string
  /** The kind that a BSD line names. */
  readonly tag?: string
  /** What follows a comma: quality and identity of a PDQ hash. */
  readonly columns?: string
  readonly sizeBytes?: string
}

/** A hash alone; before a name, as md5sum writes it, also with its backslash for names with odd characters; or before columns. */
const BARE = /^\\?([0-9a-f]+)(?:$|[ \t]+.*$|[ \t]*,(.*)$)/i
const BSD = /^\\?([a-z0-9/-]+) ?\(.*\) ?= ?([0-9a-f]+)$/i
/** As md5deep -z writes it: a size of up to ten digits, the hash, the name. */
const SIZED = /^(\d{1,10}) +([0-9a-f]{32,}) +.*$/i
/** The beginning of a hash, where a file was cut. */
const CUT_HASH = /^[0-9a-f]+$/i

/** The parts of a line with a hash of a length that some kind has; `null` for any other line. */
export function hashLine(line: string): HashLine | null {
  const bare = BARE.exec(line)
  if (bare !== null && kindsOfLength(bare[1].length).length > 0) {
    return bare[2] === undefined ? { hex: bare[1] } : { hex: bare[1], columns: bare[2] }
  }
  const sized = SIZED.exec(line)
  if (sized !== null && kindsOfLength(sized[2].length).length > 0) return { hex: sized[2], sizeBytes: sized[1] }
  const bsd = BSD.exec(line)
  return bsd !== null && kindsNamed(bsd[1]).size === 1 ? { hex: bsd[2], tag: bsd[1] } : null
}

/** The kind of the first hash of a list; `null` where the beginning has none. */
export function kindOfFirstHash(head: Head, options: SourceOptions): HashKind | 'ambiguous' | 'unknown' | null {
  const teller = new KindTeller(options.kind, head.fileName)
  let hasHeader = false
  for (const text of head.text.split('\n')) {
    const line = trimmedLine(text)
    if (line === '') continue
    const found = line.startsWith('#') ? null : hashLine(line)
    if (found !== null) return found.tag === undefined ? teller.tell(found.hex.length) : [...kindsNamed(found.tag)][0]
    if (line.startsWith('#')) teller.readComment(line)
    else if (!hasHeader && isHeaderText(line)) teller.readHeader(line)
    else return null
    hasHeader ||= !line.startsWith('#')
  }
  return null
}

/**
 * Reads a list whose kinds are told by length, header, comments, options or name.
 * @param only - the kind that all its hashes have
 */
export async function* readHashList(input: FormatInput, only?: HashKind): AsyncGenerator<void> {
  const packed = input.packing === null ? null : new PackedLines(input.packing, input.tally)
  const reader = new ListReader(input, only, packed)
  yield* eachLine(input.chunks(), (line, place) => reader.take(line, place), packed)
  reader.end()
}

class ListReader {
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  readonly #teller: KindTeller
  readonly #only: HashKind | undefined
  readonly #packed: PackedLines | null
  #hasHash = false
  /** Digits of every hash so far; 0 where they differ. */
  #digits: number | null = null
  #hasHeader = false

  constructor(input: FormatInput, only: HashKind | undefined, packed: PackedLines | null) {
    this.#input = input
    this.#only = only
    this.#packed = packed
    this.#builder = new RecordBuilder(input.tally)
    this.#teller = new KindTeller(input.options.kind, input.head.fileName)
  }

  take(text: string, { number, isCut }: LineCutter): void {
    const line = trimmedLine(text)
    if (line === '') return
    if (line.startsWith('#')) {
      // A remark among the hashes is about its neighbours, not about the list.
      if (!this.#hasHash) this.#teller.readComment(line)
      return
    }
    // Half of a longer hash may be as long as a shorter one.
    if (isCut && line.length < (this.#digits ?? 0) && CUT_HASH.test(line)) {
      throw this.#input.fault('SOURCE_TRUNCATED', `line ${number}: the file ends in the middle of a hash`)
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

  #takeHash({ hex, tag, columns, sizeBytes }: HashLine, number: number): void {
    this.#hasHash = true
    this.#digits = this.#digits === null || this.#digits === hex.length ? hex.length : 0
    const kind = this.#only ?? (tag === undefined ? this.#kindOf(hex, number) : [...kindsNamed(tag)][0])
    // What a bare hash is can change no more once there was one, so that others of its length can be taken unread.
    const isBare = tag === undefined && columns === undefined && sizeBytes === undefined
    if (isBare && digitsOf(kind) === hex.length) this.#packed?.settle(kind)
    if (columns !== undefined && kind !== 'pdq') {
      this.#input.tally.reject(number, `left out: a list of ${kind} has no columns; name them in a header`)
      return
    }
    this.#builder.start(number)
    this.#builder.put(kind, hex)
    this.#builder.put('sizeBytes', sizeBytes)
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
