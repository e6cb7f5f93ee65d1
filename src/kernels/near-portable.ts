// Tables for search by distance in portable code: the same bytes and the same hits as native/near.

import { ExhibitHashError } from '../core/errors.js'
import { SKIP_TABLE, type NearTables } from './index-store-types.js'
import type { NearShape, NearTableBuilder } from './types.js'

const LOW_BITS = 3
const LOW_MASK = (1 << LOW_BITS) - 1
const EMPTY_SLOT = 0xffffffff
const OVERFLOW_SLOT = 0xfffffffe
const MAX_POSITION = (OVERFLOW_SLOT >>> LOW_BITS) - 1
const MAX_TABLES = 64

/** Whether tables of this shape can be. */
export function isNearShape({ hashBytes, tables, keyBits, slots }: NearShape): boolean {
  const inRange =
    (hashBytes === 8 || hashBytes === 32) &&
    [16, 32, 64].includes(slots) &&
    Number.isInteger(tables) &&
    Number.isInteger(keyBits) &&
    tables >= 1 &&
    tables <= MAX_TABLES &&
    keyBits > LOW_BITS &&
    keyBits < 32
  return inRange && tables * keyBits <= hashBytes * 8
}

/** Bytes of the groups of one table. */
export function groupBytesOf({ keyBits, slots }: NearShape): number {
  return 2 ** (keyBits - LOW_BITS) * slots * 4
}

function keyOf({ tables, keyBits }: NearShape, hashes: Uint8Array, at: number, table: number): number {
  let key = 0
  for (let i = 0, k = table; i < keyBits; i++, k += tables) key |= ((hashes[at + (k >> 3)] >> (k & 7)) & 1) << i
  return key
}

export class PortableNearTable implements NearTableBuilder {
  private readonly groups: Uint32Array
  private surplus: { group: number; slot: number }[] = []
  private last: Uint8Array | null = null

  constructor(
    private readonly shape: NearShape,
    private readonly table: number
  ) {
    if (!isNearShape(shape) || !(table >= 0 && table < shape.tables)) {
      throw new ExhibitHashError('USAGE', 'tables of a shape that cannot be')
    }
    this.groups = new Uint32Array(groupBytesOf(shape) / 4).fill(EMPTY_SLOT)
  }

  add(packedHashes: Uint8Array, firstPosition: number): void {
    const { hashBytes, slots } = this.shape
    const count = packedHashes.length / hashBytes
    if (firstPosition + count - 1 > MAX_POSITION) {
      throw new ExhibitHashError('USAGE', 'more hashes than a table can number')
    }
    for (let i = 0; i < count; i++) {
      const hash = packedHashes.subarray(i * hashBytes, (i + 1) * hashBytes)
      if (this.last !== null && isEqual(hash, this.last)) continue
      this.last = hash
      const key = keyOf(this.shape, packedHashes, i * hashBytes, this.table)
      const slot = (((firstPosition + i) << LOW_BITS) | (key & LOW_MASK)) >>> 0
      const start = (key >>> LOW_BITS) * slots
      let free = start
      while (free < start + slots && this.groups[free] !== EMPTY_SLOT) free++
      if (free < start + slots) this.groups[free] = slot
      else this.surplus.push({ group: key >>> LOW_BITS, slot })
    }
    this.last = this.last === null ? null : this.last.slice()
  }

  finish(overflowStart: number): { groups: Uint32Array; overflow: Uint32Array } {
    const { slots } = this.shape
    const overflow: number[] = []
    const surplus = this.surplus.sort((a, b) => a.group - b.group)
    for (let i = 0; i < surplus.length;) {
      const { group } = surplus[i]
      const before = overflow.length
      const own = this.groups.subarray(group * slots, (group + 1) * slots)
      for (const slot of own) overflow.push(slot)
      for (; i < surplus.length && surplus[i].group === group; i++) overflow.push(surplus[i].slot)
      own.fill(EMPTY_SLOT)
      own.set([OVERFLOW_SLOT, overflowStart + before, overflow.length - before])
    }
    this.surplus = []
    return { groups: this.groups, overflow: Uint32Array.from(overflow) }
  }
}

/** What a search reads through: checked bytes of the file. */
export interface NearReader {
  bytes(offset: number, length: number): Uint8Array
  /** INDEX_DAMAGED for what the tables refer to. */
  refuse(what: string): Error
  /** The distance of a query and a hash, or any number above `most`. */
  distance(query: number, hash: Uint8Array, most: number): number
}

/** Hits as query number, position, distance. */
export function searchNear(
  reader: NearReader,
  tables: NearTables,
  packedQueries: Uint8Array,
  radii: Uint8Array,
  maxDistanceBits: number
): number[] {
  const { hashBytes, firstPosition, count, hashesOffset } = tables
  if (!isNearShape(tables)) throw reader.refuse('the shape of its tables')
  const hits: number[] = []
  for (let query = 0; query * hashBytes < packedQueries.length; query++) {
    const seen = new Set<number>()
    for (const position of candidatesOf(reader, tables, packedQueries, query * hashBytes, radii)) {
      if (position < firstPosition || position - firstPosition >= count) throw reader.refuse('a slot of its tables')
      if (seen.has(position)) continue
      seen.add(position)
      const hash = reader.bytes(hashesOffset + position * hashBytes, hashBytes)
      const distance = reader.distance(query, hash, maxDistanceBits)
      if (distance > maxDistanceBits) continue
      // Only the first of equal hashes has slots.
      let next = position
      do hits.push(query, next++, distance)
      while (next - firstPosition < count && isEqual(reader.bytes(hashesOffset + next * hashBytes, hashBytes), hash))
    }
  }
  return hits
}

function* candidatesOf(
  reader: NearReader,
  tables: NearTables,
  queries: Uint8Array,
  at: number,
  radii: Uint8Array
): Generator<number> {
  const { slots, keyBits, groupsOffset } = tables
  const tableBytes = groupBytesOf(tables)
  for (let table = 0; table < tables.tables; table++) {
    if (radii[table] === SKIP_TABLE) continue
    const key = keyOf(tables, queries, at, table)
    for (const { mask, bits } of masksOf(keyBits - LOW_BITS, radii[table])) {
      const group = (key >>> LOW_BITS) ^ mask
      const words = slotsOf(reader, tables, groupsOffset + table * tableBytes + group * slots * 4)
      for (const slot of words) {
        if (slot !== EMPTY_SLOT && bitCount((slot ^ key) & LOW_MASK) + bits <= radii[table]) yield slot >>> LOW_BITS
      }
    }
  }
}

/** The slots of a group, wherever they are. */
function slotsOf(reader: NearReader, tables: NearTables, offset: number): Uint32Array {
  const own = wordsOf(reader.bytes(offset, tables.slots * 4))
  if (own[0] !== OVERFLOW_SLOT) return own
  const [, start, count] = own
  if (start + count > tables.overflowCount) throw reader.refuse('a group of its tables')
  return wordsOf(reader.bytes(tables.overflowOffset + start * 4, count * 4))
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}

const madeMasks = new Map<string, readonly { mask: number; bits: number }[]>()

/** Masks of up to `most` of `bits` bits, fewest bits first. */
function masksOf(bits: number, most: number): readonly { mask: number; bits: number }[] {
  const name = `${bits} ${most}`
  let masks = madeMasks.get(name)
  if (masks === undefined) {
    masks = Array.from({ length: Math.min(most, bits) + 1 }, (_, n) => withBits(bits, n, 0, 0)).flat()
    madeMasks.set(name, masks)
  }
  return masks
}

function withBits(bits: number, left: number, lowest: number, mask: number): { mask: number; bits: number }[] {
  if (left === 0) return [{ mask, bits: bitCount(mask) }]
  const masks: { mask: number; bits: number }[] = []
  for (let bit = lowest; bit + left <= bits; bit++) masks.push(...withBits(bits, left - 1, bit + 1, mask | (1 << bit)))
  return masks
}

function bitCount(value: number): number {
  let count = 0
  for (let x = value; x !== 0; x &= x - 1) count++
  return count
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
