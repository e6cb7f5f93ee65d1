// Every arm gives OpenSSL's digests: for every length, any mixture of lengths, any alignment, any cut of a stream.

import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { bytesToHex } from '../../src/core/hex.js'
import { batchHex, expected, noise, testEachPath, type DigestPath } from './arms.js'

function streamHex(path: DigestPath, parts: Iterable<Uint8Array>): string {
  const stream = path.digestStream()
  for (const part of parts) stream.update(part)
  return bytesToHex(stream.finish())
}

const EVERY_LENGTH = Array.from({ length: 301 }, (_, length) => length)
const AROUND_BLOCKS = [8, 9, 16, 17, 64, 1000].flatMap((blocks) => [-9, -8, -1, 0, 1].map((more) => blocks * 64 + more))
const LENGTHS = [...EVERY_LENGTH, ...AROUND_BLOCKS]
const files = LENGTHS.map((length) => noise(length, length))
const digests = files.map(expected)

describe('a batch', () => {
  testEachPath('of files of every length', (path) => {
    expect(batchHex(path, files)).toEqual(digests)
  })

  testEachPath('of one file of every length', (path) => {
    expect(files.map((file) => batchHex(path, [file])[0])).toEqual(digests)
  })

  testEachPath('of no files', (path) => {
    expect(path.digestBatch([])).toHaveLength(0)
  })

  testEachPath('of every number of files of one length, so that lanes stay empty', (path) => {
    for (const length of [0, 55, 64, 1000]) {
      const same = Array.from({ length: 40 }, (_, seed) => noise(length, seed))
      const wanted = same.map(expected)
      for (let count = 0; count <= same.length; count++) {
        expect(batchHex(path, same.slice(0, count))).toEqual(wanted.slice(0, count))
      }
    }
  })

  testEachPath('of one file many times over', (path) => {
    const file = noise(5000, 1)
    expect(new Set(batchHex(path, new Array<Uint8Array>(50).fill(file)))).toEqual(new Set([expected(file)]))
  })

  // Mostly short, now and then long: as exhibits are, and what makes lanes end at different times.
  const someLength = fc.oneof(fc.nat(70), fc.nat(2000), fc.nat(100_000))
  const someFiles = fc.array(fc.record({ length: someLength, at: fc.nat(70), seed: fc.nat() }), { maxLength: 70 })

  testEachPath('of random files at any alignment', (path) => {
    const property = fc.property(someFiles, (drawn) => {
      const batch = drawn.map(({ length, at, seed }) => noise(at + length, seed).subarray(at))
      expect(batchHex(path, batch)).toEqual(batch.map(expected))
    })
    fc.assert(property, { numRuns: 40 })
  })
})

describe('a stream', () => {
  testEachPath('in one part', (path) => {
    expect(files.map((file) => streamHex(path, [file]))).toEqual(digests)
  })

  testEachPath('in single bytes', (path) => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300]) {
      const bytes = noise(length, length)
      const parts = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
      expect(streamHex(path, parts)).toBe(expected(bytes))
    }
  })

  testEachPath('cut at random places', (path) => {
    const cut = fc.record({ length: fc.nat(5000), cuts: fc.array(fc.nat(5000)), seed: fc.nat() })
    const property = fc.property(cut, ({ length, cuts, seed }) => {
      const bytes = noise(length, seed)
      const places = [0, ...cuts, length].map((place) => Math.min(place, length)).sort((a, b) => a - b)
      const parts = places.map((place, i) => bytes.subarray(place, places[i + 1] ?? length))
      expect(streamHex(path, parts)).toBe(expected(bytes))
    })
    fc.assert(property)
  })

  testEachPath('beside another one', (path) => {
    const [a, b] = [noise(1000, 1), noise(777, 2)]
    const [first, second] = [path.digestStream(), path.digestStream()]
    for (let i = 0; i < 1000; i += 100) {
      first.update(a.subarray(i, i + 100))
      second.update(b.subarray(i, i + 100))
    }
    expect([first, second].map((stream) => bytesToHex(stream.finish()))).toEqual([expected(a), expected(b)])
  })
})
