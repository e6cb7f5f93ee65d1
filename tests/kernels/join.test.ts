// The join of hashes by distance: every path marks what a plain comparison of all pairs finds, and a plan misses nothing.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planJoin } from '../../src/index/near-join.js'
import type { JoinSlice } from '../../src/kernels/index.js'
import { hexDistance } from '../support/fixtures.js'
import { testEachPath } from './paths.js'

const USAGE = expect.objectContaining({ code: 'USAGE' }) as unknown

/** Hashes with few different bits, so that many are near each other. */
const someHashes = (width: number, base: Uint8Array) =>
  fc.array(fc.array(fc.nat(width * 8 - 1), { maxLength: 40 }), { maxLength: 12 }).map((lists) =>
    Buffer.concat(
      lists.map((bits) => {
        const hash = Buffer.from(base)
        for (const bit of bits) hash[bit >> 3] ^= 1 << (bit & 7)
        return hash
      })
    )
  )

const sides = fc
  .constantFrom(8, 32)
  .chain((width) =>
    fc
      .uint8Array({ minLength: width, maxLength: width })
      .chain((base) =>
        fc.record({ width: fc.constant(width), queries: someHashes(width, base), items: someHashes(width, base) })
      )
  )

const hexes = (packed: Uint8Array, width: number): string[] =>
  Array.from({ length: packed.length / width }, (_, i) =>
    Buffer.from(packed.subarray(i * width, (i + 1) * width)).toString('hex')
  )

function naiveMarks(queries: Uint8Array, items: Uint8Array, width: number, distance: number): number[] {
  const asked = hexes(queries, width)
  return hexes(items, width).map((item) => Number(asked.some((query) => hexDistance(query, item) <= distance)))
}

/** The bits of a slice, the lowest of a byte first. */
function sliceOf(hex: string, { firstBit, keyBits }: JoinSlice): string {
  const bits = [...Buffer.from(hex, 'hex')]
    .map((byte) => Array.from(byte.toString(2).padStart(8, '0')).reverse().join(''))
    .join('')
  return bits.slice(firstBit, firstBit + keyBits)
}

describe('the join of hashes', () => {
  testEachPath('by one slice marks pairs whose slices differ in no more than the radius', (kernels) => {
    const slices = fc.record({ place: fc.nat(64), keyBits: fc.nat(20), radius: fc.nat(2) })
    fc.assert(
      fc.property(sides, slices, fc.nat(64), ({ width, queries, items }, { place, keyBits, radius }, distance) => {
        const slice = { firstBit: Math.min(place, width * 8 - keyBits), keyBits, radius }
        const marks = new Uint8Array(items.length / width)
        kernels.markNear(queries, items, width, slice, distance, marks)
        const differing = (a: string, b: string): number =>
          Array.from(sliceOf(a, slice)).filter((bit, i) => bit !== sliceOf(b, slice)[i]).length
        const expected = hexes(items, width).map((item) =>
          Number(
            hexes(queries, width).some((one) => hexDistance(one, item) <= distance && differing(one, item) <= radius)
          )
        )
        expect([...marks]).toEqual(expected)
      }),
      { numRuns: 100 }
    )
  })

  testEachPath('by all slices of a plan misses nothing, and leaves other marks as they are', (kernels) => {
    fc.assert(
      fc.property(sides, fc.nat(64), fc.constantFrom(1, 1e3, 1e6), ({ width, queries, items }, most, scale) => {
        const distance = width === 8 ? most % 11 : most
        const plan = planJoin(width, scale, scale * 2, distance)
        const marks = new Uint8Array(items.length / width)
        for (const slice of plan) kernels.markNear(queries, items, width, slice, distance, marks)
        expect([...marks]).toEqual(naiveMarks(queries, items, width, distance))
        const full = new Uint8Array(marks.length).fill(1)
        for (const slice of plan) kernels.markNear(queries, items, width, slice, 0, full)
        expect(full.every((mark) => mark === 1)).toBe(true)
      }),
      { numRuns: 60 }
    )
  })

  const hash = new Uint8Array(32)
  const slice = { firstBit: 0, keyBits: 8, radius: 1 }
  const refused = [
    { name: 'hashes of another length', queries: hash, items: hash, width: 16, slice, marks: 2 },
    { name: 'half a hash', queries: new Uint8Array(40), items: hash, width: 32, slice, marks: 1 },
    { name: 'too few marks', queries: hash, items: hash, width: 32, slice, marks: 0 },
    {
      name: 'a slice beyond the hash',
      queries: hash,
      items: hash,
      width: 32,
      slice: { ...slice, firstBit: 249 },
      marks: 1
    },
    { name: 'too many bits', queries: hash, items: hash, width: 32, slice: { ...slice, keyBits: 21 }, marks: 1 },
    { name: 'too large a radius', queries: hash, items: hash, width: 32, slice: { ...slice, radius: 3 }, marks: 1 }
  ]
  testEachPath('refuses what cannot be', (kernels) => {
    for (const { name, queries, items, width, slice: given, marks } of refused) {
      const call = (): void => kernels.markNear(queries, items, width, given, 31, new Uint8Array(marks))
      expect(call, name).toThrow(USAGE)
    }
  })

  test('of a million hashes with many is planned in slices, and of few in none', () => {
    expect(planJoin(32, 5e5, 1e6, 31).length).toBeGreaterThan(8)
    expect(planJoin(32, 3, 5, 31)).toEqual([{ firstBit: 0, keyBits: 0, radius: 0 }])
  })
})
