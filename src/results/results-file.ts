// Writes a results file: NDJSON under a temporary name, durable, then renamed, so that a results file is a whole one.

import type { ResultLine } from '../core/result.js'
import { AtomicFile, writing } from '../files/index.js'

const FLUSH_CHARACTERS = 256 * 1024

export class ResultsFile {
  private buffered: string[] = []
  private bufferedLength = 0

  private constructor(private readonly file: AtomicFile) {}

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
    return new ResultsFile(await AtomicFile.create(target))
  }

  /** @throws {ExhibitHashError} WRITE_FAILED */
  async write(line: ResultLine): Promise<void> {
    const text = `${JSON.stringify(line)}\n`
    this.buffered.push(text)
    this.bufferedLength += text.length
    if (this.bufferedLength >= FLUSH_CHARACTERS) await writing(this.file.target, () => this.flush())
  }

  /** Makes the file durable and gives it its name. */
  async finish(): Promise<void> {
    await writing(this.file.target, async () => {
      await this.flush()
      await this.file.finish()
    })
  }

  /** Removes what was written. */
  discard(): Promise<void> {
    return this.file.discard()
  }

  private async flush(): Promise<void> {
    const text = this.buffered.join('')
    this.buffered = []
    this.bufferedLength = 0
    await this.file.handle.appendFile(text)
  }
}
