// A text written piece by piece under a temporary name, durable and renamed when it is whole.

import { AtomicFile } from './atomic-file.js'
import { writing } from './writing.js'

const FLUSH_CHARACTERS = 256 * 1024

export class TextFile {
  private buffered: string[] = []
  private bufferedLength = 0

  private constructor(private readonly file: AtomicFile) {}

  /** @throws {ExhibitHashError} WRITE_FAILED */
  static async create(target: string): Promise<TextFile> {
    return new TextFile(await AtomicFile.create(target))
  }

  /** @throws {ExhibitHashError} WRITE_FAILED */
  async write(text: string): Promise<void> {
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

/** Where a text goes: a file that appears when it is whole, or a function that takes pieces of it. */
export interface TextTarget {
  readonly out?: string
  readonly write?: (text: string) => Promise<void>
}

/**
 * Runs work that writes a text; a file appears when it is done, and nothing is left of it when it fails.
 * @throws {ExhibitHashError} WRITE_FAILED, and whatever `work` throws
 */
export async function writingText<T>(
  { out, write }: TextTarget,
  work: (write: (text: string) => Promise<void>) => Promise<T>
): Promise<T> {
  if (out === undefined) return work(write ?? (() => Promise.resolve()))
  const file = await TextFile.create(out)
  try {
    const made = await work((text) => file.write(text))
    await file.finish()
    return made
  } catch (error) {
    await file.discard()
    throw error
  }
}
