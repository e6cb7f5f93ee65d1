// One thing found in an exhibit: where it is, what it is called, and in which place it was found.

import type { FileError, SkipReason } from '../core/result.js'

export interface ExhibitFile {
  /** Order of discovery, from 0. */
  readonly seq: number
  /** Bytes of the path to open. */
  readonly location: Uint8Array
  /** Bytes of the path relative to the exhibit's root, with `/`. */
  readonly name: Uint8Array
  /** Set where it is no file yet: bytes or a stream of them. */
  readonly contents?: Uint8Array | AsyncIterable<Uint8Array>
  /** Set where it is not to be opened. */
  readonly skipped?: SkipReason
  /** Set where it could not even be looked at: a missing path, an unreadable folder. */
  readonly error?: FileError
}

/** How a record shows a name: as text, and as bytes too where the text cannot carry them. */
export function displayName(name: Uint8Array): { path: string; pathBase64?: string } {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.byteLength)
  const path = bytes.toString('utf8')
  return Buffer.from(path, 'utf8').equals(bytes) ? { path } : { path, pathBase64: bytes.toString('base64') }
}
