// What a child sends is checked like any other input: it has touched hostile bytes and may speak for them.

import { DIGEST_KINDS, HASH_BYTES, isPerceptualKind, type Digests } from '../core/hashes.js'
import { isHex } from '../core/hex.js'
import { isPlainObject } from '../core/plain-object.js'
import { isFrame } from '../results/index.js'
import type { KnownHasher } from '../hashers/index.js'
import type { FileFeatures, Part, Place } from './features.js'

type Fault = { readonly fault: string; readonly code?: 'MEMORY_LIMIT' }

type CheckedMessage =
  | { readonly ready: true }
  | { readonly parts: readonly unknown[] }
  | { readonly begun: readonly number[] }
  | { readonly waiting: readonly number[] }
  | { readonly id: number; readonly end: true }
  | { readonly id: number; readonly ask: Digests }
  | { readonly id: number; readonly video: true }
  | Fault

const MEDIA_KINDS = ['image', 'video', 'other']
const VARIANT_BYTES = 8 * HASH_BYTES.pdq
const MAX_TEXT = 10_000
const MAX_NAME_BYTES = 2 ** 24
const MAX_PLACES = 1000

/** The message of a child that works; else what is wrong with it. Parts are still to be checked, one by one. */
export function checkMessage(message: unknown): CheckedMessage {
  if (!isPlainObject(message)) return { fault: 'it sent no message' }
  if (message.type === 'fatal') return { fault: String(message.message).slice(0, MAX_TEXT) }
  if (message.type === 'overMemory') return { fault: 'it needed too much memory', code: 'MEMORY_LIMIT' }
  if (message.type === 'ready') return { ready: true }
  if (message.type === 'parts' && Array.isArray(message.parts)) return { parts: message.parts }
  if (message.type === 'begun' && isNumbers(message.ids)) return { begun: message.ids }
  if (message.type === 'waiting' && isNumbers(message.ids)) return { waiting: message.ids }
  const { id, digests } = message
  if (typeof id !== 'number') return { fault: 'it sent nonsense' }
  if (message.type === 'end') return { id, end: true }
  if (message.type === 'ask' && isPlainObject(digests) && areDigests(digests)) return { id, ask: onlyDigests(digests) }
  if (message.type === 'video') return { id, video: true }
  return { fault: 'it sent nonsense' }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number')
}

/** A part of a file, only with fields that a record has; else what is wrong with it. */
export function checkPart(
  part: unknown,
  hashers: readonly KnownHasher[]
): { readonly id: number; readonly part: Part } | Fault {
  if (!isPlainObject(part) || typeof part.id !== 'number') return { fault: 'it sent nonsense' }
  const { id, name, features, next } = part
  const sound = isPlainObject(features) && areFeatures(features, hashers) && isName(name) && orNull(next, isPlace)
  if (!sound) return { fault: 'it sent features of another shape' }
  return { id, part: { name, features: onlyKnown(features), next: next as Place | null } }
}

function areFeatures(features: Readonly<Record<string, unknown>>, hashers: readonly KnownHasher[]): boolean {
  return (
    (features.sizeBytes === null || isCount(features.sizeBytes)) &&
    orNull(features.digests, areDigests) &&
    orNull(features.media, isMedia) &&
    orNull(features.hashes, (hashes) => areHashes(hashes, hashers)) &&
    orNull(features.error, isError) &&
    orAbsent(features.times, isTexts) &&
    orAbsent(features.skipped, isText) &&
    orAbsent(features.preview, isText) &&
    orAbsent(features.frames, (frames) => frames === null || (Array.isArray(frames) && frames.every(isOnlyFrame))) &&
    orAbsent(features.frameVariants, (packed) => areVariantsOf(packed, features.frames)) &&
    orAbsent(features.pdqVariants, (value) => value instanceof Uint8Array && value.length === VARIANT_BYTES)
  )
}

/** Of the file itself, or of what is in it; as long as names in nested archives together. */
function isName(value: unknown): value is Uint8Array | null {
  return value === null || (value instanceof Uint8Array && value.length <= MAX_NAME_BYTES)
}

/** Where a child says that the next one is to go on: only numbers, and a text that is compared. */
function isPlace({ next, spent, state }: Readonly<Record<string, unknown>>): boolean {
  return (
    Array.isArray(next) &&
    next.length > 0 &&
    next.length <= MAX_PLACES &&
    next.every(isCount) &&
    isPlainObject(spent) &&
    isCount(spent.members) &&
    isCount(spent.bytes) &&
    isText(state)
  )
}

/** A field that no record has must not overwrite one that it has. */
function onlyKnown(features: Readonly<Record<string, unknown>>): FileFeatures {
  const { sizeBytes, times, skipped, digests, media, hashes, preview, pdqVariants, error } = features
  const { frames, frameVariants } = features
  const mayBeAbsent = { times, skipped, preview, pdqVariants, frames, frameVariants }
  const optional = Object.entries(mayBeAbsent).filter(([, value]) => value !== undefined)
  return { sizeBytes, digests, media, hashes, error, ...Object.fromEntries(optional) } as unknown as FileFeatures
}

function onlyDigests({ md5, sha1, sha256 }: Readonly<Record<string, unknown>>): Digests {
  return { md5, sha1, sha256 } as Digests
}

function areDigests(value: Readonly<Record<string, unknown>>): boolean {
  return DIGEST_KINDS.every((kind) => isText(value[kind]) && isHex(value[kind], HASH_BYTES[kind]))
}

function areHashes(value: Readonly<Record<string, unknown>>, hashers: readonly KnownHasher[]): boolean {
  return Object.entries(value).every(([kind, hash]) => {
    if (kind === 'pdqQuality') return isCount(hash) && hash <= 100
    if (isPerceptualKind(kind)) return isText(hash) && isHex(hash, HASH_BYTES[kind])
    const hasher = hashers.find(({ facts }) => facts.name === kind)
    return hasher !== undefined && (hash === null || (isText(hash) && isHex(hash, hasher.facts.bytes)))
  })
}

function isMedia(value: Readonly<Record<string, unknown>>): boolean {
  const { kind, format, partial, framesMissing, ...numbers } = value
  const sound =
    MEDIA_KINDS.includes(kind as string) &&
    isText(format) &&
    orAbsent(partial, (is) => typeof is === 'boolean') &&
    orAbsent(framesMissing, isText)
  return sound && Object.values(numbers).every(isCount)
}

/** A frame as records have it, with nothing else in it. */
function isOnlyFrame(value: unknown): boolean {
  if (!isFrame(value)) return false
  const { timeSeconds: _, pdq: __, untilSeconds, pdqQuality, ...numbers } = value
  return (
    orAbsent(untilSeconds, Number.isFinite) &&
    isCount(pdqQuality) &&
    pdqQuality <= 100 &&
    Object.keys(numbers).every((name) => FRAME_NUMBERS.includes(name)) &&
    Object.values(numbers).every(isCount)
  )
}

const FRAME_NUMBERS = ['frame', 'stream']

function areVariantsOf(packed: unknown, frames: unknown): boolean {
  return packed instanceof Uint8Array && Array.isArray(frames) && packed.length === frames.length * VARIANT_BYTES
}

function isError({ code, message, stage }: Readonly<Record<string, unknown>>): boolean {
  return isText(code) && isText(message) && isText(stage)
}

function isTexts(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every(isText)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function orNull(value: unknown, check: (value: Readonly<Record<string, unknown>>) => boolean): boolean {
  return value === null || (isPlainObject(value) && check(value))
}

function orAbsent(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || check(value)
}
