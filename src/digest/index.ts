// MD5, SHA-1 and SHA-256 of bytes, of several files or of a stream, in one pass over them.

import { HASH_BYTES, type Digests } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { DIGEST_BYTES, kernels, type PackedDigestStream } from '../kernels/index.js'

const SHA1_AT = HASH_BYTES.md5 * 2
const SHA256_AT = SHA1_AT + HASH_BYTES.sha1 * 2

function unpacked(packed: Uint8Array): Digests {
  const hex = bytesToHex(packed)
  return { md5: hex.slice(0, SHA1_AT), sha1: hex.slice(SHA1_AT, SHA256_AT), sha256: hex.slice(SHA256_AT) }
}

/** The three digests of bytes that arrive in parts. */
export class DigestStream {
  private readonly stream: PackedDigestStream = kernels().digestStream()

  update(part: Uint8Array): void {
    this.stream.update(part)
  }

  /** Lower-case hex. Ends the stream. */
  finish(): Digests {
    return unpacked(this.stream.finish())
  }
}

/** The three digests of bytes in memory, lower-case hex. */
export function digestBytes(bytes: Uint8Array): Digests {
  return unpacked(kernels().digestBatch([bytes]))
}

/**
 * The three digests of each of several files in memory, in their order: with native code several times faster than
 * one after the other, the more of them the better, since files go side by side through the lanes of vectors.
 */
export function digestBatch(files: readonly Uint8Array[]): Digests[] {
  const packed = kernels().digestBatch(files)
  return files.map((_, i) => unpacked(packed.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)))
}
