// The part of a match that says which record it is of.

import type { IdenticalMatch } from '../core/result.js'
import type { HashSet, SetEntry } from '../index/index.js'

/**
 * Records listed for one file, set and way of matching. A digest that stands in a million records of a faulty set
 * must not make a line of a gigabyte; what is beyond is counted.
 */
export const MAX_LISTED = 1000

type RecordFacts = Omit<IdenticalMatch, 'relation' | 'by' | 'agreeing'>

export function describeEntry(set: HashSet, record: SetEntry): RecordFacts {
  const { source, mediaId, category, label, grading } = record
  const knownGood = set.metadata.role === 'known-good' ? { knownGood: true as const } : {}
  return { set: set.name, source, mediaId, category, label, grading, ...knownGood }
}
