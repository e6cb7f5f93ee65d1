// What a system refuses while something is written, as an error that names it.

import { toExhibitHashError } from '../core/errors.js'

/** Runs work that writes `target`; whatever the system refuses is WRITE_FAILED and names it. */
export async function writing<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toExhibitHashError(error, 'WRITE_FAILED', { path: target, stage: 'write' })
  }
}
