// Results files for tests: of records that have what a test says, in the form that scan writes.

import { writeFileSync } from 'node:fs'
import {
  rematchLines,
  type FileRecord,
  type HashSet,
  type HeaderRecord,
  type RematchOptions,
  type ResultLine
} from 'exhibit-hash'
import { md5, sha1, sha256 } from './layers.js'

export type Fields = Readonly<Record<string, unknown>>

export const HEADER: HeaderRecord = {
  type: 'header',
  schemaVersion: 1,
  case: '2026/17',
  exhibit: 'AB-1',
  options: { hashes: ['md5', 'sha1', 'sha256', 'pdq'], near: { pdq: 31 }, preview: false },
  sets: []
}

/** A picture whose digests are of its name. */
export function pictureRecord(seq: number, name: string | number, more: Partial<FileRecord> = {}): FileRecord {
  return {
    type: 'file',
    seq,
    path: `${name}.jpg`,
    sizeBytes: 1000,
    digests: { md5: md5(name), sha1: sha1(name), sha256: sha256(name) },
    media: { kind: 'image', format: 'jpeg', width: 10, height: 10 },
    hashes: { pdq: sha256(`pdq ${name}`), pdqQuality: 100 },
    error: null,
    ...more
  }
}

export function writeLines(path: string, lines: readonly unknown[]): string {
  writeFileSync(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))
  return path
}

/** A whole file: header, the records, and a summary that counts them. */
export function writeResults(path: string, records: readonly unknown[], header: object = HEADER): string {
  return writeLines(path, [header, ...records, { type: 'summary', files: records.length }])
}

export async function linesOf(path: string, options: RematchOptions): Promise<ResultLine[]> {
  const lines: ResultLine[] = []
  for await (const line of rematchLines(path, options)) lines.push(line)
  return lines
}

/** The results of files without sets, matched with some. */
export async function matchedWith(
  path: string,
  sets: readonly HashSet[],
  near?: RematchOptions['near']
): Promise<string> {
  return writeLines(`${path}.matched`, await linesOf(path, { sets, all: true, ...(near !== undefined && { near }) }))
}
