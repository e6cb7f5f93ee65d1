// The description that an index carries of itself: name, profile, sources and their counts, as JSON.

import { ExhibitHashError } from '../core/errors.js'
import type { CategoryProfile } from '../core/category.js'
import type { SourceCounts, SourceWarning } from '../core/set-record.js'

/** `known`: material to find. `known-good`: files that may be ignored. */
export type SetRole = 'known' | 'known-good'

export interface SourceDescription {
  /** Name by which matches call it: the file's name, with folders where two would be alike. */
  readonly name: string
  readonly format: string
  /** Category profile that the source itself names; `null` where it names none. */
  readonly profile: string | null
  readonly sizeBytes: number
  /** False where reading stopped at a fault: `fault` says which. */
  readonly complete: boolean
  readonly fault?: string
  readonly counts: SourceCounts
  /** The first of the warnings; `warningCount` counts them all. */
  readonly warnings: readonly SourceWarning[]
  readonly warningCount: number
}

export interface SetMetadata {
  readonly name: string
  readonly role: SetRole
  readonly profile: CategoryProfile
  readonly entries: number
  /** False where any source is not complete: such a set must not be taken for the whole. */
  readonly complete: boolean
  readonly sources: readonly SourceDescription[]
  /** How many entries have each kind of hash. */
  readonly hashCounts: Readonly<Record<string, number>>
}

export function encodeMetadata(metadata: SetMetadata): Uint8Array {
  return Buffer.from(JSON.stringify(metadata), 'utf8')
}

/** @throws {ExhibitHashError} INDEX_DAMAGED */
export function decodeMetadata(bytes: Uint8Array, path: string): SetMetadata {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as SetMetadata
  } catch (cause) {
    throw new ExhibitHashError('INDEX_DAMAGED', `${path}: its description is not JSON`, { path, cause })
  }
}
