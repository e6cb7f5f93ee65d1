// An index written out in a format of other tools.

import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import type { HashKind } from '../core/hashes.js'
import type { SetRecord } from '../core/set-record.js'
import { AtomicFile, headOf, writing } from '../files/index.js'
import {
  type DatabaseWriter,
  type ExportFacts,
  type ExportOptions as FormatOptions,
  type FormatName,
  FORMATS,
  openSource,
  type TextWriter,
  WRITABLE_FORMAT_NAMES
} from '../formats/index.js'
import { type IndexEntry, openEntries } from './entries.js'
import type { SetMetadata } from './metadata.js'

export interface ExportOptions extends FormatOptions {
  readonly format: FormatName
  /** File to write, which appears when it is complete. */
  readonly out?: string
  /** Takes the text where there is no file. */
  readonly write?: (text: string) => Promise<void>
  /** False reads the index in blocks in place of mapping it. Default true. */
  readonly mapping?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface ExportReport {
  readonly format: FormatName
  readonly path: string | null
  readonly entries: number
  readonly written: number
  /** Entries that have nothing that the format holds, or the digest of one that was written. */
  readonly leftOut: number
  /** False where the index itself was built from part of its sources. */
  readonly complete: boolean
}

/**
 * Writes the entries of an index in another format, with what that format holds of them.
 * @throws {ExhibitHashError} USAGE, WRITE_FAILED, SQLITE_UNAVAILABLE, INPUT_NOT_FOUND, INDEX_NOT_AN_INDEX,
 * INDEX_VERSION, INDEX_TRUNCATED, INDEX_DAMAGED, ABORTED
 */
export async function exportHashSet(indexPath: string, options: ExportOptions): Promise<ExportReport> {
  if (!WRITABLE_FORMAT_NAMES.includes(options.format)) {
    throw new ExhibitHashError('USAGE', `format '${options.format}' is not one of ${WRITABLE_FORMAT_NAMES.join(', ')}`)
  }
  if (options.out !== undefined) await refuseOverwriting(options.out, options.format)
  const index = await openEntries(indexPath, { mapping: options.mapping ?? true })
  try {
    const { entries, complete } = index.metadata
    const sink = await openSink(factsOf(index.metadata), options)
    const batches = index.batches({ kinds: sink.kinds, signal: options.signal })
    const written = await writeAll(batches, sink, (done) => options.onProgress?.(done, entries))
    const { format, out } = options
    return { format, path: out ?? null, entries, written, leftOut: entries - written, complete }
  } finally {
    index.close()
  }
}

function factsOf({ name, profile, entries, hashCounts }: SetMetadata): ExportFacts {
  return { name, profileId: profile.id, entries, hashCounts }
}

/** A file of such a format may be replaced; anything else that is there has another purpose. */
async function refuseOverwriting(out: string, format: FormatName): Promise<void> {
  if ((await headOf(out, 1)) === null) return
  const there = await openSource(out).catch(() => null)
  if (there !== null && there.report.family === (FORMATS.find(({ name }) => name === format)?.family ?? format)) return
  throw new ExhibitHashError('USAGE', `${out}: is there and is no ${format} file; name another`, { path: out })
}

interface Sink {
  readonly kinds: readonly HashKind[] | undefined
  /** False where the format holds nothing of the record. */
  add(record: SetRecord): boolean
  /** Waits until what was added is on its way. */
  flush(): Promise<void>
  finish(): Promise<void>
  discard(): Promise<void>
}

async function writeAll(
  batches: AsyncIterable<IndexEntry[]>,
  sink: Sink,
  onProgress: (done: number) => void
): Promise<number> {
  let written = 0
  let done = 0
  try {
    for await (const batch of batches) {
      for (const { record } of batch) if (sink.add(record)) written++
      await sink.flush()
      onProgress((done += batch.length))
    }
    await sink.finish()
    return written
  } catch (error) {
    await sink.discard()
    throw error
  }
}

async function openSink(facts: ExportFacts, options: ExportOptions): Promise<Sink> {
  const format = FORMATS.find(({ name }) => name === options.format)
  const { out, write } = options
  if (format?.writeText !== undefined) {
    const writer = format.writeText(facts, options)
    if (out !== undefined) return fileSink(writer, out)
    if (write !== undefined) return textSink(writer, write)
  } else if (format?.writeDatabase !== undefined && out !== undefined) {
    return databaseSink((path) => format.writeDatabase!(path), out)
  }
  throw new ExhibitHashError('USAGE', `format '${options.format}' needs a file to be written to (--out FILE)`)
}

function textSink(writer: TextWriter, write: (text: string) => Promise<void>): Sink {
  let text = writer.head
  const flush = async (): Promise<void> => {
    const all = text
    text = ''
    if (all !== '') await write(all)
  }
  return {
    kinds: writer.kinds,
    add(record) {
      const row = writer.row(record)
      text += row
      return row !== ''
    },
    flush,
    finish() {
      text += writer.tail
      return flush()
    },
    discard: () => Promise.resolve()
  }
}

async function fileSink(writer: TextWriter, out: string): Promise<Sink> {
  const file = await AtomicFile.create(out)
  const sink = textSink(writer, (text) => writing(out, () => file.handle.writeFile(text, 'utf8')))
  return {
    ...sink,
    async finish() {
      await sink.finish()
      await writing(out, () => file.finish())
    },
    discard: () => file.discard()
  }
}

/** A database cannot be written through a handle: it is made in a folder of its own beside its target, and copied. */
async function databaseSink(open: (path: string) => Promise<DatabaseWriter>, out: string): Promise<Sink> {
  const file = await AtomicFile.create(out)
  const folder = await writing(out, () => mkdtemp(join(dirname(out), '.export-')))
  const path = join(folder, 'database')
  const discard = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    await file.discard()
  }
  let writer: DatabaseWriter
  try {
    writer = await open(path)
  } catch (error) {
    await discard()
    throw error
  }
  return {
    kinds: writer.kinds,
    add: (record) => writer.add(record),
    flush: () => Promise.resolve(),
    finish: () =>
      writing(out, async () => {
        writer.close(true)
        for await (const chunk of createReadStream(path)) await file.handle.writeFile(chunk as Buffer)
        await rm(folder, { recursive: true, force: true })
        await file.finish()
      }),
    discard: async () => {
      writer.close(false)
      await discard()
    }
  }
}
