// What earlier packages said of each content, so that only what has changed since need go again.

import { createHash } from 'node:crypto'
import { packageDocument, fieldIn, type JsonObject, readPackage } from '../package-reader.js'

/** What was last sent of a content. */
export interface Sent {
  /** Digest of the record without its number in the package and its place in it. */
  readonly fingerprint: string
  readonly withFile: boolean
}

/** By MD5 in upper case. */
export type Earlier = ReadonlyMap<string, Sent>

/** The last of several packages that has a content says what was last sent of it; a file that went once is there. */
export async function readEarlier(paths: readonly string[], signal?: AbortSignal): Promise<Earlier> {
  const earlier = new Map<string, Sent>()
  for (const path of paths) {
    for await (const part of readPackage(await packageDocument(path), signal)) {
      if (part.type !== 'media') continue
      const md5 = fieldIn(part.fields, 'MD5')
      if (typeof md5 !== 'string') continue
      const key = md5.toUpperCase()
      const withFile =
        typeof fieldIn(part.fields, 'RelativeFilePath') === 'string' || earlier.get(key)?.withFile === true
      earlier.set(key, { fingerprint: fingerprint(part.fields), withFile })
    }
  }
  return earlier
}

/** Keys in order: another tool may have written them in another. */
export function fingerprint(fields: JsonObject): string {
  const told = Object.entries(fields).filter(([key, value]) => value !== undefined && !NOT_TOLD.has(key))
  return createHash('sha256')
    .update(JSON.stringify(told.sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
}

const NOT_TOLD = new Set(['MediaID', 'RelativeFilePath'])
