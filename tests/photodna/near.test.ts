// Search of PhotoDNA values through sketches: what a plain loop finds and nothing else, on every arm, whatever the set.

import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { HashSet, isLowInformation, kernelFacts, photoDnaDistance, type PhotoDnaNeighbour } from 'exhibit-hash'
import { randomBytes, randomNumbers } from '../support/bad-files.js'
import { VALUE_BYTES, writePhotoDnaIndex } from '../support/photo-dna-index.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const CHILD = fileURLToPath(new URL('./near-child.mjs', import.meta.url))
/** A group and a bit, so that the last tile and the last group are not full. */
const VALUES = 4096 + 70
const QUERIES = 7
const THRESHOLD = 40_000
const DISTANCES = [0, 255, THRESHOLD, 60_001, 2 ** 31 - 1]

/** What makes sketches hard, or useless: a byte from 16 random bits and its place. */
const DRAWS: Readonly<Record<string, (bits: number, at: number) => number>> = {
  'evenly spread': (bits) => bits >> 8,
  'exponential of mean 14': (bits) => Math.min(255, Math.floor(-14 * Math.log1p(-(bits + 0.5) / 65536))),
  'black or white': (bits) => (bits & 1) * 255,
  'all equal': () => 77,
  'of two levels side by side': (bits) => 127 + (bits & 1),
  'flat but for some bytes': (bits, at) => (at % VALUE_BYTES < 5 ? bits >> 8 : 3)
}

function draw(name: string, count: number, seed: number): Uint8Array {
  const bytes = randomBytes(seed, count * VALUE_BYTES * 2)
  return Uint8Array.from({ length: count * VALUE_BYTES }, (_, i) => DRAWS[name](bytes.readUInt16LE(2 * i), i))
}

function at(values: Uint8Array, i: number): Uint8Array {
  return values.subarray(i * VALUE_BYTES, (i + 1) * VALUE_BYTES)
}

/** A value exactly so far away, by steps that are squares, largest first. */
function atDistance(value: Uint8Array, distance: number, random: (limit: number) => number): Uint8Array {
  const moved = value.slice()
  let left = distance
  for (const i of [...moved.keys()].sort(() => random(3) - 1)) {
    const room = moved[i] < 128 ? 255 - moved[i] : moved[i]
    const step = Math.min(room, Math.floor(Math.sqrt(left)), 40 + random(60))
    const last = Math.min(room, Math.floor(Math.sqrt(left)))
    const chosen = left < 5000 ? last : step
    moved[i] += moved[i] < 128 ? chosen : -chosen
    left -= chosen ** 2
  }
  expect(left).toBe(0)
  return moved
}

/** Random queries and such as are near to values: some at the threshold, some one beyond. */
function queriesOf(name: string, values: Uint8Array): Uint8Array {
  const random = randomNumbers(name.length)
  const own = draw(name, 2, 99)
  const near = Array.from({ length: QUERIES - 2 }, (_, i) => {
    return atDistance(at(values, (i * 467) % (values.length / VALUE_BYTES)), THRESHOLD + (i % 3) - 1, random)
  })
  return Buffer.concat([own, ...near])
}

function naive(values: Uint8Array, queries: Uint8Array, maxDistance: number): PhotoDnaNeighbour[][] {
  return Array.from({ length: queries.length / VALUE_BYTES }, (_, query) => {
    const all = Array.from({ length: values.length / VALUE_BYTES }, (_, entry) => {
      const distance = photoDnaDistance(at(queries, query), at(values, entry))
      return { entry, distance, lowInformation: isLowInformation(at(values, entry)) }
    })
    const within = all.filter(({ distance }) => distance <= maxDistance)
    return within.sort((a, b) => a.distance - b.distance || a.entry - b.entry)
  })
}

describe.each(Object.keys(DRAWS))('values that are %s', (name) => {
  const folder = suiteFolder()
  const index = join(folder, 'set.ehx')
  const values = draw(name, VALUES, name.length)
  const queries = queriesOf(name, values)
  let answers: string[]
  beforeAll(async () => {
    await writePhotoDnaIndex(index, { count: VALUES, parts: () => [values] })
    answers = DISTANCES.map((maxDistance) => JSON.stringify(naive(values, queries, maxDistance)))
  })

  test.each([true, false])('are searched completely, mapped: %s', async (mapping) => {
    await using set = await HashSet.open(index, { mapping })
    const found = DISTANCES.map((maxDistance) => JSON.stringify(set.findPhotoDna(queries, { maxDistance })))
    expect(found).toEqual(answers)
    const compared = set.findPhotoDna(queries, { exhaustive: true })
    expect(JSON.stringify(compared)).toBe(answers[DISTANCES.indexOf(THRESHOLD)])
  })

  test.each([...kernelFacts().available, 'wasm'])('are searched alike on %s, by batch and one by one', (isa) => {
    const one = (i: number) => Buffer.from(at(queries, i)).toString('base64')
    const batches = DISTANCES.map((maxDistance) => ({ maxDistance, packed: Buffer.from(queries).toString('base64') }))
    const single = Array.from({ length: QUERIES }, (_, i) => ({ maxDistance: THRESHOLD, packed: one(i) }))
    const child = spawnSync(process.execPath, [CHILD, index], {
      input: JSON.stringify([...batches, ...single]),
      env: { ...process.env, EXHIBIT_HASH_NATIVE: isa === 'wasm' ? '0' : '1', EXHIBIT_HASH_ISA: isa },
      maxBuffer: 1 << 30
    })
    expect(child.stderr.toString()).toBe('')
    const found = JSON.parse(child.stdout.toString()) as PhotoDnaNeighbour[][][]
    expect(found.slice(0, DISTANCES.length).map((lists) => JSON.stringify(lists))).toEqual(answers)
    const oneByOne = found.slice(DISTANCES.length).map(([list]) => list)
    expect(JSON.stringify(oneByOne)).toBe(answers[DISTANCES.indexOf(THRESHOLD)])
  })
})

test.each([0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 8192])(
  'a set of %i values is searched to its end',
  async (count) => {
    const values = draw('evenly spread', count, count)
    const index = join(tempFolder(), 'set.ehx')
    await writePhotoDnaIndex(index, { count, parts: () => [values] })
    const last = Math.max(0, count - 5)
    const queries = count === 0 ? new Uint8Array(VALUE_BYTES) : values.slice(last * VALUE_BYTES)
    for (const mapping of [true, false]) {
      await using set = await HashSet.open(index, { mapping })
      for (const asked of [queries, queries.subarray(0, VALUE_BYTES)]) {
        expect(set.findPhotoDna(asked)).toEqual(naive(values, asked, THRESHOLD))
      }
    }
  }
)

test.each([true, false])('nothing within any distance is missed, mapped: %s', async (mapping) => {
  const level = fc.oneof(fc.constantFrom(0, 1, 127, 128, 254, 255), fc.nat(255))
  const value = fc.oneof(
    fc.uint8Array({ minLength: VALUE_BYTES, maxLength: VALUE_BYTES }),
    fc.array(level, { minLength: VALUE_BYTES, maxLength: VALUE_BYTES }).map((levels) => Uint8Array.from(levels))
  )
  const many = fc.array(value, { minLength: 1, maxLength: 70 })
  await fc.assert(
    fc.asyncProperty(many, many, fc.nat(99), async (stored, asked, which) => {
      const [values, queries] = [Buffer.concat(stored), Buffer.concat(asked)]
      const index = join(tempFolder(), 'set.ehx')
      await writePhotoDnaIndex(index, { count: stored.length, parts: () => stored })
      await using set = await HashSet.open(index, { mapping })
      // The distance of a pair, so that it is right at the limit.
      const most = photoDnaDistance(stored[which % stored.length], asked[(which * 7) % asked.length])
      for (const maxDistance of [most, Math.max(0, most - 1)]) {
        expect(set.findPhotoDna(queries, { maxDistance })).toEqual(naive(values, queries, maxDistance))
      }
    }),
    { numRuns: 40 }
  )
})

test.each([-1, 0.5, NaN, Infinity, 2 ** 31])('%d is no distance', async (maxDistance) => {
  const index = join(tempFolder(), 'set.ehx')
  await writePhotoDnaIndex(index, { count: 1, parts: () => [new Uint8Array(VALUE_BYTES)] })
  for (const mapping of [true, false]) {
    await using set = await HashSet.open(index, { mapping })
    expect(() => set.findPhotoDna(new Uint8Array(VALUE_BYTES), { maxDistance })).toThrow(
      expect.objectContaining({ code: 'USAGE' })
    )
  }
})
