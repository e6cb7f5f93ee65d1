// The index store over the addon's mapping, one a process and content, shared by all threads.

import { closeSync } from 'node:fs'
import { ERROR_CODES, ExhibitHashError, toExhibitHashError, type ErrorCode } from '../core/errors.js'
import { nativeAddon, type NativeIndexFile, type NativeKeyTable } from './addon.js'
import { kernels } from './index.js'
import type {
  HashTable,
  IndexStore,
  KeyTable,
  NearTables,
  SketchCosts,
  SketchedValues,
  SketchQuestion,
  StoreGeometry
} from './index-store-types.js'

export function openNativeStore(
  file: { fd: number; path: string; identity: string },
  geometry: StoreGeometry
): IndexStore {
  const { addon } = nativeAddon()
  if (addon === null) throw new ExhibitHashError('NATIVE_UNAVAILABLE', `${file.path}: mapping needs the native addon`)
  const { bodyOffset, bodyBytes, leavesOffset, leafCount, blockBytes, nodes } = geometry
  const mapped = withPath(
    file.path,
    () => new addon.IndexFile(file.fd, file.identity, bodyOffset, bodyBytes, leavesOffset, leafCount, blockBytes, nodes)
  )
  // The mapping holds the file by itself.
  closeSync(file.fd)
  return new NativeStore(mapped, file.path, kernels().isa)
}

/** Measured on 10 million values, where one query waits for the memory and many for the processor: alike for both. */
const SIMD_COSTS: SketchCosts = { row: 0.007, candidate: 8 }
const SCALAR_COSTS: SketchCosts = { row: 0.08, candidate: 4 }

class NativeStore implements IndexStore {
  constructor(
    private readonly mapped: NativeIndexFile,
    private readonly path: string,
    private readonly isa: string
  ) {}

  read(offset: number, length: number): Uint8Array {
    return withPath(this.path, () => this.mapped.read(offset, length))
  }

  readItems(offset: number, itemBytes: number, positions: Uint32Array): Uint8Array {
    return withPath(this.path, () => this.mapped.readItems(offset, itemBytes, positions))
  }

  findFirst(table: KeyTable, packedKeys: Uint8Array): Int32Array {
    return withPath(this.path, () => this.mapped.findFirst(...spread(table), packedKeys))
  }

  findAll(table: KeyTable, key: Uint8Array): Uint32Array {
    return withPath(this.path, () => this.mapped.findAll(...spread(table), key))
  }

  scan({ offset, count, hashBytes }: HashTable, packedQueries: Uint8Array, maxDistanceBits: number): Uint32Array {
    const { mapped, isa } = this
    return withPath(this.path, () => mapped.scan(isa, offset, count, hashBytes, packedQueries, maxDistanceBits))
  }

  near(tables: NearTables, packedQueries: Uint8Array, radii: Uint8Array, maxDistanceBits: number): Uint32Array {
    const { hashBytes, tables: count, keyBits, slots, hashesOffset, groupsOffset } = tables
    const { overflowOffset, overflowCount, firstPosition } = tables
    const shape = [hashBytes, count, keyBits, slots]
    const place = [hashesOffset, groupsOffset, overflowOffset, overflowCount, firstPosition, tables.count]
    const { mapped, isa } = this
    return withPath(this.path, () => mapped.near(isa, [...shape, ...place], packedQueries, radii, maxDistanceBits))
  }

  scanPhotoDna({ offset, count }: HashTable, packedQueries: Uint8Array, maxDistance: number): Uint32Array {
    const { mapped, isa } = this
    return withPath(this.path, () => mapped.scanPhotoDna(isa, offset, count, packedQueries, maxDistance))
  }

  nearPhotoDna(
    { valuesOffset, count, rowsOffset }: SketchedValues,
    { tables, rows, limit }: SketchQuestion,
    packedQueries: Uint8Array,
    maxDistance: number
  ): Uint32Array {
    const { mapped, isa } = this
    const place = [valuesOffset, count, rowsOffset]
    return withPath(this.path, () => mapped.nearPhotoDna(isa, place, tables, rows, limit, packedQueries, maxDistance))
  }

  countPhotoDna(
    { valuesOffset, count, rowsOffset }: SketchedValues,
    { tables, rows, limit }: SketchQuestion,
    groups: readonly number[]
  ): Uint32Array {
    const { mapped, isa } = this
    const place = [valuesOffset, count, rowsOffset]
    return withPath(this.path, () => mapped.countPhotoDna(isa, place, tables, rows, limit, groups))
  }

  sketchCosts(): SketchCosts {
    return this.isa === 'avx2' || this.isa === 'avx512' ? SIMD_COSTS : SCALAR_COSTS
  }

  checkBlocks(first: number, count: number): number {
    return withPath(this.path, () => this.mapped.checkBlocks(first, count))
  }

  share(): null {
    return null
  }

  close(): void {
    this.mapped.close()
  }
}

function spread(table: KeyTable): NativeKeyTable {
  const { keysOffset, directoryOffset, count, keyBytes, directoryBits } = table
  return [keysOffset, directoryOffset, count, keyBytes, directoryBits]
}

/** The addon knows codes but not which file it works on. */
function withPath<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    const { code, message } = thrown as Error & { code?: string }
    if (code === undefined || !Object.hasOwn(ERROR_CODES, code)) throw toExhibitHashError(thrown, 'INTERNAL', { path })
    throw new ExhibitHashError(code as ErrorCode, `${path}: ${message}`, { path, cause: thrown })
  }
}
