// PhotoDNA values that other tools computed: parsed, held, compared, found. All values here are random bytes.

import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet, isLowInformation, parsePhotoDna, photoDnaDistance } from 'exhibit-hash'
import { tempFolder } from '../support/temp.js'
import { writeVics } from '../support/vics.js'

const value = fc.uint8Array({ minLength: 144, maxLength: 144 })
const closeBy = fc.tuple(value, fc.array(fc.tuple(fc.nat(143), fc.integer({ min: -90, max: 90 })), { maxLength: 30 }))

async function openSet(values: readonly Uint8Array[], mapping: boolean): Promise<HashSet> {
  const folder = tempFolder()
  const records = values.map((bytes, i) => ({
    MediaID: i + 1,
    Category: 1,
    PhotoDNA: Buffer.from(bytes).toString('base64')
  }))
  const index = join(folder, 'set.ehx')
  await buildHashSet(index, [writeVics(join(folder, 'set.json'), records)])
  return HashSet.open(index, { mapping })
}

describe('a value', () => {
  test('is read from base64 and from hex in any case', () => {
    fc.assert(
      fc.property(value, (bytes) => {
        const hex = Buffer.from(bytes).toString('hex')
        for (const text of [Buffer.from(bytes).toString('base64'), hex, hex.toUpperCase(), ` ${hex}\n`]) {
          expect(parsePhotoDna(text)).toEqual(bytes)
        }
      })
    )
  })

  test.each(['', 'abc', '0'.repeat(287), 'A'.repeat(191), `${'A'.repeat(191)}*`])(
    'that is none is refused by code, and not repeated in the message',
    (text) => {
      expect(() => parsePhotoDna(text)).toThrow(expect.objectContaining({ code: 'DIGEST_INVALID' }))
      if (text.length > 3) expect(() => parsePhotoDna(text)).not.toThrow(new RegExp(text.slice(0, 10)))
    }
  )

  test('of a nearly flat picture says too little to be matched', () => {
    expect(isLowInformation(new Uint8Array(144))).toBe(true)
    expect(isLowInformation(Uint8Array.from({ length: 144 }, (_, i) => i % 3))).toBe(false)
  })

  test('lies as far from another as the sum of squared differences', () => {
    const [low, high] = [new Uint8Array(144), new Uint8Array(144).fill(255)]
    expect(photoDnaDistance(low, high)).toBe(144 * 255 * 255)
    expect(photoDnaDistance(high, high)).toBe(0)
    expect(() => photoDnaDistance(low, new Uint8Array(143))).toThrow(
      expect.objectContaining({ code: 'DIGEST_INVALID' })
    )
  })
})

test.each([
  ['mapped', true],
  ['read in blocks', false]
])('a set that is %s finds every value within the distance and none beyond', async (_, mapping) => {
  const distances = fc.nat(200_000)
  await fc.assert(
    fc.asyncProperty(fc.array(closeBy, { minLength: 1, maxLength: 40 }), distances, async (cases, maxDistance) => {
      const stored = cases.map(([bytes]) => bytes)
      const queries = cases.map(([bytes, changes]) => changed(bytes, changes))
      await using set = await openSet(stored, mapping)
      const expected = queries.map((query) =>
        stored
          .map((bytes, entry) => ({
            entry,
            distance: photoDnaDistance(query, bytes),
            lowInformation: isLowInformation(bytes)
          }))
          .filter(({ distance }) => distance <= maxDistance)
          .sort((a, b) => a.distance - b.distance || a.entry - b.entry)
      )
      expect(set.findPhotoDna(Buffer.concat(queries), { maxDistance })).toEqual(expected)
    }),
    { numRuns: 20 }
  )
})

function changed(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = bytes.slice()
  for (const [at, by] of changes) copy[at] = Math.max(0, Math.min(255, copy[at] + by))
  return copy
}
