// What examiners' grades come to for each content: the last word of each of them, and one grade where all say the same.

import { ExhibitHashError } from '../core/errors.js'
import { DIGEST_KINDS, type Digests } from '../core/hashes.js'
import { RECORD_FLAGS } from '../core/set-record.js'
import type { Grade } from './grades.js'

export class GradeBook {
  readonly #byKey = new Map<string, number[]>()
  readonly #used = new Set<number>()
  readonly #superseded = new Set<number>()

  /** @param where - names the grades in errors */
  constructor(
    private readonly grades: readonly Grade[],
    private readonly where: string
  ) {
    for (const [number, grade] of grades.entries()) {
      for (const key of keysOf(grade)) {
        const numbers = this.#byKey.get(key)
        if (numbers === undefined) this.#byKey.set(key, [number])
        else numbers.push(number)
      }
    }
  }

  /** Numbers of the grades that are of a file in the results of an exhibit. */
  numbersOf(digests: Digests | null, path: string, exhibit: string | undefined): readonly number[] {
    const keys = [
      ...DIGEST_KINDS.flatMap((kind) => (digests === null ? [] : [`${kind} ${digests[kind]}`])),
      pathKey(path, undefined),
      ...(exhibit === undefined ? [] : [pathKey(path, exhibit)])
    ]
    const numbers = new Set(keys.flatMap((key) => this.#byKey.get(key) ?? []))
    for (const number of numbers) this.#used.add(number)
    return [...numbers]
  }

  /**
   * What grades of one content come to.
   * @throws {ExhibitHashError} GRADES_CONTRADICT
   */
  gradeOf(numbers: Iterable<number>): Grade {
    const all = [...new Set(numbers)].sort((a, b) => a - b)
    const last = new Map<string | undefined, string>()
    for (const { gradedBy, gradedAt = '' } of all.map((number) => this.grades[number])) {
      if (gradedAt > (last.get(gradedBy) ?? '')) last.set(gradedBy, gradedAt)
    }
    const current: Grade[] = []
    for (const number of all) {
      const { gradedBy, gradedAt = '' } = this.grades[number]
      if (gradedAt === (last.get(gradedBy) ?? '')) current.push(this.grades[number])
      else this.#superseded.add(number)
    }
    return current.reduce((a, b) => merged(a, b, this.where))
  }

  /** Grades that a later one of the same examiner took the place of. */
  get superseded(): number {
    return this.#superseded.size
  }

  /** Grades of files that were not asked for. */
  get unused(): Grade[] {
    return this.grades.filter((_, number) => !this.#used.has(number))
  }
}

function keysOf(grade: Grade): string[] {
  const digests = DIGEST_KINDS.flatMap((kind) => (grade[kind] === undefined ? [] : [`${kind} ${grade[kind]}`]))
  return grade.path === undefined || digests.length > 0 ? digests : [pathKey(grade.path, grade.exhibit)]
}

function pathKey(path: string, exhibit: string | undefined): string {
  return `path ${JSON.stringify([path, exhibit ?? null])}`
}

/** Two grades of one content as one: who agrees is named beside the other, as VICS does with several sources. */
function merged(a: Grade, b: Grade, where: string): Grade {
  const isContrary =
    String(a.category) !== String(b.category) ||
    RECORD_FLAGS.some((flag) => a[flag] !== undefined && b[flag] !== undefined && a[flag] !== b[flag])
  if (isContrary) throw contradiction(a, b, where)
  const texts = (['gradedBy', 'series', 'tags', 'comments'] as const).map((name): [string, unknown] => [
    name,
    together(a[name], b[name])
  ])
  const gradedAt = (a.gradedAt ?? '') > (b.gradedAt ?? '') ? a.gradedAt : b.gradedAt
  const all = { ...b, ...a, ...(Object.fromEntries(texts) as Partial<Grade>), gradedAt }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Grade
}

const BETWEEN = '; '

function together(a: string | undefined, b: string | undefined): string | undefined {
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
