// Writes a results file: NDJSON under a temporary name, durable, then renamed, so that a results file is a whole one.

import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toExhibitHashError } from '../core/errors.js'
import type { ResultLine } from '../core/result.js'

const FLUSH_CHARACTERS = 256 * 1024

export class ResultsFile {
  private buffered: string[] = []
  private bufferedLength = 0

  private constructor(
    readonly target: string,
    private readonly temporary: string,
    private readonly file: FileHandle
  ) {}

  /**
   * Runs `work` with a new results file, which appears when `work` is done and leaves nothing when it fails.
   * @throws {ExhibitHashError} WRITE_FAILED, and whatever `work` throws
   */
  static async during<T>(target: string, work: (file: ResultsFile) => Promise<T>): Promise<T> {
    const file = await ResultsFile.create(target)
    try {
      const made = await work(file)
      await file.finish()
      return made
    } catch (error) {
      await file.discard()
      throw error
    }
  }

  /** @throws {ExhibitHashError} WRITE_FAILED */
  static async create(target: string): Promise<ResultsFile> {
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.partial`)
    try {
      return new ResultsFile(target, temporary, await open(temporary, 'wx', 0o600))
    } catch (error) {
      throw toExhibitHashError(error, 'WRITE_FAILED', { path: target, stage: 'write' })
    }
  }

  /** @throws {ExhibitHashError} WRITE_FAILED */
  async write(line: ResultLine): Promise<void> {
    const text = `${JSON.stringify(line)}\n`
    this.buffered.push(text)
    this.bufferedLength += text.length
    if (this.bufferedLength >= FLUSH_CHARACTERS) await this.guard(() => this.flush())
  }

  /** Makes the file durable and gives it its name. */
  async finish(): Promise<void> {
    await this.guard(async () => {
      await this.flush()
      await this.file.sync()
      await this.file.close()
      await rename(this.temporary, this.target)
    })
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined) // closed already where finish() failed late
    await rm(this.temporary, { force: true })
  }

  private async flush(): Promise<void> {
    const text = this.buffered.join('')
    this.buffered = []
    this.bufferedLength = 0
    await this.file.appendFile(text)
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      throw toExhibitHashError(error, 'WRITE_FAILED', { path: this.target, stage: 'write' })
    }
  }
}
