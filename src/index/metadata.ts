// The description that an index carries of itself: name, profile, sources and their counts, as JSON.

import { ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
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

/** @throws {ExhibitHashError} INDEX_DAMAGED unless it has everything that is read of it */
export function decodeMetadata(bytes: Uint8Array, path: string): SetMetadata {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw new ExhibitHashError('INDEX_DAMAGED', `${path}: its description is not JSON`, { path, cause })
  }
  if (!isMetadata(value)) throw new ExhibitHashError('INDEX_DAMAGED', `${path}: its description lacks parts`, { path })
  return value
}

function isMetadata(value: unknown): value is SetMetadata {
  if (!isPlainObject(value)) return false
  const { name, role, profile, entries, complete, sources, hashCounts } = value
  return (
    typeof name === 'string' &&
    (role === 'known' || role === 'known-good') &&
    isPlainObject(profile) &&
    typeof profile.id === 'string' &&
    typeof profile.version === 'string' &&
    isPlainObject(profile.labels) &&
    Object.values(profile.labels).every((label) => typeof label === 'string') &&
    Number.isSafeInteger(entries) &&
    typeof complete === 'boolean' &&
    Array.isArray(sources) &&
    sources.every((source) => isPlainObject(source) && typeof source.name === 'string') &&
    isPlainObject(hashCounts)
  )
}
