// A file that exists under its name only when it is complete and on disk.

import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { temporaryName } from './temporary.js'
import { isFolder, writing } from './writing.js'

/**
 * Lies beside its target under a temporary name, readable by its owner only, and gets its name by `finish()`;
 * after `discard()` nothing is left of it.
 */
export class AtomicFile {
  private constructor(
    readonly target: string,
    private readonly temporary: string,
    readonly handle: FileHandle
  ) {}

  /** @throws {ExhibitHashError} WRITE_FAILED */
  static async create(target: string): Promise<AtomicFile> {
    // Its name is given last: what may have taken hours would have none.
    if (await isFolder(target)) {
      const message = `${target}: is a folder: name a file in it`
      throw new ExhibitHashError('WRITE_FAILED', message, { path: target, stage: 'write' })
    }
    const temporary = temporaryName(target)
    return writing(target, async () => new AtomicFile(target, temporary, await open(temporary, 'wx+', 0o600)))
  }

  /** Makes the content durable, then the name. */
  async finish(): Promise<void> {
    await this.handle.sync()
    await this.handle.close()
    await rename(this.temporary, this.target)
    await syncFolder(dirname(this.target))
  }

  /** Removes what was written. Safe to call at any time, also after a failure. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined) // closed already where finish() failed late
    await rm(this.temporary, { force: true })
  }
}

/**
 * A file that is there with all of its content or not at all, readable by its owner only.
 * @throws {ExhibitHashError} WRITE_FAILED
 */
export async function writeAtomically(target: string, content: string | Uint8Array): Promise<void> {
  const file = await AtomicFile.create(target)
  try {
    await writing(target, async () => {
      await file.handle.writeFile(content)
      await file.finish()
    })
  } catch (error) {
    await file.discard()
    throw error
  }
}

/** Gives a complete file the name of another, which it replaces; durable when it returns. */
export async function moveInto(from: string, to: string): Promise<void> {
  await writing(to, () => rename(from, to))
  await syncFolder(dirname(to))
}

/** Makes names in a folder durable: a rename, a new file. Windows has no such call and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  // The file is complete and in place: that its folder cannot be opened or synced is no failure.
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
