// Counts a run as its records go by: the last line of a results file.

import type { FileRecord, Match, SummaryRecord } from '../core/result.js'

/** What a file counts as: the strongest relation of its matches; known-good only where nothing else matched. */
export function strongestRelation(matches: readonly Match[] | undefined): Match['relation'] | 'knownGood' | null {
  const telling = (matches ?? []).filter((match) => !isHarmless(match))
  for (const relation of ['identical', 'conflict', 'similar'] as const) {
    if (telling.some((match) => match.relation === relation)) return relation
  }
  return matches !== undefined && matches.length > 0 ? 'knownGood' : null
}

/** Known-good by equal digests; a conflict with a known-good record is a conflict like any other. */
function isHarmless(match: Match): boolean {
  return match.knownGood === true && match.relation === 'identical'
}

type Counts = { -readonly [K in keyof SummaryRecord]: SummaryRecord[K] }
type CategoryRow = {
  -readonly [K in keyof SummaryRecord['categories'][number]]: SummaryRecord['categories'][number][K]
}

export class SummaryCounter {
  private readonly counts: Counts = {
    type: 'summary',
    files: 0,
    bytes: 0,
    images: 0,
    skipped: 0,
    errors: 0,
    partial: 0,
    identical: 0,
    conflict: 0,
    similar: 0,
    knownGood: 0,
    categories: []
  }
  private videos = 0
  private videosWithoutFrames = 0
  private readonly categories = new Map<string, CategoryRow>()
  private readonly errorCodes = new Map<string, number>()

  add(record: FileRecord): void {
    const { counts } = this
    counts.files++
    counts.bytes += record.sizeBytes ?? 0
    if (record.media?.kind === 'image' && record.media.width !== undefined) counts.images++
    if (record.frames === null) this.videosWithoutFrames++
    else if (record.frames !== undefined && record.frames.length > 0) this.videos++
    if (record.skipped !== undefined) counts.skipped++
    if (record.error !== null) this.addError(record.error.code)
    if (record.media?.partial === true) counts.partial++
    const strongest = strongestRelation(record.matches)
    if (strongest !== null) counts[strongest]++
    this.addCategories(record.matches ?? [])
  }

  get summary(): SummaryRecord {
    const order = (row: CategoryRow): string => JSON.stringify([row.set, row.category === null, row.category])
    const compare = (a: CategoryRow, b: CategoryRow): number =>
      a.set === b.set && typeof a.category === 'number' && typeof b.category === 'number'
        ? a.category - b.category
        : order(a) < order(b)
          ? -1
          : 1
    const { videos, videosWithoutFrames } = this
    const { categories: _, ...counts } = this.counts
    return {
      ...counts,
      ...(videos > 0 && { videos }),
      ...(videosWithoutFrames > 0 && { videosWithoutFrames }),
      categories: [...this.categories.values()].sort(compare),
      ...(this.errorCodes.size > 0 && { errorCodes: Object.fromEntries([...this.errorCodes].sort()) })
    }
  }

  private addError(code: string): void {
    this.counts.errors++
    this.errorCodes.set(code, (this.errorCodes.get(code) ?? 0) + 1)
  }

  private addCategories(matches: readonly Match[]): void {
    for (const { relation, ...named } of relationsByCategory(matches)) {
      const key = JSON.stringify([named.set, named.category])
      const row = this.categories.get(key) ?? { ...named, identical: 0, similar: 0, conflict: 0 }
      row[relation]++
      this.categories.set(key, row)
    }
  }
}

export interface CategoryRelation {
  readonly set: string
  readonly category: number | string | null
  readonly label: string | null
  readonly relation: Match['relation']
}

/** What a file counts as in each set and category: once, by the strongest relation that it has there. */
export function relationsByCategory(matches: readonly Match[] | undefined): CategoryRelation[] {
  const groups = new Map<string, Match[]>()
  for (const match of matches ?? []) {
    if (isHarmless(match)) continue
    const key = JSON.stringify([match.set, match.category])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [match])
    else group.push(match)
  }
  return [...groups.values()].flatMap((group) => {
    const { set, category, label } = group[0]
    const relation = strongestRelation(group)
    return relation === null || relation === 'knownGood' ? [] : [{ set, category, label, relation }]
  })
}
