// Names of an exhibit as text that VICS can hold: whatever bytes a name has, no two names become one text.

import { isUtf8 } from 'node:buffer'
import type { FileRecord } from '../../core/result.js'

/** What reads like an odd byte in a name that is plain text, however often it was escaped before. */
const LIKE_AN_ODD_BYTE = /%(?=(?:25)*x[0-9A-F]{2})/g
const MAX_CHARACTER_BYTES = 4

/**
 * JSON holds text, and a name may be no UTF-8. A byte that is none becomes `%xFF` (its two hex digits). So that this can be
 * taken back without doubt, a `%` of the name itself becomes `%25` where it would read the same; every other name stays as
 * it is. To get the bytes: each `%x` and two digits is a byte, and each `%25` before `x` or further `25x` is a `%`.
 */
export function vicsPath({ path, pathBase64 }: Pick<FileRecord, 'path' | 'pathBase64'>): string {
  if (pathBase64 === undefined) return escaped(path)
  const bytes = Buffer.from(pathBase64, 'base64')
  let text = ''
  let plain = ''
  for (let at = 0; at < bytes.length;) {
    const length = characterBytes(bytes, at)
    if (length > 0) plain += bytes.toString('utf8', at, at + length)
    else {
      text += `${escaped(plain)}%x${bytes.toString('hex', at, at + 1).toUpperCase()}`
      plain = ''
    }
    at += Math.max(length, 1)
  }
  return text + escaped(plain)
}

function escaped(text: string): string {
  return text.replace(LIKE_AN_ODD_BYTE, '%25')
}

/** Of the UTF-8 character at `at`; 0 where there is none. */
function characterBytes(bytes: Buffer, at: number): number {
  for (let length = 1; length <= MAX_CHARACTER_BYTES && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length
  }
  return 0
}
