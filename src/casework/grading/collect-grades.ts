// The grades that count for the contents of results, and the places where each content was found.

import { type CategoryProfile, categoryLabel, UNMAPPED_LABEL } from '../../core/category.js'
import { ExhibitHashError } from '../../core/errors.js'
import type { FileRecord, HeaderRecord } from '../../core/result.js'
import { readChecked } from '../../results/index.js'
import { GradeBook, theOne } from './grade-book.js'
import { type Grade, isStanding, parseGrade, readGrades, type StandingGrade } from './grades.js'
import type { FoundAt, GradedMedia } from './vics-case.js'

export interface CollectOptions {
  /** Files of grades, or grades. */
  readonly grades: string | readonly Grade[]
  readonly profile: CategoryProfile
  readonly allowUnknown?: boolean
  /** For grades that do not say whose they are, and of when. */
  readonly gradedBy?: string | undefined
  readonly gradedAt?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Collected {
  readonly media: GradedMedia[]
  readonly book: GradeBook
  readonly given: number
  /** Grades of files without digests. */
  readonly unread: number
  /** Grades that were given and take one back. */
  readonly withdrawn: number
  /** MD5s of contents of which every grade was taken back. */
  readonly takenBack: ReadonlySet<string>
  /** Withdrawals that take back nothing that is here, with the MD5 of their content. */
  readonly idle: readonly (readonly [md5: string, grade: Grade])[]
  /** Contents with a grade that no record of a set gives which has their digests. */
  readonly againstSets: number
  /** Names of columns and fields that mean nothing here. */
  readonly ignored: readonly string[]
}

/** Two passes: a content that was graded by the path of one copy is graded wherever else it lies. */
export async function collectGrades(
  results: readonly string[],
  headers: readonly HeaderRecord[],
  options: CollectOptions
): Promise<Collected> {
  const where = typeof options.grades === 'string' ? options.grades : 'grades'
  const ignored = new Set<string>()
  const given = await givenGrades(options, (name) => ignored.add(name))
  const book = new GradeBook(given.map((grade) => withCode(complete(grade, options, headers[0]), options.profile)))
  const said = new Map<string, Grade[]>()
  const unread = new Set<Grade>()
  for await (const { record, source } of filesOf(results, options.signal)) {
    const { exhibit } = headers[source]
    const found = book.findAll(record.digests, record.path, exhibit)
    if (found.length === 0 || (record.digests === null && theOne(found, where) === null)) continue
    if (record.digests === null) {
      refuseUnread(record.path, where, options)
      for (const grade of found) unread.add(grade)
      continue
    }
    const known = said.get(record.digests.md5)
    if (known === undefined) said.set(record.digests.md5, found)
    else book.join(known, found)
  }
  const media = new Map<string, GradedMedia>()
  const takenBack = new Set<string>()
  for (const [md5, grades] of said) {
    const grade = theOne(grades, where)
    if (grade === null) takenBack.add(md5)
    else media.set(md5, { grade, places: [] })
  }
  const idle = [...said].flatMap(([md5, all]) =>
    all.filter((grade) => book.isIdle(grade)).map((grade) => [md5, grade] as const)
  )
  for await (const { record, source } of filesOf(results, options.signal)) {
    const known = record.digests === null ? undefined : media.get(record.digests.md5)
    if (known === undefined) continue
    refuseForged(known, record, where)
    const { exhibit } = headers[source]
    known.places.push({ record: withoutMatches(record), exhibit, source, setCategories: categoriesIn(record) })
  }
  const all = [...media.values()]
  return {
    ...{ media: all, book, given: given.length, unread: unread.size, takenBack, idle, ignored: [...ignored] },
    withdrawn: given.filter((grade) => !isStanding(grade)).length,
    againstSets: all.filter(isAgainstSets).length
  }
}

function isAgainstSets({ grade, places }: GradedMedia): boolean {
  const { setCategories } = places[0]
  return setCategories.length > 0 && !setCategories.includes(String(grade.category))
}

function givenGrades({ grades }: CollectOptions, onIgnored: (name: string) => void): Promise<Grade[]> | Grade[] {
  if (typeof grades === 'string') return readGrades(grades, onIgnored)
  return grades.map((grade, i) => parseGrade(grade, `grade ${i + 1}`, 'grades', onIgnored))
}

/** People write `B` or `Category B` where the profile has 2 = Category B. */
function withCode(grade: Grade, profile: CategoryProfile): Grade {
  const { category } = grade
  if (typeof category !== 'string' || categoryLabel(profile, category) !== UNMAPPED_LABEL) return grade
  const said = category.trim().toLowerCase()
  const found = Object.entries(profile.labels).find(([, label]) =>
    [said, `category ${said}`].includes(label.toLowerCase())
  )
  if (found === undefined) return grade
  const number = Number(found[0])
  const coded: StandingGrade = { ...grade, category: Number.isSafeInteger(number) ? number : found[0] }
  return coded
}

function refuseUnread(path: string, where: string, { allowUnknown }: CollectOptions): void {
  if (allowUnknown === true) return
  const message = `${where}: ${path} was graded, and its digests are not known: leave it out with --allow-unknown`
  throw new ExhibitHashError('GRADE_WITHOUT_FILE', message, { path })
}

async function* filesOf(
  results: readonly string[],
  signal: AbortSignal | undefined
): AsyncGenerator<Pick<FoundAt, 'source' | 'record'>> {
  for (const [source, path] of results.entries()) {
    for await (const record of readChecked(path, { signal })) if (record.type === 'file') yield { record, source }
  }
}

/** Categories of the records that it is identical with. */
function categoriesIn({ matches = [] }: FileRecord): string[] {
  const identical = matches.filter(({ relation, knownGood }) => relation === 'identical' && knownGood !== true)
  return identical.flatMap(({ category }) => (category === null ? [] : [String(category)]))
}

/** What was graded is held in memory, and what it matches is not needed. */
function withoutMatches({ matches: _, frames: __, ...record }: FileRecord): FileRecord {
  return record
}

/** Who and when, where the grade itself does not say. */
function complete(grade: Grade, options: CollectOptions, { organisation }: HeaderRecord): Grade {
  const gradedBy = grade.gradedBy ?? options.gradedBy ?? organisation
  const gradedAt = grade.gradedAt ?? options.gradedAt
  return { ...grade, ...(gradedBy !== undefined && { gradedBy }), ...(gradedAt !== undefined && { gradedAt }) }
}

/** VICS joins by MD5, which can be forged: two contents would become one record. */
function refuseForged({ places }: GradedMedia, { path, digests }: FileRecord, where: string): void {
  const first = places.at(0)
  if (first === undefined || first.record.digests?.sha256 === digests?.sha256) return
  const message = `${where}: ${first.record.path} and ${path} have one MD5 and are different files: a VICS case cannot tell them apart`
  throw new ExhibitHashError('GRADES_CONTRADICT', message, { path })
}
