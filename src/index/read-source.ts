// Reads one source to its end and describes what was made of it: the same for a new index and for an update.

import { stat } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode, toExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { DigestKind, PerceptualKind } from '../core/hashes.js'
import type { PackedRecords } from '../core/packed-records.js'
import type { SetRecord } from '../core/set-record.js'
import { headOf } from '../files/index.js'
import type { FormatName, SourceOptions, SourceReader } from '../formats/index.js'
import { isIndexHead, MAGIC_BYTES } from './layout.js'
import type { SetRole, SourceFacts } from './metadata.js'

/** How sources are read. */
export interface ReadingOptions {
  /** Kind of the digests of a plain list that does not tell, e.g. 'pdq' for 64 hex digits. */
  readonly kind?: DigestKind | PerceptualKind
  /** Format of all sources; recognised by content when absent. */
  readonly format?: FormatName
  /** Odd CSV header → field name. */
  readonly columns?: Readonly<Record<string, string>>
  /** Keep what could be read of a broken source, in a set that says it is incomplete. Default false. */
  readonly allowIncomplete?: boolean
  readonly signal?: AbortSignal
}

export const READING_NAMES: readonly (keyof ReadingOptions)[] = [
  ...(['kind', 'format', 'columns', 'allowIncomplete', 'signal'] as const)
]

export function sourceOptions(
  { format, kind, columns, signal }: ReadingOptions,
  role: SetRole | undefined,
  onProgress: (bytesRead: number) => void
): SourceOptions {
  return {
    onProgress,
    ...(format !== undefined && { format }),
    ...(kind !== undefined && { kind }),
    ...(columns !== undefined && { columns: { ...columns } }),
    ...(role !== undefined && { role }),
    ...(signal !== undefined && { signal })
  }
}

/** What becomes of records. */
export interface Taker {
  /** True where something read later takes the record back; a promise is waited for. */
  record(record: SetRecord): boolean | undefined | Promise<void>
  /** Takes many at once; absent where each must be looked at. */
  packed?: ((batch: PackedRecords) => Promise<void>) | undefined
}

/** What no leniency towards a source may hide. */
const NOT_OF_SOURCE: ReadonlySet<ErrorCode> = new Set(['ABORTED', 'SOURCE_REFUSED', 'WRITE_FAILED'])

/** @throws {ExhibitHashError} SOURCE_MALFORMED and others, unless an incomplete source is allowed; ABORTED */
export async function readSource(
  source: { readonly path: string; readonly sizeBytes: number },
  reader: SourceReader,
  take: Taker,
  allowIncomplete: boolean
): Promise<SourceFacts> {
  let takenBack = 0
  let fault: string | undefined
  const taking = new Taking(take)
  try {
    if (reader.canPack && take.packed !== undefined) {
      for await (const batch of reader.packed()) await taking.of(() => take.packed?.(batch))
    } else {
      takenBack = await takeEach(reader, taking)
    }
  } catch (error) {
    if (taking.hasFailed) throw error
    const known = toExhibitHashError(error, 'READ_FAILED', { path: source.path, stage: 'read' })
    if (!allowIncomplete || NOT_OF_SOURCE.has(known.code)) throw known
    fault = `${known.code}: ${known.message}`
  }
  const { format, profile, counts, warnings, warningCount } = reader.report
  return {
    format,
    profile,
    sizeBytes: source.sizeBytes,
    complete: fault === undefined,
    ...(fault !== undefined && { fault }),
    counts: takenBack === 0 ? counts : { ...counts, takenBack },
    warnings: warnings.slice(0, 20),
    warningCount
  }
}

/** Tells failures of whoever takes the records from those of the source. */
class Taking {
  hasFailed = false

  constructor(private readonly taker: Taker) {}

  record(record: SetRecord): boolean | undefined | Promise<void> {
    try {
      const taken = this.taker.record(record)
      return taken instanceof Promise ? this.of(() => taken) : taken
    } catch (error) {
      this.hasFailed = true
      throw error
    }
  }

  async of<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.hasFailed = true
      throw error
    }
  }
}

/** Returns how many records later ones take back. */
async function takeEach(reader: SourceReader, taking: Taking): Promise<number> {
  let takenBack = 0
  for await (const batch of reader.records()) {
    for (const record of batch) {
      const taken = taking.record(record)
      if (taken instanceof Promise) await taken
      else if (taken === true) takenBack++
    }
  }
  return takenBack
}

/** @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED; SOURCE_UNRECOGNISED where it is an index, and so no source */
export async function sizeOfSource(path: string): Promise<number> {
  const head = await headOf(path, MAGIC_BYTES)
  if (head !== null && isIndexHead(head)) {
    const message = `${path}: is an index already: name the files that it was built from, or write its records with set export`
    throw new ExhibitHashError('SOURCE_UNRECOGNISED', message, { path, stage: 'read' })
  }
  try {
    return (await stat(path)).size
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path, stage: 'read' })
  }
}
