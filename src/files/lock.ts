// One process at a time: a file beside the target says which.

import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { HOST, isRunning, temporaryName } from './temporary.js'
import { writing } from './writing.js'

const SILENT_MS = 10_000

/**
 * Runs work that nobody else may do to the same target meanwhile. The lock of a process of this machine that no longer
 * runs is taken over.
 * @throws {ExhibitHashError} WRITE_FAILED where another process holds it
 */
export async function withLock<T>(target: string, work: () => Promise<T>): Promise<T> {
  const release = await takeLock(target)
  try {
    return await work()
  } finally {
    await release()
  }
}

/**
 * The lock for work that has no one end, as of a server.
 * @returns what gives it back
 * @throws {ExhibitHashError} WRITE_FAILED where another process holds it
 */
export async function takeLock(target: string): Promise<() => Promise<void>> {
  const path = join(dirname(target), `.${basename(target)}.lock`)
  const own = [HOST, process.pid, await bootOfSystem()].join('-')
  if (!(await take(target, path, own)) && !((await removeStale(path)) && (await take(target, path, own)))) {
    const message = `${target}: another process is changing it (${path}): wait until it has ended, then run the command again`
    throw new ExhibitHashError('WRITE_FAILED', message, { path: target, stage: 'write' })
  }
  return () => rm(path, { force: true }).catch(() => undefined)
}

/** Appears with its content at once, so that a kill leaves no lock that says nothing. */
function take(target: string, path: string, own: string): Promise<boolean> {
  return writing(target, async () => {
    const temporary = temporaryName(target)
    try {
      await writeFile(temporary, own, { flag: 'wx', mode: 0o600 })
      return await takeByLink(temporary, path, own)
    } finally {
      await rm(temporary, { force: true })
    }
  })
}

async function takeByLink(temporary: string, path: string, own: string): Promise<boolean> {
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // File systems of memory cards have no second names.
    return takeByName(path, own)
  }
}

async function takeByName(path: string, own: string): Promise<boolean> {
  try {
    await writeFile(path, own, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function removeStale(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const [host, owner, boot = ''] = text.split('-')
  // After a power cut the number may be another process's.
  const isOfOtherBoot = boot !== '' && boot !== (await bootOfSystem())
  const isDead = text === '' ? await isOld(path) : host === HOST && (isOfOtherBoot || !isRunning(Number(owner)))
  if (isDead) await rm(path, { force: true })
  return isDead
}

/** Another one each time the machine starts; '' where it does not tell. */
async function bootOfSystem(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '')
  return id.trim().replaceAll('-', '')
}

/** Without content for longer than a living process needs to write it. */
async function isOld(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
  return Date.now() - mtimeMs > SILENT_MS
}
