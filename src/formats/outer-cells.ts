// Rows of columns of which some in the middle are free text, as file names are: cells are counted from both ends.

import type { Field } from './fields.js'
import type { FormatInput } from './format.js'
import { kindsOfLength } from './hash-kinds.js'
import { eachLine, type LineCutter, trimmedLine } from './lines.js'
import { RecordBuilder } from './record-builder.js'

/** What a cell holds: a field, a digest whose length tells its kind, or nothing that is read. */
export type OuterColumn = Field | 'digest' | null

export interface OuterLayout {
  /** Columns before the free text. */
  readonly left: readonly OuterColumn[]
  /** Columns after it. */
  readonly right: readonly OuterColumn[]
  /** Lines before the first row. */
  readonly headerLines: number
  readonly hasComments?: boolean
  /** The free text is in quotes: where they are not, cells are missing, and digests would be taken for one another. */
  readonly isQuoted?: boolean
  /** Leaves out a row whose digests are those of the row before, which names the file once more. */
  readonly mergesRepeats?: boolean
}

/**
 * The layout of a header of which the columns named in `free` stand side by side; `null` where they do not, or are not
 * there.
 */
export function layoutOf(
  header: readonly string[],
  fields: ReadonlyMap<string, OuterColumn>,
  free: ReadonlySet<string>
): Pick<OuterLayout, 'left' | 'right'> | null {
  const isFree = header.map((name) => free.has(name))
  const from = isFree.indexOf(true)
  const to = isFree.lastIndexOf(true) + 1
  if (from < 0 || isFree.slice(from, to).includes(false)) return null
  const columns = header.map((name) => fields.get(name) ?? null)
  return { left: columns.slice(0, from), right: columns.slice(to) }
}

/** Cells of a header line, quoted or not. */
export function headerCells(line: string): string[] {
  return line
    .trim()
    .split(',')
    .map((cell) => unquoted(cell))
}

export async function* readOuterCells(input: FormatInput, layout: OuterLayout): AsyncGenerator<void> {
  const rows = new OuterRows(input, layout)
  yield* eachLine(input.chunks(), (line, place) => rows.take(line, place))
}

class OuterRows {
  readonly #input: FormatInput
  readonly #layout: OuterLayout
  readonly #builder: RecordBuilder
  readonly #left: string[]
  readonly #right: string[]
  #lastDigests = ''

  constructor(input: FormatInput, layout: OuterLayout) {
    this.#input = input
    this.#layout = layout
    this.#builder = new RecordBuilder(input.tally)
    this.#left = layout.left.map(() => '')
    this.#right = layout.right.map(() => '')
  }

  take(text: string, { number, isCut }: LineCutter): void {
    const line = trimmedLine(text)
    if (number <= this.#layout.headerLines || line === '') return
    if (this.#layout.hasComments === true && line.startsWith('#')) return
    if (this.#split(line)) this.#takeRow(number)
    else if (isCut) throw this.#input.fault('SOURCE_TRUNCATED', `line ${number}: the file ends in the middle of a row`)
    else this.#input.tally.reject(number, 'left out: the line has too few cells, or they are not where they should be')
  }

  /** Fills the cells; false where the line has too few. */
  #split(line: string): boolean {
    const left = this.#left
    let from = 0
    for (let i = 0; i < left.length; i++) {
      const comma = line.indexOf(',', from)
      if (comma < 0) return false
      left[i] = unquoted(line.slice(from, comma))
      from = comma + 1
    }
    const right = this.#right
    let to = line.length
    for (let i = right.length - 1; i >= 0; i--) {
      const comma = line.lastIndexOf(',', to - 1)
      if (comma < from) return false
      right[i] = unquoted(line.slice(comma + 1, to))
      to = comma
    }
    return this.#layout.isQuoted !== true || (to - from > 1 && line[from] === '"' && line[to - 1] === '"')
  }

  #takeRow(number: number): void {
    const { left, right, mergesRepeats } = this.#layout
    if (mergesRepeats === true) {
      const digests = this.#digests()
      if (digests === this.#lastDigests) {
        this.#input.tally.skip()
        return
      }
      this.#lastDigests = digests
    }
    this.#builder.start(number)
    this.#put(left, this.#left)
    this.#put(right, this.#right)
    const record = this.#builder.finish()
    if (record !== null) this.#input.add(record)
  }

  #digests(): string {
    const { left, right } = this.#layout
    let digests = ''
    for (let i = 0; i < left.length; i++) if (isDigest(left[i])) digests += this.#left[i]
    for (let i = 0; i < right.length; i++) if (isDigest(right[i])) digests += this.#right[i]
    return digests
  }

  #put(columns: readonly OuterColumn[], cells: readonly string[]): void {
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]
      if (column === null || cells[i] === '') continue
      // What no length fits is put as MD5, and warned of as one.
      if (column === 'digest') this.#builder.put(kindsOfLength(cells[i].length)[0] ?? 'md5', cells[i])
      else this.#builder.put(column, cells[i])
    }
  }
}

function isDigest(column: OuterColumn): boolean {
  return column === 'digest' || column === 'md5' || column === 'sha1' || column === 'sha256'
}

function unquoted(cell: string): string {
  const isQuoted = cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')
  return isQuoted ? cell.slice(1, -1) : cell.trim()
}
