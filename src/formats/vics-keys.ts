// What the keys of VICS records and cases are about, in any spelling.

import type { EntryField, RecordScanner, ScannedField } from '../kernels/index.js'
import { isBlank } from './field-values.js'
import { type Field, HASH_FIELDS, plainName, VICS_FIELDS } from './fields.js'

/** The key of the list within a case, in lower case. */
export const MEDIA_KEY = 'media'
const ALTERNATIVES = 'alternativehashes'
const CASE_KEYS = new Set(['caseid', 'casenumber'])
const ENTRY_KEYS: ReadonlyMap<string, EntryField> = new Map([
  ['hashname', 'name'],
  ['hashvalue', 'value'],
  ['md5', 'owner']
])

/** What a key of a record or case is about. */
export type Meaning = Field | 'alternatives' | 'media' | 'case'

/** Of each table so many spellings are remembered, and no longer ones. */
const MAX_SPELLINGS = 1000
const MAX_CHARACTERS = 100

/** Keys and names → meanings, with a bounded memory of the spellings met, of which a scanner can be told. */
export class VicsSpellings {
  /** What to tell a scanner, in the order of learning. */
  readonly learned: ((scanner: RecordScanner) => void)[] = []
  readonly #keys = new Map<string, Meaning | null>()
  readonly #entryKeys = new Map<string, EntryField>()
  readonly #hashNames = new Map<string, Field | undefined>()

  /** What a key of a record or case is about; `null` for nothing. */
  key(key: string): Meaning | null {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    const meaning = meaningOf(key)
    this.#keep(this.#keys, key, meaning, (scanner) => scanner.learnKey(key, scannedField(meaning)))
    return meaning
  }

  /** What a key of an entry of the alternative hashes is about. */
  entryKey(key: string): EntryField {
    const known = this.#entryKeys.get(key)
    if (known !== undefined) return known
    const field = ENTRY_KEYS.get(plainName(key)) ?? 'ignored'
    this.#keep(this.#entryKeys, key, field, (scanner) => scanner.learnEntryKey(key, field))
    return field
  }

  /** The kind of hash that an entry names; `undefined` for those that are not held. */
  hashName(name: string): Field | undefined {
    if (this.#hashNames.has(name)) return this.#hashNames.get(name)
    const field = HASH_FIELDS.get(plainName(name))
    this.#keep(this.#hashNames, name, field, (scanner) => scanner.learnHashName(name, field ?? 'ignored'))
    return field
  }

  #keep<T>(table: Map<string, T>, spelling: string, meaning: T, tell: (scanner: RecordScanner) => void): void {
    if (table.size >= MAX_SPELLINGS || spelling.length > MAX_CHARACTERS) return
    table.set(spelling, meaning)
    this.learned.push(tell)
  }
}

/** A case has no hash of its own, and what else is said in a record with one does no harm. */
function scannedField(meaning: Meaning | null): ScannedField {
  if (meaning === null || meaning === 'case') return 'ignored'
  return meaning === 'media' ? 'foreign' : meaning
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
  return Object.keys(value).some(isHashKey)
}

function isHashKey(key: string): boolean {
  const plain = plainName(key)
  return HASH_FIELDS.has(plain) || plain === ALTERNATIVES
}

/** True where an object with a list of media is itself about one: it has what is meant to be a hash. */
export function isAlsoMedia(value: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(value).some(([key, is]) => {
    if (isBlank(is) || (Array.isArray(is) && is.length === 0)) return false
    return isHashKey(key) && HASH_FIELDS.get(plainName(key)) !== 'pdqQuality'
  })
}
