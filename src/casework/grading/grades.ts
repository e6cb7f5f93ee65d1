// An examiner's grades from CSV, JSON or NDJSON: each of one file, by a digest or by its path.

import { parse } from 'csv-parse/sync'
import { ExhibitHashError, toExhibitHashError } from '../../core/errors.js'
import { DIGEST_KINDS, type DigestKind } from '../../core/hashes.js'
import { isPlainObject } from '../../core/plain-object.js'
import { RECORD_FLAGS, type RecordFlag } from '../../core/set-record.js'
import { readSmallFile } from '../../files/index.js'
import {
  categoryValue,
  COLUMN_FIELDS,
  flagValue,
  GUARDED,
  hashValue,
  isoTime,
  plainName,
  textValue
} from '../../formats/index.js'

/** What an examiner says of one file. */
export type Grade = {
  readonly md5?: string
  readonly sha1?: string
  readonly sha256?: string
  /** As results name it; together with `exhibit` where several results have such a path. */
  readonly path?: string
  readonly exhibit?: string
  /** `null` where the examiner takes back what he said of the file before. */
  readonly category: number | string | null
  /** Says in files that the missing category is meant. */
  readonly withdrawn?: true
  readonly gradedBy?: string
  /** ISO 8601 in UTC. */
  readonly gradedAt?: string
  readonly series?: string
  readonly tags?: string
  readonly comments?: string
} & { readonly [flag in RecordFlag]?: boolean }

/** A grade that was not taken back. */
export type StandingGrade = Grade & { readonly category: number | string }

/** Millions of grades; a film named by mistake must not be read into memory. */
const MAX_GRADES_BYTES = 512 * 1024 * 1024

type GradeField =
  | DigestKind
  | RecordFlag
  | 'path'
  | 'exhibit'
  | 'category'
  | 'withdrawn'
  | 'gradedBy'
  | 'gradedAt'
  | 'series'
  | 'tags'
  | 'comments'

/** Names beyond those that columns of hash sets have. */
const OWN_NAMES: Readonly<Record<string, GradeField>> = {
  path: 'path',
  filepath: 'path',
  exhibit: 'exhibit',
  sourceid: 'exhibit',
  grade: 'category',
  withdrawn: 'withdrawn',
  gradedat: 'gradedAt',
  time: 'gradedAt',
  examiner: 'gradedBy',
  grader: 'gradedBy',
  comments: 'comments',
  comment: 'comments'
}
const FIELDS: ReadonlySet<string> = new Set([
  ...DIGEST_KINDS,
  ...RECORD_FLAGS,
  'category',
  'gradedBy',
  'series',
  'tags'
])

function fieldOf(name: string): GradeField | null {
  const plain = plainName(name)
  if (Object.hasOwn(OWN_NAMES, plain)) return OWN_NAMES[plain]
  const field = COLUMN_FIELDS.get(plain)
  if (field === 'updated') return 'gradedAt'
  return field !== undefined && FIELDS.has(field) ? (field as GradeField) : null
}

/**
 * Reads grades. A row or object says whose file it is about (`md5`, `sha1`, `sha256`, or `path` and perhaps `exhibit`), its
 * `category`, and perhaps `gradedBy`, `gradedAt`, `tags`, `series`, `comments` and the flags of a VICS record. One that is
 * `withdrawn` has no category and takes back what the same examiner said before.
 *
 * @param onIgnored - hears of columns and fields that mean nothing here
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, GRADES_INVALID naming the grade that is none
 */
export async function readGrades(path: string, onIgnored?: (name: string) => void): Promise<Grade[]> {
  const text = (await readSmallFile(path, 'GRADES_INVALID', MAX_GRADES_BYTES)).toString('utf8').replace(/^\ufeff/, '')
  const rows = /^\s*[[{]/.test(text) ? jsonRows(text, path) : csvRows(text, path)
  if (rows.length === 0) throw invalid(path, `${path}: has no grades in it`)
  return rows.map(({ value, where }) => parseGrade(value, `${path}, ${where}`, path, onIgnored))
}

/** A grade as it was written, and where. */
interface Row {
  readonly value: unknown
  readonly where: string
}

/**
 * Reads grades that are an object a line, to which more can be added; none where there is no such file, or nothing in it.
 *
 * @throws {ExhibitHashError} READ_FAILED, GRADES_INVALID also for grades of another form
 */
export async function readGradeLines(path: string): Promise<Grade[]> {
  const bytes = await readSmallFile(path, 'GRADES_INVALID', MAX_GRADES_BYTES).catch((error: unknown) => {
    if (toExhibitHashError(error, 'READ_FAILED').code === 'INPUT_NOT_FOUND') return Buffer.alloc(0)
    throw error
  })
  const rows = linesOfJson(bytes.toString('utf8').replace(/^\ufeff/, ''), path)
  return rows.map(({ value, where }) => parseGrade(value, `${path}, ${where}`, path))
}

function invalid(path: string, message: string, cause?: unknown): ExhibitHashError {
  return new ExhibitHashError('GRADES_INVALID', message, { path, cause })
}

/** A list, an object with a list of `grades`, or an object a line. */
function jsonRows(text: string, path: string): Row[] {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return linesOfJson(text, path)
  }
  const inner = isPlainObject(document) ? document['grades'] : undefined
  const grades: readonly unknown[] = Array.isArray(document) ? document : Array.isArray(inner) ? inner : [document]
  return grades.map((value, i) => ({ value, where: `grade ${i + 1}` }))
}

function linesOfJson(text: string, path: string): Row[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return []
    try {
      return [{ value: JSON.parse(line) as unknown, where: `line ${i + 1}` }]
    } catch (cause) {
      throw invalid(path, `${path}, line ${i + 1}: not JSON`, cause)
    }
  })
}

function csvRows(text: string, path: string): Row[] {
  const head = text.slice(0, text.search(/[\r\n]|$/))
  const delimiter = [',', ';', '\t'].reduce((best, each) =>
    head.split(each).length > head.split(best).length ? each : best
  )
  try {
    // Only what writes for spreadsheets puts an apostrophe before what would be a formula.
    const cast = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell)
    const columns = (names: string[]): string[] => checkedHeader(names, path)
    const form = {
      columns,
      delimiter,
      skip_empty_lines: true,
      relax_column_count_less: true,
      info: true as const,
      cast
    }
    const rows = parse(text, form) as unknown as { record: unknown; info: { lines: number } }[]
    return rows.map(({ record, info }) => ({ value: record, where: `line ${info.lines}` }))
  } catch (cause) {
    if (cause instanceof ExhibitHashError) throw cause
    const line = (cause as { lines?: number }).lines
    throw invalid(path, `${path}${line === undefined ? '' : `, line ${line}`}: not CSV with a header`, cause)
  }
}

/** Rows under another first line would all be taken for something else. */
function checkedHeader(names: string[], path: string): string[] {
  const fields = new Set(names.map(fieldOf))
  const hasKey = fields.has('path') || DIGEST_KINDS.some((kind) => fields.has(kind))
  if (hasKey && (fields.has('category') || fields.has('withdrawn'))) return names
  const message = `${path}: its first line is no header of grades: it needs category, and one of md5, sha1, sha256 and path`
  throw invalid(path, message)
}

/**
 * A grade from a value of unknown shape.
 *
 * @param onIgnored - hears of fields that mean nothing here
 * @throws {ExhibitHashError} GRADES_INVALID
 */
export function parseGrade(row: unknown, where: string, path: string, onIgnored?: (name: string) => void): Grade {
  const fail = (why: string): ExhibitHashError => invalid(path, `${where}: ${why}`)
  if (!isPlainObject(row)) throw fail('is no object')
  const grade: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    const field = fieldOf(name)
    if (field === null) onIgnored?.(name)
    if (field === null || value === '' || value === null || value === undefined) continue
    const taken = fieldValue(field, value)
    if (taken === undefined) throw fail(`'${name.slice(0, 40)}' cannot be read: ${unreadable(field, value)}`)
    grade[field] = taken
  }
  const { category, path: file } = grade
  if (grade['withdrawn'] === true) {
    if (category !== undefined) throw fail('is withdrawn, and has a category all the same')
    grade['category'] = null
  } else {
    delete grade['withdrawn']
    if (category === undefined || category === null) throw fail('has no category')
  }
  if (file === undefined && DIGEST_KINDS.every((kind) => grade[kind] === undefined)) {
    throw fail('names no file: neither a digest nor a path')
  }
  return grade as Grade
}

const EXPECTED: Readonly<Partial<Record<GradeField, string>>> = {
  md5: '32 hex digits',
  sha1: '40 hex digits',
  sha256: '64 hex digits',
  category: 'a number or a text',
  gradedAt: 'a time such as 2026-11-01T10:00:00Z',
  path: 'a text',
  exhibit: 'a text',
  gradedBy: 'a text',
  series: 'a text',
  tags: 'a text',
  comments: 'a text'
}

function unreadable(field: GradeField, value: unknown): string {
  const text = typeof value === 'string' ? `'${value.slice(0, 60)}'` : `a value of type ${typeof value}`
  return `${text} is not ${EXPECTED[field] ?? 'true or false'}`
}

function fieldValue(field: GradeField, value: unknown): unknown {
  switch (field) {
    case 'md5':
    case 'sha1':
    case 'sha256':
      return hashValue(field, value)
    case 'category':
      return categoryValue(value)
    case 'gradedAt':
      return typeof value === 'string' ? isoTime(value) : undefined
    case 'path':
    case 'exhibit':
      return typeof value === 'string' ? value : undefined
    case 'gradedBy':
    case 'series':
    case 'tags':
    case 'comments':
      return textValue(value)
    default:
      return flagValue(value)
  }
}

export function isStanding(grade: Grade): grade is StandingGrade {
  return grade.category !== null
}
