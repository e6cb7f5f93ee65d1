// What an index store is: an open index file of which nothing is used before it was checked.

import type { NearShape } from './types.js'

/** Where the parts of an index file lie; already checked against the file's size. Offsets are from its start. */
export interface StoreGeometry {
  readonly bodyOffset: number
  readonly bodyBytes: number
  readonly leavesOffset: number
  readonly leafCount: number
  readonly blockBytes: number
  /** Digests of groups of leaves, already checked against the root. */
  readonly nodes: Uint8Array
}

/** Sorted keys of one kind with their directory; see kernels/key-items.ts. */
export interface KeyTable {
  readonly keysOffset: number
  readonly directoryOffset: number
  readonly count: number
  readonly keyBytes: number
  /** The directory has 2^bits + 1 items. */
  readonly directoryBits: number
}

/** Hashes of one kind, one after the other; `hashBytes` is a multiple of 8. */
export interface HashTable {
  readonly offset: number
  readonly count: number
  readonly hashBytes: number
}

/** Tables over a run of hashes, as they lie in the file; offsets are from its start. */
export interface NearTables extends NearShape {
  /** Of position 0 of the kind. */
  readonly hashesOffset: number
  readonly groupsOffset: number
  readonly overflowOffset: number
  readonly overflowCount: number
  /** The positions that the tables are of. */
  readonly firstPosition: number
  readonly count: number
}

/** PhotoDNA values in a group of sketches. */
export const SKETCH_GROUP = 4096
/** Rows of a group: each has eight bits of every value's sketch. */
export const SKETCH_ROWS = 18
/** Bytes of a query's tables: sixteen sums for the low and the high four bits of each row. */
export const SKETCH_TABLE_BYTES = SKETCH_ROWS * 32

/** PhotoDNA values and the rows of their sketches, as they lie in the file; offsets are from its start. */
export interface SketchedValues {
  readonly valuesOffset: number
  readonly count: number
  readonly rowsOffset: number
}

/** What queries ask of sketches. */
export interface SketchQuestion {
  /** SKETCH_TABLE_BYTES for each query. */
  readonly tables: Uint8Array
  /** How many rows are asked, from the first. */
  readonly rows: number
  /** A value passes where its sums add up to no more; at most 254. */
  readonly limit: number
}

/** What is spent on a value, in units of what its comparison costs in a scan. */
export interface SketchCosts {
  /** For each row that is asked. */
  readonly row: number
  /** For each value that passes. */
  readonly candidate: number
}

/** In place of a table's radius: the table is not asked. */
export const SKIP_TABLE = 255
/** Beyond this radius a table has too many groups near a key to be worth it. */
export const MAX_RADIUS = 6

/** Memory that threads of one process share in place of a mapping. */
export interface SharedBlocks {
  readonly segments: readonly SharedArrayBuffer[]
  readonly state: SharedArrayBuffer
}

/**
 * An open index file. Every 64 KiB block is checked against its digest before a byte of it is used; all
 * methods throw ExhibitHashError INDEX_DAMAGED where one does not agree.
 */
export interface IndexStore {
  /** A copy of `length` bytes of the body at `offset`. */
  read(offset: number, length: number): Uint8Array
  /** Copies of the items at some positions of a table at `offset`, one after the other; items of at most 1024 bytes. */
  readItems(offset: number, itemBytes: number, positions: Uint32Array): Uint8Array
  /** First entry of each of the packed keys, -1 for none. */
  findFirst(table: KeyTable, packedKeys: Uint8Array): Int32Array
  /** All entries of one key, in the order they were added. */
  findAll(table: KeyTable, key: Uint8Array): Uint32Array
  /** Every hash within the distance of each packed query: triples of query number, position, distance in bits. */
  scan(table: HashTable, packedQueries: Uint8Array, maxDistanceBits: number): Uint32Array
  /**
   * As `scan`, through tables: every hash that a table of radius r has within r bits of the query's key is compared.
   * `radii` has one number a table, SKIP_TABLE or up to MAX_RADIUS.
   */
  near(tables: NearTables, packedQueries: Uint8Array, radii: Uint8Array, maxDistanceBits: number): Uint32Array
  /** As `scan`, for PhotoDNA values and the sum of squared byte differences. */
  scanPhotoDna(table: HashTable, packedQueries: Uint8Array, maxDistance: number): Uint32Array
  /** As `scanPhotoDna`, of the values that pass. */
  nearPhotoDna(
    values: SketchedValues,
    question: SketchQuestion,
    packedQueries: Uint8Array,
    maxDistance: number
  ): Uint32Array
  /** How many values of some groups pass for each query. */
  countPhotoDna(values: SketchedValues, question: SketchQuestion, groups: readonly number[]): Uint32Array
  /** As measured for this store. */
  sketchCosts(): SketchCosts
  /** Checks blocks afresh, whatever was checked before; the number of the first damaged one, or -1. */
  checkBlocks(first: number, count: number): number
  /** What another thread needs to use the same memory; `null` where the system's mapping is shared anyway. */
  share(): SharedBlocks | null
  close(): void
}
