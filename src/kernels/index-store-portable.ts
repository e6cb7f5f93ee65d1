// The index store without the addon: blocks are read into shared memory when first touched, and checked there.

import { createHash } from 'node:crypto'
import { closeSync, readSync } from 'node:fs'
import { ExhibitHashError } from '../core/errors.js'
import { hammingDistance } from './hamming-portable.js'
import type {
  HashTable,
  IndexStore,
  KeyTable,
  NearTables,
  SharedBlocks,
  SketchCosts,
  SketchedValues,
  SketchQuestion,
  StoreGeometry
} from './index-store-types.js'
import { droppedBytes, ENTRY_BYTES, keyItemBytes, keyPrefix, littleEndian, MAX_ENTRY } from './key-items.js'
import { searchNear, type NearReader } from './near-portable.js'
import { countBySketch, findBySketch, squaredDistance } from './photo-dna-portable.js'

/** The system commits pages of these only when they are written, so an untouched index costs nothing. */
const SEGMENT_BYTES = 2 ** 30
const LEAF_BYTES = 32
const HASHES_PER_STEP = 2048
/** Measured: a comparison ends at its first bytes where values are far apart. */
const SKETCH_COSTS: SketchCosts = { row: 0.05, candidate: 2 }

export class PortableStore implements IndexStore {
  private readonly segments: Uint8Array[]
  private readonly state: Uint8Array
  /** Groups of leaves already checked against their node. */
  private readonly leafGroups = new Map<number, Uint8Array>()
  private readonly shared: SharedBlocks
  private closed = false
  private readonly reader = (offset: number, length: number): Uint8Array => this.bytes(offset, length)

  constructor(
    private readonly file: { fd: number; path: string },
    private readonly geometry: StoreGeometry,
    shared: SharedBlocks | null
  ) {
    this.shared = shared ?? allocate(geometry)
    this.segments = this.shared.segments.map((segment) => new Uint8Array(segment))
    this.state = new Uint8Array(this.shared.state)
  }

  read(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.bytes(offset, length))
  }

  readItems(offset: number, itemBytes: number, positions: Uint32Array): Uint8Array {
    const items = new Uint8Array(positions.length * itemBytes)
    positions.forEach((position, i) => items.set(this.bytes(offset + position * itemBytes, itemBytes), i * itemBytes))
    return items
  }

  findFirst(table: KeyTable, packedKeys: Uint8Array): Int32Array {
    const { keyBytes } = table
    const found = new Int32Array(packedKeys.length / keyBytes)
    for (let i = 0; i < found.length; i++) {
      const { at, end, tail } = this.lowerBound(table, packedKeys.subarray(i * keyBytes, (i + 1) * keyBytes))
      found[i] = at < end && this.holds(table, at, tail) ? this.entryAt(table, at) : -1
    }
    return found
  }

  findAll(table: KeyTable, key: Uint8Array): Uint32Array {
    const entries: number[] = []
    const { at, end, tail } = this.lowerBound(table, key)
    for (let i = at; i < end && this.holds(table, i, tail); i++) entries.push(this.entryAt(table, i))
    return Uint32Array.from(entries)
  }

  scan(table: HashTable, packedQueries: Uint8Array, maxDistanceBits: number): Uint32Array {
    const words = table.hashBytes / 4
    const queries = new Uint32Array(new Uint8Array(packedQueries).buffer)
    return this.scanTable(table, packedQueries, maxDistanceBits, (bytes) => {
      const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
      const hashes = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
      return (q, i) => hammingDistance(hashes, i * words, queries, q * words, words, maxDistanceBits)
    })
  }

  near(tables: NearTables, packedQueries: Uint8Array, radii: Uint8Array, maxDistanceBits: number): Uint32Array {
    const words = tables.hashBytes / 4
    const queries = new Uint32Array(new Uint8Array(packedQueries).buffer)
    const reader: NearReader = {
      bytes: (offset, length) => this.bytes(offset, length),
      refuse: (what) => damaged(this.file.path, what),
      distance: (query, hash, most) => {
        const own = new Uint32Array(hash.slice().buffer)
        return hammingDistance(own, 0, queries, query * words, words, most)
      }
    }
    return Uint32Array.from(searchNear(reader, tables, packedQueries, radii, maxDistanceBits))
  }

  scanPhotoDna(table: HashTable, packedQueries: Uint8Array, maxDistance: number): Uint32Array {
    const { hashBytes } = table
    return this.scanTable(table, packedQueries, maxDistance, (values) => (q, i) => {
      return squaredDistance(values, i * hashBytes, packedQueries, q * hashBytes, hashBytes, maxDistance)
    })
  }

  nearPhotoDna(
    values: SketchedValues,
    question: SketchQuestion,
    packedQueries: Uint8Array,
    maxDistance: number
  ): Uint32Array {
    return Uint32Array.from(findBySketch(this.reader, values, question, packedQueries, maxDistance))
  }

  countPhotoDna(values: SketchedValues, question: SketchQuestion, groups: readonly number[]): Uint32Array {
    return countBySketch(this.reader, values, question, groups)
  }

  sketchCosts(): SketchCosts {
    return SKETCH_COSTS
  }

  /** Every pair within the distance; `distanceWithin` gives the distance of query and item within a step's bytes. */
  private scanTable(
    { offset, count, hashBytes }: HashTable,
    packedQueries: Uint8Array,
    most: number,
    distanceWithin: (bytes: Uint8Array) => (query: number, item: number) => number
  ): Uint32Array {
    const found: number[] = []
    for (let first = 0; first < count; first += HASHES_PER_STEP) {
      const step = Math.min(HASHES_PER_STEP, count - first)
      const distanceOf = distanceWithin(this.bytes(offset + first * hashBytes, step * hashBytes))
      for (let q = 0; q * hashBytes < packedQueries.length; q++) {
        for (let i = 0; i < step; i++) {
          const distance = distanceOf(q, i)
          if (distance <= most) found.push(q, first + i, distance)
        }
      }
    }
    return Uint32Array.from(found)
  }

  checkBlocks(first: number, count: number): number {
    this.refuseClosed()
    const { bodyOffset, bodyBytes, blockBytes, leafCount } = this.geometry
    const block = new Uint8Array(blockBytes)
    for (let i = first; i < Math.min(first + count, leafCount); i++) {
      const bytes = block.subarray(0, Math.min(blockBytes, bodyBytes - i * blockBytes))
      const complete = readFully(this.file.fd, bytes, bodyOffset + i * blockBytes) === bytes.length
      // Leaves are read afresh too: a verification must not trust what this process remembers.
      if (i === first || i % (blockBytes / LEAF_BYTES) === 0) this.leafGroups.clear()
      const leaf = this.leafOf(i)
      if (!complete || leaf === null || !sha256(bytes).equals(leaf)) return i
    }
    return -1
  }

  share(): SharedBlocks {
    return this.shared
  }

  close(): void {
    if (!this.closed) closeSync(this.file.fd)
    this.closed = true
  }

  /** Checked bytes of the body: a view where they lie in one segment, else a copy. */
  private bytes(offset: number, length: number): Uint8Array {
    const start = offset - this.geometry.bodyOffset
    this.refuseClosed()
    if (!(start >= 0 && length >= 0 && start + length <= this.geometry.bodyBytes)) {
      throw damaged(this.file.path, `a reference to bytes ${offset}+${length} outside the body`)
    }
    this.check(start, length)
    const segment = Math.floor(start / SEGMENT_BYTES)
    const within = start % SEGMENT_BYTES
    if (within + length <= SEGMENT_BYTES) return this.segments[segment].subarray(within, within + length)
    const copy = new Uint8Array(length)
    const firstPart = SEGMENT_BYTES - within
    copy.set(this.segments[segment].subarray(within))
    copy.set(this.segments[segment + 1].subarray(0, length - firstPart), firstPart)
    return copy
  }

  private refuseClosed(): void {
    if (this.closed) throw new ExhibitHashError('SET_CLOSED', `${this.file.path}: the hash set is closed`)
  }

  private check(start: number, length: number): void {
    if (length === 0) return
    const { blockBytes } = this.geometry
    const last = Math.floor((start + length - 1) / blockBytes)
    for (let block = Math.floor(start / blockBytes); block <= last; block++) {
      if (Atomics.load(this.state, block) === 0) this.load(block)
    }
  }

  /** Two threads may load one block at once: they write the same bytes. */
  private load(block: number): void {
    const { blockBytes, bodyBytes, bodyOffset } = this.geometry
    const start = block * blockBytes
    const segment = this.segments[Math.floor(start / SEGMENT_BYTES)]
    const within = start % SEGMENT_BYTES
    // Read apart and copied when it is sound: other threads use the segment meanwhile.
    const bytes = new Uint8Array(Math.min(blockBytes, bodyBytes - start))
    const complete = readFully(this.file.fd, bytes, bodyOffset + start) === bytes.length
    const leaf = this.leafOf(block)
    if (!complete || leaf === null || !sha256(bytes).equals(leaf)) throw damaged(this.file.path, `block ${block}`)
    segment.set(bytes, within)
    Atomics.store(this.state, block, 1)
  }

  /** The digest a block must have, or `null` where the leaves themselves are damaged. */
  private leafOf(block: number): Uint8Array | null {
    const { blockBytes, leafCount, leavesOffset, nodes } = this.geometry
    const perGroup = blockBytes / LEAF_BYTES
    const group = Math.floor(block / perGroup)
    let leaves = this.leafGroups.get(group)
    if (leaves === undefined) {
      leaves = new Uint8Array(Math.min(perGroup, leafCount - group * perGroup) * LEAF_BYTES)
      const complete = readFully(this.file.fd, leaves, leavesOffset + group * blockBytes) === leaves.length
      const node = nodes.subarray(group * LEAF_BYTES, (group + 1) * LEAF_BYTES)
      if (!complete || !sha256(leaves).equals(node)) return null
      this.leafGroups.set(group, leaves)
    }
    const within = (block % perGroup) * LEAF_BYTES
    return leaves.subarray(within, within + LEAF_BYTES)
  }

  /** Position of the first key not less than `key`, by directory and then by halving. */
  private lowerBound(table: KeyTable, key: Uint8Array): { at: number; end: number; tail: Uint8Array } {
    const prefix = keyPrefix(key, 0, table.directoryBits)
    let low = this.uint32(table.directoryOffset + prefix * 4)
    const end = this.uint32(table.directoryOffset + (prefix + 1) * 4)
    if (low > end || end > table.count) throw damaged(this.file.path, 'the directory of digests')
    const tail = key.subarray(droppedBytes(table.directoryBits))
    for (let high = end; low < high;) {
      const middle = (low + high) >>> 1
      if (compare(this.itemAt(table, middle), tail) < 0) low = middle + 1
      else high = middle
    }
    return { at: low, end, tail }
  }

  private holds(table: KeyTable, position: number, tail: Uint8Array): boolean {
    return compare(this.itemAt(table, position), tail) === 0
  }

  /** The key's tail and its entry. */
  private itemAt(table: KeyTable, position: number): Uint8Array {
    const bytes = keyItemBytes(table.keyBytes, table.directoryBits)
    return this.bytes(table.keysOffset + position * bytes, bytes)
  }

  private entryAt(table: KeyTable, position: number): number {
    const item = this.itemAt(table, position)
    const entry = littleEndian(item, item.length - ENTRY_BYTES)
    if (entry > MAX_ENTRY) throw damaged(this.file.path, `an entry ${entry}`)
    return entry
  }

  private uint32(offset: number): number {
    return littleEndian(this.bytes(offset, 4), 0)
  }
}

function allocate({ bodyBytes, leafCount }: StoreGeometry): SharedBlocks {
  const segments: SharedArrayBuffer[] = []
  for (let at = 0; at < bodyBytes; at += SEGMENT_BYTES) {
    segments.push(new SharedArrayBuffer(Math.min(SEGMENT_BYTES, bodyBytes - at)))
  }
  return { segments, state: new SharedArrayBuffer(leafCount) }
}

function readFully(fd: number, target: Uint8Array, position: number): number {
  let done = 0
  while (done < target.length) {
    const bytes = readSync(fd, target, done, target.length - done, position + done)
    if (bytes === 0) break
    done += bytes
  }
  return done
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Of the bytes that `key` has. */
function compare(item: Uint8Array, key: Uint8Array): number {
  for (let i = 0; i < key.length; i++) {
    const difference = item[i] - key[i]
    if (difference !== 0) return difference
  }
  return 0
}

function damaged(path: string, what: string): ExhibitHashError {
  return new ExhibitHashError('INDEX_DAMAGED', `${path}: ${what} does not have the digest it was written with`, {
    path
  })
}
