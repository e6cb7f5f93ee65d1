// Mapping files: which categories of one profile are which of another, where somebody answers for it. Nothing is mapped
// without one.

import type { CategoryMapping } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { readJsonFile } from '../files/index.js'

/**
 * Reads `{ "from": "us 2.0", "to": "uk 1-assumed", "categories": { "1": "1" }, "note": "…" }`.
 *
 * @throws {ExhibitHashError} MAPPING_INVALID, INPUT_NOT_FOUND, READ_FAILED
 */
export async function loadCategoryMapping(path: string): Promise<CategoryMapping> {
  return checkCategoryMapping(await readJsonFile(path, 'MAPPING_INVALID'), path)
}

/** A mapping as people write it: codes are numbers, or text. */
type Given = Omit<CategoryMapping, 'categories'> & {
  readonly categories: Readonly<Record<string, string | number>>
}

/** @throws {ExhibitHashError} MAPPING_INVALID naming `path` */
export function checkCategoryMapping(value: unknown, path: string): CategoryMapping {
  const fault = mappingFault(value)
  if (fault !== null) throw new ExhibitHashError('MAPPING_INVALID', `${path}: ${fault}`, { path })
  const { from, to, note, categories } = value as Given
  const codes = Object.entries(categories).map(([code, target]) => [code, String(target)])
  // Of entries, so that a code '__proto__' is a code like any other.
  return {
    from,
    to,
    ...(note !== undefined && { note }),
    categories: Object.fromEntries(codes) as Record<string, string>
  }
}

function mappingFault(value: unknown): string | null {
  if (!isPlainObject(value)) return 'is no object'
  const { from, to, note, categories } = value
  for (const [name, text] of Object.entries({ from, to })) {
    if (typeof text !== 'string' || text === '') return `"${name}" names no profile`
  }
  if (from === to) return '"from" and "to" are one profile'
  if (note !== undefined && typeof note !== 'string') return '"note" is no text'
  if (!isPlainObject(categories)) return '"categories" is no object'
  const bad = Object.keys(categories).find((code) => !isCode(categories[code]))
  return bad === undefined ? null : `"categories" maps ${JSON.stringify(bad.slice(0, 40))} to no code`
}

function isCode(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === 'string' && value !== '')
}
