// Values of record fields as sources write them → as the product holds them; `undefined` where unusable.

import { HASH_BYTES, type HashKind, PHOTODNA_BYTES } from '../core/hashes.js'
import { isHex } from '../core/hex.js'

/** True for the ways in which sources say nothing. */
export function isBlank(value: unknown): boolean {
  if (typeof value !== 'string') return value === null || value === undefined
  // Asked of every value of every record: most begin with something that can be no space.
  return value === '' || (!(value.charCodeAt(0) > 0x20 && value.charCodeAt(0) < 0x80) && value.trim() === '')
}

/** Lower-case hex of just the kind's length. */
export function hashValue(kind: HashKind, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const bytes = HASH_BYTES[kind]
  const hex = value.length === bytes * 2 ? value : value.trim()
  return isHex(hex, bytes) ? hex.toLowerCase() : undefined
}

/** Values share their memory, so many to a piece: an allocation for each costs more than all else that is done to it. */
const VALUES_PER_SLAB = 64
let slab = Buffer.alloc(0)
let slabUsed = 0

/**
 * 144 bytes from base64 (192 characters) or hex (288 digits). Copy them to keep or send them alone: they are a view of
 * memory that neighbours share.
 */
export function photoDnaValue(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.length === (PHOTODNA_BYTES / 3) * 4 ? value : value.trim()
  const encoding = text.length === PHOTODNA_BYTES * 2 ? 'hex' : 'base64'
  if (encoding === 'base64' && text.length !== (PHOTODNA_BYTES / 3) * 4) return undefined
  if (slabUsed === slab.length) {
    slab = Buffer.alloc(PHOTODNA_BYTES * VALUES_PER_SLAB)
    slabUsed = 0
  }
  // Decoders skip or stop at characters that are not theirs, so a full length proves that there were none.
  if (slab.write(text, slabUsed, PHOTODNA_BYTES, encoding) !== PHOTODNA_BYTES) return undefined
  const bytes = new Uint8Array(slab.buffer, slab.byteOffset + slabUsed, PHOTODNA_BYTES)
  slabUsed += PHOTODNA_BYTES
  return bytes
}

/** A whole number where the text is one that a number can hold exactly. */
function wholeNumber(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}

/** A category: whole numbers as numbers, other codes as they stand, `null` for nothing. 0 is a code. */
export function categoryValue(value: unknown): number | string | null | undefined {
  if (isBlank(value)) return null
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return wholeNumber(text) ?? text
}

/** An identity as text. Numbers that JSON cannot hold exactly must come here as text already. */
export function identityValue(value: unknown): string | null | undefined {
  if (isBlank(value)) return null
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() : undefined
}

/** A count of bytes. */
export function sizeValue(value: unknown): number | undefined {
  const size = typeof value === 'string' ? wholeNumber(value.trim()) : value
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined
}

/** A PDQ quality, 0–100. */
export function qualityValue(value: unknown): number | undefined {
  const quality = sizeValue(value)
  return quality !== undefined && quality <= 100 ? quality : undefined
}

const YES = new Set(['true', '1', 'yes', 'y', 't'])
const NO = new Set(['false', '0', 'no', 'n', 'f'])

/** A flag in any of its spellings. */
export function flagValue(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'True') return true
  if (value === 'false' || value === 'False') return false
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim().toLowerCase()
  if (YES.has(text)) return true
  return NO.has(text) ? false : undefined
}

/** Text of a field that is a string, a number, a list or an object. */
export function textValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return undefined
  const isPlainList =
    Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number')
  const text = isPlainList ? value.join(',') : jsonText(value)
  return text === '' || text === '[]' || text === '{}' ? undefined : text
}

/** `undefined` for what is nested too deep to be written. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
