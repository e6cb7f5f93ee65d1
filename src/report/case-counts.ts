// Counts for the summary of a case: files by exhibit and category, in all and unique, with the span of their dates.

import type { FileRecord, Match, SummaryRecord } from '../core/result.js'
import { DigestItems, relationsByCategory, SummaryCounter } from '../results/index.js'
import type { ReportSource } from './writer.js'

/** Files of one kind: how many, how many of them different, and when they were last modified. */
export interface Tally {
  total: number
  /** By SHA-256; files that could not be read are in `total` only. */
  unique: number
  /** ISO 8601 in UTC; `null` where no file system said anything. */
  earliest: string | null
  latest: string | null
}

export interface CategoryTally {
  readonly set: string
  readonly category: number | string | null
  readonly label: string | null
  readonly identical: Tally
  readonly conflict: Tally
  readonly similar: Tally
}

export interface ExhibitCounts {
  readonly source: ReportSource
  readonly summary: SummaryRecord
  readonly files: Tally
  readonly categories: readonly CategoryTally[]
}

export interface CaseCounts {
  readonly exhibits: readonly ExhibitCounts[]
  /** Of all exhibits together: a file that two of them have is one unique file. */
  readonly files: Tally
  readonly categories: readonly CategoryTally[]
  /** Files that could not be processed, by code, most frequent first. */
  readonly errors: readonly (readonly [code: string, files: number])[]
}

type Relation = Match['relation']
type Named = Pick<CategoryTally, 'set' | 'category' | 'label'>

/** A group of rows: an exhibit, or all of them. */
class Scope {
  readonly files = tally()
  readonly rows = new Map<string, CategoryTally>()

  row({ set, category, label }: Named): CategoryTally {
    const key = JSON.stringify([set, category, label])
    let row = this.rows.get(key)
    if (row === undefined) {
      row = { set, category, label, identical: tally(), conflict: tally(), similar: tally() }
      this.rows.set(key, row)
    }
    return row
  }

  get categories(): CategoryTally[] {
    return [...this.rows.values()].sort((a, b) => compare(a.set, b.set) || compareCategories(a.category, b.category))
  }
}

export class CaseCounter {
  readonly #all = new Scope()
  readonly #exhibits: { source: ReportSource; scope: Scope; counter: SummaryCounter }[] = []
  readonly #errors = new Map<string, number>()
  readonly #items = new DigestItems()
  /** What a number in the items stands for: a tally of an exhibit, and the same of all exhibits. */
  readonly #numbered: (readonly [own: Tally, all: Tally])[] = []
  readonly #numberOf = new Map<Tally, number>()

  begin(source: ReportSource): void {
    this.#exhibits.push({ source, scope: new Scope(), counter: new SummaryCounter() })
  }

  add(record: FileRecord): void {
    const { scope, counter } = this.#exhibits.at(-1)!
    counter.add(record)
    this.#count(record, scope.files, this.#all.files)
    if (record.error !== null) this.#errors.set(record.error.code, (this.#errors.get(record.error.code) ?? 0) + 1)
    for (const { relation, ...named } of relationsByCategory(record.matches)) {
      this.#count(record, scope.row(named)[relation], this.#all.row(named)[relation])
    }
  }

  async finish(): Promise<CaseCounts> {
    for await (const run of this.#items.runs()) {
      const seen = new Set<Tally>()
      for (const number of run.numbers()) for (const each of this.#numbered[number]) seen.add(each)
      for (const each of seen) each.unique++
    }
    return {
      exhibits: this.#exhibits.map(({ source, scope, counter }) => ({
        source,
        summary: counter.summary,
        files: scope.files,
        categories: scope.categories
      })),
      files: this.#all.files,
      categories: this.#all.categories,
      errors: [...this.#errors].sort(([a, m], [b, n]) => n - m || compare(a, b))
    }
  }

  #count({ digests, times }: FileRecord, own: Tally, all: Tally): void {
    const modified = dateOf(times?.modified)
    for (const each of [own, all]) {
      each.total++
      if (modified === null) continue
      if (each.earliest === null || modified < each.earliest) each.earliest = modified
      if (each.latest === null || modified > each.latest) each.latest = modified
    }
    if (digests !== null) this.#items.add(digests.sha256, this.#number(own, all))
  }

  #number(own: Tally, all: Tally): number {
    let number = this.#numberOf.get(own)
    if (number === undefined) {
      number = this.#numbered.push([own, all]) - 1
      this.#numberOf.set(own, number)
    }
    return number
  }
}

export const RELATIONS: readonly Relation[] = ['identical', 'conflict', 'similar']

function tally(): Tally {
  return { total: 0, unique: 0, earliest: null, latest: null }
}

/** Years of four digits, so that the text can be compared. */
function dateOf(text: string | undefined): string | null {
  const ms = text === undefined ? NaN : Date.parse(text)
  if (Number.isNaN(ms)) return null
  const iso = new Date(ms).toISOString()
  return /^\d{4}-/.test(iso) ? iso : null
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Numbers first and by size, then other codes, then none. */
function compareCategories(a: Named['category'], b: Named['category']): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const rank = (value: Named['category']): number => (typeof value === 'number' ? 0 : value === null ? 2 : 1)
  return rank(a) - rank(b) || compare(String(a), String(b))
}
