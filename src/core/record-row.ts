// One record of a set as 64 bytes: a cache line, so that making a record object touches one block.

import { RECORD_FLAGS, type GradingFacts, type SetRecord } from './set-record.js'

export const ROW_BYTES = 64
/** No digest of that kind. */
export const NO_POSITION = 0xffffffff
/** Strings are numbered from 1; 0 is "absent". */
const NO_STRING = 0
const UNKNOWN_SIZE = -1n
const UNKNOWN_TIME = -(2n ** 63n)

/** Where a value is a number, text in the string table, or absent. Two bits of the flags word. */
const STATE = { absent: 0, number: 1, text: 2 } as const
const CATEGORY_SHIFT = 2 * RECORD_FLAGS.length
const MEDIA_ID_SHIFT = CATEGORY_SHIFT + 2
const MAX_MEDIA_ID = 2n ** 64n - 1n

/** Positions of a row's digests within the sorted keys, and the number of its source. */
const ROW_AT = { md5: 16, sha1: 20, sha256: 24, source: 32 } as const

/** A row as words of 32 bits, for those who handle many: which is what. */
export const ROW_WORDS = ROW_BYTES / 4
export const DIGEST_WORDS = { md5: ROW_AT.md5 / 4, sha1: ROW_AT.sha1 / 4, sha256: ROW_AT.sha256 / 4 } as const
export const CATEGORY_WORD = 7
export const SOURCE_WORD = ROW_AT.source / 4
export const FLAGS_WORD = 9
/** The lower half of a MediaID: all of it where it is the number of a string. */
export const MEDIA_ID_WORD = 10
/** Numbers of strings: series, tags, who graded it, MIME type. */
export const STRING_WORDS = [12, 13, 14, 15] as const
/** What the words of a row are where its record says nothing. */
export const DEFAULT_ROW: readonly number[] = defaultRow()

export function isTextCategory(flags: number): boolean {
  return ((flags >>> CATEGORY_SHIFT) & 3) === STATE.text
}

export function isTextMediaId(flags: number): boolean {
  return ((flags >>> MEDIA_ID_SHIFT) & 3) === STATE.text
}

function defaultRow(): number[] {
  const row = new DataView(new ArrayBuffer(ROW_BYTES))
  row.setBigInt64(0, UNKNOWN_SIZE, true)
  row.setBigInt64(8, UNKNOWN_TIME, true)
  for (const at of [ROW_AT.md5, ROW_AT.sha1, ROW_AT.sha256]) row.setUint32(at, NO_POSITION, true)
  return Array.from({ length: ROW_WORDS }, (_, word) => row.getUint32(word * 4, true))
}

/** A row decoded, digests still as positions. */
export interface Row {
  readonly positions: { readonly md5: number; readonly sha1: number; readonly sha256: number }
  readonly source: number
  readonly mediaId: string | null
  readonly category: number | string | null
  readonly sizeBytes: number | null
  readonly mimeType: string | null
  readonly grading: GradingFacts
}

/** Writes a row at `at`; digest positions are filled in when the keys are sorted. */
export function encodeRow(
  rows: DataView,
  at: number,
  record: SetRecord,
  source: number,
  intern: (text: string) => number
): void {
  const optional = (text: string | undefined): number => (text === undefined || text === '' ? NO_STRING : intern(text))
  const { grading } = record
  const category = encodeCategory(record.category, intern)
  const mediaId = encodeMediaId(record.mediaId, intern)
  let flags = (category.state << CATEGORY_SHIFT) | (mediaId.state << MEDIA_ID_SHIFT)
  RECORD_FLAGS.forEach((flag, i) => {
    const value = grading[flag]
    if (value !== undefined) flags |= (value ? 2 : 1) << (2 * i)
  })
  const updated = grading.updated === undefined ? NaN : Date.parse(grading.updated)
  rows.setBigInt64(at, record.sizeBytes === undefined ? UNKNOWN_SIZE : BigInt(record.sizeBytes), true)
  rows.setBigInt64(at + 8, Number.isNaN(updated) ? UNKNOWN_TIME : BigInt(updated), true)
  rows.setUint32(at + ROW_AT.md5, NO_POSITION, true)
  rows.setUint32(at + ROW_AT.sha1, NO_POSITION, true)
  rows.setUint32(at + ROW_AT.sha256, NO_POSITION, true)
  rows.setInt32(at + 28, category.value, true)
  rows.setUint32(at + ROW_AT.source, source, true)
  rows.setUint32(at + 36, flags, true)
  rows.setBigUint64(at + 40, mediaId.value, true)
  rows.setUint32(at + 48, optional(grading.series), true)
  rows.setUint32(at + 52, optional(grading.tags), true)
  rows.setUint32(at + 56, optional(grading.gradedBy), true)
  rows.setUint32(at + 60, optional(record.mimeType), true)
}

export function decodeRow(row: DataView, text: (id: number) => string): Row {
  const flags = row.getUint32(36, true)
  const size = row.getBigInt64(0, true)
  const optional = (at: number): string | undefined => {
    const id = row.getUint32(at, true)
    return id === NO_STRING ? undefined : text(id)
  }
  return {
    positions: decodePositions(row),
    source: row.getUint32(ROW_AT.source, true),
    mediaId: decodeMediaId(row, (flags >>> MEDIA_ID_SHIFT) & 3, text),
    category: decodeCategory(row, (flags >>> CATEGORY_SHIFT) & 3, text),
    sizeBytes: size === UNKNOWN_SIZE ? null : Number(size),
    mimeType: optional(60) ?? null,
    grading: decodeGrading(row, flags, optional)
  }
}

/** What says which record a row is, and what it is graded: without a string that is not needed for it. */
export function decodeBrief(
  row: DataView,
  text: (id: number) => string
): Pick<Row, 'positions' | 'source'> & {
  /** A number where it is one that a double holds. */
  readonly mediaId: number | string | null
  readonly category: number | string | null
} {
  const flags = row.getUint32(36, true)
  const state = (flags >>> MEDIA_ID_SHIFT) & 3
  const number = row.getUint32(44, true) * 2 ** 32 + row.getUint32(40, true)
  const isPlain = state === STATE.number && Number.isSafeInteger(number)
  return {
    positions: decodePositions(row),
    source: row.getUint32(ROW_AT.source, true),
    mediaId: isPlain ? number : decodeMediaId(row, state, text),
    category: decodeCategory(row, (flags >>> CATEGORY_SHIFT) & 3, text)
  }
}

function decodePositions(row: DataView): Row['positions'] {
  const at = (kind: 'md5' | 'sha1' | 'sha256'): number => row.getUint32(ROW_AT[kind], true)
  return { md5: at('md5'), sha1: at('sha1'), sha256: at('sha256') }
}

function encodeCategory(category: number | string | null, intern: (text: string) => number) {
  if (category === null) return { state: STATE.absent, value: 0 }
  if (typeof category === 'number' && category === (category | 0)) return { state: STATE.number, value: category }
  return { state: STATE.text, value: intern(String(category)) | 0 }
}

function decodeCategory(row: DataView, state: number, text: (id: number) => string): number | string | null {
  if (state === STATE.absent) return null
  return state === STATE.number ? row.getInt32(28, true) : text(row.getUint32(28, true))
}

function encodeMediaId(mediaId: string | null, intern: (text: string) => number) {
  if (mediaId === null) return { state: STATE.absent, value: 0n }
  // Only canonical decimals become numbers: '007' must come back as '007'.
  if (/^(0|[1-9][0-9]{0,19})$/.test(mediaId) && BigInt(mediaId) <= MAX_MEDIA_ID) {
    return { state: STATE.number, value: BigInt(mediaId) }
  }
  return { state: STATE.text, value: BigInt(intern(mediaId)) }
}

function decodeMediaId(row: DataView, state: number, text: (id: number) => string): string | null {
  if (state === STATE.absent) return null
  const value = row.getBigUint64(40, true)
  return state === STATE.number ? value.toString() : text(Number(value))
}

function decodeGrading(row: DataView, flags: number, optional: (at: number) => string | undefined): GradingFacts {
  const grading: Record<string, string | boolean> = {}
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) grading[name] = value
  }
  put('gradedBy', optional(56))
  const updated = row.getBigInt64(8, true)
  const date = new Date(Number(updated))
  if (updated !== UNKNOWN_TIME && !Number.isNaN(date.getTime())) grading.updated = date.toISOString()
  RECORD_FLAGS.forEach((flag, i) => {
    const state = (flags >>> (2 * i)) & 3
    if (state !== 0) grading[flag] = state === 2
  })
  put('series', optional(48))
  put('tags', optional(52))
  return grading
}
