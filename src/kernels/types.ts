// The functions that exist twice, native and portable, and must give the same bits both ways.

import type { PackedMemory } from '../core/packed-memory.js'
import type { RecordScanner } from './record-scanner.js'

/** An instruction set that the addon has an arm for. */
export const NATIVE_ISAS = ['scalar', 'avx2', 'avx512', 'neon'] as const
export type NativeIsa = (typeof NATIVE_ISAS)[number]

/** What kernels run on: an arm of the addon, WebAssembly SIMD, or TypeScript alone. */
export type Isa = NativeIsa | 'wasm' | 'portable'

export interface PdqResult {
  /** 32 bytes in the order of the printed hex text. */
  readonly hash: Uint8Array
  /** 0–100. */
  readonly quality: number
}

export interface PdqDihedralResult {
  /** 8 × 32 bytes in the order of DIHEDRAL_VARIANTS. */
  readonly hashes: Uint8Array
  readonly quality: number
}

/** Pixels of a JPEG for each sample of the raster that is made of it, along either side. */
export type JpegReduction = 1 | 4 | 8

/** One direction of a resize of Pillow's: each output is a weighted sum of neighbouring samples, in 22-bit fixed point. */
export interface ResizeAxis {
  /** First sample and number of samples of each output, in turn. */
  readonly bounds: Int32Array
  /** Equally many for each output; the first ones count. */
  readonly weights: Int32Array
}

/** Form of the tables for search by distance: see native/near/tables.h and FORMAT.md. */
export interface NearShape {
  /** 8 or 32. */
  readonly hashBytes: number
  readonly tables: number
  /** Bits of a table's key: more than 3, `tables` × `keyBits` at most the bits of a hash. */
  readonly keyBits: number
  /** Slots of a group: 16, 32 or 64. */
  readonly slots: number
}

/** A slice of the bits of hashes, the lowest bit of a byte first, and how it is used to find pairs: see native/near/join.h. */
export interface JoinSlice {
  readonly firstBit: number
  /** 0 to MAX_JOIN_KEY_BITS. */
  readonly keyBits: number
  /** Bits by which the slices of two hashes that are compared may differ: 0 to MAX_JOIN_RADIUS. */
  readonly radius: number
}

export const MAX_JOIN_KEY_BITS = 20
export const MAX_JOIN_RADIUS = 2

/** One table being filled. */
export interface NearTableBuilder {
  /** Hashes in the order of their positions, packed; of equal neighbours only the first is found by the table. */
  add(packedHashes: Uint8Array, firstPosition: number): void
  /** Ends the building. `overflowStart` is the number of overflow slots of the tables before. */
  finish(overflowStart: number): { readonly groups: Uint32Array; readonly overflow: Uint32Array }
}

/** The digests of bytes that arrive in parts. */
export interface PackedDigestStream {
  update(part: Uint8Array): void
  /** DIGEST_BYTES. Ends the stream. */
  finish(): Uint8Array
}

/** Which byte of a value each bit of its sketch is of, and the least byte that sets it: one for each byte of a value. */
export interface SketchPlan {
  readonly order: Uint8Array
  readonly boundaries: Uint8Array
}

/** Arguments of the first five are those of a Raster, spread: RASTER_INVALID where they do not fit together. */
export interface Kernels {
  readonly path: 'native' | 'portable'
  readonly isa: Isa
  /** As Meta's single-hash function: a raster of exactly 64×64 pixels is not filtered. */
  pdq(data: Uint8Array, width: number, height: number, channels: 1 | 3): PdqResult
  /** As Meta's dihedral function, which filters every raster. */
  pdqDihedral(data: Uint8Array, width: number, height: number, channels: 1 | 3): PdqDihedralResult
  /** Red, green, blue to one byte of luma, as Pillow's convert('L'). */
  luma(rgb: Uint8Array): Uint8Array
  /** Each row of `width` bytes resized; `out` has just as many bytes as there are outputs. */
  resizeRows(luma: Uint8Array, width: number, height: number, axis: ResizeAxis, out: Uint8Array): void
  /** Each column of `height` bytes resized, into `out` as above. */
  resizeColumns(luma: Uint8Array, width: number, height: number, axis: ResizeAxis, out: Uint8Array): void
  /**
   * Writes the luma of a JPEG, row by row: libjpeg's in full, means of its blocks at an eighth. False, and anything in
   * `out`, where the file is not taken: irregular, damaged, not of the size that `out` is for, or progressive and not
   * wanted at an eighth. See native/jpeg/README.md.
   */
  jpegLuma(file: Uint8Array, reduction: JpegReduction, out: Uint8Array): boolean
  /** DIGEST_BYTES for each file, in the order of the files. USAGE for anything but Uint8Arrays. */
  digestBatch(files: readonly Uint8Array[]): Uint8Array
  digestStream(): PackedDigestStream
  /**
   * Sorts packed items by their bytes, in place, beside the caller's thread where it can: nobody may touch them before the
   * promise is kept.
   * @param itemBytes - a multiple of 4 up to 64
   */
  sortItems(items: Uint8Array, itemBytes: number): Promise<void>
  /**
   * All rows of a group of PhotoDNA values, SKETCH_ROWS of SKETCH_GROUP bytes, zeros where it has fewer values. USAGE for
   * values or a plan that cannot be.
   */
  sketchGroup(packedValues: Uint8Array, plan: SketchPlan): Uint8Array
  /**
   * Sets marks[i] for every item i within the distance of a query, where the slices of the two differ in at most its
   * radius; others stay as they are. Both sides are hashes of 8 or 32 bytes, packed. USAGE for a slice that cannot be.
   */
  markNear(
    queries: Uint8Array,
    items: Uint8Array,
    hashBytes: number,
    slice: JoinSlice,
    maxDistanceBits: number,
    marks: Uint8Array
  ): void
  /** USAGE for a shape that cannot be. */
  nearTable(shape: NearShape, table: number): NearTableBuilder
  /** Over the memory of a packer; `null` in portable code, where the readers of formats do all of it themselves. */
  readonly recordScanner: ((memory: PackedMemory) => RecordScanner) | null
}

/** What `doctor` tells of the kernels. */
export interface KernelFacts {
  readonly path: 'native' | 'portable'
  readonly isa: Isa
  /** Instruction sets of the addon that this machine can run, the best first; empty without the addon. */
  readonly available: readonly string[]
  /** Why the portable code is used; `null` where the addon is. */
  readonly reason: string | null
}

/** MD5, SHA-1 and SHA-256 of one file, one after the other. */
export const DIGEST_BYTES = 16 + 20 + 32
export const PDQ_HASH_BYTES = 32
export const PDQ_VARIANTS = 8
/** Below this side a raster has the zero hash and quality 0. */
export const PDQ_MIN_SIDE = 5
