// When two records are one: (source, MediaID) where MediaID is not 0, else (source, strongest digest).

import { PERCEPTUAL_KINDS, type HashKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import type { SetRecord } from '../core/set-record.js'

/** A MediaID as index files tell it: a number where it is one that a double holds exactly. */
export type IdKey = number | string

/** The strongest first. What has no digest goes by its first perceptual hash, and last by its PhotoDNA value. */
export const IDENTIFYING_KINDS: readonly HashKind[] = ['sha256', 'sha1', 'md5', ...PERCEPTUAL_KINDS]

/** Kind and value of one hash, as a key of a map. */
export function hashKey(kind: HashKind | 'photoDna', hex: string): string {
  return `${kind} ${hex}`
}

/** `null` where the record has none that identifies: 0 occurs, and many records share it. */
export function idKeyOf(mediaId: string | null): IdKey | null {
  if (mediaId === null || mediaId === '0') return null
  const number = /^[1-9][0-9]{0,15}$/.test(mediaId) ? Number(mediaId) : NaN
  return Number.isSafeInteger(number) ? number : mediaId
}

/** The hash that a record without MediaID is known by. */
export function identifyingHash({ hashes, photoDna }: SetRecord): string | null {
  const kind = IDENTIFYING_KINDS.find((each) => hashes[each] !== undefined)
  if (kind !== undefined) return hashKey(kind, hashes[kind]!)
  return photoDna === undefined ? null : hashKey('photoDna', bytesToHex(photoDna))
}
