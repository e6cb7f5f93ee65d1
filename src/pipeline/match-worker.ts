// A matching thread: opens the sets that the parent shares and answers batches.

import { workerData } from 'node:worker_threads'
import { toExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { Match } from '../core/result.js'
import { HashSet, type SharedHashSet } from '../index/index.js'
import { matchFiles, type MatchFeatures, type NearPolicy } from '../match/index.js'

export interface MatchWorkerData {
  readonly sets: readonly SharedHashSet[]
  readonly near: NearPolicy
}

/** An error's code and path do not survive the way between threads by themselves. */
export type MatchAnswer =
  | { readonly matches: Match[][] }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string; readonly path: string | undefined } }

const { sets: shared, near } = workerData as MatchWorkerData
let sets: HashSet[] | null = null

export default function answer(batch: MatchFeatures[]): MatchAnswer {
  try {
    sets ??= shared.map((set) => HashSet.attach(set))
    return { matches: matchFiles(sets, batch, near) }
  } catch (thrown) {
    const { code, message, path } = toExhibitHashError(thrown, 'INTERNAL', { stage: 'match' })
    return { failure: { code, message, path } }
  }
}
