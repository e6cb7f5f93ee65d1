// What the charts of the review page count: many things, of which only so many are told apart.

import { describeCategory } from '../core/display.js'
import type { FileRecord, Match } from '../core/result.js'

export interface Bars {
  readonly title: string
  readonly bars: readonly (readonly [name: string, files: number])[]
}

/** Longer texts of sets and names are cut: a label of a megabyte would stand in every row. */
export const MAX_TEXT = 200
const MAX_BARS = 24
/** Distances of a usual search, and the years of an exhibit, are all told apart. */
const MAX_NUMBERS = 40
const MAX_OPTIONS = 200
/** Codes and years that strangers make up must not fill the memory. */
const MAX_TOLD_APART = 10_000

export function cut(text: string, most = MAX_TEXT): string {
  // Half a character is none.
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`
}

export class ReviewCounts {
  readonly #byCategory = new Tally()
  readonly #byDistance = new Tally()
  readonly #byFormat = new Tally()
  readonly #byYear = new Tally()
  readonly #categories = new Tally()
  readonly #labels = new Map<string, string>()

  add({ media, times, matches = [] }: FileRecord): void {
    this.#byFormat.add(cut(media?.format ?? 'other'))
    const year = /^\d{4}/.exec(times?.modified ?? '')?.[0]
    if (year !== undefined) this.#byYear.add(year)
    for (const match of matches) {
      if (match.knownGood !== true) {
        this.#byCategory.add(`${cut(match.set)}: ${cut(categoryText(match))}, ${match.relation}`)
      }
      if ('distanceBits' in match) this.#byDistance.add(String(match.distanceBits))
      if (match.category !== null) this.#addCategory(match)
    }
  }

  get charts(): Bars[] {
    return [
      { title: 'Matches by category and set', bars: inOrder(this.#byCategory.top(MAX_BARS)) },
      { title: 'Distance of similar matches, bits', bars: inOrder(this.#byDistance.top(MAX_NUMBERS)) },
      { title: 'Files by type', bars: this.#byFormat.top(12) },
      { title: 'Files by year of last modification', bars: inOrder(this.#byYear.top(MAX_NUMBERS)) }
    ]
  }

  /** Categories of the matches, code and label: the most frequent ones. */
  get categories(): [code: string, label: string][] {
    const frequent = this.#categories.top(MAX_OPTIONS).filter(([code]) => this.#labels.has(code))
    return inOrder(frequent).map(([code]) => [code, this.#labels.get(code)!])
  }

  /** Whether there are more of them. */
  get hasMoreCategories(): boolean {
    return this.#labels.size > MAX_OPTIONS
  }

  #addCategory(match: Match): void {
    const code = cut(String(match.category))
    this.#categories.add(code)
    if (this.#labels.size < MAX_TOLD_APART) this.#labels.set(code, cut(categoryText(match)))
  }
}

const REST = 'all others'

class Tally {
  readonly #counts = new Map<string, number>()
  #rest = 0

  add(name: string): void {
    const count = this.#counts.get(name)
    if (count === undefined && this.#counts.size >= MAX_TOLD_APART) this.#rest++
    else this.#counts.set(name, (count ?? 0) + 1)
  }

  /** The most frequent ones, and how many the others are together. */
  top(most: number): [string, number][] {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a)
    const rest = sorted.slice(most).reduce((sum, [, count]) => sum + count, this.#rest)
    return [...sorted.slice(0, most), ...(rest > 0 ? [[REST, rest] as [string, number]] : [])]
  }
}

function inOrder(counts: readonly [string, number][]): [string, number][] {
  const isRest = ([name]: readonly [string, number]): number => Number(name === REST)
  return [...counts].sort((a, b) => isRest(a) - isRest(b) || a[0].localeCompare(b[0], 'en', { numeric: true }))
}

function categoryText({ category, label }: Match): string {
  return describeCategory(category, label)
}
