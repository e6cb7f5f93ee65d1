// How the tests of this folder read sources: a text or a fixture in, records, report and fault out.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExhibitHashError } from '../../src/core/errors.js'
import type { SetRecord } from '../../src/core/set-record.js'
import type { SourceOptions, SourceReport } from '../../src/formats/index.js'
import { openSourceWith } from '../../src/formats/open-source.js'

export interface Outcome {
  /** Records handed out, also those before a fault. */
  records: SetRecord[]
  report: SourceReport | null
  fault: ExhibitHashError | null
}

interface Circumstances {
  /** Bytes of each next chunk. */
  chunkBytes?: () => number
  /** Name of the file. */
  name?: string
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/sets/${name}`, import.meta.url))
}

export async function readPath(path: string, options: SourceOptions = {}, { chunkBytes }: Circumstances = {}) {
  const outcome: Outcome = { records: [], report: null, fault: null }
  try {
    const reader = await openSourceWith(path, options, chunkBytes ? { chunkBytes } : {})
    outcome.report = reader.report
    for await (const batch of reader.records()) outcome.records.push(...batch)
  } catch (thrown) {
    outcome.fault = thrown as ExhibitHashError
  }
  return outcome
}

export async function readContent(content: string | Uint8Array, options: SourceOptions = {}, how: Circumstances = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-formats-'))
  try {
    const path = join(folder, how.name ?? 'source')
    writeFileSync(path, content)
    return await readPath(path, options, how)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads a source cut at every byte, the longest first. */
export async function readBeginnings(content: Uint8Array, check: (outcome: Outcome, bytes: number) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-formats-'))
  try {
    const path = join(folder, 'source')
    writeFileSync(path, content)
    for (let bytes = content.length - 1; bytes >= 0; bytes--) {
      truncateSync(path, bytes)
      check(await readPath(path), bytes)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads a source that must be good to its end. */
export async function readGood(content: string | Uint8Array, options: SourceOptions = {}, how: Circumstances = {}) {
  const { records, report, fault } = await readContent(content, options, how)
  if (fault !== null) throw fault
  if (report === null) throw new Error('no report')
  return { records, report }
}

/** Synthetic digests: the same hex digit groups, told apart by a number. */
export function digest(hexDigits: number, number: number): string {
  return number
    .toString(16)
    .padStart(4, '0')
    .repeat(Math.ceil(hexDigits / 4))
    .slice(0, hexDigits)
}

export const md5 = (number: number): string => digest(32, number)
export const sha1 = (number: number): string => digest(40, number)
export const hex64 = (number: number): string => digest(64, number)

export const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e'
export const EMPTY_SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

export function utf16(text: string, order: 'le' | 'be', hasMark: boolean): Buffer {
  const bytes = Buffer.from((hasMark ? '\ufeff' : '') + text, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}
