// How each set of a rematch is asked: whether its newer layers alone can have changed anything, and whether asking with
// them is less work than asking with every file.

import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { DIGEST_KINDS, isNearKind } from '../core/hashes.js'
import type { HeaderRecord, SetIdentity } from '../core/result.js'
import { type HashSet, NewerLayers } from '../index/index.js'
import { checkNear, DEFAULT_NEAR, type NearPolicy } from '../match/index.js'
import type { RematchPlan, RematchRun } from './rematch-options.js'

/** A set that is the one of the earlier results with further layers on it, or with none. */
export interface LayeredSet {
  readonly set: HashSet
  readonly newer: NewerLayers
}

export interface Ways {
  /** Asked with every file. */
  readonly whole: readonly HashSet[]
  /** Asked with those files that its newer layers may have something new for. */
  readonly layered: readonly LayeredSet[]
  readonly plan: readonly RematchPlan[]
}

/**
 * Distances to ask with: those of the earlier results where none are given, and of those only kinds that the results hold.
 * @throws {ExhibitHashError} RESULTS_INVALID
 */
export function nearFor({ options, sets }: HeaderRecord, given: NearPolicy | undefined, path: string): NearPolicy {
  const held = kindsHeld(options)
  const asked = given ?? (sets.length === 0 ? DEFAULT_NEAR : earlierNear(options.near, path))
  return Object.fromEntries(Object.entries(asked).filter(([kind]) => held.has(kind)))
}

/** Kinds of hashes that results have, by their header. */
export function kindsHeld({ hashes, hashers = [] }: HeaderRecord['options']): ReadonlySet<string> {
  return new Set([...DIGEST_KINDS, ...hashes, ...hashers.map(({ name }) => name)].filter((kind) => isKind(kind)))
}

function isKind(kind: string): boolean {
  return isNearKind(kind) || (DIGEST_KINDS as readonly string[]).includes(kind)
}

function earlierNear(near: HeaderRecord['options']['near'], path: string): NearPolicy {
  try {
    return checkNear(near)
  } catch (error) {
    const { message } = toExhibitHashError(error, 'USAGE')
    throw new ExhibitHashError('RESULTS_INVALID', `${path}, line 1: ${message}`, { path, cause: error })
  }
}

/** The layers of sets that are asked by layers are open, and the caller's to close. */
export function planWays(header: HeaderRecord, files: number, near: NearPolicy, run: RematchRun): Ways {
  const whole: HashSet[] = []
  const layered: LayeredSet[] = []
  try {
    const plan = run.sets.map((set): RematchPlan => {
      const known = knownLayers(set, header, near, run)
      const newer = known === null ? null : NewerLayers.of(set, known)
      const newerRecords = newer?.added ?? 0
      const byLayers = newer !== null && (run.way === 'layers' || isWorthIt(newerRecords, files))
      if (byLayers) layered.push({ set, newer })
      else {
        newer?.close()
        whole.push(set)
      }
      const newerLayers = known === null ? null : set.layers.length - known
      return { set: set.name, way: byLayers ? 'layers' : 'files', newerLayers, newerRecords }
    })
    return { whole, layered, plan }
  } catch (error) {
    for (const { newer } of layered) newer.close()
    throw error
  }
}

/** Layers of a set that the earlier results were matched against; `null` where they say nothing of what it answers now. */
function knownLayers(set: HashSet, { options, sets }: HeaderRecord, near: NearPolicy, run: RematchRun): number | null {
  if (run.way === 'files' || run.all || !isWithin(near, options.near)) return null
  // Matches name their set, so that it must be the only one of its name.
  const isOnly = (named: readonly { readonly name: string }[]): boolean =>
    named.filter(({ name }) => name === set.name).length === 1
  if (!isOnly(run.sets) || !isOnly(sets)) return null
  const earlier = sets.find(({ name }) => name === set.name)
  return earlier !== undefined && isBelow(earlier, set) ? (earlier.layers ?? []).length : null
}

function isBelow({ root, layers = [] }: SetIdentity, set: HashSet): boolean {
  return root === set.root && layers.length <= set.layers.length && layers.every((layer, i) => layer === set.layers[i])
}

/** What was not asked for then, the older parts of a set have not been asked yet. */
function isWithin(near: NearPolicy, earlier: HeaderRecord['options']['near']): boolean {
  return Object.entries(near).every(([kind, distance]) => distance <= (earlier[kind] ?? -1))
}

/**
 * Looking a file up costs the same whatever the layers. Comparing it with layers costs about 10 picoseconds a record of
 * theirs, and reading a record about a microsecond, once: bounds from what bench/rematch.ts measures.
 */
const MOST_NEWER_RECORDS = 20_000_000
const MOST_RECORDS_A_FILE = 100

function isWorthIt(records: number, files: number): boolean {
  return records <= MOST_NEWER_RECORDS && records <= files * MOST_RECORDS_A_FILE
}
