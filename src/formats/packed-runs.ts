// Runs of ordinary JSON records, packed by the scanner from their bytes; the others are left to the reader one by one.

import type { Packing } from './packing.js'
import type { PackedTaker, Way } from './slice-handler.js'
import type { Tally } from './tally.js'
import type { VicsSpellings } from './vics-keys.js'

/** Calls of the scanner in a row that took next to nothing, after which it is left alone for a while. */
const MAX_MISSES = 16
/** Fewer records are not worth a call. */
const WORTH_A_CALL = 4
/** Records or runs that are taken without it then; twice as many after the next time. */
const MIN_PAUSE = 64
const MAX_PAUSE = 64 * 1024

export class PackedRuns implements PackedTaker {
  readonly #packing: Packing
  readonly #tally: Tally
  readonly #spellings: VicsSpellings
  #isOddNext = false
  #misses = 0
  #pauseLeft = 0
  #pauseDue = MIN_PAUSE
  /** Spellings that the scanner knows. */
  #told = 0

  constructor(packing: Packing, tally: Tally, spellings: VicsSpellings) {
    this.#packing = packing
    this.#tally = tally
    this.#spellings = spellings
  }

  /** To be asked before every record. */
  next(): Way {
    if (this.#packing.scanner === null) return 'run'
    if (this.#isOddNext) {
      this.#isOddNext = false
      return 'element'
    }
    if (this.#pauseLeft === 0) return 'packed'
    this.#pauseLeft--
    return 'run'
  }

  /** Takes records from `from` on; returns the end of the last one taken, `from` where there was none. */
  take(bytes: Buffer, from: number, to: number): number {
    const { scanner, packer, hasRoom } = this.#packing
    if (scanner === null || !hasRoom) return from
    this.#tellSpellings()
    const before = packer.memory.counts()
    const { end, isOdd } = scanner.scanJson(bytes, from, to)
    packer.noteAppended()
    const taken = this.#tally.takePacked(before, packer.memory.counts())
    this.#learn(taken, isOdd)
    return end
  }

  #learn(taken: number, isOdd: boolean): void {
    this.#isOddNext = isOdd
    if (taken >= WORTH_A_CALL) this.#pauseDue = MIN_PAUSE
    this.#misses = taken >= WORTH_A_CALL || !isOdd ? 0 : this.#misses + 1
    if (this.#misses < MAX_MISSES) return
    this.#misses = 0
    this.#pauseLeft = this.#pauseDue
    this.#pauseDue = Math.min(2 * this.#pauseDue, MAX_PAUSE)
  }

  #tellSpellings(): void {
    const { learned } = this.#spellings
    const { scanner } = this.#packing
    for (; scanner !== null && this.#told < learned.length; this.#told++) learned[this.#told](scanner)
  }
}
