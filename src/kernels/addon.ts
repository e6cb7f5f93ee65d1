// Finds and loads the native addon, once, at first use; a failure is kept with its reason, never thrown.

import { createRequire } from 'node:module'
import path from 'node:path'
import { ownFolder, PACKAGE_NAME } from '../files/index.js'
import type { PackedDigestStream, ResizeAxis } from './types.js'

/** What the addon exports. The first argument of a kernel is the instruction set, one of `isas`. */
export interface NativeAddon {
  /** Instruction sets of this build that this machine can run, the best first. */
  readonly isas: readonly string[]
  /** Of this build; the kernel may still refuse. */
  readonly canDenyNetwork: boolean
  /** For the whole process and for good; false where the system refuses. */
  denyNetwork(): boolean
  pdq(isa: string, data: Uint8Array, width: number, height: number, channels: number, out: Uint8Array): number
  pdqDihedral(isa: string, data: Uint8Array, width: number, height: number, channels: number, out: Uint8Array): number
  luma(isa: string, rgb: Uint8Array, out: Uint8Array): void
  resizeRows(isa: string, luma: Uint8Array, width: number, height: number, axis: ResizeAxis, out: Uint8Array): void
  resizeColumns(isa: string, luma: Uint8Array, width: number, height: number, axis: ResizeAxis, out: Uint8Array): void
  jpegLuma(isa: string, file: Uint8Array, reduction: number, out: Uint8Array): boolean
  /** DIGEST_BYTES for each file; `withShaNi` false leaves the SHA extensions out: for tests. */
  digestBatch(isa: string, files: readonly Uint8Array[], withShaNi?: boolean): Uint8Array
  /** Files that the arm of an instruction set digests side by side here, and whether the SHA extensions help it. */
  digestArm(isa: string): { readonly lanes: number; readonly shaNi: boolean }
  readonly DigestStream: new (isa: string, withShaNi?: boolean) => PackedDigestStream
  /** SHA-256 by the arm named, 'scalar' or any other text for the best one: for tests. */
  sha256(data: Uint8Array, arm: string): Uint8Array
  /** Nobody may touch the items before the promise is kept. */
  sortItems(items: Uint8Array, itemBytes: number): Promise<void>
  /** Fills the rows of a group. */
  sketchGroup(packedValues: Uint8Array, order: Uint8Array, boundaries: Uint8Array, rows: Uint8Array): void
  /** Sets marks. */
  markNear(
    isa: string,
    queries: Uint8Array,
    items: Uint8Array,
    hashBytes: number,
    firstBit: number,
    keyBits: number,
    radius: number,
    maxDistanceBits: number,
    marks: Uint8Array
  ): void
  readonly NearTable: new (
    hashBytes: number,
    tables: number,
    keyBits: number,
    slots: number,
    table: number
  ) => NativeNearTable
  /** Over memory of a layout: see native/records/packed.h. */
  readonly RecordScanner: new (layout: Uint32Array) => NativeRecordScanner
  readonly IndexFile: new (
    fd: number,
    identity: string,
    bodyOffset: number,
    bodyBytes: number,
    leavesOffset: number,
    leafCount: number,
    blockBytes: number,
    nodes: Uint8Array
  ) => NativeIndexFile
}

/** keysOffset, directoryOffset, count, keyBytes, directoryBits */
export type NativeKeyTable = readonly [number, number, number, number, number]

export interface NativeRecordScanner {
  learn(table: number, spelling: Uint8Array, code: number): void
  /** The end of what was taken; negative, from -1 down, where the next record is odd. */
  scanJson(source: Uint8Array, from: number, to: number, memory: Uint8Array, state: Uint32Array): number
  scanLines(
    source: Uint8Array,
    from: number,
    to: number,
    memory: Uint8Array,
    state: Uint32Array,
    column: number
  ): number
}

export interface NativeNearTable {
  add(packedHashes: Uint8Array, firstPosition: number): void
  /** Groups and overflow. */
  finish(overflowStart: number): readonly [Uint32Array, Uint32Array]
}

/**
 * hashBytes, tables, keyBits, slots, hashesOffset, groupsOffset, overflowOffset, overflowCount, firstPosition, count
 */
export type NativeNearTables = readonly number[]

export interface NativeIndexFile {
  read(offset: number, length: number): Uint8Array
  readItems(offset: number, itemBytes: number, positions: Uint32Array): Uint8Array
  findFirst(...args: [...NativeKeyTable, packedKeys: Uint8Array]): Int32Array
  findAll(...args: [...NativeKeyTable, key: Uint8Array]): Uint32Array
  scan(
    isa: string,
    offset: number,
    count: number,
    hashBytes: number,
    packedQueries: Uint8Array,
    maxDistanceBits: number
  ): Uint32Array
  scanPhotoDna(isa: string, offset: number, count: number, packedQueries: Uint8Array, maxDistance: number): Uint32Array
  nearPhotoDna(
    isa: string,
    values: readonly number[],
    tables: Uint8Array,
    rows: number,
    limit: number,
    packedQueries: Uint8Array,
    maxDistance: number
  ): Uint32Array
  countPhotoDna(
    isa: string,
    values: readonly number[],
    tables: Uint8Array,
    rows: number,
    limit: number,
    groups: readonly number[]
  ): Uint32Array
  near(
    isa: string,
    tables: NativeNearTables,
    packedQueries: Uint8Array,
    radii: Uint8Array,
    maxDistanceBits: number
  ): Uint32Array
  checkBlocks(first: number, count: number): number
  close(): void
}

/** Held against the loaded addon, so that a stale build is found at load and not at the first call. */
const FUNCTIONS = [
  'denyNetwork',
  'pdq',
  'pdqDihedral',
  'luma',
  'resizeRows',
  'resizeColumns',
  'jpegLuma',
  'digestBatch',
  'digestArm',
  'DigestStream',
  'sha256',
  'sortItems',
  'sketchGroup',
  'markNear',
  'NearTable',
  'RecordScanner',
  'IndexFile'
] as const satisfies readonly (keyof NativeAddon)[]

export type AddonOutcome =
  { readonly addon: NativeAddon; readonly reason: null } | { readonly addon: null; readonly reason: string }

function load(): AddonOutcome {
  if (process.env['EXHIBIT_HASH_NATIVE'] === '0') return { addon: null, reason: 'EXHIBIT_HASH_NATIVE=0 is set' }
  try {
    const folder = ownFolder()
    if (folder === null) return { addon: null, reason: `the folder of the package ${PACKAGE_NAME} was not found` }
    const require = createRequire(import.meta.url)
    const findAndLoad = require('node-gyp-build') as (dir: string) => unknown
    const addon = findAndLoad(path.join(folder, 'native')) as NativeAddon
    const missing = FUNCTIONS.filter((name) => typeof addon[name] !== 'function')
    if (missing.length > 0 || !Array.isArray(addon.isas)) {
      return { addon: null, reason: `the addon was built from other sources: it lacks ${missing.join(', ') || 'isas'}` }
    }
    return { addon, reason: null }
  } catch (thrown) {
    return { addon: null, reason: (thrown instanceof Error ? thrown.message : String(thrown)).trim() }
  }
}

let outcome: AddonOutcome | undefined

export function nativeAddon(): AddonOutcome {
  outcome ??= load()
  return outcome
}
