// Equal digests: which records a file is identical with, and which only claim to be.

import { ExhibitHashError } from '../core/errors.js'
import type { DigestKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import type { ConflictMatch, IdenticalMatch } from '../core/result.js'
import type { HashSet, SetEntry } from '../index/index.js'
import { LOOKUP_ORDER, packDigests, type MatchFeatures } from './features.js'
import { describeEntry, MAX_LISTED } from './describe.js'

interface ExactMatches {
  readonly matches: (IdenticalMatch | ConflictMatch)[]
  readonly omitted: number
}

/** For each file the records of `set` that share a digest with it, each record once, in the order of entries. */
export function matchExact(set: HashSet, files: readonly MatchFeatures[]): ExactMatches[] {
  const entries = files.map(() => new Set<number>())
  for (const kind of LOOKUP_ORDER) {
    const { packed, owners } = packDigests(files, kind)
    if (owners.length === 0) continue
    set.findBatch(kind, packed).forEach((first, i) => {
      const digest = files[owners[i]].digests[kind]
      if (first === -1 || digest === undefined) return
      for (const entry of set.findEntries(kind, digest)) entries[owners[i]].add(entry)
    })
  }
  return files.map((file, i) => {
    const inOrder = [...entries[i]].sort((a, b) => a - b)
    const listed = inOrder.slice(0, MAX_LISTED)
    return {
      matches: listed.map((entry) => judge(set, set.record(entry), file)),
      omitted: inOrder.length - listed.length
    }
  })
}

function judge(set: HashSet, record: SetEntry, file: MatchFeatures): IdenticalMatch | ConflictMatch {
  const agreeing: DigestKind[] = []
  const contradicting: (DigestKind | 'sizeBytes')[] = []
  for (const kind of LOOKUP_ORDER) {
    const own = file.digests[kind]
    const theirs = record.digests[kind]
    if (own === undefined || theirs === undefined) continue
    if (bytesToHex(own) === theirs) agreeing.push(kind)
    else contradicting.push(kind)
  }
  // A size of 0 beside a digest that is not the empty file's is an exporter's way of saying "unknown".
  const sizeKnown = file.sizeBytes !== null && record.sizeBytes !== null && record.sizeBytes !== 0
  if (sizeKnown && file.sizeBytes !== record.sizeBytes) contradicting.push('sizeBytes')
  if (agreeing.length === 0) {
    const message = `${set.path}: entry ${record.entry} was found by a digest that it does not have`
    throw new ExhibitHashError('INDEX_DAMAGED', message, { path: set.path })
  }
  const facts = { by: agreeing[0], ...describeEntry(set, record), agreeing }
  if (contradicting.length > 0) return { relation: 'conflict', ...facts, contradicting }
  return { relation: 'identical', ...facts }
}
