// Whether a line of a results file is what it says it is: nothing that a program may have changed is taken on trust.

import { DIGEST_KINDS, HASH_BYTES, PERCEPTUAL_KINDS, PHOTODNA_BYTES } from '../core/hashes.js'
import { isHex } from '../core/hex.js'
import { isPlainObject } from '../core/plain-object.js'
import { type FileRecord, type HeaderRecord, RESULTS_SCHEMA_VERSION, type ResultLine } from '../core/result.js'

type Fields = Readonly<Record<string, unknown>>

/** Records are flat; what lies deeper than this was not written by this package, and writing it again could fail. */
const MAX_DEPTH = 8
const RELATIONS: readonly unknown[] = ['identical', 'conflict', 'similar']

/** What is wrong with a header, `null` where nothing is. */
export function headerFault(line: object): string | null {
  const header = line as Fields
  if (header.type !== 'header') return 'is not the header of a results file'
  if (header.schemaVersion !== RESULTS_SCHEMA_VERSION) {
    return `has schema version ${shown(header.schemaVersion)}, and ${RESULTS_SCHEMA_VERSION} is what is read here`
  }
  for (const label of ['case', 'exhibit', 'organisation']) {
    if (header[label] !== undefined && typeof header[label] !== 'string') return `'${label}' is no text`
  }
  const { options, sets, rematchOf } = header
  if (!isPlainObject(options) || !isListOf(options.hashes, isText) || !isNear(options.near)) {
    return "'options' do not say which hashes were computed and to which distances"
  }
  if (options.hashers !== undefined && !isListOf(options.hashers, (one) => isPlainObject(one) && isText(one.name))) {
    return "'options' do not say which hashers were used"
  }
  if (!isListOf(sets, isSetIdentity)) return "'sets' does not list sets"
  if (rematchOf !== undefined && (!isPlainObject(rematchOf) || typeof rematchOf.all !== 'boolean')) {
    return "'rematchOf' does not say what it was made from"
  }
  return isShallow(header, MAX_DEPTH) ? null : 'is nested too deep'
}

/** What is wrong with a header for whoever needs all files, `null` where nothing is. */
export function newsOnlyFault({ rematchOf }: HeaderRecord): string | null {
  if (rematchOf?.all !== false) return null
  return 'lists only what was new: name the results that it was made from, or make it with --all'
}

/** What is wrong with the record of a file, `null` where nothing is. */
export function recordFault(line: object): string | null {
  const record = line as Fields
  const { type, seq, path, sizeBytes, digests, hashes, media, times, matches, error } = record
  if (type !== 'file') return `is of type ${shown(type)}, not the record of a file`
  if (!isCount(seq)) return "'seq' is no whole number"
  if (!isText(path)) return "'path' is no text"
  if (sizeBytes !== null && !isCount(sizeBytes)) return "'sizeBytes' is no size"
  const hashFault = digestsFault(digests) ?? hashesFault(hashes)
  if (hashFault !== null) return hashFault
  const { frames } = record
  if (frames !== undefined && frames !== null && !isListOf(frames, isFrame))
    return "'frames' has something that is none"
  if (media !== null && !isPlainObject(media)) return "'media' is no object"
  if (times !== undefined && !(isPlainObject(times) && Object.values(times).every(isText))) return "'times' are none"
  if (error !== null && !(isPlainObject(error) && isText(error.code) && isText(error.message))) return "'error' is none"
  if (record.matchesOmitted !== undefined && !isCount(record.matchesOmitted)) return "'matchesOmitted' is no number"
  for (const [name, list] of Object.entries({ matches, unasked: record.unasked, gone: record.gone })) {
    if (list !== undefined && !isListOf(list, isMatch)) return `'${name}' has something that is no match`
  }
  return isShallow(record, MAX_DEPTH) ? null : 'is nested too deep'
}

export const NO_SUMMARY = 'the results end without a summary: whatever wrote them did not finish'

/** What is wrong with the last line of results that have so many records of files; `null` where nothing is. */
export function endFault(last: ResultLine | null, files: number): string | null {
  if (files < 0 || last?.type !== 'summary') return NO_SUMMARY
  if (last.files === files) return null
  return `the summary counts ${String(last.files)} files, and ${files} are there`
}

/** What is wrong with the place of a record, `null` where nothing is. */
export function orderFault({ seq }: FileRecord, lastSeq: number): string | null {
  return seq > lastSeq ? null : `'seq' ${seq} comes after ${lastSeq}`
}

function digestsFault(digests: unknown): string | null {
  if (digests === null) return null
  if (!isPlainObject(digests)) return "'digests' is no object"
  const bad = DIGEST_KINDS.find((kind) => !isHexOf(digests[kind], HASH_BYTES[kind]))
  return bad === undefined ? null : `'${bad}' is not ${HASH_BYTES[bad] * 2} hex digits`
}

function hashesFault(hashes: unknown): string | null {
  if (hashes === null) return null
  if (!isPlainObject(hashes)) return "'hashes' is no object"
  for (const kind of PERCEPTUAL_KINDS) {
    if (hashes[kind] !== undefined && !isHexOf(hashes[kind], HASH_BYTES[kind])) {
      return `'${kind}' is not ${HASH_BYTES[kind] * 2} hex digits`
    }
  }
  const { photoDna = null, pdqQuality } = hashes
  if (photoDna !== null && !isHexOf(photoDna, PHOTODNA_BYTES))
    return `'photoDna' is not ${PHOTODNA_BYTES * 2} hex digits`
  if (pdqQuality !== undefined && typeof pdqQuality !== 'number') return "'pdqQuality' is no number"
  return null
}

export function isFrame(value: unknown): value is Fields {
  if (!isPlainObject(value)) return false
  const { timeSeconds, pdq, pdqQuality } = value
  return Number.isFinite(timeSeconds) && isHexOf(pdq, HASH_BYTES.pdq) && Number.isFinite(pdqQuality)
}

function isMatch(value: unknown): boolean {
  if (!isPlainObject(value)) return false
  const { relation, by, set, source, mediaId, category, label, grading = {} } = value
  const { agreeing = [], contradicting = [], timeSeconds = [] } = value
  return (
    RELATIONS.includes(relation) &&
    [by, set, source].every(isText) &&
    [mediaId, label].every(isTextOrNull) &&
    (typeof category === 'number' || isTextOrNull(category)) &&
    [agreeing, contradicting].every((kinds) => isListOf(kinds, isText)) &&
    isListOf(timeSeconds, Number.isFinite) &&
    isGrading(grading)
  )
}

/** Texts and flags, whatever they are called. */
function isGrading(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((fact) => isText(fact) || typeof fact === 'boolean')
}

function isSetIdentity(value: unknown): boolean {
  if (!isPlainObject(value)) return false
  const { name, root, layers = [] } = value
  return isText(name) && isText(root) && isListOf(layers, isText)
}

function isNear(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((distance) => typeof distance === 'number')
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne)
}

function isHexOf(value: unknown, bytes: number): boolean {
  return typeof value === 'string' && isHex(value, bytes)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof item === 'object' && !isShallow(item, depth - 1)) return false
  }
  return true
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 40)
}
