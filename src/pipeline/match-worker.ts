// A matching thread: opens the sets that the parent shares and answers batches.

import { parentPort, threadId, workerData } from 'node:worker_threads'
import { toExhibitHashError, type ErrorCode } from '../core/errors.js'
import { HashSet, type SharedHashSet } from '../index/index.js'
import { matchFiles, type FileMatches, type MatchFeatures, type NearPolicy } from '../match/index.js'

export interface MatchWorkerData {
  readonly sets: readonly SharedHashSet[]
  readonly near: NearPolicy
}

/** An error's code and path do not survive the way between threads by themselves. */
export type MatchAnswer =
  | { readonly answers: FileMatches[] }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string; readonly path: string | undefined } }

const { sets: shared, near } = workerData as MatchWorkerData

/** Opened when the thread starts, so that a file which is replaced later stays the one that was named. */
const opened = attachAll()
// That this thread runs. Until its modules are loaded it must not be ended, and this one is loaded when it has come to its
// end: hence in a turn of its own, but before Piscina blocks the thread to wait for a task.
queueMicrotask(() => parentPort?.postMessage(threadId))

export default function answer(batch: MatchFeatures[]): MatchAnswer {
  if ('failure' in opened) return opened
  try {
    return { answers: matchFiles(opened.sets, batch, near) }
  } catch (thrown) {
    return describeFailure(thrown)
  }
}

function attachAll(): { readonly sets: readonly HashSet[] } | ReturnType<typeof describeFailure> {
  try {
    return { sets: shared.map((set) => HashSet.attach(set)) }
  } catch (thrown) {
    return describeFailure(thrown)
  }
}

function describeFailure(thrown: unknown) {
  const { code, message, path } = toExhibitHashError(thrown, 'INTERNAL', { stage: 'match' })
  return { failure: { code, message, path } }
}
