// What the review page knows: a row a file, the grades that there are, and counts for its charts.

import type { GradeBook } from '../casework/grading/grade-book.js'
import type { Grade } from '../casework/grading/grades.js'
import type { FileRecord, Match } from '../core/result.js'
import { readChecked, strongestRelation } from '../results/index.js'
import { type Bars, cut, MAX_TEXT, ReviewCounts } from './review-counts.js'
import type { ReportSource } from './writer.js'

/** As the page takes them apart: relation, set, category, label, how it was found, MediaID, who graded. */
type MatchCells = readonly [number, number, number | string | null, string | null, string, string | null, string | null]

export type ReviewRow = readonly [
  source: number,
  seq: number,
  path: string,
  sizeBytes: number | null,
  format: string | null,
  modified: string | null,
  relation: number,
  matches: readonly MatchCells[],
  error: string | null,
  md5: string | null,
  sha256: string | null,
  isViewable: boolean,
  /** Characters of the path that were left out. */
  omitted: number
]

export interface ReviewData {
  readonly rows: readonly ReviewRow[]
  readonly sets: readonly string[]
  readonly files: number
  /** Files that no set asks to look at and that there was no room for. */
  readonly unlisted: number
  readonly charts: readonly Bars[]
  /** Categories of the matches: code and label. */
  readonly categories: readonly (readonly [code: string, label: string])[]
  readonly hasMoreCategories: boolean
  /** Last words of all examiners, by what `contentKey` says. */
  readonly grades: Map<string, Grade[]>
  /** Earlier grades of files that are not in the results. */
  readonly unplaced?: number
}

export interface CollectOptions {
  readonly isViewable?: (record: FileRecord, source: number) => boolean
  /** Grades that were made before. */
  readonly book?: GradeBook
  readonly maxRows?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Files without a match, and those that known-good sets alone have, are listed up to this many rows. Those of them that could
 * not be processed have as many rows again: they may need a second look. What a set reports is always listed.
 */
const MAX_ROWS = 200_000
/** More than paths of ordinary file systems have; members of archives can have names of any length. */
const MAX_PATH = 1000
const RELATIONS = ['identical', 'conflict', 'similar', 'knownGood', null] as const
const MATCHES_SHOWN = 20

export async function collectReview(
  sources: readonly ReportSource[],
  options: CollectOptions = {}
): Promise<ReviewData> {
  const collector = new Collector(options)
  for (const [number, { path, header }] of sources.entries()) {
    for await (const line of readChecked(path, { signal: options.signal })) {
      if (line.type === 'file') collector.add(line, number, header.exhibit)
    }
  }
  return collector.data
}

/** Grades are of contents: every copy has the same one. A file that could not be read is nobody's copy. */
export function contentKey(source: number, seq: number, sha256: string | null): string {
  return sha256 ?? `${source}/${seq}`
}

/** What a grade says whose it is; `null` where nothing that it could say tells the file from others. */
export function nameOf(row: ReviewRow, sources: readonly ReportSource[]): Partial<Grade> | null {
  const [source, , path, , , , , , , md5, sha256, , omitted] = row
  if (md5 !== null && sha256 !== null) return { md5, sha256 }
  const { exhibit } = sources[source].header
  if (omitted > 0 || !isTold(exhibit, sources)) return null
  return exhibit === undefined ? { path } : { path, exhibit }
}

/** Whether the results of an exhibit are the only ones of that name. */
export function isTold(exhibit: string | undefined, sources: readonly ReportSource[]): boolean {
  return (
    sources.filter(({ header }) => header.exhibit === exhibit).length === 1 &&
    (exhibit !== undefined || sources.length === 1)
  )
}

class Collector {
  readonly #rows: ReviewRow[] = []
  readonly #sets = new Map<string, number>()
  readonly #counts = new ReviewCounts()
  readonly #grades = new Map<string, Grade[]>()
  readonly #listed = { quiet: 0, failed: 0 }
  #files = 0
  #unlisted = 0

  constructor(private readonly options: CollectOptions) {}

  add(record: FileRecord, source: number, exhibit: string | undefined): void {
    this.#files++
    this.#counts.add(record)
    this.#collectGrades(record, source, exhibit)
    const relation = RELATIONS.indexOf(strongestRelation(record.matches))
    if (!this.#hasRoom(record, relation)) {
      this.#unlisted++
      return
    }
    const { seq, path, sizeBytes, media, times, error, digests } = record
    const omitted = Math.max(0, path.length - MAX_PATH)
    const isViewable = omitted === 0 && this.options.isViewable?.(record, source) === true
    const matches = [...(record.matches ?? [])].sort((a, b) => orderOf(a) - orderOf(b)).slice(0, MATCHES_SHOWN)
    this.#rows.push([
      ...([source, seq, cut(path, MAX_PATH), sizeBytes, cutOrNull(media?.format)] as const),
      ...([cutOrNull(times?.modified), relation, matches.map((match) => this.#cells(match))] as const),
      ...([error?.code ?? null, digests?.md5 ?? null, digests?.sha256 ?? null, isViewable, omitted] as const)
    ])
  }

  get data(): ReviewData {
    const { charts, categories, hasMoreCategories } = this.#counts
    const [rows, files, unlisted, grades] = [this.#rows, this.#files, this.#unlisted, this.#grades]
    return { rows, files, unlisted, grades, charts, categories, hasMoreCategories, sets: [...this.#sets.keys()] }
  }

  #hasRoom({ error }: FileRecord, relation: number): boolean {
    if (relation < RELATIONS.indexOf('knownGood')) return true
    return this.#listed[error === null ? 'quiet' : 'failed']++ < (this.options.maxRows ?? MAX_ROWS)
  }

  /** Also of files that are not listed: their copies may be, and an export has all. */
  #collectGrades({ digests, path, seq }: FileRecord, source: number, exhibit: string | undefined): void {
    const found = this.options.book?.findAll(digests, path, exhibit) ?? []
    if (found.length === 0) return
    const key = contentKey(source, seq, digests?.sha256 ?? null)
    const known = this.#grades.get(key)
    if (known === undefined) this.#grades.set(key, found)
    else this.options.book!.join(known, found)
  }

  #cells(match: Match): MatchCells {
    const { category, mediaId, grading } = match
    const set = cut(match.set)
    if (!this.#sets.has(set)) this.#sets.set(set, this.#sets.size)
    const code = typeof category === 'string' ? cut(category) : category
    const relation = RELATIONS.indexOf(match.relation)
    const how = cut(howFound(match))
    return [
      relation,
      this.#sets.get(set)!,
      code,
      cutOrNull(match.label),
      how,
      cutOrNull(mediaId),
      cutOrNull(grading?.gradedBy)
    ]
  }
}

function cutOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : cut(text, MAX_TEXT)
}

function orderOf({ relation }: Match): number {
  return RELATIONS.indexOf(relation)
}

function howFound(match: Match): string {
  const list = (kinds: readonly string[] | undefined): string => (kinds ?? []).join(', ')
  switch (match.relation) {
    case 'identical':
      return `equal ${list(match.agreeing)}`
    case 'conflict':
      return `equal ${list(match.agreeing)}, different ${list(match.contradicting)}`
    case 'similar':
      return match.by === 'photoDna'
        ? `photoDna, squared distance ${match.squaredDistance}`
        : `${match.by}, ${match.distanceBits} bits, ${match.variant}`
  }
}
