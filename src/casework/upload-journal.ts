// What a server has taken, beside the package: of which an upload that was cut goes on.
//
// The first line says of which package and server; each further one is an acknowledged offset, or the end of a file. A line
// that was torn or lost costs a chunk that is sent twice, which changes nothing, so nothing here is synced.

import { open, readFile, type FileHandle } from 'node:fs/promises'
import { isPlainObject } from '../core/plain-object.js'
import { writing } from '../files/index.js'

export interface UploadIdentity {
  readonly server: string
  readonly caseId: string
  /** Of the document, hex. */
  readonly sha256: string
}

export class UploadJournal {
  readonly #offsets = new Map<string, number>()
  readonly #done = new Set<string>()
  #isComplete = false
  /** False where an earlier run had begun with this. */
  isNew = true

  private constructor(
    readonly path: string,
    private readonly file: FileHandle
  ) {}

  /**
   * Goes on with the journal of the same package and server, or begins anew.
   * @throws {ExhibitHashError} WRITE_FAILED
   */
  static async open(path: string, identity: UploadIdentity): Promise<UploadJournal> {
    const first = JSON.stringify({ upload: identity })
    const [head, ...lines] = (await readFile(path, 'utf8').catch(() => '')).split('\n')
    const isSame = head === first
    return writing(path, async () => {
      const journal = new UploadJournal(path, await open(path, isSame ? 'a' : 'w', 0o600))
      if (!isSame) await journal.file.appendFile(`${first}\n`)
      else {
        journal.isNew = false
        for (const line of lines) journal.#takeLine(line)
        // A torn line must not swallow the next one.
        await journal.file.appendFile('\n')
      }
      return journal
    })
  }

  get isComplete(): boolean {
    return this.#isComplete
  }

  isDone(md5: string): boolean {
    return this.#done.has(md5)
  }

  offsetOf(md5: string): number {
    return this.#offsets.get(md5) ?? 0
  }

  async acknowledge(md5: string, offset: number): Promise<void> {
    this.#offsets.set(md5, offset)
    await this.#append({ md5, offset })
  }

  async finishFile(md5: string): Promise<void> {
    this.#done.add(md5)
    await this.#append({ md5, done: true })
  }

  async finishCase(): Promise<void> {
    this.#isComplete = true
    await this.#append({ complete: true })
  }

  close(): Promise<void> {
    return this.file.close()
  }

  #append(fact: object): Promise<void> {
    return writing(this.path, () => this.file.appendFile(`${JSON.stringify(fact)}\n`))
  }

  #takeLine(line: string): void {
    let fact: unknown
    try {
      fact = JSON.parse(line)
    } catch {
      return
    }
    if (!isPlainObject(fact)) return
    const { md5, offset, done, complete } = fact
    if (complete === true) this.#isComplete = true
    if (typeof md5 !== 'string') return
    if (done === true) this.#done.add(md5)
    else if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) this.#offsets.set(md5, offset)
  }
}
