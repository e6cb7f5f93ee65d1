// Counts a rematch as its files go by, those that are not listed included.

import type { FileRecord, Match, RematchCounts } from '../core/result.js'
import type { strongestRelation } from './summary.js'

/** What was found of one file. */
export interface RematchedFile {
  readonly news: readonly Match[]
  /** The strongest of what is new. */
  readonly relation: ReturnType<typeof strongestRelation>
  /** New matches beyond those that can be listed. */
  readonly unlisted: number
  readonly gone: readonly Match[]
  readonly unasked: readonly Match[]
}

type Counts = { -readonly [K in keyof RematchCounts]: RematchCounts[K] }

export class RematchCounter {
  readonly #counts: Counts & { readonly news: { record: number; grading: number; relation: number } } = {
    files: 0,
    identical: 0,
    conflict: 0,
    similar: 0,
    knownGood: 0,
    news: { record: 0, grading: 0, relation: 0 },
    gone: 0,
    filesWithGone: 0,
    unasked: 0,
    otherSets: 0,
    unaskedFiles: 0,
    errors: 0
  }

  /** @param sets - names of the sets that are asked */
  constructor(private readonly sets: ReadonlySet<string>) {}

  /** What the earlier record says; once for every file. */
  addEarlier({ digests, skipped, error, matches = [], unasked = [] }: FileRecord): void {
    const counts = this.#counts
    counts.files++
    for (const list of [matches, unasked]) {
      for (const { set } of list) if (!this.sets.has(set)) counts.otherSets++
    }
    if (digests === null && skipped === undefined) counts.unaskedFiles++
    if (error !== null) counts.errors++
  }

  /** What was found anew; files that are left out have nothing new and nothing gone. */
  addFound({ news, relation, unlisted, gone, unasked }: RematchedFile): void {
    const counts = this.#counts
    if (relation !== null) counts[relation]++
    for (const match of news) if (match.news !== undefined) counts.news[match.news]++
    counts.news.record += unlisted
    counts.gone += gone.length
    if (gone.length > 0) counts.filesWithGone++
    counts.unasked += unasked.length
  }

  /** Files with news that is not of harmless files. */
  get matched(): number {
    const { identical, conflict, similar } = this.#counts
    return identical + conflict + similar
  }

  get counts(): RematchCounts {
    return { ...this.#counts, news: { ...this.#counts.news } }
  }
}
