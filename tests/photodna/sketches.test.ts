// The section of sketches: what writes it, files that have none, and files that were made to mislead.

import fc from 'fast-check'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet, photoDnaDistance } from 'exhibit-hash'
import { decodePlan, SKETCH_ITEM_BYTES, sketchItems, sketchParts } from '../../src/index/photo-dna-sketch.js'
import { randomBytes } from '../support/bad-files.js'
import { VALUE_BYTES, writePhotoDnaIndex, type PhotoDnaIndex } from '../support/photo-dna-index.js'
import { tempFolder } from '../support/temp.js'
import { writeVics } from '../support/vics.js'

const COUNT = 300
const VALUES = new Uint8Array(randomBytes(1, COUNT * VALUE_BYTES))
const QUERY = VALUES.slice(7 * VALUE_BYTES, 8 * VALUE_BYTES)
const SECTION_OF_VALUES = Buffer.concat(await partsOf(sketchParts([VALUES])))

async function partsOf(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return all
}

async function write(changes: Partial<PhotoDnaIndex>): Promise<string> {
  const index = join(tempFolder(), 'set.ehx')
  await writePhotoDnaIndex(index, { count: COUNT, parts: () => [VALUES], ...changes })
  return index
}

/** The section with some bytes of its first item set. */
function forged(at: number, ...bytes: number[]): Buffer {
  const section = Buffer.from(SECTION_OF_VALUES)
  section.set(bytes, at)
  return section
}

describe('sketches', () => {
  test('are the same however the values come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (sizes) => {
        const parts: Uint8Array[] = []
        for (let at = 0, i = 0; at < VALUES.length; i++) {
          const bytes = sizes[i % sizes.length] * VALUE_BYTES
          parts.push(VALUES.subarray(at, at + bytes))
          at += bytes
        }
        expect(Buffer.concat(await partsOf(sketchParts(parts))).equals(SECTION_OF_VALUES)).toBe(true)
      }),
      { numRuns: 20 }
    )
  })

  test.each([0, 1, 4095, 4096, 4097, 5 * 4096, 20_000])('of %i values are as many items as they say', async (count) => {
    const parts = await partsOf(sketchParts([new Uint8Array(count * VALUE_BYTES)]))
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(sketchItems(count) * SKETCH_ITEM_BYTES)
  })

  test('have a bit for every byte, those first that differ most', async () => {
    const values = VALUES.slice()
    for (let i = 0; i < COUNT; i++) values.fill(9, i * VALUE_BYTES + 40, i * VALUE_BYTES + 60)
    const plan = decodePlan((await partsOf(sketchParts([values])))[0])
    expect([...(plan?.order ?? [])].sort((a, b) => a - b)).toEqual(Array.from({ length: VALUE_BYTES }, (_, i) => i))
    expect([...(plan?.order.slice(-20) ?? [])]).toEqual(Array.from({ length: 20 }, (_, i) => 40 + i))
  })

  test('are built with a set that is large enough, and find what a scan finds', async () => {
    const count = 65_536
    const values = Buffer.alloc(count * VALUE_BYTES, randomBytes(3, 1000 * VALUE_BYTES))
    for (let i = 0; i < count; i++) values.writeUInt16LE(i, i * VALUE_BYTES)
    const of = (i: number) => values.subarray(i * VALUE_BYTES, (i + 1) * VALUE_BYTES)
    const records = Array.from({ length: count }, (_, i) => ({
      MediaID: i + 1,
      Category: 1,
      PhotoDNA: of(i).toString('base64')
    }))
    const folder = tempFolder()
    const [index, small] = [join(folder, 'set.ehx'), join(folder, 'small.ehx')]
    await buildHashSet(index, [writeVics(join(folder, 'set.json'), records)])
    await buildHashSet(small, [writeVics(join(folder, 'small.json'), records.slice(1))])
    const section = Buffer.concat(await partsOf(sketchParts([values])))
    expect(readFileSync(index).includes(section)).toBe(true)
    expect(readFileSync(small).includes(section.subarray(0, VALUE_BYTES))).toBe(false)
    await using set = await HashSet.open(index)
    const queries = Buffer.concat([of(5), of(65_000)])
    expect(set.findPhotoDna(queries)).toEqual(set.findPhotoDna(queries, { exhaustive: true }))
    expect(set.findPhotoDna(queries).map(([nearest]) => nearest.entry)).toEqual([5, 65_000])
  })
})

describe.each([
  ['mapped', true],
  ['read in blocks', false]
])('an index that is %s', (_, mapping) => {
  test('is searched without sketches, as earlier files are', async () => {
    await using set = await HashSet.open(await write({ sketches: null }), { mapping })
    expect(set.findPhotoDna(QUERY).map((list) => list.map(({ entry }) => entry))).toEqual([[7]])
  })

  test.each<[string, Partial<PhotoDnaIndex>]>([
    ['too few', { sketches: [SECTION_OF_VALUES.subarray(SKETCH_ITEM_BYTES)] }],
    ['too many', { sketches: [SECTION_OF_VALUES, new Uint8Array(SKETCH_ITEM_BYTES)] }],
    ['none', { sketches: [] }],
    ['of another width', { sketches: [SECTION_OF_VALUES], sketchItemBytes: 1024 }],
    ['of bytes of no width', { sketches: [], sketchItemBytes: 0 }]
  ])('and whose sketches are %s is refused when it is opened', async (_name, changes) => {
    await expect(HashSet.open(await write(changes), { mapping })).rejects.toMatchObject({ code: 'INDEX_DAMAGED' })
  })

  test.each<[string, Buffer]>([
    ['a byte that no value has', forged(5, VALUE_BYTES)],
    ['a byte twice', forged(5, SECTION_OF_VALUES[6])]
  ])('and whose sketches are of %s is refused when it is searched', async (_name, sketches) => {
    await using set = await HashSet.open(await write({ sketches: [sketches] }), { mapping })
    expect(() => set.findPhotoDna(QUERY)).toThrow(expect.objectContaining({ code: 'INDEX_DAMAGED' }))
  })

  test('and whose sketches lie can only miss', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.constantFrom(0, 40_000, 1_500_000, 2 ** 31 - 1), async (seed, maxDistance) => {
        const sketches = Buffer.from(SECTION_OF_VALUES)
        // Boundaries and rows, but not the order.
        sketches.set(randomBytes(seed, 4 * SKETCH_ITEM_BYTES), VALUE_BYTES)
        await using set = await HashSet.open(await write({ sketches: [sketches] }), { mapping })
        const [found] = set.findPhotoDna(QUERY, { maxDistance })
        for (const { entry, distance } of found) {
          const value = VALUES.subarray(entry * VALUE_BYTES, (entry + 1) * VALUE_BYTES)
          expect(distance).toBe(photoDnaDistance(QUERY, value))
          expect(distance).toBeLessThanOrEqual(maxDistance)
        }
        expect(new Set(found.map(({ entry }) => entry)).size).toBe(found.length)
      }),
      { numRuns: 20 }
    )
  })

  test('and whose sketches were damaged is refused when it is searched', async () => {
    const index = await write({})
    const bytes = readFileSync(index)
    // In another block than what is read when a set is opened.
    bytes[bytes.indexOf(SECTION_OF_VALUES) + 5 * SKETCH_ITEM_BYTES] ^= 1
    writeFileSync(index, bytes)
    await using set = await HashSet.open(index, { mapping })
    expect(() => set.findPhotoDna(QUERY)).toThrow(expect.objectContaining({ code: 'INDEX_DAMAGED' }))
  })
})
