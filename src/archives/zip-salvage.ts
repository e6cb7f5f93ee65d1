// Members of a ZIP whose directory is missing or damaged, found by the headers before their bytes.

import type { Member } from './archive.js'
import { bytesAt, readAhead, type RandomAccess } from './random-access.js'
import { DESCRIPTOR_SIGNATURE, LOCAL_SIGNATURE, SIGNATURE_BYTES } from './zip-format.js'
import { readLocalHeader, type LocalHeader } from './zip-local.js'
import { isFolder, zipMember, type ZipFacts } from './zip-member.js'

/** Looked at in one piece: a damaged file may have a false signature every few bytes. */
const WINDOW_BYTES = 4096
/** Signature, checksum, both sizes; with 64 bits a size. */
const DESCRIPTOR_BYTES = 16
const DESCRIPTOR_64_BYTES = 24

/**
 * Members in the order of their bytes.
 * @param known - where headers are whose members were given out already
 */
export async function* salvagedMembers(whole: RandomAccess, known: ReadonlySet<number>): AsyncGenerator<Member> {
  const source = readAhead(whole)
  for (let at = await find(source, LOCAL_SIGNATURE, 0); at !== -1;) {
    const header = await readLocalHeader(source, at)
    if (header === null) {
      at = await find(source, LOCAL_SIGNATURE, at + SIGNATURE_BYTES)
      continue
    }
    const { facts, end } = header.sizesFollow ? await withDescriptor(source, header) : await withinFile(source, header)
    if (!known.has(at) && !isFolder(facts)) yield zipMember(whole, facts, () => Promise.resolve(header.dataAt))
    at = await find(source, LOCAL_SIGNATURE, end)
  }
}

interface Bounded {
  readonly facts: ZipFacts
  /** Where the search for the next member begins. */
  readonly end: number
}

/** Sizes are believed as far as another record follows, else they would hide what they reach over. */
async function withinFile(source: RandomAccess, { facts, dataAt }: LocalHeader): Promise<Bounded> {
  const end = dataAt + facts.compressedBytes
  const next = await bytesAt(source, end, SIGNATURE_BYTES)
  const follows = next.length === SIGNATURE_BYTES && next[0] === LOCAL_SIGNATURE[0] && next[1] === LOCAL_SIGNATURE[1]
  return { facts, end: follows ? end : dataAt }
}

/** The sizes after the bytes are right where they agree with their own place. */
async function withDescriptor(source: RandomAccess, { facts, dataAt }: LocalHeader): Promise<Bounded> {
  const nextHeader = await find(source, LOCAL_SIGNATURE, dataAt)
  const stop = nextHeader === -1 ? source.sizeBytes : nextHeader
  for (let at = await find(source, DESCRIPTOR_SIGNATURE, dataAt, stop); at !== -1;) {
    const descriptor = await bytesAt(source, at, DESCRIPTOR_64_BYTES)
    const expanded = descriptorOf(descriptor, at - dataAt)
    if (expanded !== null) return { facts: { ...facts, compressedBytes: at - dataAt, expanded }, end: at }
    at = await find(source, DESCRIPTOR_SIGNATURE, at + SIGNATURE_BYTES, stop)
  }
  return { facts: { ...facts, compressedBytes: stop - dataAt }, end: stop }
}

function descriptorOf(descriptor: Buffer, compressedBytes: number): ZipFacts['expanded'] {
  if (descriptor.length >= DESCRIPTOR_64_BYTES && descriptor.readBigUInt64LE(8) === BigInt(compressedBytes)) {
    return { crc: descriptor.readUInt32LE(4), bytes: Number(descriptor.readBigUInt64LE(16)) }
  }
  if (descriptor.length < DESCRIPTOR_BYTES || descriptor.readUInt32LE(8) !== compressedBytes) return null
  return { crc: descriptor.readUInt32LE(4), bytes: descriptor.readUInt32LE(12) }
}

/** Place of the next signature that begins before `stop`, or -1. */
async function find(source: RandomAccess, signature: Buffer, from: number, stop = source.sizeBytes): Promise<number> {
  // Windows overlap by what a signature could lack at the end of the one before.
  for (let at = from; at + SIGNATURE_BYTES <= source.sizeBytes && at < stop; at += WINDOW_BYTES - SIGNATURE_BYTES + 1) {
    const found = (await bytesAt(source, at, WINDOW_BYTES)).indexOf(signature)
    if (found !== -1) return at + found < stop ? at + found : -1
  }
  return -1
}
