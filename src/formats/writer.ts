// What a format writer is given and what it gives back.

import { ExhibitHashError } from '../core/errors.js'
import { HASH_KINDS, type HashKind } from '../core/hashes.js'
import type { SetRecord } from '../core/set-record.js'

/** The set that is exported. */
export interface ExportFacts {
  readonly name: string
  /** Id of its category profile. */
  readonly profileId: string
  readonly entries: number
  /** Entries that have a hash, by kind. */
  readonly hashCounts: Readonly<Record<string, number>>
}

export interface ExportOptions {
  /** The kind of hashes, for formats that hold one. */
  readonly kind?: HashKind
  /** PhotoDNA values too, which can be turned back into blurred pictures. */
  readonly photoDna?: boolean
}

export interface TextWriter {
  /** The kinds of hashes that it looks at; all where this is missing. */
  readonly kinds?: readonly HashKind[]
  readonly head: string
  /** The text of a record; empty where it has nothing that the format holds. */
  row(record: SetRecord): string
  readonly tail: string
}

export interface DatabaseWriter {
  /** The kinds of hashes that it looks at. */
  readonly kinds: readonly HashKind[]
  /** False where the record has nothing that the format holds. */
  add(record: SetRecord): boolean
  /** Completes the database, or gives it up. */
  close(isComplete: boolean): void
}

/** The kind that a file of one kind holds: the one that is asked for, or the first that the set has. */
export function kindToWrite(
  { hashCounts }: ExportFacts,
  { kind }: ExportOptions,
  possible: readonly HashKind[] = HASH_KINDS
): HashKind {
  if (kind !== undefined && !possible.includes(kind)) {
    throw new ExhibitHashError('USAGE', `the format holds no ${kind} (it holds ${possible.join(', ')})`)
  }
  const found = kind ?? possible.find((each) => (hashCounts[each] ?? 0) > 0)
  if (found !== undefined) return found
  throw new ExhibitHashError('USAGE', `the set has no hash of a kind that the format holds (${possible.join(', ')})`)
}

/** Text that has a line to itself. */
export function onOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ')
}
