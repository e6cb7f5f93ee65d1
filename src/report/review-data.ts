// What the review page knows: a row a file, and counts for its charts.

import { describeCategory } from '../core/display.js'
import type { FileRecord, Match } from '../core/result.js'
import { readChecked, strongestRelation } from '../results/index.js'
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
  isViewable: boolean
]

export interface Bars {
  readonly title: string
  readonly bars: readonly (readonly [name: string, files: number])[]
}

export interface ReviewData {
  readonly rows: readonly ReviewRow[]
  readonly sets: readonly string[]
  readonly files: number
  /** Files without a match that there was no room for. */
  readonly unlisted: number
  readonly charts: readonly Bars[]
  /** Categories of the matches: code and label. */
  readonly categories: readonly (readonly [code: string, label: string])[]
}

/** Files without a match are listed up to this many rows; those with one always are. */
export const MAX_ROWS = 200_000
const RELATIONS = ['identical', 'conflict', 'similar', 'knownGood', null] as const
const MATCHES_SHOWN = 20

export async function collectReview(
  sources: readonly ReportSource[],
  isViewable: (record: FileRecord, source: number) => boolean,
  signal: AbortSignal | undefined
): Promise<ReviewData> {
  const collector = new Collector(isViewable)
  for (const [number, { path }] of sources.entries()) {
    for await (const line of readChecked(path, { signal })) if (line.type === 'file') collector.add(line, number)
  }
  return collector.data
}

class Collector {
  readonly #rows: ReviewRow[] = []
  readonly #sets = new Map<string, number>()
  readonly #categories = new Map<string, string>()
  readonly #byCategory = new Map<string, number>()
  readonly #byDistance = new Map<string, number>()
  readonly #byFormat = new Map<string, number>()
  readonly #byYear = new Map<string, number>()
  #files = 0
  #unlisted = 0

  constructor(private readonly isViewable: (record: FileRecord, source: number) => boolean) {}

  add(record: FileRecord, source: number): void {
    this.#files++
    this.#count(record)
    const relation = RELATIONS.indexOf(strongestRelation(record.matches))
    if (relation === 4 && record.error === null && this.#rows.length >= MAX_ROWS) {
      this.#unlisted++
      return
    }
    const { seq, path, sizeBytes, media, times, error, digests } = record
    const matches = [...(record.matches ?? [])].sort((a, b) => orderOf(a) - orderOf(b)).slice(0, MATCHES_SHOWN)
    this.#rows.push([
      ...([source, seq, path, sizeBytes, media?.format ?? null, times?.modified ?? null, relation] as const),
      matches.map((match) => this.#cells(match)),
      ...([
        error?.code ?? null,
        digests?.md5 ?? null,
        digests?.sha256 ?? null,
        this.isViewable(record, source)
      ] as const)
    ])
  }

  get data(): ReviewData {
    const sorted = (counts: ReadonlyMap<string, number>): [string, number][] =>
      [...counts].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    const frequent = (counts: ReadonlyMap<string, number>): [string, number][] =>
      [...counts].sort(([, a], [, b]) => b - a).slice(0, 12)
    return {
      rows: this.#rows,
      sets: [...this.#sets.keys()],
      files: this.#files,
      unlisted: this.#unlisted,
      categories: [...this.#categories].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
      charts: [
        { title: 'Matches by category and set', bars: sorted(this.#byCategory) },
        { title: 'Distance of similar matches, bits', bars: sorted(this.#byDistance) },
        { title: 'Files by type', bars: frequent(this.#byFormat) },
        { title: 'Files by year of last modification', bars: sorted(this.#byYear) }
      ]
    }
  }

  #count({ media, times, matches }: FileRecord): void {
    const one = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
    one(this.#byFormat, media?.format ?? 'other')
    const year = /^\d{4}/.exec(times?.modified ?? '')?.[0]
    if (year !== undefined) one(this.#byYear, year)
    for (const match of matches ?? []) {
      if (match.knownGood !== true) one(this.#byCategory, `${match.set}: ${categoryText(match)}, ${match.relation}`)
      if ('distanceBits' in match) one(this.#byDistance, String(match.distanceBits))
    }
  }

  #cells(match: Match): MatchCells {
    const { set, category, label, mediaId, grading } = match
    if (!this.#sets.has(set)) this.#sets.set(set, this.#sets.size)
    if (category !== null) this.#categories.set(String(category), categoryText(match))
    const relation = RELATIONS.indexOf(match.relation)
    const how = howFound(match)
    return [relation, this.#sets.get(set)!, category, label, how, mediaId, grading?.gradedBy ?? null]
  }
}

function orderOf({ relation }: Match): number {
  return RELATIONS.indexOf(relation)
}

function categoryText({ category, label }: Match): string {
  return describeCategory(category, label)
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
