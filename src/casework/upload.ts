// A case package sent to a server: checked, opened, its files sent side by side, each held against what the server says of it.

import { open } from 'node:fs/promises'
import { ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { hashValue, sizeValue, vicsMarker } from '../formats/index.js'
import { sha256OfFile } from '../results/index.js'
import { checkPackage, firstBlocking, type PackageCheck, storedFile } from './package-check.js'
import { fieldIn, type JsonObject, packageFolder, readPackage } from './package-reader.js'
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

const MAX_CHUNK_BYTES = 10 * 1024 * 1024

/**
 * Sends a package, of this or another tool, by the protocol that Griffeye's clients speak. What is acknowledged is kept beside
 * the package in `….upload`: the same call again goes on where the last one was cut, and sends nothing where all is there.
 *
 * @throws {ExhibitHashError} USAGE, PACKAGE_INVALID, UPLOAD_REFUSED, UPLOAD_FAILED, UPLOAD_CONFLICT, UPLOAD_MISMATCH,
 * INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED, ABORTED
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
  const identity = { server: server.address, caseId, sha256: await sha256OfFile(check.path) }
  const journal = await UploadJournal.open(`${check.path}.upload`, identity)
  try {
    const upload = new Upload(server, journal, check, caseId, { parallel, chunkBytes }, options)
    return await upload.run()
  } finally {
    await journal.close()
  }
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

interface Item {
  readonly md5: string
  readonly json: string
  readonly sizeBytes: number | undefined
  readonly file: { readonly path: string; readonly sizeBytes: number } | null
}

class Upload {
  readonly #progress: { -readonly [K in keyof UploadProgress]: UploadProgress[K] }
  readonly #counts = { sent: 0, alreadySent: 0, bytes: 0, confirmed: 0 }
  #failure: unknown = null

  constructor(
    private readonly server: VicsServer,
    private readonly journal: UploadJournal,
    private readonly check: PackageCheck,
    private readonly caseId: string,
    private readonly sizes: { readonly parallel: number; readonly chunkBytes: number },
    private readonly options: UploadOptions
  ) {
    this.#progress = { filesDone: 0, files: check.media, bytesDone: 0, bytes: check.bytes }
  }

  async run(): Promise<UploadOutcome> {
    const { server, caseId, journal, check } = this
    const outcome = (): UploadOutcome => ({ server: server.address, caseId, media: check.media, ...this.#counts })
    if (journal.isComplete) {
      this.#counts.alreadySent = check.media
      return outcome()
    }
    await server.serverInfo()
    await this.#refuseOtherCase()
    const caseDocument = await this.#caseDocument()
    if (!(await server.initializeCase(caseDocument, false))) {
      await server.initializeCase(caseDocument, true)
      // Of a try that nothing here remembers: its rests would be taken for beginnings of ours.
      if (journal.isNew) await server.clearUnfinalized(caseId)
    }
    await this.#sendAll()
    await server.finalizeCase(caseId)
    await journal.finishCase()
    return outcome()
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

  async #caseDocument(): Promise<string> {
    let facts: JsonObject = {}
    for await (const part of readPackage(this.check.path, this.options.signal))
      if (part.type === 'case') facts = part.fields
    return documentOf('Cases', JSON.stringify({ ...facts, CaseID: this.caseId }))
  }

  /** As many workers as files may be under way, all fed by one reading of the document. */
  async #sendAll(): Promise<void> {
    const items = this.#items()
    const worker = async (): Promise<void> => {
      for (;;) {
        const { value, done } = await items.next()
        if (done === true || this.#failure !== null) return
        try {
          await this.#send(value)
        } catch (error) {
          this.#failure ??= error
          return
        }
      }
    }
    await Promise.all(Array.from({ length: this.sizes.parallel }, worker)).finally(() => items.return(undefined))
    if (this.#failure !== null) throw this.#failure as Error
  }

  async *#items(): AsyncGenerator<Item, undefined> {
    for await (const part of readPackage(this.check.path, this.options.signal)) {
      if (part.type !== 'media') continue
      const md5 = hashValue('md5', fieldIn(part.fields, 'MD5'))!
      const relative = fieldIn(part.fields, 'RelativeFilePath')
      const hasFile = typeof relative === 'string' && relative.trim() !== ''
      const found = hasFile ? await storedFile(packageFolder(this.check.path), relative) : null
      if (typeof found === 'string')
        throw new ExhibitHashError('FILE_CHANGED', `${this.check.path}: ${md5}: the file has gone`)
      yield { md5, json: part.json, sizeBytes: sizeValue(fieldIn(part.fields, 'MediaSize')), file: found }
    }
  }

  async #send(item: Item): Promise<void> {
    const { md5, json, file } = item
    if (this.journal.isDone(md5)) {
      this.#counts.alreadySent++
      this.#advance(file?.sizeBytes ?? 0, 1)
      return
    }
    const isNew = await this.server.initializeFile(documentOf('Media', json), md5, this.caseId)
    const isTaken = file === null || (await this.#sendFile(item, file))
    // What was there before and takes nothing more is complete: the server says so when it is finalised.
    if (!isTaken && isNew) throw this.#mismatch(md5, 'the server opens the file and takes no chunk at offset 0')
    const { status, body } = await this.server.finalizeFile(md5, this.caseId)
    // 409: it has been finalised before, by an earlier upload or a request whose answer was lost.
    if (status !== 409) this.#confirm(item, body)
    await this.journal.finishFile(md5)
    this.#counts[isTaken ? 'sent' : 'alreadySent']++
    this.#advance(isTaken ? 0 : file.sizeBytes, 1)
  }

  /** False where the server takes nothing of it, not even its beginning. */
  async #sendFile({ md5, json }: Item, { path, sizeBytes }: NonNullable<Item['file']>): Promise<boolean> {
    const input = await open(path)
    try {
      const memory = Buffer.allocUnsafeSlow(Math.max(1, Math.min(this.sizes.chunkBytes, sizeBytes)))
      let offset = Math.min(this.journal.offsetOf(md5), sizeBytes)
      let isAgain = false
      this.#advance(offset, 0)
      while (offset < sizeBytes) {
        const { bytesRead } = await input.read(memory, 0, memory.length, offset)
        if (bytesRead === 0) {
          throw new ExhibitHashError('FILE_CHANGED', `${path}: became shorter while it was sent`, { path })
        }
        if (await this.server.sendChunk(md5, this.caseId, offset, memory.subarray(0, bytesRead))) {
          offset += bytesRead
          this.#counts.bytes += bytesRead
          await this.journal.acknowledge(md5, offset)
          this.#advance(bytesRead, 0)
          continue
        }
        if (offset === 0) return false
        // The server has forgotten what it acknowledged: from the beginning, once.
        if (isAgain) throw this.#mismatch(md5, `the server takes no chunk at offset ${offset}`)
        isAgain = true
        this.#advance(-offset, 0)
        offset = 0
        await this.server.initializeFile(documentOf('Media', json), md5, this.caseId)
      }
      return true
    } finally {
      await input.close()
    }
  }

  /** A server that says another digest or size than was sent does not hold the file. */
  #confirm({ md5, file, sizeBytes }: Item, body: unknown): void {
    const held = mediaIn(body)
    if (held === null) return
    const said = hashValue('md5', fieldIn(held, 'MD5'))
    if (said === undefined) return
    if (said !== md5) throw this.#mismatch(md5, `the server says that it holds ${said}`)
    const size = sizeValue(fieldIn(held, 'MediaSize'))
    const own = file?.sizeBytes ?? sizeBytes
    if (size !== undefined && own !== undefined && size !== own) {
      throw this.#mismatch(md5, `the server says that it holds ${size} bytes of ${own}`)
    }
    this.#counts.confirmed++
  }

  #mismatch(md5: string, why: string): ExhibitHashError {
    return new ExhibitHashError('UPLOAD_MISMATCH', `${this.server.address}: ${md5}: ${why}`, { path: this.check.path })
  }

  #advance(bytes: number, files: number): void {
    this.#progress.bytesDone += bytes
    this.#progress.filesDone += files
    this.options.onProgress?.({ ...this.#progress })
  }
}

/** A document of one value, which goes as it stands in the package: with every field that its tool wrote. */
function documentOf(content: 'Media' | 'Cases', json: string): string {
  return `${JSON.stringify(Object.fromEntries([vicsMarker('2.0', 'none', content)])).slice(0, -1)},"value":[${json}]}`
}

/** A Media record, or a document of one. */
function mediaIn(body: unknown): JsonObject | null {
  if (!isPlainObject(body)) return null
  const value = fieldIn(body, 'value')
  const first: unknown = Array.isArray(value) ? value[0] : body
  return isPlainObject(first) ? first : null
}
