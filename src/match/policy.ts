// What counts as near: which hashes are compared, to what distance, and which are too poor to compare.

import { ExhibitHashError } from '../core/errors.js'
import { isNearKind, NEAR_KINDS, type NearKind } from '../core/hashes.js'
import { PHOTODNA_MAX_DISTANCE } from '../core/photo-dna.js'

/**
 * Largest distance by kind of hash: Hamming distance in bits, for PhotoDNA values the sum of squared differences.
 * A kind that is absent is not compared.
 */
export type NearPolicy = { readonly [K in NearKind]?: number }

/**
 * PDQ at its authors' recommended distance, PhotoDNA values, where a hasher computes them, at IPED's. The 64-bit hashes
 * only when asked for: they have false neighbours.
 */
export const DEFAULT_NEAR: NearPolicy = { pdq: 31, photoDna: PHOTODNA_MAX_DISTANCE }

/** Below this a PDQ is of a nearly flat picture and resembles thousands of others (the PDQ paper's advice). */
export const MIN_PDQ_QUALITY = 50

/** Distance used when a kind is named without one, and the most that is allowed. */
const DISTANCES: Readonly<Record<NearKind, { usual: number; most: number }>> = {
  pdq: { usual: 31, most: 64 },
  blockhash: { usual: 20, most: 64 },
  phash: { usual: 6, most: 10 },
  dhash: { usual: 6, most: 10 },
  dhashVertical: { usual: 6, most: 10 },
  ahash: { usual: 6, most: 10 },
  whash: { usual: 6, most: 10 },
  photoDna: { usual: PHOTODNA_MAX_DISTANCE, most: 100_000 }
}

/**
 * Reads `pdq,phash=6`, or `none` for exact matches only.
 * @throws {ExhibitHashError} USAGE
 */
export function parseNear(list: string): NearPolicy {
  if (list.trim() === 'none') return {}
  const given = list.split(',').map((item): [string, number | undefined] => {
    const [, kind, distance] = /^\s*(\w+)(?:=([0-9]+))?\s*$/.exec(item) ?? []
    if (kind === undefined) {
      const path = item.split('=', 1)[0].trim()
      throw new ExhibitHashError('USAGE', `near: expected KIND or KIND=DISTANCE, got '${item}'`, { path })
    }
    return [kind, distance === undefined ? undefined : Number(distance)]
  })
  return checkNear(Object.fromEntries(given.map(([kind, distance]) => [kind, distance ?? usualDistance(kind)])))
}

/** @throws {ExhibitHashError} USAGE for an unknown kind or a distance outside its limits. */
export function checkNear(near: Readonly<Record<string, number | undefined>>): NearPolicy {
  const policy: { [K in NearKind]?: number } = {}
  for (const [kind, distance] of Object.entries(near)) {
    if (!isNearKind(kind)) throw unknownKind(kind)
    if (distance === undefined) continue
    const { most } = DISTANCES[kind]
    if (!Number.isInteger(distance) || distance < 0 || distance > most) {
      const message = `near ${kind}: a distance is a whole number from 0 to ${most}, got ${distance}`
      throw new ExhibitHashError('USAGE', message, { path: kind })
    }
    policy[kind] = distance
  }
  return policy
}

function usualDistance(kind: string): number {
  if (!isNearKind(kind)) throw unknownKind(kind)
  return DISTANCES[kind].usual
}

function unknownKind(kind: string): ExhibitHashError {
  const known = NEAR_KINDS.join(', ')
  return new ExhibitHashError('USAGE', `'${kind}' is not compared by distance; what is: ${known}`, { path: kind })
}
