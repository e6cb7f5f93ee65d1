// Finds the first syntax error of a JSON text. Used only once something is wrong, to say where, and whether a text
// that ends early was good as far as it went.

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What may come next, as bits. */
const VALUE = 1
const KEY = 2
const COLON = 4
const COMMA = 8
const CLOSE = 16

const OPENERS: Readonly<Record<number, number>> = { 0x7b: KEY | CLOSE, 0x5b: VALUE | CLOSE }
const CLOSER_OF: Readonly<Record<number, number>> = { 0x7b: 0x7d, 0x5b: 0x5d }

/** Offset of the first syntax error; -1 where there is none, also where the text only ends too early. */
export function firstJsonFault(bytes: Uint8Array): number {
  const open: number[] = []
  let want = VALUE
  let at = 0
  const afterValue = (): number => (open.length === 0 ? 0 : COMMA | CLOSE)
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at++
    } else if (byte === QUOTE && (want & (KEY | VALUE)) !== 0) {
      const end = endOfString(bytes, at + 1)
      if (end.fault >= 0) return end.fault
      want = (want & KEY) !== 0 ? COLON : afterValue()
      at = end.next
    } else if (OPENERS[byte] !== undefined && (want & VALUE) !== 0) {
      open.push(byte)
      want = OPENERS[byte]
      at++
    } else if (open.length > 0 && byte === CLOSER_OF[open[open.length - 1]] && (want & CLOSE) !== 0) {
      open.pop()
      want = afterValue()
      at++
    } else if (byte === 0x2c && (want & COMMA) !== 0) {
      want = open[open.length - 1] === 0x7b ? KEY : VALUE
      at++
    } else if (byte === 0x3a && (want & COLON) !== 0) {
      want = VALUE
      at++
    } else {
      const length = (want & VALUE) !== 0 ? literalLength(bytes, at) : 0
      if (length === 0) return at
      want = afterValue()
      at += length
    }
  }
  return -1
}

/** Where the string that has begun ends, or what is wrong in it. */
function endOfString(bytes: Uint8Array, from: number): { next: number; fault: number } {
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === QUOTE) return { next: at + 1, fault: -1 }
    if (byte < 0x20) return { next: at, fault: at }
    if (byte === BACKSLASH) {
      const length = escapeLength(bytes, at)
      if (length === 0) return { next: at, fault: at }
      at += length
    } else {
      at++
    }
  }
  return { next: bytes.length, fault: -1 }
}

/** Bytes of the escape at a backslash; 0 where it is none. One that is cut off by the end counts as good. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const text = Buffer.from(bytes.subarray(at, at + 6)).toString('latin1')
  if (/^\\["\\/bfnrt]/.test(text)) return 2
  const isUnicode = text.length === 6 ? /^\\u[0-9a-f]{4}$/i.test(text) : /^\\(?:u[0-9a-f]*)?$/i.test(text)
  return isUnicode ? text.length : 0
}

/** Longest number that is looked at: beyond it, whatever stands there is not one that a record holds. */
const MAX_LITERAL = 400

/** Bytes of the number, true, false or null at a place; 0 where it is none. One cut off by the end counts as good. */
function literalLength(bytes: Uint8Array, at: number): number {
  const text = Buffer.from(bytes.subarray(at, at + MAX_LITERAL)).toString('latin1')
  const token = /^[-+.0-9a-z]+/i.exec(text)?.[0] ?? ''
  const isAtEnd = at + token.length === bytes.length
  const isWhole =
    /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(token) && token === lowerWord(token)
  if (isWhole) return token.length
  const isBegun =
    ['true', 'false', 'null'].some((word) => word.startsWith(token)) ||
    /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<!\.)e[+-]?\d*)?)?$/i.test(token)
  return isAtEnd && isBegun ? token.length : 0
}

/** Words have one spelling; the exponent of a number has two. */
function lowerWord(token: string): string {
  return /^[a-z]+$/i.test(token) ? token.toLowerCase() : token
}
