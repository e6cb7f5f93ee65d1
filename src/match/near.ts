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
import type { MatchFeatures, MatchFrames } from './features.js'
import { MIN_PDQ_QUALITY, type NearPolicy } from './policy.js'

interface Query {
  readonly file: number
  readonly variant: DihedralVariant
  readonly hash: Uint8Array
  /** Of the frame that it is of. */
  readonly timeSeconds?: number
}

/** Of all queries of a file that found an entry the nearest, and the times of all. */
interface Nearest extends SimilarEntry {
  readonly variant: DihedralVariant
  readonly times: number[]
}

/** Queries of long videos are asked so many at a time. */
const QUERIES_AT_ONCE = 8192
/** Times that a match lists. */
const MAX_TIMES = 100

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
    nearestByFile(set, kind, queriesOf(files, kind), maxDistanceBits, files.length).forEach((nearest, i) => {
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

/** Queries of one file follow each other, and those of one frame. */
function* queriesOf(files: readonly MatchFeatures[], kind: PerceptualKind): Generator<Query> {
  for (const [file, { hashes, pdqQuality, pdqVariants, frames }] of files.entries()) {
    const own = hashes[kind]
    const isPoor = kind === 'pdq' && pdqQuality !== null && pdqQuality < MIN_PDQ_QUALITY
    if (own !== undefined && !isPoor) yield* turned(file, own, kind === 'pdq' ? pdqVariants : undefined)
    if (kind === 'pdq' && frames !== undefined) yield* queriesOfFrames(file, frames)
  }
}

function* queriesOfFrames(file: number, { timesSeconds, pdq, variants }: MatchFrames): Generator<Query> {
  const width = HASH_BYTES.pdq
  const all = DIHEDRAL_VARIANTS.length * width
  for (const [i, timeSeconds] of timesSeconds.entries()) {
    const hash = pdq.subarray(i * width, (i + 1) * width)
    for (const query of turned(file, hash, variants?.subarray(i * all, (i + 1) * all))) yield { ...query, timeSeconds }
  }
}

/** A picture's own hash, then those of the picture turned, of which `variants` has its own first. */
function* turned(file: number, own: Uint8Array, variants: Uint8Array | undefined): Generator<Query> {
  yield { file, variant: 'original', hash: own }
  if (variants === undefined) return
  for (const [i, variant] of DIHEDRAL_VARIANTS.entries()) {
    if (i > 0) yield { file, variant, hash: variants.subarray(i * HASH_BYTES.pdq, (i + 1) * HASH_BYTES.pdq) }
  }
}

/** Each entry once a file, with the variant that comes nearest; of equal ones the first of DIHEDRAL_VARIANTS. */
function nearestByFile(
  set: HashSet,
  kind: PerceptualKind,
  queries: Iterable<Query>,
  maxDistanceBits: number,
  fileCount: number
): Nearest[][] {
  const width = HASH_BYTES[kind]
  const best = Array.from({ length: fileCount }, () => new Map<number, Nearest>())
  const ask = (batch: readonly Query[]): void => {
    const packed = new Uint8Array(batch.length * width)
    batch.forEach((query, i) => packed.set(query.hash, i * width))
    set.findSimilarBatch(kind, packed, { maxDistanceBits }).forEach((found, i) => {
      for (const one of found) {
        if (kind === 'pdq' && one.quality !== null && one.quality < MIN_PDQ_QUALITY) continue
        keepNearest(best[batch[i].file], one, batch[i])
      }
    })
  }
  let batch: Query[] = []
  for (const query of queries) {
    batch.push(query)
    if (batch.length < QUERIES_AT_ONCE) continue
    ask(batch)
    batch = []
  }
  ask(batch)
  return best.map((entries) =>
    [...entries.values()].sort((a, b) => a.distanceBits - b.distanceBits || a.entry - b.entry)
  )
}

function keepNearest(entries: Map<number, Nearest>, one: SimilarEntry, { variant, timeSeconds }: Query): void {
  const known = entries.get(one.entry)
  const times = known?.times ?? []
  if (timeSeconds !== undefined && times[times.length - 1] !== timeSeconds) times.push(timeSeconds)
  if (known === undefined || one.distanceBits < known.distanceBits) entries.set(one.entry, { ...one, variant, times })
}

function toMatch(set: HashSet, kind: PerceptualKind, nearest: Nearest): SimilarHashMatch {
  const { set: name, ...facts } = describeEntry(set, set.record(nearest.entry))
  const { distanceBits, variant, quality, times } = nearest
  return {
    relation: 'similar',
    by: kind,
    distanceBits,
    variant,
    set: name,
    ...facts,
    ...(kind === 'pdq' && { setQuality: quality }),
    ...(times.length > 0 && { timeSeconds: times.slice(0, MAX_TIMES) }),
    ...(times.length > MAX_TIMES && { timesOmitted: times.length - MAX_TIMES })
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
