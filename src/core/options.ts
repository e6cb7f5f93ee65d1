// Options that a caller gives: what is wrong with one is told by its name.

import { ExhibitHashError } from './errors.js'

export function refuseUnknown(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) throw usage(unknown, `one of ${known.join(', ')}`, 'an unknown option')
}

export function usage(name: string, expected: string, got: unknown): ExhibitHashError {
  return new ExhibitHashError('USAGE', `option ${name}: expected ${expected}, got ${String(got)}`, { path: name })
}

/** True for a list of texts, none of them empty; an empty list is one. */
export function areTexts(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((one) => typeof one === 'string' && one !== '')
}
