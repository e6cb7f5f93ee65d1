// Hashes within a distance: what a file resembles. Never an identification.

import { HASH_BYTES, PERCEPTUAL_KINDS, PHOTODNA_BYTES, type PerceptualKind } from '../core/hashes.js'
import { isLowInformation } from '../core/photo-dna.js'
import {
  DIHEDRAL_VARIANTS,
  type DihedralVariant,
  type SimilarHashMatch,
  type SimilarMatch,
  type SimilarPhotoDnaMatch
} from '../core/result.js'
import type { HashSet, PhotoDnaNeighbour, SimilarEntry } from '../index/index.js'
import { describeEntry, MAX_LISTED } from './describe.js'
import type { MatchFeatures } from './features.js'
import { MIN_PDQ_QUALITY, type NearPolicy } from './policy.js'

interface Query {
  readonly file: number
  readonly variant: DihedralVariant
  readonly hash: Uint8Array
}

interface Nearest extends SimilarEntry {
  readonly variant: DihedralVariant
}

interface SimilarMatches {
  readonly matches: SimilarMatch[]
  omitted: number
}

/** For each file the records of `set` within the policy's distances, by kind of hash, nearest first. */
export function matchNear(set: HashSet, files: readonly MatchFeatures[], near: NearPolicy): SimilarMatches[] {
  const found = files.map(() => ({ matches: [] as SimilarMatch[], omitted: 0 }))
  // A known-good file is known by its digest; to resemble one proves nothing.
  if (set.metadata.role === 'known-good') return found
  for (const kind of PERCEPTUAL_KINDS) {
    const maxDistanceBits = near[kind]
    if (maxDistanceBits === undefined || !set.holds(kind)) continue
    const queries = files.flatMap((file, i) => queriesOf(file, i, kind))
    nearestByFile(set, kind, queries, maxDistanceBits, files.length).forEach((nearest, i) => {
      list(found[i], nearest, (one) => toMatch(set, kind, one))
    })
  }
  if (near.photoDna !== undefined) {
    photoDnaByFile(set, files, near.photoDna).forEach((nearest, i) => {
      list(found[i], nearest, (one) => toPhotoDnaMatch(set, one))
    })
  }
  return found
}

function list<T>(found: SimilarMatches, nearest: readonly T[], toMatch: (one: T) => SimilarMatch): void {
  for (const one of nearest.slice(0, MAX_LISTED)) found.matches.push(toMatch(one))
  found.omitted += Math.max(0, nearest.length - MAX_LISTED)
}

function queriesOf(file: MatchFeatures, number: number, kind: PerceptualKind): Query[] {
  const own = file.hashes[kind]
  if (own === undefined) return []
  const original: Query = { file: number, variant: 'original', hash: own }
  if (kind !== 'pdq') return [original]
  if (file.pdqQuality !== null && file.pdqQuality < MIN_PDQ_QUALITY) return []
  const variants = file.pdqVariants
  if (variants === undefined) return [original]
  const turned = DIHEDRAL_VARIANTS.slice(1).map((variant, i) => ({
    file: number,
    variant,
    hash: variants.subarray((i + 1) * HASH_BYTES.pdq, (i + 2) * HASH_BYTES.pdq)
  }))
  return [original, ...turned]
}

/** Each entry once a file, with the variant that comes nearest; of equal ones the first of DIHEDRAL_VARIANTS. */
function nearestByFile(
  set: HashSet,
  kind: PerceptualKind,
  queries: readonly Query[],
  maxDistanceBits: number,
  fileCount: number
): Nearest[][] {
  const width = HASH_BYTES[kind]
  const packed = new Uint8Array(queries.length * width)
  queries.forEach((query, i) => packed.set(query.hash, i * width))
  const best = Array.from({ length: fileCount }, () => new Map<number, Nearest>())
  set.findSimilarBatch(kind, packed, { maxDistanceBits }).forEach((found, i) => {
    const { file, variant } = queries[i]
    for (const one of found) {
      if (kind === 'pdq' && one.quality !== null && one.quality < MIN_PDQ_QUALITY) continue
      const known = best[file].get(one.entry)
      if (known === undefined || one.distanceBits < known.distanceBits) best[file].set(one.entry, { ...one, variant })
    }
  })
  return best.map((entries) =>
    [...entries.values()].sort((a, b) => a.distanceBits - b.distanceBits || a.entry - b.entry)
  )
}

function toMatch(set: HashSet, kind: PerceptualKind, nearest: Nearest): SimilarHashMatch {
  const { set: name, ...facts } = describeEntry(set, set.record(nearest.entry))
  const { distanceBits, variant, quality } = nearest
  return {
    relation: 'similar',
    by: kind,
    distanceBits,
    variant,
    set: name,
    ...facts,
    ...(kind === 'pdq' && { setQuality: quality })
  }
}

/** Neighbours of each file's PhotoDNA value; values that say too little are compared on neither side. */
function photoDnaByFile(set: HashSet, files: readonly MatchFeatures[], maxDistance: number): PhotoDnaNeighbour[][] {
  const askable = files.map(({ photoDna }) => (photoDna === undefined || isLowInformation(photoDna) ? null : photoDna))
  const values = askable.filter((value) => value !== null)
  const packed = new Uint8Array(values.length * PHOTODNA_BYTES)
  values.forEach((value, i) => packed.set(value, i * PHOTODNA_BYTES))
  const found = values.length === 0 ? [] : set.findPhotoDna(packed, { maxDistance })
  let next = 0
  return askable.map((value) => (value === null ? [] : found[next++].filter((one) => !one.lowInformation)))
}

function toPhotoDnaMatch(set: HashSet, { entry, distance }: PhotoDnaNeighbour): SimilarPhotoDnaMatch {
  const { set: name, ...facts } = describeEntry(set, set.record(entry))
  return { relation: 'similar', by: 'photoDna', squaredDistance: distance, set: name, ...facts }
}
