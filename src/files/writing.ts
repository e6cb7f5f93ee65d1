// What a system refuses while something is written, as an error that names it.

import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'

/** Runs work that writes `target`; whatever the system refuses is WRITE_FAILED and names it. */
export async function writing<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !(await isFolder(dirname(target)))) {
      const message = `${target}: there is no folder ${dirname(target)}: make it first`
      throw new ExhibitHashError('WRITE_FAILED', message, { path: target, stage: 'write', cause: error })
    }
    throw toExhibitHashError(error, 'WRITE_FAILED', { path: target, stage: 'write' })
  }
}

/** False too where nothing is. */
export async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => null)
  return status?.isDirectory() === true
}
