// Loads a hasher's module and holds it to the interface before it sees a picture.

import { ExhibitHashError } from '../core/errors.js'
import { HASH_KINDS, PHOTODNA_BYTES } from '../core/hashes.js'
import type { Hasher } from '../core/hasher.js'
import type { LocatedModule } from './locate.js'

const MAX_BYTES = 4096
const MAX_VERSION = 100
/** Names that mean something else in a record. */
const TAKEN: readonly string[] = [...HASH_KINDS, 'pdqQuality']

/** A name under which a hasher's values can stand in a record. */
export function isHasherName(name: string): boolean {
  return /^[a-z][A-Za-z0-9]{0,31}$/.test(name) && !TAKEN.includes(name)
}

/** @throws {ExhibitHashError} HASHER_UNUSABLE */
export async function loadHasher({ url, module }: Pick<LocatedModule, 'url' | 'module'>): Promise<Hasher> {
  let exported: unknown
  try {
    exported = ((await import(url)) as { default?: unknown }).default
  } catch (error) {
    throw unusable(module, `it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  // CommonJS compiled from a module has its default within the default.
  const hasher = (exported as { default?: unknown } | null)?.default ?? exported
  const fault = faultOf(hasher)
  if (fault !== null) throw unusable(module, `its default export ${fault}`)
  return hasher as Hasher
}

/** What keeps a value from being a hasher; `null` where nothing does. */
function faultOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'is no object'
  const { name, version, bytes, of, hash } = value as { [K in keyof Hasher]?: unknown }
  if (typeof name !== 'string' || !isHasherName(name)) {
    return `needs a name of 1 to 32 letters and digits, the first a small letter, and none of ${TAKEN.join(', ')}`
  }
  if (typeof version !== 'string' || version === '' || version.length > MAX_VERSION) return 'needs a version, a text'
  if (!Number.isInteger(bytes) || (bytes as number) < 1 || (bytes as number) > MAX_BYTES) {
    return `needs bytes, a whole number from 1 to ${MAX_BYTES}`
  }
  if (name === 'photoDna' && bytes !== PHOTODNA_BYTES)
    return `is named photoDna, whose values have ${PHOTODNA_BYTES} bytes`
  if (of !== 'picture' && of !== 'file') return "needs of, which is 'picture' or 'file'"
  return typeof hash === 'function' ? null : 'needs hash, a function'
}

export function unusable(module: string, what: string, cause?: unknown): ExhibitHashError {
  return new ExhibitHashError('HASHER_UNUSABLE', `hasher ${module}: ${what}`, { path: module, cause })
}
