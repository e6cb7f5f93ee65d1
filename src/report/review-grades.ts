// Where a served review keeps its grades: a file of lines of JSON that one server at a time adds to, each durable when it is said to be.

import { open, type FileHandle } from 'node:fs/promises'
import { type Grade, readGradeLines } from '../casework/grading/grades.js'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { realPath, takeLock, writing } from '../files/index.js'
import { refuseKept } from './sources.js'

export class GradeFile {
  private constructor(
    readonly path: string,
    /** As they stood in the file when it was opened. */
    readonly earlier: readonly Grade[],
    private readonly releases: (() => Promise<void>)[]
  ) {}

  /**
   * Takes the file of grades, and the log beside it, for one server.
   * @throws {ExhibitHashError} USAGE, GRADES_INVALID also where grades are kept in another form, READ_FAILED, WRITE_FAILED
   */
  static async open(path: string, log: string, results: readonly string[]): Promise<GradeFile> {
    await refuseKept(path, results)
    const releases: (() => Promise<void>)[] = []
    try {
      // A file that has two names is one file.
      for (const each of [path, log]) releases.push(await takeLock(await realPath(each)))
      return new GradeFile(path, await earlierIn(path), releases)
    } catch (error) {
      for (const release of releases) await release()
      throw error
    }
  }

  /** @throws {ExhibitHashError} WRITE_FAILED: the file is then what it was */
  async append(grade: Grade): Promise<void> {
    await writing(this.path, async () => {
      const file = await open(this.path, 'a+', 0o600)
      try {
        await appendLine(file, JSON.stringify(grade))
      } finally {
        await file.close()
      }
    })
  }

  /** Safe to call again: by then the lock may be another server's. */
  async close(): Promise<void> {
    for (const release of this.releases.splice(0)) await release()
  }
}

/** A line added to a CSV file or a list would spoil it for whoever reads it next. */
async function earlierIn(path: string): Promise<Grade[]> {
  try {
    return await readGradeLines(path)
  } catch (error) {
    const { code, message } = toExhibitHashError(error, 'READ_FAILED')
    if (code !== 'GRADES_INVALID') throw error
    const advice = 'A review adds lines of JSON: name a file of such lines, or one that is not there'
    throw new ExhibitHashError('GRADES_INVALID', `${message}. ${advice}`, { path, cause: error })
  }
}

async function appendLine(file: FileHandle, line: string): Promise<void> {
  const { size } = await file.stat()
  const last = Buffer.alloc(1)
  if (size > 0) await file.read(last, 0, 1, size - 1)
  const isWhole = size === 0 || last[0] === '\n'.charCodeAt(0)
  try {
    await file.appendFile(`${isWhole ? '' : '\n'}${line}\n`)
    await file.sync()
  } catch (error) {
    // Half a line would make the whole file one that cannot be read.
    await file.truncate(size).catch(() => undefined)
    throw error
  }
}
