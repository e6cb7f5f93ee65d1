// The join of hashes by distance in portable code: the same marks as native/near/join.h.

import { ExhibitHashError } from '../core/errors.js'
import { hammingDistance } from './hamming-portable.js'
import { type JoinSlice, type Kernels, MAX_JOIN_KEY_BITS, MAX_JOIN_RADIUS } from './types.js'

export const markNearPortable: Kernels['markNear'] = (queries, items, hashBytes, slice, maxDistanceBits, marks) => {
  refuseImpossible(queries, items, hashBytes, slice, marks)
  const asked = new Buckets(queries, hashBytes, slice)
  const held = new Buckets(items, hashBytes, slice)
  const masks = masksWithin(slice)
  const words = hashBytes / 4
  for (let key = 0; key < 2 ** slice.keyBits; key++) {
    const [from, to] = [asked.starts[key], asked.starts[key + 1]]
    if (from === to) continue
    for (const mask of masks) {
      const alike = key ^ mask
      for (let item = held.starts[alike]; item < held.starts[alike + 1]; item++) {
        const number = held.numbers[item]
        for (let query = from; query < to && marks[number] === 0; query++) {
          const distance = hammingDistance(
            asked.sorted,
            query * words,
            held.sorted,
            item * words,
            words,
            maxDistanceBits
          )
          if (distance <= maxDistanceBits) marks[number] = 1
        }
      }
    }
  }
}

function refuseImpossible(
  queries: Uint8Array,
  items: Uint8Array,
  hashBytes: number,
  { firstBit, keyBits, radius }: JoinSlice,
  marks: Uint8Array
): void {
  const isWithin = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most
  const isSlice =
    (hashBytes === 8 || hashBytes === 32) &&
    isWithin(keyBits, MAX_JOIN_KEY_BITS) &&
    isWithin(radius, MAX_JOIN_RADIUS) &&
    isWithin(firstBit, hashBytes * 8 - keyBits)
  if (!isSlice) throw new ExhibitHashError('USAGE', 'a slice that does not lie within a hash')
  if (queries.length % hashBytes !== 0 || items.length % hashBytes !== 0 || marks.length !== items.length / hashBytes) {
    throw new ExhibitHashError('USAGE', 'hashes are whole, and there is one mark for each item')
  }
}

/** Hashes in the order of their keys. */
class Buckets {
  readonly starts: Uint32Array
  readonly numbers: Uint32Array
  readonly sorted: Uint32Array

  constructor(hashes: Uint8Array, width: number, slice: JoinSlice) {
    const count = hashes.length / width
    const keys = Uint32Array.from({ length: count }, (_, i) => keyOf(hashes, i * width, width, slice))
    this.starts = new Uint32Array(2 ** slice.keyBits + 1)
    for (const key of keys) this.starts[key + 1]++
    for (let key = 1; key < this.starts.length; key++) this.starts[key] += this.starts[key - 1]
    const next = this.starts.slice()
    this.numbers = new Uint32Array(count)
    const sorted = new Uint8Array(hashes.length)
    for (let i = 0; i < count; i++) {
      const place = next[keys[i]]++
      this.numbers[place] = i
      sorted.set(hashes.subarray(i * width, (i + 1) * width), place * width)
    }
    this.sorted = new Uint32Array(sorted.buffer)
  }
}

function keyOf(hashes: Uint8Array, at: number, width: number, { firstBit, keyBits }: JoinSlice): number {
  const first = firstBit >>> 3
  let bits = 0
  for (let i = first; i < width && i < first + 4; i++) bits |= hashes[at + i] << (8 * (i - first))
  return (bits >>> (firstBit & 7)) & (2 ** keyBits - 1)
}

function masksWithin({ radius, keyBits }: JoinSlice): number[] {
  const single = Array.from({ length: radius > 0 ? keyBits : 0 }, (_, i) => 1 << i)
  const pairs = radius > 1 ? single.flatMap((mask, i) => single.slice(0, i).map((other) => mask | other)) : []
  return [0, ...single, ...pairs]
}
