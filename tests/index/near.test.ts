// Search by distance through tables: every hash within the distance and no other, on every arm, whatever the set.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, HashSet, kernelFacts } from 'exhibit-hash'
import { randomBytes, randomNumbers } from '../support/bad-files.js'
import { suiteFolder } from '../support/temp.js'
import { digestOf } from './near-digest.mjs'

const CHILD = fileURLToPath(new URL('./near-child.mjs', import.meta.url))
/** More than a set needs to have tables. */
const HASHES = 20_000
const QUERIES = 10
const KINDS = [
  { kind: 'pdq', bytes: 32, distances: [0, 1, 2, 7, 16, 30, 31, 45, 64] },
  { kind: 'phash', bytes: 8, distances: [0, 1, 3, 6, 7, 10, 16] }
] as const

/** A whole number from 0 to below the limit. */
type Below = (limit: number) => number

/** What makes tables hard: each fills the hashes of one set. */
const FILLINGS: Readonly<Record<string, (hashes: Uint8Array, width: number, random: Below) => void>> = {
  'spread evenly': () => undefined,
  'of even weight, but for a few': (hashes, width) => {
    for (let i = 0; i < HASHES; i++) if (i % 100 !== 0 && isOdd(hashes, i, width)) hashes[i * width] ^= 1
  },
  'with many copies of one': (hashes, width) => {
    for (let i = 0; i < HASHES; i += 3) hashes.copyWithin(i * width, 0, width)
  },
  'with a series of near-copies': (hashes, width, random) => {
    for (let i = 1; i < HASHES; i += 2) {
      hashes.copyWithin(i * width, 0, width)
      for (let flips = random(8); flips > 0; flips--) flip(hashes, i, width, random)
    }
  },
  'of flat pictures': (hashes, width, random) => {
    for (let i = 0; i < HASHES; i++) {
      hashes.fill(0, i * width, (i + 1) * width)
      for (let flips = random(4); flips > 0; flips--) flip(hashes, i, width, random)
    }
  }
}

function isOdd(hashes: Uint8Array, i: number, width: number): boolean {
  let ones = 0
  for (const byte of hashes.subarray(i * width, (i + 1) * width)) ones += ONES[byte]
  return ones % 2 === 1
}

function flip(hashes: Uint8Array, i: number, width: number, random: Below): void {
  const bit = random(width * 8)
  hashes[i * width + (bit >> 3)] ^= 1 << (bit & 7)
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

function distanceOf(a: Uint8Array, i: number, b: Uint8Array, j: number, width: number): number {
  let distance = 0
  for (let k = 0; k < width; k++) distance += ONES[a[i * width + k] ^ b[j * width + k]]
  return distance
}

const ARMS = [...kernelFacts().available, 'wasm']

describe.each(Object.keys(FILLINGS))('a set of hashes %s', (filling) => {
  const folder = suiteFolder()
  const index = join(folder, 'set.ehx')
  const hashes = new Map<string, Uint8Array>()
  const queries = new Map<string, Uint8Array>()
  /** Distance of every query and hash. */
  const distances = new Map<string, Uint16Array>()

  beforeAll(async () => {
    const random = randomNumbers(filling.length)
    for (const { kind, bytes } of KINDS) {
      const own = new Uint8Array(randomBytes(bytes + filling.length, HASHES * bytes))
      FILLINGS[filling](own, bytes, random)
      hashes.set(kind, own)
      const asked = new Uint8Array(randomBytes(bytes, QUERIES * bytes))
      // All but the first three are hashes of the set with some bits changed.
      for (let i = 3; i < QUERIES; i++) {
        asked.set(own.subarray(i * 7 * bytes, (i * 7 + 1) * bytes), i * bytes)
        for (let flips = (i - 3) * 3; flips > 0; flips--) flip(asked, i, bytes, random)
      }
      queries.set(kind, asked)
      distances.set(
        kind,
        Uint16Array.from({ length: QUERIES * HASHES }, (_, at) => {
          return distanceOf(asked, Math.floor(at / HASHES), own, at % HASHES, bytes)
        })
      )
    }
    const hex = (kind: string, i: number, width: number) =>
      Buffer.from(hashes.get(kind)?.subarray(i * width, (i + 1) * width) ?? []).toString('hex')
    const rows = Array.from({ length: HASHES }, (_, i) => `${i},${hex('pdq', i, 32)},${hex('phash', i, 8)}`)
    writeFileSync(join(folder, 'set.csv'), ['id,pdq,phash', ...rows].join('\n'))
    await buildHashSet(index, [join(folder, 'set.csv')])
  })

  /** Digest of the entries within a distance of a query, each with its distance, nearest first. */
  const expected = (kind: string, query: number, most: number): string => {
    const own = distances.get(kind)?.subarray(query * HASHES, (query + 1) * HASHES) ?? new Uint16Array(0)
    const within = [...own.keys()].filter((entry) => own[entry] <= most)
    return digestOf(
      within.sort((a, b) => own[a] - own[b] || a - b).map((entry) => ({ entry, distanceBits: own[entry] }))
    )
  }

  const questions = () =>
    KINDS.flatMap(({ kind, bytes, distances: asked }) =>
      asked.map((maxDistanceBits) => ({ kind, maxDistanceBits, packed: queries.get(kind) ?? new Uint8Array(bytes) }))
    )

  let answers: string[][]
  beforeAll(() => {
    answers = questions().map(({ kind, maxDistanceBits }) =>
      Array.from({ length: QUERIES }, (_, query) => expected(kind, query, maxDistanceBits))
    )
  })

  test.each([true, false])('is searched completely, mapped: %s', async (mapping) => {
    await using set = await HashSet.open(index, { mapping })
    const found = questions().map(({ kind, packed, maxDistanceBits }) =>
      set.findSimilarBatch(kind, packed, { maxDistanceBits }).map(digestOf)
    )
    expect(found).toEqual(answers)
  })

  test.each(KINDS)('is asked many $kind at once as one by one', async ({ kind, bytes }) => {
    await using set = await HashSet.open(index)
    const own = hashes.get(kind) ?? new Uint8Array(0)
    const random = randomNumbers(bytes)
    const many = new Uint8Array(36 * bytes)
    for (let i = 0; i < 36; i++) {
      const from = random(HASHES) * bytes
      many.set(own.subarray(from, from + bytes), i * bytes)
      for (let flips = i % 8; flips > 0; flips--) flip(many, i, bytes, random)
    }
    const options = { maxDistanceBits: 4 }
    const alone = Array.from({ length: 36 }, (_, i) =>
      set.findSimilar(kind, many.subarray(i * bytes, (i + 1) * bytes), options)
    )
    expect(set.findSimilarBatch(kind, many, options).map(digestOf)).toEqual(alone.map(digestOf))
  })

  test.each(ARMS)('is built to the same bytes and searched alike on %s', (isa) => {
    const own = join(folder, `${isa}.ehx`)
    const child = spawnSync(process.execPath, [CHILD, join(folder, 'set.csv'), own], {
      input: JSON.stringify(
        questions().map(({ packed, ...rest }) => ({ ...rest, packed: Buffer.from(packed).toString('base64') }))
      ),
      env: { ...process.env, EXHIBIT_HASH_NATIVE: isa === 'wasm' ? '0' : '1', EXHIBIT_HASH_ISA: isa }
    })
    expect(child.stderr.toString()).toBe('')
    expect(JSON.parse(child.stdout.toString())).toEqual(answers)
    expect(readFileSync(own).equals(readFileSync(index))).toBe(true)
  })
})
