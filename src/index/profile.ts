// Finds the category profile that governs a set: named, from a file, or told by the sources.

import { BUILT_IN_PROFILES, type CategoryProfile } from '../core/category.js'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { readJsonFile } from '../files/index.js'

/**
 * Makes a profile of what the user gave: the id of a built-in one, the path of a JSON file, or a profile.
 *
 * @example
 * const profile = await loadProfile('our-force.json') // { "id", "version", "labels": { "1": "…" } }
 * @throws {ExhibitHashError} PROFILE_UNKNOWN
 */
export async function loadProfile(given: string | CategoryProfile): Promise<CategoryProfile> {
  if (typeof given !== 'string') return checkProfile(given, 'profile')
  const builtIn = builtInProfile(given)
  if (builtIn !== null) return builtIn
  let value: unknown
  try {
    value = await readJsonFile(given, 'PROFILE_UNKNOWN')
  } catch (cause) {
    if (toExhibitHashError(cause, 'INTERNAL').code === 'PROFILE_UNKNOWN') throw cause
    const known = Object.keys(BUILT_IN_PROFILES).join(', ')
    const message = `'${given}' is neither a built-in category profile (${known}) nor a file that can be read`
    throw new ExhibitHashError('PROFILE_UNKNOWN', message, { path: given, cause })
  }
  return checkProfile(value, given)
}

/**
 * The profile of a set whose user named none: the one that its sources name.
 * @throws {ExhibitHashError} PROFILE_MIXED where they name several.
 */
export function profileOfSources(named: readonly { source: string; profile: string | null }[]): CategoryProfile {
  const known = named.filter((one) => one.profile !== null && builtInProfile(one.profile) !== null)
  const first = known[0]
  if (first === undefined) return BUILT_IN_PROFILES.none
  const other = known.find((one) => one.profile?.toLowerCase() !== first.profile?.toLowerCase())
  if (other !== undefined) {
    const message = `${first.source} follows profile ${String(first.profile)}, ${other.source} follows ${String(other.profile)}`
    throw new ExhibitHashError('PROFILE_MIXED', message, { path: other.source })
  }
  return builtInProfile(first.profile ?? 'none') ?? BUILT_IN_PROFILES.none
}

function builtInProfile(id: string): CategoryProfile | null {
  const key = id.toLowerCase()
  return Object.hasOwn(BUILT_IN_PROFILES, key) ? BUILT_IN_PROFILES[key as keyof typeof BUILT_IN_PROFILES] : null
}

function checkProfile(value: unknown, path: string): CategoryProfile {
  const fault = profileFault(value)
  if (fault === null) return value as CategoryProfile
  const message = `${path}: ${fault}; a profile has "id", "version" and "labels" (code → text)`
  throw new ExhibitHashError('PROFILE_UNKNOWN', message, { path })
}

function profileFault(value: unknown): string | null {
  if (!isPlainObject(value)) return 'is no object'
  const { labels, meanings = {} } = value
  // Results name a profile by both.
  const nameless = ['id', 'version'].find((name) => typeof value[name] !== 'string' || value[name] === '')
  if (nameless !== undefined) return `"${nameless}" is no text`
  const odd = ['name', 'note'].find((name) => value[name] !== undefined && typeof value[name] !== 'string')
  if (odd !== undefined) return `"${odd}" is no text`
  for (const [name, texts] of Object.entries({ labels, meanings })) {
    if (!isPlainObject(texts)) return `"${name}" is no object`
    const bad = Object.keys(texts).find((code) => typeof texts[code] !== 'string')
    if (bad !== undefined) return `"${name}" has no text for the code ${JSON.stringify(bad.slice(0, 40))}`
  }
  return null
}
