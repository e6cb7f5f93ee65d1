// Seeded data of hash sets of any size: entry i is the same at every run, and nobody needs to hold them all.

import { createCipheriv } from 'node:crypto'
import { BUILT_IN_PROFILES } from '../src/core/category.js'
import type { PackedRecords } from '../src/core/packed-records.js'
import { DEFAULT_ROW, ROW_WORDS } from '../src/core/record-row.js'
import { SetBuilder } from '../src/index/set-builder.js'
import type { SetMetadata } from '../src/index/metadata.js'

const BATCH = 8192
const BLOCK = 16

/** Blocks number `first` and up of a seed: AES-128 of their numbers, so that any of them can be had at once. */
export function blocks(seed: number, first: number, count: number): Uint8Array {
  const plain = Buffer.alloc(count * BLOCK)
  for (let i = 0; i < count; i++) plain.writeUIntBE(first + i, i * BLOCK + 10, 6)
  return encrypted(seed, plain)
}

/** The same for any numbers. */
export function blocksOf(seed: number, numbers: ArrayLike<number>): Uint8Array {
  const plain = Buffer.alloc(numbers.length * BLOCK)
  for (let i = 0; i < numbers.length; i++) plain.writeUIntBE(numbers[i], i * BLOCK + 10, 6)
  return encrypted(seed, plain)
}

function encrypted(seed: number, plain: Buffer): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', Buffer.alloc(BLOCK, seed), null).setAutoPadding(false)
  return Uint8Array.from(cipher.update(plain))
}

/** PDQ hashes number `first` and up: of even weight but for one in fifty, as those of pictures are. */
export function pdqHashes(seed: number, first: number, count: number): Uint8Array {
  const hashes = blocks(seed, 2 * first, 2 * count)
  for (let i = 0; i < count; i++) {
    if ((first + i) % 50 !== 0 && isOdd(hashes, i * 32)) hashes[i * 32] ^= 1
  }
  return hashes
}

const SERIES = 1000
const ROW = 2

/**
 * The same, but crowded as hashes of real pictures are: a fifth lie in series of a thousand within 24 bits of each other,
 * rows of all others often have what the row two above lacks, as DCTs of photographs do.
 */
export function crowdedHashes(seed: number, first: number, count: number): Uint8Array {
  const hashes = pdqHashes(seed, first, count)
  const random = blocks(seed + 1, 4 * first, 4 * count)
  for (let i = 0; i < count; i++) {
    const hash = hashes.subarray(i * 32, i * 32 + 32)
    const dice = random.subarray(i * 64, i * 64 + 64)
    if ((first + i) % 5 === 0) {
      hash.set(pdqHashes(seed + 2, Math.floor((first + i) / (5 * SERIES)), 1))
      for (let flip = 0; flip < 2 * (dice[63] % 7); flip++) hash[dice[flip] >> 3] ^= 1 << (dice[flip] & 7)
      continue
    }
    for (let at = 2 * ROW; at < 32; at++) {
      const from = dice[at] & (dice[at + 32] | dice[at - 1])
      hash[at] = (from & ~hash[at - 2 * ROW]) | (~from & hash[at])
    }
  }
  return hashes
}

function isOdd(bytes: Uint8Array, at: number): boolean {
  let folded = 0
  for (let i = at; i < at + 32; i++) folded ^= bytes[i]
  folded ^= folded >> 4
  folded ^= folded >> 2
  return ((folded ^ (folded >> 1)) & 1) === 1
}

/** Builds an index of `count` records with one hash each. */
export async function buildOf(
  path: string,
  kind: 'md5' | 'pdq',
  count: number,
  hashesAt: (first: number, count: number) => Uint8Array
): Promise<{ seconds: number; sizeBytes: number }> {
  const rows = new Uint32Array(BATCH * ROW_WORDS)
  const records = Uint32Array.from({ length: BATCH }, (_, i) => i)
  const builder = await SetBuilder.create(path)
  let milliseconds = 0
  for (let first = 0; first < count; first += BATCH) {
    const n = Math.min(BATCH, count - first)
    const values = hashesAt(first, n)
    for (let i = 0; i < rows.length; i++) rows[i] = DEFAULT_ROW[i % ROW_WORDS]
    const batch: PackedRecords = {
      count: n,
      rows: new Uint8Array(rows.buffer, 0, n * ROW_WORDS * 4),
      strings: [],
      hashes: new Map([[kind, { values, records: records.subarray(0, n) }]]),
      pdqQuality: new Uint8Array(n).fill(100),
      photoDna: null
    }
    const start = performance.now()
    await builder.addPacked(batch, 0)
    milliseconds += performance.now() - start
  }
  const start = performance.now()
  const { sizeBytes } = await builder.finish(({ entries, hashCounts }) => metadataOf(entries, hashCounts))
  return { seconds: (milliseconds + performance.now() - start) / 1000, sizeBytes }
}

function metadataOf(entries: number, hashCounts: Readonly<Record<string, number>>): SetMetadata {
  const counts = { records: entries, taken: entries, rejected: 0, emptyFileDigests: 0, lacking: {} }
  const source = { name: 'bench', format: 'list', profile: null, sizeBytes: 0, complete: true, counts }
  return {
    name: 'bench',
    role: 'known',
    profile: BUILT_IN_PROFILES.none,
    entries,
    complete: true,
    sources: [{ ...source, warnings: [], warningCount: 0 }],
    hashCounts
  }
}
