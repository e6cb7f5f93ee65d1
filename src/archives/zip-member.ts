// One member of a ZIP, whichever header told of it: its name, times and bytes.

import { crc32 } from 'node:zlib'
import { memberDamaged, unpackError, type Member } from './archive.js'
import { inflated, inflatedAtOnce, isDeflateDamage } from './expand.js'
import { accessPart, bytesAt, chunksOf, type RandomAccess } from './random-access.js'
import { LOCAL_HEADER_BYTES } from './zip-format.js'

const STORED = 0
const DEFLATED = 8
const AES = 99
/** Flags of traditional and of strong encryption. */
const ENCRYPTED = 0x41
const SLASH = 0x2f
/** Members of so many bytes, compressed and not, are expanded in one go: most are small. */
const SMALL_BYTES = 256 * 1024

export interface ZipFacts {
  readonly name: Uint8Array
  readonly flags: number
  readonly method: number
  readonly modified?: Date
  /** Where the local header begins. */
  readonly headerAt: number
  readonly compressedBytes: number
  /** What the member is when expanded; `null` where no header says. */
  readonly expanded: { readonly bytes: number; readonly crc: number } | null
}

/** Passed over as a folder of the exhibit is; what is named like one and has bytes is none. */
export function isFolder({ name, compressedBytes, expanded }: ZipFacts): boolean {
  return name.at(-1) === SLASH && compressedBytes === 0 && expanded?.bytes === 0
}

/** @param dataStart - where its compressed bytes begin */
export function zipMember(source: RandomAccess, facts: ZipFacts, dataStart: () => Promise<number>): Member {
  const { name, modified, flags, method, headerAt, compressedBytes, expanded } = facts
  const range = async () => accessPart(source, await dataStart(), compressedBytes)
  return {
    name,
    ...(modified !== undefined && { modified }),
    claimedBytes: expanded?.bytes ?? 0,
    extent: [headerAt, headerAt + LOCAL_HEADER_BYTES + name.length + compressedBytes],
    ...(method === STORED && (flags & ENCRYPTED) === 0 && { range }),
    open: () => openMember(facts, range)
  }
}

async function* openMember(facts: ZipFacts, range: () => Promise<RandomAccess>): AsyncGenerator<Uint8Array> {
  const { flags, method, expanded } = facts
  if ((flags & ENCRYPTED) !== 0 || method === AES) throw unpackError('MEMBER_ENCRYPTED', 'the member is encrypted')
  if (method !== STORED && method !== DEFLATED) {
    throw unpackError('MEMBER_UNSUPPORTED', `the member is compressed by method ${method}, which is not read here`)
  }
  const packed = await range()
  let count = 0
  let crc = 0
  const bytes = method === STORED ? chunksOf(packed, 0, packed.sizeBytes) : inflatedBytes(packed, expanded?.bytes)
  for await (const chunk of bytes) {
    count += chunk.length
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (expanded === null) throw memberDamaged('no header of the archive tells where the member ends')
  if (count !== expanded.bytes) throw memberDamaged(`the member has ${count} bytes, not the ${expanded.bytes} it tells`)
  if (crc !== expanded.crc) throw memberDamaged('the member does not have the checksum that the archive gives')
}

/** @throws {ExhibitHashError} MEMBER_DAMAGED; what reading threw comes as it is */
async function* inflatedBytes(packed: RandomAccess, claimedBytes = Infinity): AsyncGenerator<Uint8Array> {
  if (packed.sizeBytes <= SMALL_BYTES && claimedBytes <= SMALL_BYTES) {
    const whole = inflatedAtOnce(await bytesAt(packed, 0, packed.sizeBytes), claimedBytes)
    if (whole !== null) {
      yield whole
      return
    }
  }
  try {
    yield* inflated(chunksOf(packed, 0, packed.sizeBytes))
  } catch (error) {
    if (!isDeflateDamage(error)) throw error
    throw memberDamaged(`the member's compressed data are damaged: ${error.message}`, error)
  }
}
