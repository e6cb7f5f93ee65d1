// The header before a member's bytes, which says once more what the directory says.

import { memberDamaged } from './archive.js'
import { bytesAt, type RandomAccess } from './random-access.js'
import { beginsWith, LOCAL_HEADER_BYTES, LOCAL_SIGNATURE } from './zip-format.js'
import type { ZipFacts } from './zip-member.js'

/** Sizes and checksum come after the bytes. */
const DESCRIPTOR_FOLLOWS = 0x08
const ZIP64 = 0x0001
const UNKNOWN_32 = 0xffffffff

/**
 * Where the bytes of a member begin.
 * @throws {ExhibitHashError} MEMBER_DAMAGED
 */
export async function dataStartOf(source: RandomAccess, headerAt: number): Promise<number> {
  const header = await fixedPart(source, headerAt)
  if (header === null) {
    throw memberDamaged(`the member's header is not where the directory says, at byte ${headerAt}`)
  }
  return dataAfter(header, headerAt)
}

async function fixedPart(source: RandomAccess, headerAt: number): Promise<Buffer | null> {
  const header = await bytesAt(source, headerAt, LOCAL_HEADER_BYTES)
  return header.length === LOCAL_HEADER_BYTES && beginsWith(header, LOCAL_SIGNATURE) ? header : null
}

/** Behind the name and the extra fields. */
function dataAfter(header: Buffer, headerAt: number): number {
  return headerAt + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28)
}

export interface LocalHeader {
  readonly dataAt: number
  /** Without sizes where these come after the bytes. */
  readonly facts: ZipFacts
  readonly sizesFollow: boolean
}

/** `null` where no header of a member is at this place. */
export async function readLocalHeader(source: RandomAccess, headerAt: number): Promise<LocalHeader | null> {
  const header = await fixedPart(source, headerAt)
  if (header === null) return null
  const flags = header.readUInt16LE(6)
  const nameBytes = header.readUInt16LE(26)
  const dataAt = dataAfter(header, headerAt)
  // Chance makes four bytes; a member without a name or behind the end is none.
  if (nameBytes === 0 || dataAt > source.sizeBytes) return null
  const namedAt = headerAt + LOCAL_HEADER_BYTES
  const rest = await bytesAt(source, namedAt, dataAt - namedAt)
  const [expandedBytes, compressedBytes] = sizesOf(header, rest.subarray(nameBytes))
  const sizesFollow = (flags & DESCRIPTOR_FOLLOWS) !== 0 && compressedBytes === 0
  const facts: ZipFacts = {
    name: rest.subarray(0, nameBytes),
    flags,
    method: header.readUInt16LE(8),
    headerAt,
    compressedBytes,
    expanded: sizesFollow ? null : { bytes: expandedBytes, crc: header.readUInt32LE(14) }
  }
  return { dataAt, facts, sizesFollow }
}

function sizesOf(header: Buffer, extra: Buffer): [expanded: number, compressed: number] {
  const compressed = header.readUInt32LE(18)
  const expanded = header.readUInt32LE(22)
  if (expanded !== UNKNOWN_32 && compressed !== UNKNOWN_32) return [expanded, compressed]
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === ZIP64 && at + 20 <= Math.min(end, extra.length)) {
      return [Number(extra.readBigUInt64LE(at + 4)), Number(extra.readBigUInt64LE(at + 12))]
    }
    at = end
  }
  return [expanded, compressed]
}
