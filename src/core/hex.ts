// Hex text to bytes and back: the only place that does it.

import { ExhibitHashError } from './errors.js'

/** Lower-case hex of bytes. */
export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** True where `text` is hex digits only, `byteLength` bytes of them. */
export function isHex(text: string, byteLength: number): boolean {
  return text.length === byteLength * 2 && /^[0-9a-f]*$/i.test(text)
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
