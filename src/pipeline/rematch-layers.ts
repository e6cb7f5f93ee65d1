// The fast way of a rematch: the files are compared with what newer layers bring, and with what those take away, in place
// of being looked up in the whole set. What comes out are the files that may have something new; they are then looked up.

import { ExhibitHashError } from '../core/errors.js'
import { DIGEST_KINDS, HASH_BYTES, PERCEPTUAL_KINDS, PHOTODNA_BYTES, type PerceptualKind } from '../core/hashes.js'
import { writeHex } from '../core/hex.js'
import type { FileRecord } from '../core/result.js'
import { EntryBits, markNear } from '../index/index.js'
import { MIN_PDQ_QUALITY, type NearPolicy } from '../match/index.js'
import { type EarlierFile, type EarlierResults, isAskedBy, type RematchCounter } from '../results/index.js'
import { KeySieve } from './key-sieve.js'
import type { RematchRun } from './rematch-options.js'
import type { LayeredSet, Ways } from './rematch-plan.js'

/** Files whose perceptual hashes are compared with a layer at once: 32 MB of PDQ. */
const FILES_AT_ONCE = 1_000_000

/**
 * Numbers of the files whose matches with a layered set may have changed. Where no set is asked with all files, this is
 * the only time that the others are seen: then they are counted.
 */
export async function findAffected(
  earlier: EarlierResults,
  { whole, layered }: Ways,
  near: NearPolicy,
  run: RematchRun,
  counter: RematchCounter
): Promise<EntryBits> {
  const affected = new EntryBits(earlier.files)
  const sieves = new Map(layered.map(({ set, newer }) => [set.name, sieveOf(newer)]))
  const kinds = PERCEPTUAL_KINDS.filter((kind) => near[kind] !== undefined)
  const columns = new Map(kinds.map((kind) => [kind, new Column(HASH_BYTES[kind], FILES_AT_ONCE)]))
  const onBytes = (done: number): void => run.onProgress({ phase: 'layers', done, total: earlier.bytes, matched: 0 })
  for await (const batch of earlier.records({ signal: run.signal, onBytes })) {
    for (const { record, number } of batch) {
      if (whole.length === 0) counter.addEarlier(record)
      if (mayHaveChanged(record, sieves, near)) affected.add(number)
    }
    lookUp(batch, layered, near, affected)
    for (const [kind, column] of columns) {
      for (const { number, record } of batch) {
        for (const hex of comparable(kind, record)) {
          if (column.isFull) await compare(kind, column, layered, near, run, affected)
          column.add(number, hex)
        }
      }
    }
  }
  for (const [kind, column] of columns) await compare(kind, column, layered, near, run, affected)
  return affected
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
 * was cut, or a match was found by what is not asked for now, as by a turned hash, and may be found by something else.
 */
function mayHaveChanged(record: FileRecord, sieves: ReadonlyMap<string, KeySieve>, near: NearPolicy): boolean {
  if (record.matches === undefined || record.matchesOmitted !== undefined || record.unasked !== undefined) return true
  return record.matches.some((match) => {
    const sieve = sieves.get(match.set)
    return sieve !== undefined && (!isAskedBy(match, near) || sieve.mayHave(keyOf(match.source, match.mediaId)))
  })
}

/** Digests, and PhotoDNA values, which few results have. */
function lookUp(
  batch: readonly EarlierFile[],
  layered: readonly LayeredSet[],
  near: NearPolicy,
  affected: EntryBits
): void {
  const ask = (width: number, hexOf: (record: FileRecord) => unknown, find: (of: Column) => void): void => {
    const column = new Column(width, batch.length)
    for (const { number, record } of batch) {
      const hex = hexOf(record)
      if (typeof hex === 'string') column.add(number, hex)
    }
    if (column.count > 0) find(column)
  }
  for (const { newer } of layered) {
    for (const kind of DIGEST_KINDS) {
      ask(
        HASH_BYTES[kind],
        ({ digests }) => digests?.[kind],
        ({ packed, files }) => {
          newer.findDigests(kind, packed, (query) => affected.add(files[query]))
        }
      )
    }
    const { photoDna } = near
    if (photoDna === undefined) continue
    ask(
      PHOTODNA_BYTES,
      ({ hashes }) => hashes?.photoDna,
      ({ packed, files }) => {
        newer.findPhotoDna(packed, photoDna, (query) => affected.add(files[query]))
      }
    )
  }
}

/** Hashes that are compared by distance, of frames too: one of a picture that is nearly flat is not. */
function* comparable(kind: PerceptualKind, { hashes, frames }: FileRecord): Generator<string> {
  const isPoor = kind === 'pdq' && (hashes?.pdqQuality ?? MIN_PDQ_QUALITY) < MIN_PDQ_QUALITY
  const own = hashes?.[kind]
  if (own !== undefined && !isPoor) yield own
  if (kind !== 'pdq' || !frames) return
  for (const { pdq, pdqQuality } of frames) if (pdqQuality >= MIN_PDQ_QUALITY) yield pdq
}

/** Compares gathered hashes with those of the layers, and begins anew. */
async function compare(
  kind: PerceptualKind,
  column: Column,
  layered: readonly LayeredSet[],
  near: NearPolicy,
  run: RematchRun,
  affected: EntryBits
): Promise<void> {
  const { packed, files, count } = column
  const marks = new Uint8Array(count)
  for (const { set, newer } of layered) {
    if (set.metadata.role === 'known-good') continue
    for (const theirs of newer.hashes(kind, kind === 'pdq' ? MIN_PDQ_QUALITY : 0)) {
      for (const _ of markNear(kind, theirs, packed, near[kind] ?? 0, marks)) {
        if (run.signal?.aborted === true) throw new ExhibitHashError('ABORTED', 'the rematch was stopped')
        await new Promise(setImmediate)
      }
    }
  }
  marks.forEach((mark, i) => {
    if (mark !== 0) affected.add(files[i])
  })
  column.clear()
}

/** Hashes of one kind, packed, and the files that they are of. */
class Column {
  count = 0
  readonly #values: Uint8Array
  readonly #files: Uint32Array

  constructor(
    private readonly width: number,
    private readonly capacity: number
  ) {
    this.#values = new Uint8Array(width * capacity)
    this.#files = new Uint32Array(capacity)
  }

  get isFull(): boolean {
    return this.count === this.capacity
  }

  get packed(): Uint8Array {
    return this.#values.subarray(0, this.count * this.width)
  }

  get files(): Uint32Array {
    return this.#files
  }

  add(file: number, hex: string): void {
    writeHex(this.#values, this.count * this.width, hex)
    this.#files[this.count++] = file
  }

  clear(): void {
    this.count = 0
  }
}
