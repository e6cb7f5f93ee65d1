// VICS documents about files and hashes, for tests.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

export const CONTEXT = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media'

export type VicsRecord = Readonly<Record<string, unknown>>

export function writeVics(path: string, value: readonly VicsRecord[]): string {
  writeFileSync(path, JSON.stringify({ '@odata.context': CONTEXT, value }))
  return path
}

export function digestHex(kind: 'md5' | 'sha1' | 'sha256', bytes: Uint8Array | string): string {
  return createHash(kind).update(bytes).digest('hex')
}

/** A record that is true of a file. */
export function recordOf(path: string, mediaId: number, category: number, more: VicsRecord = {}): VicsRecord {
  const bytes = readFileSync(path)
  return {
    MediaID: mediaId,
    Category: category,
    MD5: digestHex('md5', bytes).toUpperCase(),
    SHA1: digestHex('sha1', bytes).toUpperCase(),
    MediaSize: bytes.length,
    ...more
  }
}

/** A record with one PDQ and nothing else. */
export function pdqRecord(mediaId: number, pdq: string, category = 1): VicsRecord {
  return { MediaID: mediaId, Category: category, AlternativeHashes: [{ HashName: 'PDQ', HashValue: pdq }] }
}
