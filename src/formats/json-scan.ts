// The inner loop over JSON bytes: from the start of a value to its end, by quotes and brackets alone.

import type { ByteWindow } from './byte-window.js'

export const QUOTE = 0x22
export const COMMA = 0x2c
export const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const BRACKETS = [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT]
const SPACES = [0x20, 0x09, 0x0a, 0x0d]

function bytesSet(bytes: readonly number[]): Uint8Array {
  const isIn = new Uint8Array(256)
  for (const byte of bytes) isIn[byte] = 1
  return isIn
}

/** Sets of bytes as tables: 1 for a byte that is in. */
export const IS_SPACE = bytesSet(SPACES)
export const IS_PADDING = bytesSet([0, ...SPACES])
export const ENDS_LITERAL = bytesSet([...SPACES, COMMA, QUOTE, ...BRACKETS])
const STOPS_SCAN = bytesSet([QUOTE, ...BRACKETS])

/**
 * Why a scan stopped: out of bytes; after the value; at the bracket that opens a list to descend into; at a bracket
 * that closes another kind; at a bracket too many.
 */
export type ScanStop = 'starved' | 'ended' | 'list' | 'mismatch' | 'too deep'

/** Scans one value at a time, over as many windows as it takes. */
export class JsonScan {
  readonly #brackets: Uint8Array
  #depth = 0
  #inString = false
  #stringFrom = 0
  #stringTo = 0

  /** @param maxDepth - brackets within brackets */
  constructor(maxDepth: number) {
    this.#brackets = new Uint8Array(maxDepth)
  }

  /** To be called before a new value. */
  begin(): void {
    this.#depth = 0
    this.#inString = false
  }

  /** To be called to go on in an object, after one of its values that something else has scanned. */
  resumeObject(at: number): void {
    this.#depth = 1
    this.#brackets[0] = OPEN_OBJECT
    this.#inString = false
    this.#stringFrom = this.#stringTo = at
  }

  /** To be called where the window's indices have become smaller. */
  move(by: number): void {
    this.#stringFrom -= by
    this.#stringTo -= by
  }

  /** Moves `window.at` to where it stops. `keys` are those of the outermost object whose lists are not scanned. */
  run(window: ByteWindow, keys: ReadonlySet<string> | undefined): ScanStop {
    const { bytes, to } = window
    const brackets = this.#brackets
    let at = window.at
    let depth = this.#depth
    let inString = this.#inString
    let stop: ScanStop | undefined
    do {
      if (inString) {
        while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
        if (at >= to) break
        inString = false
        this.#stringTo = at++
        if (depth === 0) stop = 'ended'
        continue
      }
      while (at < to && STOPS_SCAN[bytes[at]] === 0) at++
      if (at >= to) break
      const byte = bytes[at]
      if (byte === QUOTE) {
        inString = true
        this.#stringFrom = ++at
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (depth === 1 && keys !== undefined && brackets[0] === OPEN_OBJECT && keys.has(this.#lastString(bytes))) {
          stop = 'list'
        } else if (depth === brackets.length) {
          stop = 'too deep'
        } else {
          brackets[depth++] = byte
          at++
        }
      } else if (depth === 0 || brackets[depth - 1] !== byte - 2) {
        // The code of a closing bracket is that of its opening one plus 2.
        stop = 'mismatch'
      } else {
        at++
        if (--depth === 0) stop = 'ended'
      }
    } while (stop === undefined)
    // A backslash at the end is looked at again, together with the byte that it escapes.
    window.at = at > to ? to - 1 : at
    this.#depth = depth
    this.#inString = inString
    return stop ?? 'starved'
  }

  /** The string before a bracket is the key that it belongs to. In lower case: tools differ. */
  #lastString(bytes: Buffer): string {
    const text = bytes.toString('utf8', this.#stringFrom, this.#stringTo)
    return unescaped(text).toLowerCase()
  }
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    // No key that is looked for; whoever parses the object will report it.
    return text
  }
}
