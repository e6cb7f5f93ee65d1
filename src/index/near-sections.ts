// The rows that say which tables are of which hashes: written with a set, held to its sections when it is read.

import { ExhibitHashError } from '../core/errors.js'
import type { NearShape } from '../kernels/index.js'
import { groupBytesOf, isNearShape } from '../kernels/index-store.js'
import type { Section } from './layout.js'

export const NEAR_ROW_BYTES = 48
/** Unit of the section of groups: what a processor fetches at once. */
export const GROUP_UNIT_BYTES = 64

/** Number of set bits of hashes: distances between hashes of one parity are even. */
export const PARITY = { even: 0, odd: 1, mixed: 2 } as const
export type Parity = (typeof PARITY)[keyof typeof PARITY]

/** 1 where the number of set bits of a word is odd. */
export function parityOf(word: number): 0 | 1 {
  let folded = word ^ (word >>> 16)
  folded ^= folded >>> 8
  folded ^= folded >>> 4
  folded ^= folded >>> 2
  return ((folded ^ (folded >>> 1)) & 1) as 0 | 1
}

/** A run of hashes, and the tables over them. */
export interface NearClass {
  readonly firstPosition: number
  readonly count: number
  readonly parity: Parity
  /** `null`: the hashes are scanned. */
  readonly shape: NearShape | null
  /** In units of GROUP_UNIT_BYTES from the start of the section of groups. */
  readonly firstGroupUnit: number
  readonly firstOverflow: number
  readonly overflowCount: number
}

export function encodeNearRows(classes: readonly NearClass[]): Uint8Array {
  const bytes = Buffer.alloc(classes.length * NEAR_ROW_BYTES)
  classes.forEach((one, i) => {
    const { shape } = one
    const numbers = [
      one.firstPosition,
      one.count,
      one.parity,
      shape?.tables ?? 0,
      shape?.keyBits ?? 0,
      shape?.slots ?? 0
    ]
    numbers.forEach((number, j) => bytes.writeUInt32LE(number, i * NEAR_ROW_BYTES + j * 4))
    const places = [one.firstGroupUnit, one.firstOverflow, one.overflowCount]
    places.forEach((place, j) => bytes.writeBigUInt64LE(BigInt(place), i * NEAR_ROW_BYTES + 24 + j * 8))
  })
  return bytes
}

/** Sections of one kind that the rows must fit. */
export interface NearSections {
  readonly hashes: Section
  readonly groups: Section | null
  readonly overflow: Section | null
}

/**
 * @throws {ExhibitHashError} INDEX_DAMAGED unless the rows are of all hashes, one run after the other, and their tables lie
 * within the sections
 */
export function decodeNearRows(bytes: Uint8Array, sections: NearSections, path: string): NearClass[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const hashBytes = sections.hashes.itemBytes
  const classes = Array.from({ length: bytes.length / NEAR_ROW_BYTES }, (_, i) => decodeRow(view, i, hashBytes))
  let next = 0
  for (const one of classes) {
    if (one.firstPosition !== next || !fits(one, sections)) throw damaged(path)
    next += one.count
  }
  if (next !== sections.hashes.count) throw damaged(path)
  return classes
}

function decodeRow(view: Buffer, row: number, hashBytes: number): NearClass {
  const at = row * NEAR_ROW_BYTES
  const [firstPosition, count, parity, tables, keyBits, slots] = Array.from({ length: 6 }, (_, j) =>
    view.readUInt32LE(at + j * 4)
  )
  const [firstGroupUnit, firstOverflow, overflowCount] = Array.from({ length: 3 }, (_, j) =>
    Number(view.readBigUInt64LE(at + 24 + j * 8))
  )
  const shape = tables === 0 ? null : { hashBytes, tables, keyBits, slots }
  return { firstPosition, count, parity: parity as Parity, shape, firstGroupUnit, firstOverflow, overflowCount }
}

function fits(
  { parity, shape, firstGroupUnit, firstOverflow, overflowCount }: NearClass,
  sections: NearSections
): boolean {
  if (!Object.values(PARITY).includes(parity)) return false
  if (shape === null) return true
  const { groups, overflow } = sections
  if (!isNearShape(shape) || groups === null) return false
  const end = firstGroupUnit * GROUP_UNIT_BYTES + shape.tables * groupBytesOf(shape)
  return end <= groups.bytes && firstOverflow + overflowCount <= (overflow?.count ?? 0)
}

function damaged(path: string): ExhibitHashError {
  return new ExhibitHashError('INDEX_DAMAGED', `${path}: its tables for search by distance contradict its hashes`, {
    path
  })
}
