// Results and an examiner's grades → a case package for upload: what would go, and then what goes.

import { ExhibitHashError } from '../../core/errors.js'
import { type CategoryProfile, categoryLabel, profileIdentity, UNMAPPED_LABEL } from '../../core/category.js'
import type { HeaderRecord } from '../../core/result.js'
import { isoTime } from '../../formats/index.js'
import { loadProfile } from '../../index/index.js'
import { readHeader, refuseTwice } from '../../results/index.js'
import { collectGrades } from './collect-grades.js'
import type { Grade } from './grades.js'
import { refuseOverwriting, stored, writePackage } from './case-package.js'
import { rootsOf } from './media-copies.js'
import { fingerprint, readEarlier } from './since.js'
import { type CaseFacts, caseIdOf, type GradedMedia, GUID, mediaFields, type VicsVersion } from './vics-case.js'

export interface GradeOptions {
  /** Files of grades (CSV, JSON, NDJSON), or grades. */
  readonly grades: string | readonly Grade[]
  /** Where the package goes: a JSON file, or with `files` a folder. Absent for a dry run. */
  readonly out?: string
  readonly version?: VicsVersion
  /** Built-in profile, profile file or profile whose codes the grades have. Default: the one that all sets of the results have. */
  readonly profile?: string | CategoryProfile
  /** The folders that were scanned, in the order of the results: the graded files are copied into the package. */
  readonly files?: string | readonly string[]
  /** Packages that were uploaded before: what they say the same is left out. */
  readonly since?: readonly string[]
  /** Leaves out grades of files that are not in the results, and counts them. Default false: an error. */
  readonly allowUnknown?: boolean
  readonly facts?: Partial<CaseFacts>
  /** For grades that do not say whose they are. */
  readonly gradedBy?: string
  /** For grades that do not say of when. */
  readonly gradedAt?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface GradeOutcome {
  readonly path: string | null
  readonly caseId: string
  readonly caseNumber: string
  readonly version: VicsVersion
  readonly profile: string
  /** Grades that were given, and those of them that a later one of the same examiner took the place of. */
  readonly grades: number
  readonly superseded: number
  /** Grades that were given and take one back. */
  readonly withdrawn: number
  /** Contents that earlier packages have with a grade which was taken back: whoever has these must be told. */
  readonly stillSent: number
  /** Withdrawals of what is neither among these grades nor in earlier packages: perhaps a name misspelt. */
  readonly idleWithdrawals: readonly Grade[]
  /** Contents that the sets of the results know under other categories than the one that was given. */
  readonly againstSets: number
  /** Names of columns and fields of the grades that mean nothing here. */
  readonly ignored: readonly string[]
  /** Grades of files that are not in the results, or of which these have no digest. */
  readonly unknown: number
  /** Contents in the package, and the places in exhibits where they were found. */
  readonly media: number
  readonly places: number
  /** Contents that earlier packages say the same of. */
  readonly unchanged: number
  /** Contents of which a file is in the package; the others are hashes only. */
  readonly files: number
  /** Contents graded with codes that the profile does not list. */
  readonly unmapped: number
  /** Contents without the time, or without the source, of their grade. */
  readonly withoutTime: number
  readonly withoutSource: number
  readonly categories: readonly {
    readonly category: number | string
    readonly label: string | null
    readonly media: number
  }[]
}

/**
 * Makes a case package (VICS 2.0 or 1.3, `#Cases`) of what an examiner graded in results of one case. The same results and
 * grades make the same package. Held in memory is what was graded, never the results.
 *
 * @throws {ExhibitHashError} USAGE, PROFILE_UNKNOWN, GRADES_INVALID, GRADES_CONTRADICT, GRADE_WITHOUT_FILE, RESULTS_INVALID,
 * PACKAGE_INVALID of an earlier package, FILE_CHANGED, INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED, ABORTED
 *
 * @example
 * await gradeResults(['AB-1.ndjson'], { grades: 'grades.csv', out: 'case.json', profile: 'uk' })
 */
export async function gradeResults(results: readonly string[], options: GradeOptions): Promise<GradeOutcome> {
  if (results.length === 0) throw usage('name the results that the grades are of')
  await refuseTwice(results)
  const headers = await Promise.all(results.map((path) => readHeader(path)))
  const facts = factsOf(headers, options)
  const profile = await loadProfile(options.profile ?? profileOf(headers))
  const version = options.version ?? '2.0'
  const roots = rootsOf(results, options.files)
  const { out, since } = options
  if (out !== undefined) await refuseOverwriting(out, { since, withFiles: roots.length > 0 })
  const gradedAt = timeOption(options.gradedAt)
  const collected = await collectGrades(results, headers, { ...options, profile, gradedAt })
  const { media: graded, book, takenBack } = collected
  const unknown = collected.unread + refuseUnknown(book.unused, options)
  const earlier = await readEarlier(options.since ?? [], options.signal)
  const sentBefore = new Set([...takenBack].filter((md5) => earlier.has(md5.toUpperCase())))
  const isUnchanged = (each: GradedMedia): boolean => {
    const fields = mediaFields(each, undefined, version)
    const before = earlier.get(String(fields['MD5']))
    return before?.fingerprint === fingerprint(fields) && (each.stored === undefined || before.withFile)
  }
  const sent = graded.map((each) => stored(each, roots)).filter((each) => !isUnchanged(each))
  if (options.out !== undefined) {
    await writePackage(options.out, sent, { facts, version, profileId: profile.id, roots }, options)
  }
  return {
    path: options.out ?? null,
    caseId: caseIdOf(facts),
    caseNumber: facts.caseNumber,
    version,
    profile: profileIdentity(profile),
    grades: collected.given,
    superseded: book.superseded,
    withdrawn: collected.withdrawn,
    stillSent: sentBefore.size,
    idleWithdrawals: collected.idle.filter(([md5]) => !sentBefore.has(md5)).map(([, grade]) => grade),
    againstSets: collected.againstSets,
    ignored: collected.ignored,
    unknown,
    unchanged: graded.length - sent.length,
    ...countsOf(sent, profile)
  }
}

function countsOf(
  sent: readonly GradedMedia[],
  profile: CategoryProfile
): Pick<GradeOutcome, 'media' | 'places' | 'files' | 'unmapped' | 'withoutTime' | 'withoutSource' | 'categories'> {
  const byCategory = new Map<number | string, number>()
  for (const { grade } of sent) byCategory.set(grade.category, (byCategory.get(grade.category) ?? 0) + 1)
  const categories = [...byCategory]
    .map(([category, media]) => ({ category, label: categoryLabel(profile, category), media }))
    .sort((a, b) => String(a.category).localeCompare(String(b.category), 'en', { numeric: true }))
  const sum = (of: (each: GradedMedia) => number): number => sent.reduce((total, each) => total + of(each), 0)
  return {
    media: sent.length,
    places: sum(({ places }) => places.length),
    files: sum(({ stored }) => Number(stored !== undefined)),
    unmapped: categories.reduce((total, { label, media }) => total + (label === UNMAPPED_LABEL ? media : 0), 0),
    withoutTime: sum(({ grade }) => Number(grade.gradedAt === undefined)),
    withoutSource: sum(({ grade }) => Number(grade.gradedBy === undefined)),
    categories
  }
}

function usage(message: string, path?: string): ExhibitHashError {
  return new ExhibitHashError('USAGE', message, { path })
}

function factsOf(headers: readonly HeaderRecord[], { facts = {} }: GradeOptions): CaseFacts {
  const caseNumber = facts.caseNumber ?? only(headers, 'case')
  if (caseNumber === undefined) throw usage('the results name no case: give its number (--case)')
  if (facts.caseId !== undefined && !GUID.test(facts.caseId))
    throw usage(`'${facts.caseId}' is no GUID, as a CaseID is`)
  const seizureDate = timeOption(facts.seizureDate)
  const organisation = facts.organisation ?? only(headers, 'organisation')
  return {
    ...facts,
    caseNumber,
    ...(organisation !== undefined && { organisation }),
    ...(seizureDate !== undefined && { seizureDate })
  }
}

/** ISO 8601 in UTC. */
function timeOption(text: string | undefined): string | undefined {
  const time = text === undefined ? undefined : isoTime(text)
  if (text !== undefined && time === undefined) throw usage(`'${text}' is no date`)
  return time
}

/** What all headers that say it say alike. */
function only(headers: readonly HeaderRecord[], label: 'case' | 'organisation'): string | undefined {
  const said = new Set(headers.map((header) => header[label]).filter((text) => text !== undefined))
  if (said.size > 1)
    throw usage(`the results are of several ${label}s (${[...said].join(', ')}): one package is of one`)
  return [...said][0]
}

function profileOf(headers: readonly HeaderRecord[]): string {
  const named = new Set(headers.flatMap(({ sets }) => sets.map(({ profile }) => profile.split(' ', 1)[0])))
  const [profile] = named
  if (named.size === 1 && profile !== 'none') return profile
  throw usage('the sets of the results do not name one category profile: say which one the grades follow (--profile)')
}

function refuseUnknown(unused: readonly Grade[], { allowUnknown, grades }: GradeOptions): number {
  if (unused.length === 0 || allowUnknown === true) return unused.length
  const path = typeof grades === 'string' ? grades : undefined
  const { md5, sha1, sha256, path: file, exhibit } = unused[0]
  const digest = md5 ?? sha1 ?? sha256
  const named = digest ?? `${file}${exhibit === undefined ? '' : ` of exhibit ${exhibit}`}`
  const more = unused.length > 1 ? ` and ${unused.length - 1} more` : ''
  const where = digest === undefined ? ', whose paths begin within the folder that was scanned' : ''
  const message = `${path ?? 'grades'}: ${named}${more}: not in the results${where}`
  throw new ExhibitHashError('GRADE_WITHOUT_FILE', message, { path })
}
