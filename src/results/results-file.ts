// Writes a results file: NDJSON under a temporary name, durable, then renamed, so that a results file is a whole one.

import type { ResultLine } from '../core/result.js'
import { TextFile } from '../files/index.js'

export class ResultsFile {
  private constructor(private readonly file: TextFile) {}

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
    return new ResultsFile(await TextFile.create(target))
  }

  /** @throws {ExhibitHashError} WRITE_FAILED */
  write(line: ResultLine): Promise<void> {
    return this.file.write(`${JSON.stringify(line)}\n`)
  }

  /** Makes the file durable and gives it its name. */
  finish(): Promise<void> {
    return this.file.finish()
  }

  /** Removes what was written. */
  discard(): Promise<void> {
    return this.file.discard()
  }
}
