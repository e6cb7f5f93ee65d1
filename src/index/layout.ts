// The bytes of an index file: header, section table and record rows. FORMAT.md is the same in prose.

import { ExhibitHashError } from '../core/errors.js'
import type { HashKind } from '../core/hashes.js'

/** First byte not ASCII and both line ends in it, so that a transfer as text shows at once (as PNG does). */
const MAGIC = Buffer.from([0x89, 0x45, 0x48, 0x58, 0x0d, 0x0a, 0x1a, 0x0a])
/** Bytes that tell an index from other files. */
export const MAGIC_BYTES = MAGIC.length

export const FORMAT_MAJOR = 2
export const FORMAT_MINOR = 0
export const HEADER_BYTES = 4096
export const PAGE_BYTES = 4096
/** Unit of checking: small enough to check on first touch, large enough that the tree is 0.05 % of the file. */
export const BLOCK_BYTES = 65536
export const LEAF_BYTES = 32
/** Leaves under one node: their digests fill one block. */
export const LEAVES_PER_NODE = BLOCK_BYTES / LEAF_BYTES
const ROOT_OFFSET = 96
const TABLE_OFFSET = 128
const TABLE_ENTRY_BYTES = 64
export const MAX_SECTIONS = (HEADER_BYTES - TABLE_OFFSET) / TABLE_ENTRY_BYTES

/** What a section holds. Numbers are part of the format. */
export const SECTION = {
  meta: 1,
  stringOffsets: 2,
  stringBytes: 3,
  /** Rows of those words that some record needs; bit w of `param` for word w. */
  records: 4,
  /** Digests of one kind, ascending, without the bytes that the directory says, each with its u32 entry number. */
  keys: 5,
  /** u32 start of each run of keys that share their first bits; `param` is the number of bits. */
  directory: 7,
  /** Perceptual hashes of one kind, equal ones side by side; PhotoDNA values in the order of entries. */
  hashes: 8,
  /** u32 entry number of each hash. */
  hashEntries: 9,
  /** u8 quality of each hash; 255 is unknown. */
  hashQuality: 10,
  /** Which tables search which hashes by distance. */
  nearRows: 11,
  /** Groups of the tables, in units of 64 bytes. */
  nearGroups: 12,
  /** u32 slots of groups that have more than fit. */
  nearOverflow: 13,
  /** Boundaries and sketches of PhotoDNA values, in items of 4,096 bytes. */
  photoDnaSketches: 14,
  /** Only in a layer: u32 numbers of entries of the base and of earlier layers that it takes out, ascending. */
  hiddenEntries: 15
} as const
export type SectionId = (typeof SECTION)[keyof typeof SECTION]

/** Hash kinds as numbers; part of the format. */
export const KIND_CODE: Readonly<Record<HashKind | 'photoDna', number>> = {
  md5: 1,
  sha1: 2,
  sha256: 3,
  pdq: 16,
  phash: 17,
  dhash: 18,
  dhashVertical: 19,
  ahash: 20,
  whash: 21,
  blockhash: 22,
  photoDna: 32
}

export interface Section {
  readonly id: number
  /** KIND_CODE of what it holds; 0 where it is of no kind. */
  readonly kind: number
  /** From the start of the file. */
  readonly offset: number
  readonly bytes: number
  readonly count: number
  readonly itemBytes: number
  readonly param: number
}

export interface Header {
  readonly major: number
  readonly minor: number
  readonly fileBytes: number
  readonly bodyOffset: number
  readonly bodyBytes: number
  readonly leavesOffset: number
  readonly leafCount: number
  readonly nodesOffset: number
  readonly nodeCount: number
  readonly root: Uint8Array
  readonly sections: readonly Section[]
}

/** The header's 4,096 bytes, root as given (zeros while the root is being computed). */
export function encodeHeader(header: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes, 0)
  bytes.writeUInt16LE(header.major, 8)
  bytes.writeUInt16LE(header.minor, 10)
  bytes.writeUInt32LE(HEADER_BYTES, 12)
  bytes.writeBigUInt64LE(BigInt(header.fileBytes), 16)
  bytes.writeBigUInt64LE(BigInt(header.bodyOffset), 24)
  bytes.writeBigUInt64LE(BigInt(header.bodyBytes), 32)
  bytes.writeBigUInt64LE(BigInt(header.leavesOffset), 40)
  bytes.writeBigUInt64LE(BigInt(header.nodesOffset), 48)
  bytes.writeUInt32LE(header.leafCount, 56)
  bytes.writeUInt32LE(header.nodeCount, 60)
  bytes.writeUInt32LE(BLOCK_BYTES, 64)
  bytes.writeUInt32LE(header.sections.length, 68)
  bytes.set(header.root, ROOT_OFFSET)
  header.sections.forEach((section, i) => encodeSection(bytes, TABLE_OFFSET + i * TABLE_ENTRY_BYTES, section))
  return bytes
}

function encodeSection(bytes: Buffer, at: number, section: Section): void {
  bytes.writeUInt32LE(section.id, at)
  bytes.writeUInt32LE(section.kind, at + 4)
  bytes.writeBigUInt64LE(BigInt(section.offset), at + 8)
  bytes.writeBigUInt64LE(BigInt(section.bytes), at + 16)
  bytes.writeBigUInt64LE(BigInt(section.count), at + 24)
  bytes.writeUInt32LE(section.itemBytes, at + 32)
  bytes.writeUInt32LE(section.param, at + 36)
}

/** True where bytes begin as an index does. */
export function isIndexHead(bytes: Buffer): boolean {
  return bytes.length >= MAGIC.length && bytes.subarray(0, MAGIC.length).equals(MAGIC)
}

/** The header with its root set to zeros: what the root is a digest of. */
export function withoutRoot(headerBytes: Uint8Array): Buffer {
  const copy = Buffer.from(headerBytes)
  copy.fill(0, ROOT_OFFSET, ROOT_OFFSET + LEAF_BYTES)
  return copy
}

/**
 * Reads a header and checks every number in it against the size of the file.
 * @throws {ExhibitHashError} INDEX_NOT_AN_INDEX, INDEX_VERSION, INDEX_TRUNCATED or INDEX_DAMAGED, naming `path`.
 */
export function decodeHeader(bytes: Buffer, actualFileBytes: number, path: string): Header {
  if (!isIndexHead(bytes)) {
    throw new ExhibitHashError('INDEX_NOT_AN_INDEX', `${path}: not a hash-set index`, { path })
  }
  if (bytes.length < HEADER_BYTES) {
    throw new ExhibitHashError('INDEX_TRUNCATED', `${path}: ends inside its header, at ${bytes.length} bytes`, { path })
  }
  const major = bytes.readUInt16LE(8)
  if (major !== FORMAT_MAJOR) {
    const message = `${path}: index format ${major}, this release reads format ${FORMAT_MAJOR}`
    throw new ExhibitHashError('INDEX_VERSION', message, { path })
  }
  const header: Header = {
    major,
    minor: bytes.readUInt16LE(10),
    fileBytes: Number(bytes.readBigUInt64LE(16)),
    bodyOffset: Number(bytes.readBigUInt64LE(24)),
    bodyBytes: Number(bytes.readBigUInt64LE(32)),
    leavesOffset: Number(bytes.readBigUInt64LE(40)),
    nodesOffset: Number(bytes.readBigUInt64LE(48)),
    leafCount: bytes.readUInt32LE(56),
    nodeCount: bytes.readUInt32LE(60),
    root: new Uint8Array(bytes.subarray(ROOT_OFFSET, ROOT_OFFSET + LEAF_BYTES)),
    sections: decodeSections(bytes, path)
  }
  checkGeometry(header, bytes, actualFileBytes, path)
  return header
}

function decodeSections(bytes: Buffer, path: string): Section[] {
  const count = bytes.readUInt32LE(68)
  if (count > MAX_SECTIONS) throw damagedHeader(path, `claims ${count} sections`)
  return Array.from({ length: count }, (_, i) => {
    const at = TABLE_OFFSET + i * TABLE_ENTRY_BYTES
    return {
      id: bytes.readUInt32LE(at),
      kind: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      bytes: Number(bytes.readBigUInt64LE(at + 16)),
      count: Number(bytes.readBigUInt64LE(at + 24)),
      itemBytes: bytes.readUInt32LE(at + 32),
      param: bytes.readUInt32LE(at + 36)
    }
  })
}

function checkGeometry(header: Header, bytes: Buffer, actualFileBytes: number, path: string): void {
  if (header.fileBytes !== actualFileBytes) {
    const message = `${path}: ${actualFileBytes} bytes long, its header says ${header.fileBytes}`
    throw new ExhibitHashError('INDEX_TRUNCATED', message, { path })
  }
  const { bodyOffset, bodyBytes, leavesOffset, leafCount, nodesOffset, nodeCount, fileBytes } = header
  const bodyEnd = bodyOffset + bodyBytes
  const sound =
    bytes.readUInt32LE(12) === HEADER_BYTES &&
    bytes.readUInt32LE(64) === BLOCK_BYTES &&
    bodyOffset === HEADER_BYTES &&
    leafCount === Math.ceil(bodyBytes / BLOCK_BYTES) &&
    nodeCount === Math.ceil(leafCount / LEAVES_PER_NODE) &&
    leavesOffset === bodyEnd &&
    nodesOffset === leavesOffset + leafCount * LEAF_BYTES &&
    nodesOffset + nodeCount * LEAF_BYTES === fileBytes
  if (!sound) throw damagedHeader(path, 'contradicts itself')
  for (const section of header.sections) {
    const fits = section.offset >= bodyOffset && section.offset + section.bytes <= bodyEnd
    const exact = Number.isSafeInteger(section.count) && section.count * section.itemBytes === section.bytes
    if (!fits || !exact) {
      throw damagedHeader(path, `has a section (${section.id}) outside the file`)
    }
  }
}

function damagedHeader(path: string, what: string): ExhibitHashError {
  return new ExhibitHashError('INDEX_DAMAGED', `${path}: its header ${what}`, { path })
}
