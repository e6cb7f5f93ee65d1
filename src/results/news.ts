// What matches of a file say that earlier matches of it did not, and which of those are gone. A record is the same by source
// and MediaID, whatever its set is called, since releases of a set have a new name each; one without MediaID, by what it says.

import type { EarlierWord, Match, News } from '../core/result.js'
import type { NearPolicy } from '../match/index.js'

export interface Compared {
  /** All that were asked for, in their order; the new ones are marked. */
  readonly matches: readonly Match[]
  /** Those that are new. */
  readonly news: readonly Match[]
  readonly gone: readonly Match[]
  /** Earlier ones that are not there, and that nothing was asked for: they may still be matches. */
  readonly unasked: readonly Match[]
}

export interface CompareOptions {
  /** False: records are the same by MediaID alone. */
  readonly bySource: boolean
  /** False where a list was cut: what is missing in it may still be a match. */
  readonly isWhole: boolean
  /** Distances that were asked with. */
  readonly near: NearPolicy
}

type Mark = (match: Match, news: News, before?: Match) => void

/** Earlier matches of one record, and those of now. */
interface Group {
  readonly earlier: Match[]
  readonly now: Match[]
}

/** @param earlier - without matches with sets that were not asked */
export function compareMatches(
  earlier: readonly Match[],
  now: readonly Match[],
  { bySource, isWhole, near }: CompareOptions
): Compared {
  const marked = new Map<Match, Match>()
  const missing: Match[] = []
  const mark: Mark = (match, news, before) => {
    marked.set(match, { ...match, news, ...(before !== undefined && { before: wordOf(before) }) })
  }
  for (const [key, group] of groupsOf(earlier, now, bySource)) {
    const judge = key === '' ? judgeUnnamed : judgeRecord
    missing.push(...judge(group, mark))
  }
  const lost = isWhole ? missing : []
  return {
    matches: now.map((match) => marked.get(match) ?? match),
    news: now.flatMap((match) => marked.get(match) ?? []),
    gone: lost.filter((match) => isAskedBy(match, near)),
    unasked: lost.filter((match) => !isAskedBy(match, near))
  }
}

/** Whether a match would be found again with the hashes that results keep, within these distances. */
export function isAskedBy(match: Match, near: NearPolicy): boolean {
  if (match.relation !== 'similar') return true
  const most = near[match.by]
  const distance = match.by === 'photoDna' ? match.squaredDistance : match.distanceBits
  return most !== undefined && distance <= most && !isTurned(match)
}

/** Found by the hash of the picture turned or mirrored, which results do not keep. */
function isTurned(match: Match): boolean {
  return match.relation === 'similar' && match.by !== 'photoDna' && match.variant !== 'original'
}

/** By record; all that have no MediaID that tells them apart are under ''. */
function groupsOf(earlier: readonly Match[], now: readonly Match[], bySource: boolean): Map<string, Group> {
  const groups = new Map<string, Group>()
  const groupOf = ({ source, mediaId }: Match): Group => {
    const key = mediaId === null || mediaId === '0' ? '' : JSON.stringify([bySource ? source : '', mediaId])
    let group = groups.get(key)
    if (group === undefined) groups.set(key, (group = { earlier: [], now: [] }))
    return group
  }
  for (const match of earlier) groupOf(match).earlier.push(match)
  for (const match of now) groupOf(match).now.push(match)
  return groups
}

/** Marks what is new about one record; gives back the earlier matches that are missing. */
function judgeRecord({ earlier, now }: Group, mark: Mark): Match[] {
  if (earlier.length === 0) {
    for (const match of now) mark(match, 'record')
    return []
  }
  const before = strongest(earlier)
  let isRegraded = false
  for (const match of now) {
    const alike = earlier.filter((each) => isGradedAlike(each, match))
    if (alike.length === 0) {
      mark(match, 'grading', before)
      isRegraded = true
    } else if (isExact(match) && !alike.some(({ relation }) => relation === match.relation)) {
      mark(match, 'relation', before)
    }
  }
  return earlier.filter((match) => {
    if (now.length === 0 || (isExact(match) && !now.some(isExact))) return true
    return !isRegraded && !now.some((each) => isGradedAlike(each, match))
  })
}

/** Rounds of pairing what has no name, the likest first: what an earlier match must share with one of now. */
const ROUNDS: readonly {
  /** `null`: nothing. */
  readonly news: News | null
  readonly key: (match: Match, side: 'earlier' | 'now') => string | null
}[] = [
  { news: null, key: (match) => JSON.stringify([match.source, way(match), match.relation, ...gradingOf(match)]) },
  // A turned copy that is near enough without being turned is the same record.
  {
    news: null,
    key: (match, side) =>
      match.relation === 'similar' && (side === 'now' || isTurned(match))
        ? JSON.stringify([match.source, match.by, ...gradingOf(match)])
        : null
  },
  { news: 'grading', key: (match) => JSON.stringify([match.source, way(match), match.relation]) },
  { news: 'relation', key: (match) => (isExact(match) ? JSON.stringify([match.source, ...gradingOf(match)]) : null) }
]

/** The same of records without MediaID, which are told apart by nothing but what they say. */
function judgeUnnamed({ earlier, now }: Group, mark: Mark): Match[] {
  let [before, after] = [earlier, now]
  for (const { key, news } of ROUNDS) {
    const waiting = new Map<string | null, Match[]>()
    for (const match of before) {
      const own = key(match, 'earlier')
      const alike = waiting.get(own)
      if (alike === undefined) waiting.set(own, [match])
      else alike.push(match)
    }
    const unpaired = (match: Match): boolean => {
      const own = key(match, 'now')
      const pair = own === null ? undefined : waiting.get(own)?.shift()
      if (pair !== undefined && news !== null) mark(match, news, pair)
      return pair === undefined
    }
    after = after.filter(unpaired)
    before = [...waiting.values()].flat()
  }
  for (const match of after) mark(match, 'record')
  return before
}

function way(match: Match): string {
  if (isExact(match)) return 'digest'
  if (match.by === 'photoDna') return `photoDna ${match.squaredDistance}`
  return `${match.by} ${match.variant} ${match.distanceBits}`
}

function isExact(match: Match): match is Exclude<Match, { relation: 'similar' }> {
  return match.relation !== 'similar'
}

function gradingOf({ category, label }: Match): readonly unknown[] {
  return [category, label]
}

function isGradedAlike(a: Match, b: Match): boolean {
  return a.category === b.category && a.label === b.label
}

const STRENGTH = { identical: 2, conflict: 1, similar: 0 } as const

function strongest(matches: readonly Match[]): Match {
  return matches.reduce((best, match) => (STRENGTH[match.relation] > STRENGTH[best.relation] ? match : best))
}

function wordOf({ relation, category, label }: Match): EarlierWord {
  return { relation, category, label }
}
