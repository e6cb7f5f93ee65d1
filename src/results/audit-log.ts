// The audit log of a results file: who made it, when, with what and of what. Times and machines stand here and nowhere else.
//
// Entries are lines of JSON, only ever appended. `previous` is the SHA-256 of all bytes before the line, so that no entry can be
// changed, taken out or put in without every later one saying so; the manifest has the digest of the whole.

import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { isPlainObject } from '../core/plain-object.js'
import { readErrorCode, toExhibitHashError } from '../core/errors.js'
import { syncFolder, writing } from '../files/index.js'

export type AuditEvent =
  'started' | 'resumed' | 'stopped' | 'failed' | 'finished' | 'reviewing' | 'viewed-blurred' | 'viewed-original'

/**
 * Adds an entry to the log of a results file, which comes to be with its first one, and makes it durable.
 * @throws {ExhibitHashError} READ_FAILED, WRITE_FAILED
 */
export async function appendAudit(path: string, event: AuditEvent, facts: object, time: Date): Promise<void> {
  const { hash, isWhole } = await hashOf(path)
  await writing(path, async () => {
    const file = await open(path, 'a', 0o600)
    try {
      // Of an entry that was torn what is there stays, and is covered by the next one.
      const mend = isWhole ? '' : '\n'
      const previous = hash.update(mend).digest('hex')
      const { size } = await file.stat()
      try {
        await file.appendFile(`${mend}${JSON.stringify({ time: time.toISOString(), event, ...facts, previous })}\n`)
        await file.sync()
        if (size === 0) await syncFolder(dirname(path))
      } catch (error) {
        // A part of an entry, as a full disk takes it, would look like a log that was tampered with.
        await file.truncate(size).catch(() => undefined)
        throw error
      }
    } finally {
      await file.close()
    }
  })
}

export interface AuditEntry {
  readonly time: string
  readonly event: AuditEvent
  readonly [fact: string]: unknown
}

export interface AuditReading {
  readonly entries: readonly AuditEntry[]
  /** Lines that are no entry or do not follow on what is before them, from 1; what was torn is one of these. */
  readonly broken: readonly number[]
}

/**
 * All entries, each held against what is before it.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED
 */
export async function readAudit(path: string): Promise<AuditReading> {
  const entries: AuditEntry[] = []
  const broken: number[] = []
  const before = createHash('sha256')
  let number = 0
  try {
    // In bytes, one character a byte: the chain is over what is on the disk.
    for await (const line of createInterface({ input: createReadStream(path, 'latin1'), crlfDelay: 0 })) {
      number++
      const bytes = Buffer.from(`${line}\n`, 'latin1')
      const entry = entryOf(bytes, before.copy().digest('hex'))
      if (entry === null) broken.push(number)
      else entries.push(entry)
      before.update(bytes)
    }
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  }
  return { entries, broken }
}

function entryOf(line: Buffer, before: string): AuditEntry | null {
  try {
    const entry: unknown = JSON.parse(line.toString('utf8'))
    return isPlainObject(entry) && entry['previous'] === before ? (entry as AuditEntry) : null
  } catch {
    return null
  }
}

async function hashOf(path: string): Promise<{ hash: Hash; isWhole: boolean }> {
  const hash = createHash('sha256')
  let last = '\n'.charCodeAt(0)
  try {
    for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(part)
      last = part[part.length - 1]
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw toExhibitHashError(error, 'READ_FAILED', { path })
  }
  return { hash, isWhole: last === '\n'.charCodeAt(0) }
}
