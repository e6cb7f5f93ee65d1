// What examiners' grades come to for each content: the last word of each of them, and one grade where all say the same.

import { ExhibitHashError } from '../../core/errors.js'
import { DIGEST_KINDS, type Digests } from '../../core/hashes.js'
import { RECORD_FLAGS } from '../../core/set-record.js'
import { type Grade, isStanding, type StandingGrade } from './grades.js'

/** Grades by what they name, of which those that count are found for each file of the results. */
export class GradeBook {
  readonly #byKey = new Map<string, Grade[]>()
  readonly #grades: Grade[] = []
  readonly #used = new Set<Grade>()
  readonly #superseded = new Set<Grade>()
  /** Withdrawals that took something back. */
  readonly #effective = new Set<Grade>()

  constructor(grades: readonly Grade[]) {
    for (const grade of grades) this.#add(grade)
  }

  /** Grades that a later one of the same examiner took the place of. */
  get superseded(): number {
    return this.#superseded.size
  }

  /** The last word of each examiner on a file; it may be that he takes back his grade. */
  findAll(digests: Digests | null, path: string, exhibit: string | undefined): Grade[] {
    const keys = [
      ...DIGEST_KINDS.map((kind) => (digests === null ? null : `${kind} ${digests[kind]}`)),
      pathKey(path, undefined),
      ...(exhibit === undefined ? [] : [pathKey(path, exhibit)])
    ]
    const found: Grade[] = []
    for (const key of keys) this.join(found, (key === null ? undefined : this.#byKey.get(key)) ?? [])
    return found
  }

  /** Adds what was found of one place to what was found of others of the same content. */
  join(standing: Grade[], found: readonly Grade[]): void {
    for (const grade of found) {
      this.#used.add(grade)
      this.#put(standing, grade)
    }
  }

  #put(standing: Grade[], grade: Grade): void {
    for (const earlier of putGrade(standing, grade)) {
      this.#superseded.add(earlier)
      this.#effective.add(grade)
    }
  }

  /** True of a withdrawal where there was nothing to take back. */
  isIdle(grade: Grade): boolean {
    return !isStanding(grade) && !this.#effective.has(grade)
  }

  /** Grades of files that were not asked for. */
  get unused(): Grade[] {
    return this.#grades.filter(
      (grade) => !this.#used.has(grade) && this.#keysOf(grade).some((key) => this.#byKey.get(key)?.includes(grade))
    )
  }

  #keysOf(grade: Grade): string[] {
    const digests = DIGEST_KINDS.flatMap((kind) => (grade[kind] === undefined ? [] : [`${kind} ${grade[kind]}`]))
    return grade.path === undefined || digests.length > 0 ? digests : [pathKey(grade.path, grade.exhibit)]
  }

  #add(grade: Grade): void {
    this.#grades.push(grade)
    for (const key of this.#keysOf(grade)) {
      const standing = this.#byKey.get(key)
      if (standing === undefined) this.#byKey.set(key, [grade])
      else this.#put(standing, grade)
    }
  }
}

function pathKey(path: string, exhibit: string | undefined): string {
  return `path ${JSON.stringify([path, exhibit ?? null])}`
}

/**
 * Puts a grade beside those of other examiners, and in the place of what the same one said earlier.
 * @returns what gave way; the grade itself where it is not the latest
 */
export function putGrade(standing: Grade[], grade: Grade): Grade[] {
  if (standing.includes(grade)) return []
  if (standing.some((other) => isLater(other, grade))) return [grade]
  const earlier = standing.filter((other) => isLater(grade, other))
  for (const each of earlier) standing.splice(standing.indexOf(each), 1)
  if (!standing.some((other) => said(other) === said(grade))) standing.push(grade)
  return earlier
}

/**
 * What counts of the last words of all examiners; those who agree are named together.
 * @throws {ExhibitHashError} GRADES_CONTRADICT
 */
export function theOne(grades: readonly Grade[], where: string): StandingGrade | null {
  const standing = grades.filter(isStanding)
  return standing.length === 0 ? null : standing.reduce((a, b) => together(a, b, where))
}

/** Of the same examiner; who says nothing of himself is the same as another who does not. */
function isLater(grade: Grade, than: Grade): boolean {
  return grade.gradedBy === than.gradedBy && (grade.gradedAt ?? '') > (than.gradedAt ?? '')
}

/** What a grade says, whatever file it names and whenever that was. */
function said(grade: Grade): string {
  const facts = Object.entries(grade).filter(([name]) => !UNSAID.has(name))
  // In one order: a grade by digest and one by path have their fields in different ones.
  return JSON.stringify(facts.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const UNSAID: ReadonlySet<string> = new Set([...DIGEST_KINDS, 'path', 'exhibit', 'gradedAt'])

/**
 * Two grades of one content as one: who agrees is named beside the other, as VICS does with several sources.
 * @throws {ExhibitHashError} GRADES_CONTRADICT
 */
function together(a: StandingGrade, b: StandingGrade, where: string): StandingGrade {
  const isContrary =
    String(a.category) !== String(b.category) ||
    RECORD_FLAGS.some((flag) => a[flag] !== undefined && b[flag] !== undefined && a[flag] !== b[flag])
  if (isContrary) throw contradiction(a, b, where)
  const texts = (['gradedBy', 'series', 'tags', 'comments'] as const).map((name): [string, unknown] => [
    name,
    joined(a[name], b[name])
  ])
  const gradedAt = (a.gradedAt ?? '') > (b.gradedAt ?? '') ? a.gradedAt : b.gradedAt
  const all = { ...b, ...a, ...(Object.fromEntries(texts) as Partial<Grade>), gradedAt }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as StandingGrade
}

const BETWEEN = '; '

function joined(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return [...new Set([...a.split(BETWEEN), ...b.split(BETWEEN)])].join(BETWEEN)
}

function contradiction(a: Grade, b: Grade, path: string): ExhibitHashError {
  const name = ({ category, gradedBy }: Grade): string => `${category}${gradedBy === undefined ? '' : ` (${gradedBy})`}`
  const file = a.md5 ?? a.sha1 ?? a.sha256 ?? a.path ?? ''
  const what = String(a.category) === String(b.category) ? ', and their flags differ' : ''
  const message = `${path}: ${file} is graded ${name(a)} and ${name(b)}${what}`
  return new ExhibitHashError('GRADES_CONTRADICT', message, { path })
}
