// The kinds of hashes that this product knows: names, sizes, and the digests nothing may ever match by.

import { ExhibitHashError } from './errors.js'
import { hexToBytes } from './hex.js'

/** Cryptographic digests, the weakest first. */
export const DIGEST_KINDS = ['md5', 'sha1', 'sha256'] as const
export type DigestKind = (typeof DIGEST_KINDS)[number]
/** As the standards write them. */
export const DIGEST_NAMES: Readonly<Record<DigestKind, string>> = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256' }

/** Perceptual hashes that compare by Hamming distance. */
export const PERCEPTUAL_KINDS = ['pdq', 'phash', 'dhash', 'dhashVertical', 'ahash', 'whash', 'blockhash'] as const
export type PerceptualKind = (typeof PERCEPTUAL_KINDS)[number]

export type HashKind = DigestKind | PerceptualKind

/** All kinds, digests first. */
export const HASH_KINDS: readonly HashKind[] = [...DIGEST_KINDS, ...PERCEPTUAL_KINDS]

/** Bytes of one hash of each kind. */
export const HASH_BYTES: Readonly<Record<HashKind, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  pdq: 32,
  phash: 8,
  dhash: 8,
  dhashVertical: 8,
  ahash: 8,
  whash: 8,
  blockhash: 32
}

/** What files can be near by: perceptual hashes by Hamming distance, PhotoDNA values by squared distance. */
export const NEAR_KINDS = [...PERCEPTUAL_KINDS, 'photoDna'] as const
export type NearKind = (typeof NEAR_KINDS)[number]

/** Bytes of a PhotoDNA value. It is held and compared, never computed. */
export const PHOTODNA_BYTES = 144

/** Digests of a file as lower-case hex; all three are there after a complete read. */
export type Digests = { readonly [K in DigestKind]: string }

/** Digests of the empty file: many records of many sets carry them by mistake, and none may be stored. */
export const EMPTY_FILE_DIGESTS: Digests = {
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
}

export function isDigestKind(text: string): text is DigestKind {
  return (DIGEST_KINDS as readonly string[]).includes(text)
}

export function isPerceptualKind(text: string): text is PerceptualKind {
  return (PERCEPTUAL_KINDS as readonly string[]).includes(text)
}

export function isNearKind(text: string): text is NearKind {
  return (NEAR_KINDS as readonly string[]).includes(text)
}

/**
 * One hash as bytes, from bytes or hex.
 * @throws {ExhibitHashError} DIGEST_INVALID where the length is not the kind's.
 */
export function toHashBytes(kind: HashKind, value: Uint8Array | string): Uint8Array {
  if (!Object.hasOwn(HASH_BYTES, kind)) {
    throw new ExhibitHashError('USAGE', `'${kind}' is no kind of hash; what is: ${HASH_KINDS.join(', ')}`)
  }
  if (typeof value === 'string') return hexToBytes(value, HASH_BYTES[kind], kind)
  if (value.byteLength !== HASH_BYTES[kind]) {
    throw new ExhibitHashError('DIGEST_INVALID', `${kind}: expected ${HASH_BYTES[kind]} bytes, got ${value.byteLength}`)
  }
  return value
}
