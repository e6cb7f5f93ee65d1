// Finds the ZIP within a file: bytes may lie before it, as in a program that unpacks itself or behind a picture.

import { accessPart, bytesAt, type RandomAccess } from './random-access.js'
import { beginsWith, DIRECTORY_SIGNATURE, END_SIGNATURE, SIGNATURE_BYTES } from './zip-format.js'

const END_64_SIGNATURE = 0x06064b50
const LOCATOR_64_SIGNATURE = 0x07064b50
export const END_BYTES = 22
const LOCATOR_64_BYTES = 20
const END_64_BYTES = 56
const MAX_COMMENT_BYTES = 0xffff

export interface ZipPlace {
  /** What the archive's own offsets count from. */
  readonly base: number
  /** The archive from its base on, without what follows its end. */
  readonly bytes: RandomAccess
  /** Where the directory ends, from the base. */
  readonly directoryEnd: number
}

/** True where bytes end like a ZIP without a comment. */
export function endsLikeZip(tail: Uint8Array): boolean {
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.length).subarray(-END_BYTES)
  return end.length === END_BYTES && beginsWith(end, END_SIGNATURE) && end.readUInt16LE(20) === 0
}

/** `null` where there is no end of a directory. */
export async function locateZip(source: RandomAccess): Promise<ZipPlace | null> {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + MAX_COMMENT_BYTES)
  const tailAt = source.sizeBytes - tailBytes
  const tail = await bytesAt(source, tailAt, tailBytes)
  // The last one whose comment fits, as readers of ZIP do it.
  for (
    let at = tail.lastIndexOf(END_SIGNATURE);
    at !== -1;
    at = at === 0 ? -1 : tail.lastIndexOf(END_SIGNATURE, at - 1)
  ) {
    const end = at + END_BYTES
    if (end > tail.length) continue
    const commentEnd = end + tail.readUInt16LE(at + 20)
    if (commentEnd <= tail.length) return placeOf(source, tailAt + at, tail.subarray(at, end), tailAt + commentEnd)
  }
  return null
}

async function placeOf(source: RandomAccess, endAt: number, end: Buffer, stop: number): Promise<ZipPlace> {
  const found = (await directory64(source, endAt)) ?? (await directory(source, endAt, end))
  const { base, directoryEnd } = found
  return { base, bytes: accessPart(source, base, stop - base), directoryEnd: directoryEnd - base }
}

interface Directory {
  readonly base: number
  /** In the source. */
  readonly directoryEnd: number
}

async function directory(source: RandomAccess, endAt: number, end: Buffer): Promise<Directory> {
  const sizeBytes = end.readUInt32LE(12)
  const offset = end.readUInt32LE(16)
  const base = Math.max(0, endAt - sizeBytes - offset)
  // What it says is believed where a directory is; only else are bytes before the archive looked for.
  const isThere = beginsWith(await bytesAt(source, offset, SIGNATURE_BYTES), DIRECTORY_SIGNATURE)
  return { base: isThere ? 0 : base, directoryEnd: endAt }
}

async function directory64(source: RandomAccess, endAt: number): Promise<Directory | null> {
  const locatorAt = endAt - LOCATOR_64_BYTES
  if (locatorAt < END_64_BYTES) return null
  const locator = await bytesAt(source, locatorAt, LOCATOR_64_BYTES)
  if (locator.readUInt32LE(0) !== LOCATOR_64_SIGNATURE) return null
  const offset = Number(locator.readBigUInt64LE(8))
  for (const at of [offset, locatorAt - END_64_BYTES]) {
    const record = await bytesAt(source, at, 4)
    if (record.length === 4 && record.readUInt32LE(0) === END_64_SIGNATURE)
      return { base: at - offset, directoryEnd: at }
  }
  return { base: 0, directoryEnd: locatorAt }
}
