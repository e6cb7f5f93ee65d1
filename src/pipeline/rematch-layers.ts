// The fast way of a rematch: the entries that newer layers bring are looked up among the hashes of the results, in place
// of every file in the whole set. What comes out are the files that may have something new; they are then asked as always.

import { ExhibitHashError } from '../core/errors.js'
import { DIGEST_KINDS, HASH_BYTES, PERCEPTUAL_KINDS, type NearKind } from '../core/hashes.js'
import { isLowInformation, parsePhotoDna } from '../core/photo-dna.js'
import type { FileRecord } from '../core/result.js'
import type { SetRecord } from '../core/set-record.js'
import { buildTemporarySet, EntryBits, type HashSet } from '../index/index.js'
import { MIN_PDQ_QUALITY, type NearPolicy } from '../match/index.js'
import { type EarlierResults, isTurned } from '../results/index.js'
import { KeySieve } from './key-sieve.js'
import type { RematchRun } from './rematch-options.js'
import type { LayeredSet } from './rematch-plan.js'

/** Numbers of the files, among those of the results, whose matches with a layered set may have changed. */
export async function findAffected(
  earlier: EarlierResults,
  layered: readonly LayeredSet[],
  near: NearPolicy,
  run: RematchRun
): Promise<EntryBits> {
  const affected = new EntryBits(earlier.files)
  const sieves = new Map(layered.map(({ set, newer }) => [set.name, sieveOf(newer)]))
  const records = gather(earlier, run, (record, number) => {
    if (mayHaveChanged(record, sieves)) affected.add(number)
  })
  if (layered.every(({ newer }) => newer.added === 0)) {
    for await (const _ of records); // they are looked at all the same
    return affected
  }
  const results = await buildTemporarySet(run.temporaryFolder, records, run.signal)
  try {
    for (const { newer } of layered) await ask(results.set, newer, near, run, affected)
    return affected
  } finally {
    await results.remove()
  }
}

/** The hashes of each record, as an entry of a set. */
async function* gather(
  earlier: EarlierResults,
  run: RematchRun,
  look: (record: FileRecord, number: number) => void
): AsyncGenerator<SetRecord[]> {
  let number = 0
  const onBytes = (done: number): void => run.onProgress({ phase: 'reading', done, total: earlier.bytes, matched: 0 })
  for await (const batch of earlier.records({ signal: run.signal, onBytes })) {
    for (const record of batch) look(record, number++)
    yield batch.map(entryOf)
  }
}

/** Hashes that say too little to be compared are left out, as matching does. */
function entryOf({ digests, hashes }: FileRecord): SetRecord {
  const { pdqQuality, photoDna, pdq, ...others } = hashes ?? {}
  const own: Record<string, string> = { ...digests }
  for (const kind of PERCEPTUAL_KINDS) {
    const hex = others[kind]
    if (typeof hex === 'string') own[kind] = hex
  }
  if (pdq !== undefined && (pdqQuality ?? MIN_PDQ_QUALITY) >= MIN_PDQ_QUALITY) own.pdq = pdq
  const value = typeof photoDna === 'string' ? parsePhotoDna(photoDna) : null
  return {
    mediaId: null,
    category: null,
    hashes: own,
    ...(value !== null && !isLowInformation(value) && { photoDna: value }),
    grading: {}
  }
}

function sieveOf(newer: LayeredSet['newer']): KeySieve {
  const sieve = new KeySieve(newer.takenCount)
  for (const { source, mediaId } of newer.taken()) sieve.add(keyOf(source, mediaId))
  return sieve
}

function keyOf(source: string, mediaId: string | null): string {
  return `${mediaId ?? ''}\0${source}`
}

/**
 * True where a match is of a record that is hidden now, or where the record alone does not tell what was found: its list
 * was cut, or a match was found by a turned hash, which may be found without it as well.
 */
function mayHaveChanged(record: FileRecord, sieves: ReadonlyMap<string, KeySieve>): boolean {
  if (record.matches === undefined || record.matchesOmitted !== undefined || record.turned !== undefined) return true
  return record.matches.some((match) => {
    const sieve = sieves.get(match.set)
    return sieve !== undefined && (isTurned(match) || sieve.mayHave(keyOf(match.source, match.mediaId)))
  })
}

async function ask(
  results: HashSet,
  newer: LayeredSet['newer'],
  near: NearPolicy,
  run: RematchRun,
  affected: EntryBits
): Promise<void> {
  const kinds = Object.keys(near) as NearKind[]
  const total = newer.added * (DIGEST_KINDS.length + kinds.length)
  let done = 0
  const pause = async (hashes: number): Promise<void> => {
    if (run.signal?.aborted === true) throw new ExhibitHashError('ABORTED', 'the rematch was stopped')
    run.onProgress({ phase: 'layers', done: (done += hashes), total, matched: 0 })
    await new Promise(setImmediate)
  }
  for (const kind of DIGEST_KINDS) {
    const width = HASH_BYTES[kind]
    for (const packed of newer.digests(kind)) {
      results.findBatch(kind, packed).forEach((first, i) => {
        if (first === -1) return
        for (const file of results.findEntries(kind, packed.subarray(i * width, (i + 1) * width))) affected.add(file)
      })
      await pause(packed.length / width)
    }
  }
  for (const kind of kinds) {
    const distance = near[kind]
    if (distance === undefined) continue
    for (const packed of newer.hashes(kind, kind === 'pdq' ? MIN_PDQ_QUALITY : 0)) {
      const found =
        kind === 'photoDna'
          ? results.findPhotoDna(packed, { maxDistance: distance })
          : results.findSimilarBatch(kind, packed, { maxDistanceBits: distance })
      for (const list of found) for (const { entry } of list) affected.add(entry)
      await pause(found.length)
    }
  }
}
