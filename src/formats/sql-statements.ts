// SQL as a stream of statements, and the few forms of INSERT, UPDATE and DELETE that exporters write. Nothing is executed.

/** Characters of one statement. A quote that nothing closes would otherwise take in the rest of the file. */
const MAX_STATEMENT = 4 * 1024 * 1024

export type SqlValue = string | number | null
export type SqlRow = ReadonlyMap<string, SqlValue>

/** What a statement does to a table; names in lower case. */
export type Change =
  | {
      readonly does: 'insert'
      readonly table: string
      readonly columns: readonly string[] | null
      readonly rows: SqlValue[][]
    }
  | { readonly does: 'delete'; readonly table: string; readonly where: SqlRow }
  | { readonly does: 'update'; readonly table: string; readonly set: SqlRow; readonly where: SqlRow }

/** Cuts text into statements at the semicolons outside quotes and comments. */
export class StatementCutter {
  /** Line on which the statement that is handed over begins. */
  line = 1
  #rest = ''
  #searched = 0
  #inside: "'" | '"' | '--' | '/*' | null = null
  #linesBefore = 1

  /** True where more has come than a statement may be long. */
  get isTooLong(): boolean {
    return this.#rest.length > MAX_STATEMENT
  }

  feed(text: string, take: (statement: string) => void): void {
    this.#rest += text
    let from = 0
    for (let end = this.#next(); end >= 0; end = this.#next()) {
      this.#handOver(from, end, take)
      from = end + 1
    }
    if (from === 0) return
    this.#rest = this.#rest.slice(from)
    this.#searched -= from
  }

  /** The text after the last semicolon. */
  get unfinished(): string {
    return withoutComments(this.#rest).replaceAll('\0', ' ').trim()
  }

  #handOver(from: number, end: number, take: (statement: string) => void): void {
    const text = this.#rest.slice(from, end)
    const statement = withoutComments(text).trimStart()
    this.line = this.#linesBefore + countLines(text.slice(0, text.length - statement.length))
    this.#linesBefore += countLines(text)
    take(statement.trimEnd())
  }

  /** Index of the next semicolon that ends a statement; -1 where it has not come. */
  #next(): number {
    const text = this.#rest
    for (;;) {
      if (this.#inside === null) {
        const at = nextMark(text, this.#searched)
        if (at < 0) {
          // One character back: a comment's mark may have come by half.
          this.#searched = Math.max(this.#searched, text.length - 1)
          return -1
        }
        this.#searched = at + 1
        if (text[at] === ';') return at
        this.#inside = text[at] === '-' ? '--' : text[at] === '/' ? '/*' : (text[at] as "'" | '"')
        if (this.#inside.length === 2) this.#searched++
      }
      const close = this.#inside === '--' ? '\n' : this.#inside === '/*' ? '*/' : this.#inside
      const at = text.indexOf(close, this.#searched)
      if (at < 0) {
        this.#searched = Math.max(this.#searched, text.length - 1)
        return -1
      }
      // A doubled quote leaves and enters the text again.
      this.#searched = at + close.length
      this.#inside = null
    }
  }
}

const MARK = /;|'|"|--|\/\*/g

function nextMark(text: string, from: number): number {
  MARK.lastIndex = from
  return MARK.exec(text)?.index ?? -1
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Comments before a statement; within one, exporters write none. */
function withoutComments(text: string): string {
  return text.replace(/^(?:\s*(?:--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/))+/, '')
}

const NAME = '(?:"([^"]+)"|\\[([^\\]]+)\\]|`([^`]+)`|([a-z_][a-z0-9_]*))'
const TABLE = `(?:${NAME}\\.)?${NAME}`
const INSERT = new RegExp(
  `^(?:INSERT(?:\\s+OR\\s+[a-z]+)?|REPLACE)\\s+INTO\\s+${TABLE}\\s*(?:\\(([^()]*)\\))?\\s*VALUES\\s*`,
  'i'
)
const DELETE = new RegExp(`^DELETE\\s+FROM\\s+${TABLE}\\s+WHERE\\s+`, 'i')
const UPDATE = new RegExp(`^UPDATE\\s+${TABLE}\\s+SET\\s+`, 'i')
const AT_TABLE = new RegExp(TABLE, 'iy')
const VALUE = /\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|(NULL)\b)\s*/iy
const COLUMN = new RegExp(`\\s*\\(*\\s*${NAME}\\s*(?:=|IS)\\s*`, 'iy')

/** The table that a statement changes, in lower case; `null` for other statements. */
export function tableOf(statement: string): string | null {
  const begin = /^(?:(?:INSERT(?:\s+OR\s+[a-z]+)?|REPLACE)\s+INTO|DELETE\s+FROM|UPDATE)\s+/i.exec(statement)
  if (begin === null) return null
  AT_TABLE.lastIndex = begin[0].length
  return lastName(AT_TABLE.exec(statement))
}

/** What a statement does; `null` where it is of no form that is understood here. */
export function changeOf(statement: string): Change | null {
  const insert = INSERT.exec(statement)
  if (insert !== null) return insertOf(statement, insert)
  const removal = DELETE.exec(statement)
  if (removal !== null) {
    const where = pairs(statement, removal[0].length, /AND\b/iy)
    return where?.end === statement.length ? { does: 'delete', table: lastName(removal) ?? '', where: where.row } : null
  }
  const update = UPDATE.exec(statement)
  return update === null ? null : updateOf(statement, update)
}

function insertOf(statement: string, insert: RegExpExecArray): Change | null {
  const rows: SqlValue[][] = []
  let at = insert[0].length
  do {
    if (statement[at] === ',') at = afterSpace(statement, at + 1)
    const row = statement[at] === '(' ? values(statement, at + 1) : null
    if (row === null) return null
    rows.push(row.values)
    at = afterSpace(statement, row.end)
  } while (statement[at] === ',')
  if (at !== statement.length) return null
  const columns = insert[9] === undefined ? null : columnNames(insert[9])
  return { does: 'insert', table: lastName(insert) ?? '', columns, rows }
}

/** Those of the last statement: nearly all name the same. */
let lastColumns = { text: '', names: [] as readonly string[] }

function columnNames(text: string): readonly string[] {
  if (text !== lastColumns.text) {
    const names = text.split(',').map((name) => name.trim().replace(/^["[`]|["\]`]$/g, ''))
    lastColumns = { text, names: names.map((name) => name.toLowerCase()) }
  }
  return lastColumns.names
}

function updateOf(statement: string, update: RegExpExecArray): Change | null {
  const set = pairs(statement, update[0].length, /,/y)
  if (set === null || !/^WHERE\s/i.test(statement.slice(set.end, set.end + 6))) return null
  const where = pairs(statement, set.end + 6, /AND\b/iy)
  if (where?.end !== statement.length) return null
  return { does: 'update', table: lastName(update) ?? '', set: set.row, where: where.row }
}

/** Values up to the closing bracket. */
function values(text: string, from: number): { values: SqlValue[]; end: number } | null {
  const found: SqlValue[] = []
  let at = from
  for (;;) {
    const value = valueAt(text, at)
    if (value === null) return null
    found.push(value.value)
    at = value.end + 1
    if (text[value.end] === ')') return { values: found, end: at }
    if (text[value.end] !== ',') return null
  }
}

/** `name = value`, with what `between` finds between two. */
function pairs(text: string, from: number, between: RegExp): { row: SqlRow; end: number } | null {
  const row = new Map<string, SqlValue>()
  let at = from
  for (;;) {
    COLUMN.lastIndex = at
    const column = COLUMN.exec(text)
    const value = column === null ? null : valueAt(text, COLUMN.lastIndex)
    if (value === null) return null
    row.set(lastName(column) ?? '', value.value)
    at = value.end
    while (text[at] === ')') at = afterSpace(text, at + 1)
    between.lastIndex = at
    if (!between.test(text)) return { row, end: at }
    at = between.lastIndex
  }
}

function valueAt(text: string, at: number): { value: SqlValue; end: number } | null {
  VALUE.lastIndex = at
  const found = VALUE.exec(text)
  if (found === null) return null
  const [, quoted, number] = found
  const value = quoted !== undefined ? quoted.replaceAll("''", "'") : number !== undefined ? Number(number) : null
  return { value, end: VALUE.lastIndex }
}

/** The last of the names of a match: of a schema and a table, the table. */
function lastName(match: RegExpExecArray | null): string | null {
  return (
    match
      ?.slice(1, 9)
      .findLast((group) => group !== undefined)
      ?.toLowerCase() ?? null
  )
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at])) at++
  return at
}
