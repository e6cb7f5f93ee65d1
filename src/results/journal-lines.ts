// The lines of a journal: each carries a checksum of its own, so that whatever a crash has left is sorted line by line.
//
// A line is 16 hex digits, a space, JSON, a line feed. The digits are the beginning of SHA-256 over the id of the journal and
// the JSON: a block that an earlier journal left on the disk is no line of this one. A line that was torn, lost or put in
// another place makes no other line doubtful.

import { createHash } from 'node:crypto'
import { access, open, rm, type FileHandle } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import type { HeaderRecord } from '../core/result.js'

const CHECK_CHARACTERS = 16
const LINE_FEED = 0x0a
const READ_BYTES = 1 << 20
/** A line longer than this is damage. */
const MAX_LINE_BYTES = 256 * 2 ** 20

/** What a run is of: only a run of the same may go on with its journal. */
export interface JournalFacts {
  readonly header: HeaderRecord
  /** Paths as they were named, or `null` for names on a stream. */
  readonly input: readonly string[] | null
}

/** Where a line lies. */
export interface Place {
  readonly offset: number
  readonly bytes: number
}

/** Places by unit, sixteen bytes a unit. */
export class LinePlaces {
  count = 0
  #offsets = new Float64Array(1024)
  #lengths = new Uint32Array(1024)

  set(unit: number, { offset, bytes }: Place): void {
    if (unit >= this.#lengths.length) this.#grow(unit)
    if (this.#lengths[unit] === 0) this.count++
    this.#offsets[unit] = offset
    this.#lengths[unit] = bytes
  }

  of(unit: number): Place | null {
    const bytes = this.#lengths[unit] ?? 0
    return bytes === 0 ? null : { offset: this.#offsets[unit], bytes }
  }

  #grow(unit: number): void {
    const size = Math.max(unit + 1, this.#lengths.length * 2)
    const [offsets, lengths] = [this.#offsets, this.#lengths]
    this.#offsets = new Float64Array(size)
    this.#offsets.set(offsets)
    this.#lengths = new Uint32Array(size)
    this.#lengths.set(lengths)
  }
}

export function encodeLine(id: string, content: object): Buffer {
  const json = JSON.stringify(content)
  return Buffer.from(`${checkOf(id, json)} ${json}\n`)
}

/** @throws {ExhibitHashError} RESULTS_INVALID */
export function valueOfLine(line: Uint8Array, id: string, path: string): unknown {
  const content = decodeLine(line.subarray(0, -1), id)
  if (content === null) {
    throw new ExhibitHashError('RESULTS_INVALID', `${path}: a line is not as it was written`, { path })
  }
  return content['value']
}

export interface LeftJournal {
  readonly file: FileHandle
  readonly id: string
  readonly facts: JournalFacts
  readonly places: LinePlaces
  /** Where to go on writing; the last line is whole. */
  readonly end: number
  readonly damagedBytes: number
}

/**
 * What an earlier run has left, open for going on; `null` where there is nothing.
 * @throws {ExhibitHashError} RESULTS_INVALID, READ_FAILED, WRITE_FAILED
 */
export async function readJournal(path: string): Promise<LeftJournal | null> {
  const file = await openLeft(path)
  if (file === null) return null
  try {
    const lines = linesOf(file, path)
    const first = await lines.next()
    // A journal is begun by one line made durable: without it nothing was ever added.
    if (first.value?.isWhole !== true) return await discard(file, path)
    const begin = beginOf(first.value.bytes)
    if (begin === null) throw damagedBeginning(path)
    const places = new LinePlaces()
    let end = first.value.end
    let isWhole: boolean = true
    let damagedBytes = 0
    for await (const line of lines) {
      const unit = decodeLine(line.bytes, begin.id)?.['unit']
      const isUnit = line.isWhole && Number.isSafeInteger(unit) && (unit as number) >= 0
      if (isUnit) places.set(unit as number, { offset: line.offset, bytes: line.end - line.offset })
      else damagedBytes += line.end - line.offset
      ;({ end, isWhole } = line)
    }
    if (!isWhole) {
      // What was torn gets an end, so that the next line has a beginning.
      await file.write('\n', end)
      end++
    }
    return { file, ...begin, places, end, damagedBytes }
  } catch (error) {
    await file.close()
    throw toExhibitHashError(error, 'READ_FAILED', { path })
  }
}

async function discard(file: FileHandle, path: string): Promise<null> {
  await file.close()
  await rm(path, { force: true })
  return null
}

function damagedBeginning(path: string): ExhibitHashError {
  const message = `${path}: its beginning is not that of a journal, so nothing in it can be relied on: remove it to begin anew`
  return new ExhibitHashError('RESULTS_INVALID', message, { path })
}

async function openLeft(path: string): Promise<FileHandle | null> {
  try {
    await access(path)
    // Appending, so that nothing can be written over what is there.
    return await open(path, 'a+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toExhibitHashError(error, readErrorCode(error), { path })
  }
}

interface RawLine {
  readonly offset: number
  /** Without the line feed. */
  readonly bytes: Uint8Array
  /** Behind the line feed. */
  readonly end: number
  /** False where the file ends before it. */
  readonly isWhole: boolean
}

async function* linesOf(file: FileHandle, path: string): AsyncGenerator<RawLine, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  for (;;) {
    const part = Buffer.allocUnsafe(READ_BYTES)
    const { bytesRead } = await file.read(part, 0, READ_BYTES, offset + rest.length)
    if (bytesRead === 0) break
    const fresh = rest.length === 0 ? part.subarray(0, bytesRead) : Buffer.concat([rest, part.subarray(0, bytesRead)])
    let from = 0
    for (let at = fresh.indexOf(LINE_FEED); at >= 0; at = fresh.indexOf(LINE_FEED, from)) {
      yield { offset: offset + from, bytes: fresh.subarray(from, at), end: offset + at + 1, isWhole: true }
      from = at + 1
    }
    rest = fresh.subarray(from)
    offset += from
    if (rest.length > MAX_LINE_BYTES) {
      throw new ExhibitHashError('RESULTS_INVALID', `${path}: a line at byte ${offset} has no end`, { path })
    }
  }
  if (rest.length > 0) yield { offset, bytes: rest, end: offset + rest.length, isWhole: false }
  return undefined
}

function beginOf(line: Uint8Array): { id: string; facts: JournalFacts } | null {
  const content = decodeLine(line, '')
  const { journal, id, header, input } = content ?? {}
  const isNames = Array.isArray(input) && input.every((name) => typeof name === 'string')
  if (journal !== 1 || typeof id !== 'string' || !isPlainObject(header) || !(isNames || input === null)) return null
  return { id, facts: { header: header as unknown as HeaderRecord, input } }
}

function decodeLine(line: Uint8Array, id: string): Record<string, unknown> | null {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
  const json = text.slice(CHECK_CHARACTERS + 1)
  if (text[CHECK_CHARACTERS] !== ' ' || text.slice(0, CHECK_CHARACTERS) !== checkOf(id, json)) return null
  const content: unknown = JSON.parse(json)
  return isPlainObject(content) ? content : null
}

function checkOf(id: string, json: string): string {
  return createHash('sha256').update(id).update(json).digest('hex').slice(0, CHECK_CHARACTERS)
}
