// Fields of one record, validated and normalised: the one place through which every reader makes its records.

import {
  EMPTY_FILE_DIGESTS,
  HASH_BYTES,
  HASH_KINDS,
  type HashKind,
  isDigestKind,
  PHOTODNA_BYTES
} from '../core/hashes.js'
import type { GradingFacts, RecordFlag, SetRecord } from '../core/set-record.js'
import { isoTime } from './dates.js'
import {
  categoryValue,
  flagValue,
  hashValue,
  identityValue,
  isBlank,
  photoDnaValue,
  qualityValue,
  sizeValue,
  textValue
} from './field-values.js'
import type { Field } from './fields.js'
import { type CountedKind, kindBit, type Tally } from './tally.js'

type Open<T> = { -readonly [K in keyof T]: T[K] }

interface Draft extends Open<Omit<SetRecord, 'hashes' | 'grading'>> {
  hashes: Partial<Record<HashKind, string>>
  grading: Open<GradingFacts>
}

const BITS = Object.fromEntries([...HASH_KINDS, 'photoDna' as const].map((kind) => [kind, kindBit(kind)])) as Record<
  CountedKind,
  number
>

/** The field that says a size. A digest of the empty file is never stored, so 0 can only mean "not known". */
const UNKNOWN_SIZE = 0

/**
 * Takes a record field by field: `start`, any number of `put`, `finish`. A value that cannot be used is left out with
 * a warning and the record is kept; where a field comes twice, the first usable value stays.
 */
export class RecordBuilder {
  readonly #tally: Tally
  #draft: Draft = newDraft()
  #pdqQuality: number | undefined
  #position = 0
  #sawEmptyFile = false
  #kinds = 0

  constructor(tally: Tally) {
    this.#tally = tally
  }

  /** Begins the record at a position, which is its number or line, from 1. */
  start(position: number): void {
    this.#draft = newDraft()
    this.#pdqQuality = undefined
    this.#position = position
    this.#sawEmptyFile = false
    this.#kinds = 0
  }

  /** True where the record has something to be found by. */
  get hasHash(): boolean {
    return this.#kinds !== 0
  }

  has(kind: HashKind): boolean {
    return this.#draft.hashes[kind] !== undefined
  }

  warn(message: string): void {
    this.#tally.warn(this.#position, message)
  }

  put(field: Field, value: unknown): void {
    if (isBlank(value)) return
    switch (field) {
      case 'photoDna':
        this.#putPhotoDna(value)
        break
      case 'pdqQuality':
        this.#pdqQuality ??= this.#usable(field, qualityValue(value))
        break
      case 'category':
        this.#draft.category ??= this.#usable(field, categoryValue(value)) ?? null
        break
      case 'mediaId':
        this.#draft.mediaId ??= this.#usable(field, identityValue(value)) ?? null
        break
      case 'sizeBytes':
        this.#putSize(value)
        break
      case 'updated':
        this.#putTime(value)
        break
      case 'mimeType':
        this.#putMimeType(value)
        break
      case 'gradedBy':
      case 'series':
      case 'tags':
        this.#putText(field, value)
        break
      case 'victimIdentified':
      case 'offenderIdentified':
      case 'isDistributed':
      case 'isPrecategorized':
      case 'isSuspected':
      case 'selfGenerated':
        this.#putFlag(field, value)
        break
      default:
        this.#putHash(field, value)
    }
  }

  /** The record, counted as taken; `null` where it has no usable hash, counted as rejected. */
  finish(): SetRecord | null {
    if (this.#tally.areWithdrawals) return this.finishWithdrawn()
    const draft = this.#draft
    if (this.#kinds === 0) {
      const reason = this.#sawEmptyFile ? 'its only digests are those of the empty file' : 'it has no usable hash'
      this.#tally.reject(this.#position, `record left out: ${reason}`)
      return null
    }
    if (this.#pdqQuality !== undefined && this.has('pdq')) draft.pdqQuality = this.#pdqQuality
    this.#tally.take(this.#kinds)
    return draft
  }

  /** The record as one that takes others back, counted as such; `null` where nothing says which. */
  finishWithdrawn(): SetRecord | null {
    const { mediaId, hashes, photoDna } = this.#draft
    if (this.#kinds === 0 && mediaId === null) {
      this.#tally.reject(this.#position, 'a withdrawal left out: nothing says of what')
      return null
    }
    this.#tally.withdraw()
    // What else the source says of it is of no more interest, and may no longer be kept.
    const value = photoDna !== undefined && { photoDna }
    return { mediaId, category: null, hashes, ...value, grading: {}, withdrawn: true }
  }

  #usable<T>(field: Field, value: T | undefined): T | undefined {
    if (value === undefined) this.warn(`${field}: the value cannot be used and is left out`)
    return value
  }

  #putHash(kind: HashKind, value: unknown): void {
    const hash = hashValue(kind, value)
    if (hash === undefined) {
      const found = typeof value === 'string' ? `${value.length} characters` : typeof value
      this.warn(`${kind}: expected ${HASH_BYTES[kind] * 2} hex digits, got ${found}; the value is left out`)
      return
    }
    if (isDigestKind(kind) && hash === EMPTY_FILE_DIGESTS[kind]) {
      this.#tally.counts.emptyFileDigests++
      this.#sawEmptyFile = true
      return
    }
    const held = this.#draft.hashes[kind]
    if (held === undefined) {
      this.#draft.hashes[kind] = hash
      this.#kinds |= BITS[kind]
    } else if (held !== hash) this.warn(`${kind}: the record has two that differ; the first is kept`)
  }

  /** Warnings never show the value: it can be inverted to a blurred picture. */
  #putPhotoDna(value: unknown): void {
    const bytes = photoDnaValue(value)
    if (bytes === undefined) {
      const found = typeof value === 'string' ? `${value.length} characters` : typeof value
      this.warn(`photoDna: expected ${PHOTODNA_BYTES} bytes as base64 or hex, got ${found}; the value is left out`)
    } else {
      this.#draft.photoDna ??= bytes
      this.#kinds |= BITS.photoDna
    }
  }

  #putSize(value: unknown): void {
    const size = this.#usable('sizeBytes', sizeValue(value))
    if (size !== undefined && size !== UNKNOWN_SIZE) this.#draft.sizeBytes ??= size
  }

  #putTime(value: unknown): void {
    const time = this.#usable('updated', typeof value === 'string' ? isoTime(value) : undefined)
    if (time !== undefined) this.#draft.grading.updated ??= time
  }

  #putMimeType(value: unknown): void {
    const text = textValue(value)
    if (text !== undefined) this.#draft.mimeType ??= text
  }

  #putText(field: 'gradedBy' | 'series' | 'tags', value: unknown): void {
    const text = textValue(value)
    if (text !== undefined) this.#draft.grading[field] ??= text
  }

  #putFlag(flag: RecordFlag, value: unknown): void {
    const state = this.#usable(flag, flagValue(value))
    if (state !== undefined) this.#draft.grading[flag] ??= state
  }
}

function newDraft(): Draft {
  return { mediaId: null, category: null, hashes: {}, grading: {} }
}
