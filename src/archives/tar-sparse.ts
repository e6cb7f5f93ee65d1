// Files with holes in a TAR: only what lies between the holes is stored. The three ways of GNU tar and its oldest one.

import { memberDamaged } from './archive.js'
import { numberField, type PaxRecords } from './tar-header.js'

/** A stretch that is stored: offset in the file, length. */
type Stretch = readonly [offset: number, length: number]

export interface SparseMap {
  readonly stretches: readonly Stretch[]
  /** Of the file with its holes. */
  readonly sizeBytes: number
}

const MAX_STRETCHES = 1_000_000
const ENTRY_BYTES = 24
const LINE_FEED = 0x0a

/** Entries within a header of type S, or in a block that continues it. */
export function headerStretches(block: Buffer, at: number, count: number): Stretch[] {
  const stretches: Stretch[] = []
  for (let i = 0; i < count; i++) {
    const entry = at + i * ENTRY_BYTES
    const offset = numberField(block, entry, 12)
    const length = numberField(block, entry + 12, 12)
    // An unused entry is empty.
    if (block[entry] !== 0 && offset !== null && length !== null) stretches.push([offset, length])
  }
  return stretches
}

export const GNU_SPARSE = { at: 386, entries: 4, continuedAt: 482, sizeAt: 483 } as const
export const GNU_SPARSE_MORE = { at: 0, entries: 21, continuedAt: 504 } as const

/** Of pax: the map, or 'in data' where it stands before the bytes. `null` where the file has no holes. */
export function paxSparse(pax: PaxRecords): SparseMap | { readonly inData: true; readonly sizeBytes: number } | null {
  const size = pax.text('GNU.sparse.realsize') ?? pax.text('GNU.sparse.size')
  if (size === undefined) return null
  const sizeBytes = Number(size)
  if (pax.text('GNU.sparse.major') === '1') return { inData: true, sizeBytes }
  const list = pax.text('GNU.sparse.map')?.split(',') ?? pax.every('GNU.sparse.offset', 'GNU.sparse.numbytes')
  return { stretches: pairs(list.map(Number)), sizeBytes }
}

/** The map before the bytes: the number of stretches, then two numbers each, one a line, filled up to whole blocks. */
export class MapReader {
  private readonly blocks: Buffer[] = []
  private lines = 0
  private wanted = 1

  /** Takes one block; true when the map is complete, or can never be. */
  add(block: Buffer): boolean {
    const before = this.lines
    for (const byte of block) if (byte === LINE_FEED) this.lines++
    // No number is as long as a block: whatever this is, it must not be gathered.
    if (this.lines === before) return true
    this.blocks.push(block)
    if (this.wanted === 1 && this.lines > 0) {
      const count = Number(block.toString('latin1').split('\n')[0])
      this.wanted = count <= MAX_STRETCHES ? 1 + 2 * count : 0
    }
    return this.lines >= this.wanted
  }

  get stretches(): readonly Stretch[] {
    const lines = Buffer.concat(this.blocks).toString('latin1').split('\n')
    return pairs(lines.slice(1, this.wanted).map(Number))
  }
}

function pairs(numbers: readonly number[]): Stretch[] {
  const stretches: Stretch[] = []
  for (let i = 0; i + 1 < numbers.length; i += 2) stretches.push([numbers[i], numbers[i + 1]])
  return stretches
}

const ZEROS = Buffer.alloc(64 * 1024)

/**
 * The file with its holes.
 * @throws {ExhibitHashError} MEMBER_DAMAGED where the map makes no sense
 */
export async function* withHoles(stored: AsyncIterable<Uint8Array>, map: SparseMap): AsyncGenerator<Uint8Array> {
  checkMap(map)
  let at = 0
  let index = 0
  let leftInStretch = 0
  for await (const chunk of stored) {
    for (let taken = 0; taken < chunk.length;) {
      if (leftInStretch === 0) {
        while (index < map.stretches.length && map.stretches[index][1] === 0) index++
        if (index === map.stretches.length) throw memberDamaged('more is stored than the map of holes tells')
        const [offset, length] = map.stretches[index++]
        yield* zeros(offset - at)
        at = offset
        leftInStretch = length
      }
      const part = chunk.subarray(taken, taken + leftInStretch)
      yield part
      taken += part.length
      at += part.length
      leftInStretch -= part.length
    }
  }
  if (leftInStretch > 0 || map.stretches.slice(index).some(([, length]) => length > 0)) {
    throw memberDamaged('less is stored than the map of holes tells')
  }
  yield* zeros(map.sizeBytes - at)
}

function checkMap({ stretches, sizeBytes }: SparseMap): void {
  let end = 0
  const ordered = stretches.every(([offset, length]) => {
    const sound = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= end && length >= 0
    end = offset + length
    return sound
  })
  if (!ordered || !Number.isSafeInteger(sizeBytes) || end > sizeBytes) {
    throw memberDamaged('the map of holes makes no sense')
  }
}

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left)
}
