// Finds the category profile that governs a set: named, from a file, or told by the sources.

import { readFile } from 'node:fs/promises'
import { BUILT_IN_PROFILES, type CategoryProfile } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'

/** Makes a profile of what the user gave: the id of a built-in one, the path of a JSON file, or a profile. */
export async function loadProfile(given: string | CategoryProfile): Promise<CategoryProfile> {
  if (typeof given !== 'string') return checkProfile(given, 'profile')
  const builtIn = builtInProfile(given)
  if (builtIn !== null) return builtIn
  let text: string
  try {
    text = await readFile(given, 'utf8')
  } catch (cause) {
    const known = Object.keys(BUILT_IN_PROFILES).join(', ')
    const message = `'${given}' is neither a built-in category profile (${known}) nor a file that can be read`
    throw new ExhibitHashError('PROFILE_UNKNOWN', message, { path: given, cause })
  }
  try {
    return checkProfile(JSON.parse(text) as unknown, given)
  } catch (cause) {
    if (cause instanceof ExhibitHashError) throw cause
    throw new ExhibitHashError('PROFILE_UNKNOWN', `${given}: not JSON`, { path: given, cause })
  }
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
  const profile = value as Partial<CategoryProfile> | null
  const labels = profile?.labels
  const sound =
    typeof profile?.id === 'string' &&
    typeof profile.version === 'string' &&
    typeof labels === 'object' &&
    Object.values(labels).every((label) => typeof label === 'string')
  if (!sound) {
    const message = `${path}: a profile needs "id", "version" and "labels" (an object of code → text)`
    throw new ExhibitHashError('PROFILE_UNKNOWN', message, { path })
  }
  return profile as CategoryProfile
}
