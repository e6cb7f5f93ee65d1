// The room's face: features and hash sets in, matches out.

import { EMPTY_FILE_DIGESTS } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import type { Match } from '../core/result.js'
import type { HashSet } from '../index/index.js'
import { matchExact } from './exact.js'
import type { MatchFeatures } from './features.js'
import { matchNear } from './near.js'
import type { NearPolicy } from './policy.js'

export { featuresFromHex, framesFromHex, type MatchFeatures, type MatchFrames, packDigests } from './features.js'
export { checkNear, DEFAULT_NEAR, MIN_PDQ_QUALITY, parseNear, type NearPolicy } from './policy.js'

/** What one file matches. */
export interface FileMatches {
  readonly matches: Match[]
  /** Records beyond MAX_LISTED that match too: counted, not listed. */
  readonly omitted: number
}

/**
 * Matches of many files against all sets: set after set, equal digests before near hashes. Empty files match nothing.
 * @throws {ExhibitHashError} INDEX_DAMAGED, SET_CLOSED
 */
export function matchFiles(sets: readonly HashSet[], files: readonly MatchFeatures[], near: NearPolicy): FileMatches[] {
  const askable = files.map((file) => (isEmptyFile(file) ? NOTHING : file))
  const results = files.map(() => ({ matches: [] as Match[], omitted: 0 }))
  for (const set of sets) {
    for (const found of [matchExact(set, askable), matchNear(set, askable, near)]) {
      results.forEach((result, i) => {
        for (const match of found[i].matches) result.matches.push(match)
        result.omitted += found[i].omitted
      })
    }
  }
  // An answer from a file that was written to meanwhile is no answer.
  for (const set of sets) set.checkUnchanged()
  return results
}

const NOTHING: MatchFeatures = { digests: {}, sizeBytes: null, hashes: {}, pdqQuality: null }

function isEmptyFile(file: MatchFeatures): boolean {
  if (file.sizeBytes === 0) return true
  const { md5, sha1, sha256 } = file.digests
  const is = (digest: Uint8Array | undefined, empty: string) => digest !== undefined && bytesToHex(digest) === empty
  return is(md5, EMPTY_FILE_DIGESTS.md5) || is(sha1, EMPTY_FILE_DIGESTS.sha1) || is(sha256, EMPTY_FILE_DIGESTS.sha256)
}
