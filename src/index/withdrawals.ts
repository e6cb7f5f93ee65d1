// Records that take earlier ones back. Which those are is known only after all sources were read, so a set of such
// sources is read twice, and nothing but the withdrawals is held in between.

import { HASH_KINDS } from '../core/hashes.js'
import type { SetRecord } from '../core/set-record.js'

/** What identifies nothing. */
const NO_ID = '0'

export class Withdrawals {
  /** Identity → number of the last record that withdraws it. */
  readonly #last = new Map<string, number>()
  readonly #families = new Set<string>()
  #number = 0
  #isKnown = false

  /** True where a second reading will leave out what the first could not. */
  get mustReadAgain(): boolean {
    return !this.#isKnown && this.#last.size > 0
  }

  /** True where records of a family must be judged one by one. */
  concern(family: string): boolean {
    return this.#isKnown && this.#families.has(family)
  }

  /** Passes over records that neither withdraw others nor may have been withdrawn. */
  pass(records: number): void {
    this.#number += records
  }

  /** To be called between the two readings, which must be of the same records in the same order. */
  startAgain(): void {
    this.#isKnown = true
    this.#number = 0
  }

  /**
   * What becomes of the next record: whether it is an entry, withdraws others, or is withdrawn by a later one.
   * @param family - of its format: sources of another one mean other files by the same number
   */
  judge(record: SetRecord, family: string): 'entry' | 'withdrawal' | 'taken back' {
    const number = this.#number++
    if (record.withdrawn === true) {
      this.#families.add(family)
      if (!this.#isKnown) for (const identity of identities(record, family)) this.#last.set(identity, number)
      return 'withdrawal'
    }
    if (!this.#isKnown) return 'entry'
    const isTakenBack = allNames(record, family).some((name) => (this.#last.get(name) ?? -1) > number)
    return isTakenBack ? 'taken back' : 'entry'
  }
}

/** An identity within its source says which record it was; without one, its hashes do. */
function identities(record: SetRecord, family: string): string[] {
  const names = allNames(record, family)
  return hasId(record) ? names.slice(0, 1) : names
}

function allNames(record: SetRecord, family: string): string[] {
  const names = hasId(record) ? [`${family} id ${record.mediaId}`] : []
  for (const kind of HASH_KINDS) {
    const hash = record.hashes[kind]
    if (hash !== undefined) names.push(`${family} ${kind} ${hash}`)
  }
  return names
}

function hasId({ mediaId }: SetRecord): boolean {
  return mediaId !== null && mediaId !== NO_ID
}
