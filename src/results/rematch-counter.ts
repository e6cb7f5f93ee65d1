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
  readonly turned: readonly Match[]
  /** Earlier matches with sets that were not asked. */
  readonly otherSets: number
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
    turned: 0,
    otherSets: 0,
    unasked: 0,
    errors: 0
  }

  add(record: FileRecord, { news, relation, unlisted, gone, turned, otherSets }: RematchedFile): void {
    const counts = this.#counts
    counts.files++
    if (relation !== null) counts[relation]++
    for (const match of news) if (match.news !== undefined) counts.news[match.news]++
    counts.news.record += unlisted
    counts.gone += gone.length
    if (gone.length > 0) counts.filesWithGone++
    counts.turned += turned.length
    counts.otherSets += otherSets
    if (record.digests === null && record.skipped === undefined) counts.unasked++
    if (record.error !== null) counts.errors++
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
