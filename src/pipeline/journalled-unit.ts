// A file on its way into the journal: part by part as they become known, and how many they were.

import type { Journal, Place } from '../results/index.js'
import type { UnnumberedRecord } from './unnumbered-record.js'

export type RunJournal = Journal<UnnumberedRecord>

export class JournalledUnit {
  #parts = 0
  #isEnded = false
  #isTold = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly journal: RunJournal,
    private readonly unit: number
  ) {}

  /** @throws {ExhibitHashError} WRITE_FAILED, and what the record fails by */
  add(record: Promise<UnnumberedRecord>): Promise<Place> {
    const part = this.#parts++
    const place = this.#append(part, record)
    this.#last = place.catch(() => undefined)
    return place
  }

  async #append(part: number, record: Promise<UnnumberedRecord>): Promise<Place> {
    const value = await record
    // Most files are of one part, and their end is known when their record is: one line says both.
    const isLast = this.#isEnded && part === this.#parts - 1
    this.#isTold ||= isLast
    return this.journal.append({ unit: this.unit, part, value, ...(isLast && { parts: this.#parts }) })
  }

  /**
   * No more parts come.
   * @throws {ExhibitHashError} WRITE_FAILED
   */
  async end(): Promise<void> {
    this.#isEnded = true
    await this.#last
    if (!this.#isTold) await this.journal.append({ unit: this.unit, parts: this.#parts })
  }
}
