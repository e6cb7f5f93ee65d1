// PhotoDNA values: 144 bytes that licensed tools compute. They are parsed, held and compared here, never computed or logged.

import { ExhibitHashError } from './errors.js'
import { PHOTODNA_BYTES } from './hashes.js'

/** Sum of squared byte differences at which IPED takes two values for one picture, since September 2025. */
export const PHOTODNA_MAX_DISTANCE = 40_000

/** Share of adjacent bytes that must differ: below it a value is of a nearly flat picture and resembles many. */
const MIN_INFORMATION = 0.7

/**
 * The 144 bytes of a value written as base64 (192 characters) or hex (288 digits).
 * @throws {ExhibitHashError} DIGEST_INVALID; the message does not repeat the value
 */
export function parsePhotoDna(text: string): Uint8Array {
  const trimmed = text.trim()
  const isHexText = trimmed.length === PHOTODNA_BYTES * 2 && /^[0-9a-f]+$/i.test(trimmed)
  const isBase64Text = trimmed.length === (PHOTODNA_BYTES / 3) * 4 && /^[0-9a-z+/]+$/i.test(trimmed)
  if (!isHexText && !isBase64Text) {
    const message = `a PhotoDNA value is 192 characters of base64 or 288 hex digits, got ${trimmed.length} characters`
    throw new ExhibitHashError('DIGEST_INVALID', message)
  }
  return new Uint8Array(Buffer.from(trimmed, isHexText ? 'hex' : 'base64'))
}

/** True where a value says too little to be matched by distance (IPED's guard: 0.7 of adjacent bytes differ). */
export function isLowInformation(value: Uint8Array): boolean {
  let differing = 0
  for (let i = 1; i < value.length; i++) if (value[i] !== value[i - 1]) differing++
  return differing / (value.length - 1) < MIN_INFORMATION
}

/**
 * Sum of squared byte differences, without a root: 0 to 9,363,600. It is no metric.
 * @throws {ExhibitHashError} DIGEST_INVALID unless both have 144 bytes
 */
export function photoDnaDistance(a: Uint8Array, b: Uint8Array): number {
  for (const { length } of [a, b]) {
    if (length !== PHOTODNA_BYTES) {
      throw new ExhibitHashError('DIGEST_INVALID', `a PhotoDNA value has ${PHOTODNA_BYTES} bytes, got ${length}`)
    }
  }
  let sum = 0
  for (let i = 0; i < PHOTODNA_BYTES; i++) sum += (a[i] - b[i]) ** 2
  return sum
}
