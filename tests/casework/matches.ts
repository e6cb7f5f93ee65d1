// Matches as results tell them, for tests of what is made of them.

import type { FileRecord, HeaderRecord, Match } from 'exhibit-hash'
import { HEADER, pictureRecord, writeResults } from '../support/results.js'

export interface MatchFacts {
  readonly relation?: Match['relation']
  readonly set?: string
  readonly source?: string
  readonly id?: string | null
  readonly category?: number | string | null
  readonly label?: string | null
  readonly by?: string
  readonly on?: string
  readonly distance?: number
  readonly knownGood?: true
  readonly more?: object
}

const LABELS: Readonly<Record<string, string>> = { '0': 'Uncategorised', '1': 'Category A', '2': 'Category B' }

/** A match; `by` is who graded, `on` when. */
export function match(facts: MatchFacts = {}): Match {
  const {
    relation = 'identical',
    set = 'CAID',
    source = `${facts.set ?? 'caid'}.json`,
    id = null,
    category = 1
  } = facts
  const { label = category === null ? null : (LABELS[String(category)] ?? 'unmapped'), by, on, distance = 10 } = facts
  const grading = { ...(by !== undefined && { gradedBy: by }), ...(on !== undefined && { updated: on }), ...facts.more }
  const known = facts.knownGood === true && { knownGood: true as const }
  const record = { set, source, mediaId: id, category, label, grading, ...known }
  if (relation === 'identical') return { relation, by: 'md5', ...record, agreeing: ['md5', 'sha1'] }
  if (relation === 'conflict') {
    return { relation, by: 'md5', ...record, agreeing: ['md5'], contradicting: ['sha1'] }
  }
  return { relation, by: 'pdq', ...record, distanceBits: distance, variant: 'original' }
}

/** Results of one exhibit: a file for each list of matches, whose content is what stands before it. */
export function writeMatched(
  path: string,
  files: readonly (readonly [content: string, matches: readonly Match[], more?: Partial<FileRecord>])[],
  header: Partial<HeaderRecord> & { readonly profiles?: Readonly<Record<string, string>> } = {}
): string {
  const { profiles, ...labels } = header
  const names = new Set(files.flatMap(([, matches]) => matches.map(({ set }) => set)))
  const sets = [...names].map((name) => ({
    name,
    root: 'ab',
    profile: profiles?.[name] ?? 'uk 1-assumed',
    complete: true
  }))
  const records = files.map(([content, matches, more], seq) => pictureRecord(seq, content, { matches, ...more }))
  return writeResults(path, records, { ...HEADER, sets, ...labels })
}
