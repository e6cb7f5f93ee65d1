// What servers have taken, beside the package: of which an upload that was cut goes on.
//
// The file is only ever appended to. A line that names package and server begins a part of it; the lines after that are what
// this server acknowledged of this package, so the same package can go to several servers. A line that was torn or lost costs
// a chunk that is sent twice, which changes nothing, so nothing here is synced.

import { open, readFile, type FileHandle } from 'node:fs/promises'
import { isPlainObject } from '../../core/plain-object.js'
import { writing } from '../../files/index.js'

export interface UploadIdentity {
  readonly server: string
  readonly caseId: string
  /** Of the document, hex. */
  readonly sha256: string
}

export class UploadJournal {
  /** MD5 → bytes acknowledged; in it from when the server opened the file. */
  readonly #offsets = new Map<string, number>()
  readonly #mismatched = new Set<string>()
  readonly #done = new Set<string>()
  #isComplete = false
  /** False where an earlier run had begun with this. */
  isNew = true

  private constructor(
    readonly path: string,
    private readonly file: FileHandle
  ) {}

  /**
   * Goes on with what is known of the same package and server, or begins anew.
   * @throws {ExhibitHashError} WRITE_FAILED
   */
  static async open(path: string, identity: UploadIdentity): Promise<UploadJournal> {
    const head = JSON.stringify({ upload: identity })
    return writing(path, async () => {
      const lines = (await textOf(path)).split('\n')
      const journal = new UploadJournal(path, await open(path, 'a', 0o600))
      journal.#takeLines(lines, head)
      // A torn line must not swallow the next one. The head again: another server's lines may have come since.
      await journal.file.appendFile(`${lines.length > 1 || lines[0] !== '' ? '\n' : ''}${head}\n`)
      return journal
    })
  }

  get isComplete(): boolean {
    return this.#isComplete
  }

  isDone(md5: string): boolean {
    return this.#done.has(md5)
  }

  /** True where the server opened the file for this upload, and nothing has been wrong with it since. */
  isOpen(md5: string): boolean {
    return this.#offsets.has(md5)
  }

  /** True where the server once said that it holds something else. */
  isMismatched(md5: string): boolean {
    return this.#mismatched.has(md5)
  }

  offsetOf(md5: string): number {
    return this.#offsets.get(md5) ?? 0
  }

  acknowledge(md5: string, offset: number): Promise<void> {
    return this.#append({ md5, offset })
  }

  /** Nothing of it counts any more: it is sent from its beginning. */
  restart(md5: string): Promise<void> {
    return this.#append({ md5, restart: true })
  }

  /** As `restart`, and no bare "I have it" of the server will be believed. */
  mismatch(md5: string): Promise<void> {
    return this.#append({ md5, mismatch: true })
  }

  finishFile(md5: string): Promise<void> {
    return this.#append({ md5, done: true })
  }

  finishCase(): Promise<void> {
    return this.#append({ complete: true })
  }

  close(): Promise<void> {
    return this.file.close()
  }

  /** One place says what a line means, for lines that are written and lines that are read. */
  #append(fact: Readonly<Record<string, unknown>>): Promise<void> {
    this.#take(fact)
    return writing(this.path, () => this.file.appendFile(`${JSON.stringify(fact)}\n`))
  }

  #takeLines(lines: readonly string[], head: string): void {
    let isOurs = false
    for (const line of lines) {
      if (line.startsWith(HEAD)) {
        isOurs = line === head
        if (isOurs) this.isNew = false
      } else if (isOurs) this.#take(factIn(line))
    }
  }

  #take({ md5, offset, restart, mismatch, done, complete }: Readonly<Record<string, unknown>>): void {
    if (complete === true) this.#isComplete = true
    if (typeof md5 !== 'string') return
    if (mismatch === true) this.#mismatched.add(md5)
    if (mismatch === true || restart === true) this.#offsets.delete(md5)
    else if (done === true) this.#done.add(md5)
    else if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) this.#offsets.set(md5, offset)
  }
}

const HEAD = '{"upload":'

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function factIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const fact: unknown = JSON.parse(line)
    return isPlainObject(fact) ? fact : {}
  } catch {
    return {}
  }
}
