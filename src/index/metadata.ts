// The description that an index carries of itself: name, profile, sources and their counts, as JSON.

import { ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import type { CategoryProfile } from '../core/category.js'
import type { SourceCounts, SourceWarning } from '../core/set-record.js'

/** `known`: material to find. `known-good`: files that may be ignored. */
export type SetRole = 'known' | 'known-good'

/** A file that was read for a set, and what was made of it. */
export interface SourceFacts {
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

export interface SourceDescription extends SourceFacts {
  /** Name by which matches call it: the file's name, with folders where two would be alike. */
  readonly name: string
  /** In a layer: name of the file, which speaks for the source `name`. */
  readonly file?: string
  /** Files of updates that spoke for this source, in their order. */
  readonly updates?: readonly SourceUpdate[]
}

export interface SourceUpdate extends SourceFacts {
  readonly file: string
}

/** What a layer says of itself. */
export interface LayerFacts {
  /** From 1. */
  readonly number: number
  /** Root of the base, hex. */
  readonly base: string
  /** Root of the layer before, or of the base. */
  readonly previous: string
  /** Entries of the whole set with this layer and all before it. */
  readonly entries: number
  /** How many of them have each kind of hash. */
  readonly hashCounts: Readonly<Record<string, number>>
  /** Files that named what to take back. */
  readonly withdrawals: readonly SourceUpdate[]
}

export interface SetMetadata {
  readonly name: string
  readonly role: SetRole
  readonly profile: CategoryProfile
  readonly entries: number
  /** False where any source is not complete: such a set must not be taken for the whole. */
  readonly complete: boolean
  readonly sources: readonly SourceDescription[]
  /** Files by which updates took records back, in their order. */
  readonly withdrawals?: readonly SourceUpdate[]
  /** How many entries have each kind of hash. */
  readonly hashCounts: Readonly<Record<string, number>>
}

/** As an index file holds it: only a layer has `layer`, and its numbers of entries and hashes are its own. */
export interface PartMetadata extends SetMetadata {
  readonly layer?: LayerFacts
}

export function encodeMetadata(metadata: PartMetadata): Uint8Array {
  return Buffer.from(JSON.stringify(metadata), 'utf8')
}

/** @throws {ExhibitHashError} INDEX_DAMAGED unless it has everything that is read of it */
export function decodeMetadata(bytes: Uint8Array, path: string): PartMetadata {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw new ExhibitHashError('INDEX_DAMAGED', `${path}: its description is not JSON`, { path, cause })
  }
  if (!isMetadata(value)) throw new ExhibitHashError('INDEX_DAMAGED', `${path}: its description lacks parts`, { path })
  return value
}

/**
 * Description of a base and its layers as of one set. A source that several files spoke for stands once, where it first
 * stood, with the later files as its updates.
 */
export function mergeMetadata(base: SetMetadata, layers: readonly PartMetadata[]): SetMetadata {
  const sources = new Map(base.sources.map((source) => [source.name, source]))
  const withdrawals = [...(base.withdrawals ?? [])]
  for (const { sources: files, layer } of layers) {
    for (const { name, ...facts } of files) {
      const known = sources.get(name)
      const update = { ...facts, file: facts.file ?? name }
      if (known === undefined) sources.set(name, { name, ...facts })
      else sources.set(name, { ...known, updates: [...(known.updates ?? []), update] })
    }
    withdrawals.push(...(layer?.withdrawals ?? []))
  }
  const { entries, hashCounts } = layers.at(-1)?.layer ?? base
  const { name, role, profile } = base
  return {
    name,
    role,
    profile,
    entries,
    complete: [base, ...layers].every(({ complete }) => complete),
    sources: [...sources.values()],
    ...(withdrawals.length > 0 && { withdrawals }),
    hashCounts
  }
}

function isMetadata(value: unknown): value is PartMetadata {
  if (!isPlainObject(value)) return false
  const { name, role, profile, entries, complete, sources, hashCounts, withdrawals, layer } = value
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
    isPlainObject(hashCounts) &&
    (withdrawals === undefined || Array.isArray(withdrawals)) &&
    (layer === undefined || isLayerFacts(layer))
  )
}

function isLayerFacts(value: unknown): boolean {
  if (!isPlainObject(value)) return false
  const { number, base, previous, entries, hashCounts, withdrawals } = value
  return (
    Number.isSafeInteger(number) &&
    isRoot(base) &&
    isRoot(previous) &&
    Number.isSafeInteger(entries) &&
    isPlainObject(hashCounts) &&
    Array.isArray(withdrawals)
  )
}

/** True for the hex of a root. */
export function isRoot(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
