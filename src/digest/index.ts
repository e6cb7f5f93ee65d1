// MD5, SHA-1 and SHA-256 of bytes or of a stream, in one pass over them.

import { createHash, type Hash } from 'node:crypto'
import type { Digests } from '../core/hashes.js'

/** The three digests of bytes that arrive in parts. */
export class DigestStream {
  private readonly hashes: readonly Hash[] = [createHash('md5'), createHash('sha1'), createHash('sha256')]

  update(part: Uint8Array): void {
    for (const hash of this.hashes) hash.update(part)
  }

  /** Lower-case hex. Ends the stream. */
  finish(): Digests {
    const [md5, sha1, sha256] = this.hashes.map((hash) => hash.digest('hex'))
    return { md5, sha1, sha256 }
  }
}

/** The three digests of bytes in memory, lower-case hex. */
export function digestBytes(bytes: Uint8Array): Digests {
  const stream = new DigestStream()
  stream.update(bytes)
  return stream.finish()
}
