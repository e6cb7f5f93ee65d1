// Runs a reader step by step and hands out what each step left.

import { toExhibitHashError } from '../core/errors.js'
import type { SetRecord } from '../core/set-record.js'
import { throwIfAborted } from './byte-source.js'
import type { Tally } from './tally.js'

const BATCH_RECORDS = 1000

export interface Reading {
  readonly path: string
  readonly steps: AsyncGenerator<void>
  readonly tally: Tally
  readonly signal: AbortSignal | undefined
}

/**
 * Hands out what `take` finds after every step, also after the one that failed.
 * @param take - told whether the step was the last
 */
export async function* handOut<Batch>(
  { path, steps, tally, signal }: Reading,
  take: (isEnd: boolean) => Iterable<Batch>
): AsyncGenerator<Batch> {
  let isDone = false
  try {
    while (!isDone) {
      let fault: unknown
      try {
        isDone = (await steps.next()).done === true
      } catch (thrown) {
        fault = thrown
      }
      tally.settle()
      for (const batch of take(isDone || fault !== undefined)) {
        throwIfAborted(path, signal)
        yield batch
      }
      if (fault !== undefined) throw toExhibitHashError(fault, 'INTERNAL', { path, stage: 'read' })
    }
  } finally {
    await steps.return(undefined)
  }
}

/** Empties a tray in batches. */
export function* batchesOf(tray: SetRecord[]): Generator<SetRecord[]> {
  for (let from = 0; from < tray.length; from += BATCH_RECORDS) yield tray.slice(from, from + BATCH_RECORDS)
  tray.length = 0
}
