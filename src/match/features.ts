// What matching needs to know of a file, wherever it comes from.

import { DIGEST_KINDS, HASH_BYTES, PERCEPTUAL_KINDS, toHashBytes } from '../core/hashes.js'
import type { DigestKind, HashKind, PerceptualKind } from '../core/hashes.js'
import { parsePhotoDna } from '../core/photo-dna.js'
import { DIHEDRAL_VARIANTS, type FrameHash } from '../core/result.js'
import { MIN_PDQ_QUALITY } from './policy.js'

export interface MatchFeatures {
  /** Bytes of each digest that is known. */
  readonly digests: { readonly [K in DigestKind]?: Uint8Array }
  readonly sizeBytes: number | null
  readonly hashes: { readonly [K in PerceptualKind]?: Uint8Array }
  /** 0–100, `null` where unknown. */
  readonly pdqQuality: number | null
  /** Eight hashes of 32 bytes in the order of DIHEDRAL_VARIANTS, the first the file's own; absent: only its own is asked with. */
  readonly pdqVariants?: Uint8Array
  /** Of a video. */
  readonly frames?: MatchFrames
  /** 144 bytes, as another tool or a hasher of the user's computed them. */
  readonly photoDna?: Uint8Array
}

/** Frames of a video that can be matched: those of too little quality are left out. */
export interface MatchFrames {
  readonly timesSeconds: readonly number[]
  /** 32 bytes a frame. */
  readonly pdq: Uint8Array
  /** Eight times 32 bytes a frame, the first its own; absent: only its own is asked with. */
  readonly variants?: Uint8Array
}

/** @param variants - 8 × 32 bytes for each of `frames` */
export function framesFromHex(frames: readonly FrameHash[], variants?: Uint8Array): MatchFrames {
  const width = HASH_BYTES.pdq
  const turned = DIHEDRAL_VARIANTS.length * width
  const usable = [...frames.keys()].filter((i) => frames[i].pdqQuality >= MIN_PDQ_QUALITY)
  const pdq = new Uint8Array(usable.length * width)
  const kept = variants === undefined ? undefined : new Uint8Array(usable.length * turned)
  usable.forEach((frame, i) => {
    pdq.set(toHashBytes('pdq', frames[frame].pdq), i * width)
    if (variants !== undefined) kept?.set(variants.subarray(frame * turned, (frame + 1) * turned), i * turned)
  })
  const timesSeconds = usable.map((frame) => frames[frame].timeSeconds)
  return { timesSeconds, pdq, ...(kept !== undefined && { variants: kept }) }
}

/**
 * Features from hex, as records and people give it; a PhotoDNA value may be base64.
 * @throws {ExhibitHashError} DIGEST_INVALID
 */
export function featuresFromHex(
  hashes: { readonly [K in HashKind]?: string | undefined } & { readonly photoDna?: string | null | undefined },
  facts: { readonly sizeBytes: number | null; readonly pdqQuality: number | null }
): MatchFeatures {
  const bytesOf = <K extends HashKind>(kinds: readonly K[]): { [P in K]?: Uint8Array } => {
    const bytes: { [P in K]?: Uint8Array } = {}
    for (const kind of kinds) {
      const hex = hashes[kind]
      if (hex !== undefined) bytes[kind] = toHashBytes(kind, hex)
    }
    return bytes
  }
  const photoDna = typeof hashes.photoDna === 'string' && { photoDna: parsePhotoDna(hashes.photoDna) }
  return { digests: bytesOf(DIGEST_KINDS), hashes: bytesOf(PERCEPTUAL_KINDS), ...facts, ...photoDna }
}

/** Packs one kind of digest of many files; `owners[i]` is the file that the i-th packed digest is of. */
export function packDigests(
  files: readonly MatchFeatures[],
  kind: DigestKind
): { packed: Uint8Array; owners: number[] } {
  const owners: number[] = []
  files.forEach((file, i) => {
    if (file.digests[kind] !== undefined) owners.push(i)
  })
  const packed = new Uint8Array(owners.length * HASH_BYTES[kind])
  owners.forEach((owner, i) => packed.set(files[owner].digests[kind] ?? [], i * HASH_BYTES[kind]))
  return { packed, owners }
}

/** Digest kinds, in the order in which a match names the one that found it: MD5 first, the join key of this field. */
export const LOOKUP_ORDER: readonly DigestKind[] = DIGEST_KINDS
