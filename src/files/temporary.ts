// Files that exist only while something is made of them, and what killed processes left of theirs.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { writing } from './writing.js'

/** Names are `.target.host-process-random.partial`: who made them can be asked whether it still runs. */
const SUFFIX = '.partial'
export const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)

/** A name beside the target that nobody else has. */
export function temporaryName(target: string): string {
  const name = `.${basename(target)}.${HOST}-${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`
  return join(dirname(target), name)
}

/** Removes what processes of this machine that no longer run left beside a target, or in another folder for it. */
export async function removeLeftovers(target: string, parent?: string): Promise<void> {
  if (parent !== undefined) await removeLeftovers(join(parent, basename(target)))
  const folder = dirname(target)
  const names = await readdir(folder).catch(() => [])
  const start = `.${basename(target)}.${HOST}-`
  for (const name of names) {
    if (!name.startsWith(start) || !name.endsWith(SUFFIX)) continue
    const owner = Number(name.slice(start.length).split('-', 1)[0])
    if (Number.isInteger(owner) && owner > 0 && !isRunning(owner)) {
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)
    }
  }
}

export function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** A folder for files of a while, readable by its owner only. It is made when the first file is asked for. */
export class TemporaryFolder {
  /** Made once, whoever asks first: several may ask at the same time. */
  #made: Promise<unknown> | null = null
  #names = 0
  readonly #files: FileHandle[] = []
  readonly #path: string

  /** @param target - what is being made; failures name it. The folder is beside it unless `parent` says where. */
  constructor(
    readonly target: string,
    parent?: string
  ) {
    this.#path = temporaryName(parent === undefined ? target : join(parent, basename(target)))
  }

  /**
   * A new empty file, open for reading and writing.
   * @throws {ExhibitHashError} WRITE_FAILED
   */
  async file(): Promise<FileHandle> {
    const path = await this.newPath()
    return this.writing(async () => {
      const file = await open(path, 'wx+', 0o600)
      this.#files.push(file)
      return file
    })
  }

  /**
   * Where a new file can be made.
   * @throws {ExhibitHashError} WRITE_FAILED
   */
  async newPath(): Promise<string> {
    const path = join(this.#path, String(this.#names++))
    await this.writing(() => (this.#made ??= mkdir(this.#path, { mode: 0o700 })))
    return path
  }

  /** Whatever the system refuses is WRITE_FAILED and names the target. */
  writing<T>(work: () => Promise<T>): Promise<T> {
    return writing(this.target, work)
  }

  /** Closes and removes everything. Safe to call at any time. */
  async remove(): Promise<void> {
    for (const file of this.#files.splice(0)) await file.close().catch(() => undefined)
    if (this.#made !== null) await rm(this.#path, { recursive: true, force: true })
    this.#made = null
  }
}
