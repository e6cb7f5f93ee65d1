// What `match` is asked with: hashes from options, from a CSV or list, or from NDJSON records.

import { open } from 'node:fs/promises'
import { HASH_BYTES, HASH_KINDS, PHOTODNA_BYTES, type HashKind } from '../core/hashes.js'
import { readErrorCode, toExhibitHashError } from '../core/errors.js'
import { isHex } from '../core/hex.js'
import type { FileRecord, FrameHash } from '../core/result.js'
import { openSource, type SourceOptions, type SourceReport } from '../formats/index.js'
import { featuresFromHex, framesFromHex, type MatchFeatures } from '../match/index.js'
import { isFrame, readFinished } from '../results/index.js'

/** One question: how it is shown again in the answer, and what is looked up. */
export interface Question {
  readonly shown: Readonly<Record<string, unknown>>
  readonly features: MatchFeatures
  /** Set where the question itself is broken: it is answered with the error. */
  readonly error?: { readonly code: string; readonly message: string }
}

type HexHashes = { readonly [K in HashKind]?: string } & { readonly photoDna?: string }

/** @throws {ExhibitHashError} DIGEST_INVALID */
export function questionOf(
  hashes: HexHashes,
  shown: object,
  facts: { sizeBytes?: number; pdqQuality?: number; photoDna?: Uint8Array } = {}
): Question {
  const { sizeBytes = null, pdqQuality = null, photoDna } = facts
  const features = featuresFromHex(hashes, { sizeBytes, pdqQuality })
  return { shown: { ...shown }, features: photoDna === undefined ? features : { ...features, photoDna } }
}

/** A batch of questions from a file, and at the end what its reader had to say. */
export async function* questionsFromFile(
  path: string,
  options: SourceOptions,
  onReport: (report: SourceReport) => void
): AsyncGenerator<Question[]> {
  if (await isNdjson(path)) {
    yield* questionsFromRecords(path)
    return
  }
  const reader = await openSource(path, options)
  let row = 0
  for await (const batch of reader.records()) {
    yield batch.map(({ mediaId, hashes, sizeBytes, pdqQuality, photoDna }) =>
      questionOf(
        hashes,
        {
          row: ++row,
          ...(mediaId !== null && { id: mediaId }),
          hashes: { ...hashes, ...(pdqQuality !== undefined && { pdqQuality }) }
        },
        {
          ...(sizeBytes !== undefined && { sizeBytes }),
          ...(pdqQuality !== undefined && { pdqQuality }),
          ...(photoDna !== undefined && { photoDna })
        }
      )
    )
  }
  onReport(reader.report)
}

const BATCH = 256
const HEAD_BYTES = 65536

async function* questionsFromRecords(path: string): AsyncGenerator<Question[]> {
  let batch: Question[] = []
  for await (const line of readFinished(path)) {
    if (line.type === 'header' || line.type === 'summary') continue
    batch.push(questionOfRecord(line))
    if (batch.length === BATCH) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** A record as `scan` and `hash` write it, or a plain object with hashes by kind. */
function questionOfRecord(record: FileRecord): Question {
  const flat = record as unknown as Readonly<Record<string, unknown>>
  const given = { ...flat, ...record.digests, ...record.hashes } as Readonly<Record<string, unknown>>
  const hashes: Record<string, string> = {}
  const { photoDna } = given
  if (typeof photoDna === 'string') {
    if (!isHex(photoDna, PHOTODNA_BYTES)) return broken(flat, `photoDna is not ${PHOTODNA_BYTES * 2} hex digits`)
    hashes.photoDna = photoDna
  }
  for (const kind of HASH_KINDS) {
    const hex = given[kind]
    if (typeof hex !== 'string') continue
    if (!isHex(hex, HASH_BYTES[kind])) return broken(flat, `${kind} is not ${HASH_BYTES[kind] * 2} hex digits`)
    hashes[kind] = hex
  }
  const frames = framesOf(record)
  const bad = frames?.findIndex((frame) => !isFrame(frame)) ?? -1
  if (bad !== -1) return broken(flat, `frame ${bad} is none: it has no time, pdq or pdqQuality`)
  if (Object.keys(hashes).length === 0 && frames === null) return broken(flat, 'the record has no hash')
  const { matches: _, ...shown } = flat
  const quality = given.pdqQuality
  const question = questionOf(hashes, shown, {
    ...(typeof record.sizeBytes === 'number' && { sizeBytes: record.sizeBytes }),
    ...(typeof quality === 'number' && { pdqQuality: quality })
  })
  if (frames === null) return question
  return { ...question, features: { ...question.features, frames: framesFromHex(frames) } }
}

/** `null` where there are none. */
function framesOf({ frames }: FileRecord): readonly FrameHash[] | null {
  return Array.isArray(frames) && frames.length > 0 ? (frames as readonly FrameHash[]) : null
}

function broken(shown: object, message: string): Question {
  return { ...questionOf({}, shown), error: { code: 'DIGEST_INVALID', message } }
}

async function isNdjson(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return looksLikeRecord(
      buffer
        .toString('utf8', 0, bytesRead)
        .replace(/^\ufeff/, '')
        .trimStart()
        .split('\n', 1)[0]
    )
  } catch (error) {
    throw toExhibitHashError(error, 'READ_FAILED', { path })
  } finally {
    await file.close()
  }
}

/** A line of records is a whole object, and not the envelope of a VICS document. */
function looksLikeRecord(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    return !('value' in value) && !('media' in value && Array.isArray(value.media))
  } catch {
    return line.startsWith('{"type":') // longer than what was read of it
  }
}
