// A case package sent to a server: checked, opened, its files sent side by side, each held against what the server says of it.

import { ExhibitHashError } from '../../core/errors.js'
import { withLock } from '../../files/index.js'
import { sha256OfFile } from '../../results/index.js'
import { FileSender } from './file-sender.js'
import { checkPackage, firstBlocking, type PackageCheck } from '../package-check.js'
import { type UploadItem, UploadItems } from './upload-items.js'
import { UploadJournal } from './upload-journal.js'
import { type ServerOptions, VicsServer } from './vics-rest.js'

export interface UploadOptions extends ServerOptions {
  /** Base address of the server, ending in `/api`. */
  readonly to: string
  /** Files under way at once. Default 4. */
  readonly parallel?: number
  /** Bytes of a request. Default 4 MiB. */
  readonly chunkBytes?: number
  readonly onProgress?: (progress: UploadProgress) => void
}

export interface UploadProgress {
  readonly filesDone: number
  readonly files: number
  readonly bytesDone: number
  readonly bytes: number
}

export interface UploadOutcome {
  readonly server: string
  readonly caseId: string
  /** Records of the package; those sent now, and those that an earlier run had sent. */
  readonly media: number
  readonly sent: number
  readonly alreadySent: number
  /** Bytes of files sent now. */
  readonly bytes: number
  /** Records whose server said what it knows of them, which agreed. */
  readonly confirmed: number
}

type Sizes = Required<Pick<UploadOptions, 'parallel' | 'chunkBytes'>>

const MAX_CHUNK_BYTES = 10 * 1024 * 1024

/**
 * Sends a package, of this or another tool, by the protocol that Griffeye's clients speak. What is acknowledged is kept beside
 * the package in `….upload`: the same call again goes on where the last one was cut, and sends nothing where all is there.
 *
 * @throws {ExhibitHashError} USAGE, PACKAGE_INVALID, UPLOAD_REFUSED, UPLOAD_FAILED, UPLOAD_CONFLICT, UPLOAD_MISMATCH,
 * FILE_CHANGED, INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED (another process uploads the package), ABORTED
 *
 * @example
 * await uploadPackage('case/', { to: 'https://server/api', credentials: { clientId, clientSecret } })
 */
export async function uploadPackage(path: string, options: UploadOptions): Promise<UploadOutcome> {
  const server = new VicsServer(options.to, options)
  const { parallel = 4, chunkBytes = 4 * 1024 * 1024 } = options
  if (!Number.isInteger(parallel) || parallel < 1) throw usage('parallel', 'a whole number from 1')
  if (!Number.isInteger(chunkBytes) || chunkBytes < 1 || chunkBytes > MAX_CHUNK_BYTES) {
    throw usage('chunkBytes', `a whole number from 1 to ${MAX_CHUNK_BYTES}`)
  }
  const check = await checkPackage(path, { ...(options.signal && { signal: options.signal }) })
  const caseId = refuseUnsound(check)
  const journalPath = `${check.path}.upload`
  return withLock(journalPath, async () => {
    const identity = { server: server.address, caseId, sha256: await sha256OfFile(check.path) }
    const journal = await UploadJournal.open(journalPath, identity)
    try {
      const items = await UploadItems.open(check.path, options.signal)
      return await new Upload(server, journal, items, check, caseId, { ...options, parallel, chunkBytes }).run()
    } finally {
      await journal.close()
    }
  })
}

function usage(name: string, expected: string): ExhibitHashError {
  return new ExhibitHashError('USAGE', `${name}: expected ${expected}`)
}

function refuseUnsound(check: PackageCheck): string {
  const { path, cases, caseId } = check
  const fail = (why: string): ExhibitHashError => new ExhibitHashError('PACKAGE_INVALID', `${path}: ${why}`, { path })
  const blocking = firstBlocking(check)
  if (blocking !== undefined) {
    const { record, message } = blocking
    throw fail(`${record === null ? '' : `record ${record}: `}${message}`)
  }
  if (cases !== 1 || caseId === null) throw fail(`holds ${cases} cases, and one is sent at a time`)
  return caseId.replace(/[{}]/g, '')
}

class Upload {
  readonly #progress: { -readonly [K in keyof UploadProgress]: UploadProgress[K] }
  readonly #counts = { sent: 0, alreadySent: 0, bytes: 0, confirmed: 0 }
  /** MD5s of files of which nobody can say what the server holds. */
  readonly #unclear = new Set<string>()
  /** Of files that the server does not hold as they are: the others are sent all the same. */
  readonly #mismatches: ExhibitHashError[] = []
  readonly #stop = new AbortController()
  readonly #sender: FileSender

  constructor(
    private readonly server: VicsServer,
    private readonly journal: UploadJournal,
    private readonly items: UploadItems,
    private readonly check: PackageCheck,
    private readonly caseId: string,
    private readonly options: UploadOptions & Sizes
  ) {
    this.#progress = { filesDone: 0, files: check.media, bytesDone: 0, bytes: check.bytes }
    const { chunkBytes } = options
    const target = { caseId, version: items.version }
    this.#sender = new FileSender(server, journal, target, { chunkBytes, signal: this.#stop.signal })
  }

  async run(): Promise<UploadOutcome> {
    const { server, caseId, journal, check } = this
    if (journal.isComplete) this.#counts.alreadySent = check.media
    else {
      await this.#openCase()
      await this.#sendAll()
      this.#refuseMismatches()
      await server.finalizeCase(caseId)
      await journal.finishCase()
    }
    return { server: server.address, caseId, media: check.media, ...this.#counts }
  }

  async #openCase(): Promise<void> {
    const { server, caseId, items } = this
    await server.serverInfo()
    await this.#refuseOtherCase()
    const document = items.caseDocument(caseId)
    if (await server.initializeCase(document, items.version, false)) return
    await server.initializeCase(document, items.version, true)
    // Of a try that nothing here remembers: its rests would be taken for beginnings of ours.
    if (this.journal.isNew) await server.clearUnfinalized(caseId)
  }

  async #refuseOtherCase(): Promise<void> {
    const { caseNumber } = this.check
    if (caseNumber === null) return
    const known = await this.server.casesNamed(caseNumber)
    const plain = (id: string): string => id.replace(/[{}]/g, '').toLowerCase()
    if (known.length === 0 || known.some((id) => plain(id) === plain(this.caseId))) return
    const message = `${this.server.address}: case ${caseNumber} is ${known.join(', ')} there, and ${this.caseId} here`
    throw new ExhibitHashError('UPLOAD_CONFLICT', message, { path: this.check.path })
  }

  /** @throws {ExhibitHashError} UPLOAD_MISMATCH naming the first file, when all others are there */
  #refuseMismatches(): void {
    const [first, ...more] = this.#mismatches
    if (first === undefined) return
    if (more.length === 0) throw first
    const message = `${first.message}; and ${more.length} more files are not there as they are here`
    throw new ExhibitHashError('UPLOAD_MISMATCH', message, { path: first.path })
  }

  /** What stays unclear is sent once more when nothing else is under way, since clearing takes away all that is not finalised. */
  async #sendAll(): Promise<void> {
    await this.#sendSideBySide(this.items.read(), (item) => this.#send(item))
    if (this.#unclear.size === 0) return
    await this.server.clearUnfinalized(this.caseId)
    await this.#sendSideBySide(this.items.read(this.#unclear), (item) => this.#sendAgain(item))
  }

  /** As many workers as files may be under way, all fed by one reading of the document. Ends when all of them have. */
  async #sendSideBySide(
    items: AsyncGenerator<UploadItem, undefined>,
    send: (item: UploadItem) => Promise<void>
  ): Promise<void> {
    const failures: unknown[] = []
    const worker = async (): Promise<void> => {
      try {
        for (;;) {
          const { value, done } = await items.next()
          if (done === true || this.#stop.signal.aborted) return
          await send(value)
        }
      } catch (error) {
        failures.push(error)
        this.#stop.abort()
      }
    }
    await Promise.all(Array.from({ length: this.options.parallel }, worker))
    await items.return(undefined)
    if (failures.length > 0) throw failures[0]
  }

  async #send(item: UploadItem): Promise<void> {
    const { md5, records, bytes } = item
    if (this.journal.isDone(md5)) {
      this.#counts.alreadySent += records
      this.#advance(bytes, records)
      return
    }
    const why = await this.#sendOnce(item, this.journal.isNew)
    if (why === null) return
    this.#unclear.add(md5)
    await this.journal.restart(md5)
  }

  async #sendAgain(item: UploadItem): Promise<void> {
    const why = await this.#sendOnce(item, true)
    if (why === null) return
    await this.journal.restart(item.md5)
    this.#mismatch(item, `${why}: let its administrator look what is there of this file, and remove it`)
  }

  /** Returns why it is unclear whether the server holds the file; `null` where it is known. */
  async #sendOnce(item: UploadItem, isClean: boolean): Promise<string | null> {
    let told = 0
    const onBytes = (bytes: number): void => {
      this.#counts.bytes += bytes
      // What is sent twice is progress once.
      const more = Math.min(bytes, item.bytes - told)
      told += more
      this.#advance(more, 0)
    }
    const outcome = await this.#sender.send(item, this.items.mediaDocument(item), { isClean, onBytes })
    if (outcome.is === 'other') {
      this.#mismatch(item, outcome.why)
      return null
    }
    if (outcome.is === 'unclear') {
      this.#advance(-told, 0)
      return outcome.why
    }
    this.#counts[outcome.wasThere ? 'alreadySent' : 'sent'] += item.records
    if (outcome.isConfirmed) this.#counts.confirmed += item.records
    this.#advance(item.bytes - told, item.records)
    return null
  }

  #mismatch({ md5 }: UploadItem, why: string): void {
    const message = `${this.server.address}: ${md5}: ${why}`
    this.#mismatches.push(new ExhibitHashError('UPLOAD_MISMATCH', message, { path: this.check.path }))
  }

  #advance(bytes: number, files: number): void {
    this.#progress.bytesDone += bytes
    this.#progress.filesDone += files
    this.options.onProgress?.({ ...this.#progress })
  }
}
