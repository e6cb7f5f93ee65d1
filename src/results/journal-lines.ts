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
import { LinePlaces, type Place } from './line-places.js'

const CHECK_CHARACTERS = 16
const LINE_FEED = 0x0a
/** More files than any exhibit has: a number beyond is damage. */
const MAX_UNITS = 2 ** 31
const READ_BYTES = 1 << 20
/** A line longer than this is damage. */
const MAX_LINE_BYTES = 256 * 2 ** 20

/** What a run is of: only a run of the same may go on with its journal. */
export interface JournalFacts {
  /** Of this package: another may make other records of the same file. */
  readonly version: string
  readonly header: HeaderRecord
  /** Beyond the options of the header, what a record depends on. */
  readonly limits: Readonly<Record<string, number>>
  /** Absolute paths, or `null` for names on a stream. */
  readonly input: readonly string[] | null
}

/** What a line says: a part of a unit, how many parts a unit has, or both. */
export interface JournalLine<T> {
  readonly unit: number
  /** Which of the runs that went on with the journal wrote it; 0, which is left out, is the one that began it. */
  readonly run?: number
  readonly part?: number
  readonly value?: T
  readonly parts?: number
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
  /** No run that wrote anything has this number or a higher one. */
  readonly nextRun: number
  /** Of which all parts are there. */
  readonly units: number
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
    let nextRun = 1
    for await (const line of lines) {
      const content = line.isWhole ? decodeLine(line.bytes, begin.id) : null
      const isKnown = content !== null && note(places, content, { offset: line.offset, bytes: line.end - line.offset })
      if (!isKnown) damagedBytes += line.end - line.offset
      else if (isNumber(content['run'])) nextRun = Math.max(nextRun, content['run'] + 1)
      ;({ end, isWhole } = line)
    }
    if (!isWhole) {
      // What was torn gets an end, so that the next line has a beginning.
      await file.write('\n', end)
      end++
    }
    return { file, ...begin, places, nextRun, units: places.count, end, damagedBytes }
  } catch (error) {
    await file.close()
    throw toExhibitHashError(error, 'READ_FAILED', { path })
  }
}

/** False for what no journal of this version says. */
function note(places: LinePlaces, content: Record<string, unknown>, place: Place): boolean {
  const { unit, part, parts, run = 0 } = content
  if (!isNumber(unit) || !isNumber(run)) return false
  if (isNumber(part)) places.set(unit, part, place, run)
  if (isNumber(parts)) places.end(unit, parts, run)
  return true
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < MAX_UNITS
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
  const { journal, id, ...facts } = content ?? {}
  const { version, header, limits, input } = facts
  const isNames = Array.isArray(input) && input.every((name) => typeof name === 'string')
  const isSound = typeof version === 'string' && isPlainObject(header) && isPlainObject(limits)
  if (journal !== 1 || typeof id !== 'string' || !isSound || !(isNames || input === null)) return null
  return { id, facts: facts as unknown as JournalFacts }
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
