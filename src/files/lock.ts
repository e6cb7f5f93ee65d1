// One process at a time: a file beside the target says which.

import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { HOST, isRunning } from './temporary.js'
import { writing } from './writing.js'

/**
 * Runs work that nobody else may do to the same target meanwhile. The lock of a process of this machine that no longer
 * runs is taken over.
 * @throws {ExhibitHashError} WRITE_FAILED where another process holds it
 */
export async function withLock<T>(target: string, work: () => Promise<T>): Promise<T> {
  const path = join(dirname(target), `.${basename(target)}.lock`)
  const own = `${HOST}-${process.pid}`
  if (!(await take(path, own)) && !((await removeStale(path)) && (await take(path, own)))) {
    const message = `${target}: another process is changing it (${path}): wait until it has ended, then run the command again`
    throw new ExhibitHashError('WRITE_FAILED', message, { path: target, stage: 'write' })
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true }).catch(() => undefined)
  }
}

function take(path: string, own: string): Promise<boolean> {
  return writing(path, async () => {
    try {
      await writeFile(path, own, { flag: 'wx', mode: 0o600 })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  })
}

async function removeStale(path: string): Promise<boolean> {
  const [host, owner] = (await readFile(path, 'utf8').catch(() => '')).split('-')
  if (host !== HOST || isRunning(Number(owner))) return false
  await rm(path, { force: true })
  return true
}
