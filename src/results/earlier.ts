// An earlier results file, read to be asked anew: whole, of this schema, and the same bytes from first to last.

import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import type { FileRecord, HeaderRecord, ResultLine } from '../core/result.js'
import { READ_WITHOUT_WAITING } from '../files/index.js'
import { endFault, headerFault, newsOnlyFault, orderFault, recordFault } from './check-lines.js'
import { cutLines, invalidLine, isBlank, parseLine } from './lines.js'

const CHUNK_BYTES = 1 << 20

interface ReadingOptions {
  readonly signal: AbortSignal | undefined
  /** Called with the bytes that a pass has read so far. */
  readonly onBytes?: (bytes: number) => void
}

interface RecordsOptions extends ReadingOptions {
  readonly wanted?: (file: number) => boolean
}

/** A record, and its number among those of the file, from 0. */
export interface EarlierFile {
  readonly number: number
  readonly record: FileRecord
}

interface WholeFacts {
  readonly header: HeaderRecord
  /** Records of files. */
  readonly files: number
  /** Hex. */
  readonly sha256: string
}

export class EarlierResults {
  /** Name of the file, without its folder. */
  readonly name: string

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    readonly bytes: number,
    private readonly modified: bigint,
    private readonly facts: WholeFacts
  ) {
    this.name = basename(path)
  }

  /**
   * Reads the file once, to know that it is complete before anything is made of it.
   * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, ABORTED; RESULTS_INVALID where it has no header or no summary,
   * or lists only what was new
   */
  static async open(path: string, options: ReadingOptions): Promise<EarlierResults> {
    // Without waiting: a pipe of that name would keep the open for ever.
    const file = await open(path, READ_WITHOUT_WAITING).catch((error: unknown) => {
      throw toExhibitHashError(error, readErrorCode(error), { path })
    })
    try {
      const status = await file.stat({ bigint: true })
      if (!status.isFile()) throw new ExhibitHashError('READ_FAILED', `${path}: not a regular file`, { path })
      const facts = await readWhole(file, path, options)
      return new EarlierResults(path, file, Number(status.size), status.mtimeNs, facts)
    } catch (error) {
      await file.close()
      throw toExhibitHashError(error, 'READ_FAILED', { path })
    }
  }

  get header(): HeaderRecord {
    return this.facts.header
  }

  get files(): number {
    return this.facts.files
  }

  get sha256(): string {
    return this.facts.sha256
  }

  /**
   * The records of files in their order, many at a time. May be called again.
   * @param options.wanted - numbers of the files whose records are wanted; all where absent
   * @throws {ExhibitHashError} RESULTS_INVALID naming the line, FILE_CHANGED, READ_FAILED, ABORTED
   */
  async *records(options: RecordsOptions): AsyncGenerator<EarlierFile[]> {
    const { path, file, files } = this
    let lineNumber = 0
    let place = -1 // of the line among those that are not blank; the header is 0
    let lastSeq = -1
    for await (const lines of cutLines(chunksOf(file, path, options), path)) {
      const batch: EarlierFile[] = []
      for (const line of lines) {
        lineNumber++
        if (isBlank(line) || ++place === 0 || place > files || options.wanted?.(place - 1) === false) continue
        const record = parseLine(line, lineNumber, path) as FileRecord
        const fault = recordFault(record) ?? orderFault(record, lastSeq)
        if (fault !== null) throw invalidLine(path, lineNumber, fault)
        lastSeq = record.seq
        batch.push({ number: place - 1, record })
      }
      if (batch.length > 0) yield batch
    }
    await this.refuseChanged()
  }

  close(): Promise<void> {
    return this.file.close()
  }

  private async refuseChanged(): Promise<void> {
    const { size, mtimeNs } = await this.file.stat({ bigint: true })
    if (Number(size) === this.bytes && mtimeNs === this.modified) return
    throw new ExhibitHashError('FILE_CHANGED', `${this.path}: was written to while it was read`, { path: this.path })
  }
}

async function readWhole(file: FileHandle, path: string, options: ReadingOptions): Promise<WholeFacts> {
  const digest = createHash('sha256')
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of chunksOf(file, path, options)) {
      digest.update(chunk)
      yield chunk
    }
  }
  let lineNumber = 0
  let header: HeaderRecord | undefined
  let last = { line: '', number: 0 }
  let places = 0
  for await (const lines of cutLines(hashed(), path)) {
    for (const line of lines) {
      lineNumber++
      if (isBlank(line)) continue
      header ??= headerOf(parseLine(line, lineNumber, path), lineNumber, path)
      last = { line, number: lineNumber }
      places++
    }
  }
  if (header === undefined) throw new ExhibitHashError('RESULTS_INVALID', `${path}: is empty`, { path })
  const files = places - 2
  refuseIncomplete(last, files, path)
  return { header, files, sha256: digest.digest('hex') }
}

function headerOf(line: ResultLine, lineNumber: number, path: string): HeaderRecord {
  const fault = headerFault(line) ?? newsOnlyFault(line as HeaderRecord)
  if (fault !== null) throw invalidLine(path, lineNumber, fault)
  return line as HeaderRecord
}

function refuseIncomplete(last: { readonly line: string; readonly number: number }, files: number, path: string): void {
  let line: ResultLine | null = null
  try {
    line = parseLine(last.line, last.number, path)
  } catch {
    // Whatever was being written when it was cut.
  }
  const fault = endFault(line, files)
  if (fault !== null) throw invalidLine(path, last.number, fault)
}

async function* chunksOf(file: FileHandle, path: string, options: ReadingOptions): AsyncGenerator<Buffer> {
  const { signal, onBytes } = options
  const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  for (let position = 0; ;) {
    if (signal?.aborted === true) throw new ExhibitHashError('ABORTED', `${path}: reading was stopped`, { path })
    const { bytesRead } = await file.read(memory, 0, CHUNK_BYTES, position).catch((cause: unknown) => {
      throw new ExhibitHashError('READ_FAILED', `${path}: read failed at byte ${position}`, { path, cause })
    })
    if (bytesRead === 0) return
    position += bytesRead
    onBytes?.(position)
    yield memory.subarray(0, bytesRead)
  }
}
