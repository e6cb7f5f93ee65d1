// The room's face: bytes that hold an archive, as an archive whose members can be read. Nothing is ever written.

import type { Archive } from './archive.js'
import { gunzipped, isDeflateDamage } from './expand.js'
import { bytesAt, chunksOf, type RandomAccess } from './random-access.js'
import { isTarHeader, TAR_BLOCK_BYTES } from './tar-header.js'
import { openTar, openTarGzip } from './tar.js'
import { END_BYTES, endsLikeZip } from './zip-end.js'
import { beginsWith, DESCRIPTOR_SIGNATURE, END_SIGNATURE, LOCAL_SIGNATURE } from './zip-format.js'
import { openZip } from './zip.js'

export { memberDamaged, unpackError, type Archive, type ArchiveFormat, type Member } from './archive.js'
export { Budget, DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits, type Spent } from './limits.js'
export { accessBytes, accessFile, type RandomAccess } from './random-access.js'
export { surveyArchive } from './survey.js'
export { isTarHeader } from './tar-header.js'

/** Bytes from the start and the end of a file that are enough for `mayBeArchive`. */
export const ARCHIVE_HEAD_BYTES = TAR_BLOCK_BYTES
export const ARCHIVE_TAIL_BYTES = END_BYTES

/** With members, without any, and meant for several disks. */
const ZIP_BEGINNINGS = [LOCAL_SIGNATURE, END_SIGNATURE, Buffer.concat([DESCRIPTOR_SIGNATURE, LOCAL_SIGNATURE])]
const GZIP = Buffer.from('\x1f\x8b\x08', 'latin1')

/** True where it is worth to open the bytes: by their beginning, or because a ZIP ends where they end. */
export function mayBeArchive(head: Uint8Array, tail: Uint8Array): boolean {
  return looksLike(head) !== null || endsLikeZip(tail)
}

/** The archive that these bytes are, or `null`; gzip that holds no TAR is none. */
export async function openArchive(source: RandomAccess): Promise<Archive | null> {
  const head = await bytesAt(source, 0, ARCHIVE_HEAD_BYTES)
  switch (looksLike(head)) {
    case 'zip':
      return openZip(source)
    case 'tar':
      return openTar(source)
    case 'gzip':
      return (await holdsTar(source)) ? openTarGzip(source) : null
    default: {
      const tail = await bytesAt(source, Math.max(0, source.sizeBytes - END_BYTES), END_BYTES)
      return endsLikeZip(tail) ? openZip(source) : null
    }
  }
}

function looksLike(head: Uint8Array): 'zip' | 'tar' | 'gzip' | null {
  if (ZIP_BEGINNINGS.some((beginning) => beginsWith(head, beginning))) return 'zip'
  if (beginsWith(head, GZIP)) return 'gzip'
  return isTarHeader(head) ? 'tar' : null
}

async function holdsTar(source: RandomAccess): Promise<boolean> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of gunzipped(chunksOf(source, 0, source.sizeBytes))) {
      parts.push(part)
      length += part.length
      if (length >= TAR_BLOCK_BYTES) break
    }
  } catch (error) {
    if (!isDeflateDamage(error)) throw error
  }
  return isTarHeader(Buffer.concat(parts))
}
