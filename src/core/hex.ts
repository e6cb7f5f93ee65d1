// Hex text to bytes and back: the only place that does it.

import { ExhibitHashError } from './errors.js'

/** Lower-case hex of bytes. */
export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

const IS_HEX_DIGIT = new Uint8Array(128)
for (const digit of '0123456789abcdefABCDEF') IS_HEX_DIGIT[digit.charCodeAt(0)] = 1

/** True where `text` is hex digits only, `byteLength` bytes of them. A loop: readers of large sets live in it. */
export function isHex(text: string, byteLength: number): boolean {
  if (text.length !== byteLength * 2) return false
  for (let i = 0; i < text.length; i++) {
    if (IS_HEX_DIGIT[text.charCodeAt(i)] !== 1) return false
  }
  return true
}

/**
 * Bytes of hex text in any case.
 * @throws {ExhibitHashError} DIGEST_INVALID where it is not hex of just `byteLength` bytes.
 */
export function hexToBytes(text: string, byteLength: number, what = 'value'): Uint8Array {
  if (!isHex(text, byteLength)) {
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
    throw new ExhibitHashError('DIGEST_INVALID', `${what}: expected ${byteLength * 2} hex digits, got '${shown}'`, {
      path: shown
    })
  }
  return new Uint8Array(Buffer.from(text, 'hex'))
}

/** Writes hex digits, already known to be valid, into `target` at `offset`; returns the bytes written. */
export function writeHex(target: Uint8Array, offset: number, text: string): number {
  return Buffer.from(target.buffer, target.byteOffset, target.byteLength).write(text, offset, 'hex')
}
