// What the keys of VICS records and cases are about, in any spelling.

import { type Field, HASH_FIELDS, plainName, VICS_FIELDS } from './fields.js'

/** The key of the list within a case, in lower case. */
export const MEDIA_KEY = 'media'
const ALTERNATIVES = 'alternativehashes'
const CASE_KEYS = new Set(['caseid', 'casenumber'])

/** What a key of a record or case is about. */
export type Meaning = Field | 'alternatives' | 'media' | 'case'

/** Keys → meanings, with a bounded memory of the spellings met. */
export class KeyMeanings {
  readonly #known = new Map<string, Meaning | null>()

  of(key: string): Meaning | null {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const meaning = meaningOf(key)
    if (this.#known.size < 1000 && key.length < 100) this.#known.set(key, meaning)
    return meaning
  }
}

function meaningOf(key: string): Meaning | null {
  // As the slicer compares the keys that it descends into, so that both see the same cases.
  if (key.toLowerCase() === MEDIA_KEY) return 'media'
  const plain = plainName(key)
  if (plain === ALTERNATIVES) return 'alternatives'
  return CASE_KEYS.has(plain) ? 'case' : (VICS_FIELDS.get(plain) ?? null)
}

/** True where an object has what only a Media record has. */
export function isMedia(value: object): boolean {
  return Object.keys(value).some((key) => HASH_FIELDS.has(plainName(key)) || plainName(key) === ALTERNATIVES)
}
