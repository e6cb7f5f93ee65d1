// Lines of one bare hash, packed by the scanner from their bytes; the others are left to the reader one by one.

import { HASH_BYTES, HASH_KINDS, type HashKind } from '../core/hashes.js'
import type { Packing } from './packing.js'
import type { Tally } from './tally.js'

/** Lines in a row that a call must take to be worth one. */
const WORTH_A_CALL = 8
/** Bytes that the reader takes more of every time that there was nothing for the scanner. */
const FIRST_STRETCH = 64
const MAX_STRETCH = 1 << 20

export class PackedLines {
  readonly #packing: Packing
  readonly #tally: Tally
  /** Of the lines that can be taken: settled by the reader, which has read one. */
  #kind: HashKind | null = null
  #stretch = 0

  constructor(packing: Packing, tally: Tally) {
    this.#packing = packing
    this.#tally = tally
  }

  /** From now on a line of this kind's number of hex digits is a hash of this kind. */
  settle(kind: HashKind): void {
    this.#kind = kind
  }

  /** True where the reader should let go of what it has. */
  get mustPause(): boolean {
    return !this.#packing.hasRoom
  }

  /** Takes lines from `from`, where one begins, on: returns the end of the last one taken and how many there were. */
  take(bytes: Buffer, from: number): { readonly end: number; readonly lines: number } {
    const { scanner, packer, hasRoom } = this.#packing
    if (scanner === null || !hasRoom || this.#kind === null) return { end: from, lines: 0 }
    const before = packer.memory.counts()
    const end = scanner.scanLines(bytes, from, bytes.length, HASH_KINDS.indexOf(this.#kind))
    const lines = this.#tally.takePacked(before, packer.memory.counts())
    if (lines >= WORTH_A_CALL) this.#stretch = 0
    return { end, lines }
  }

  /** The end of the lines from `from` on that the reader takes itself: one, and more where the scanner found nothing. */
  readersEnd(bytes: Buffer, from: number): number {
    if (this.#packing.scanner === null) return bytes.length
    const end = bytes.indexOf('\n', from + this.#stretch) + 1
    if (this.#kind !== null) this.#stretch = Math.min(Math.max(2 * this.#stretch, FIRST_STRETCH), MAX_STRETCH)
    return end === 0 ? bytes.length : end
  }
}

/** Digits of a hash of a kind. */
export function digitsOf(kind: HashKind): number {
  return HASH_BYTES[kind] * 2
}
