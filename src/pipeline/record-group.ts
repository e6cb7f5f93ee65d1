// Records of one file of the exhibit and of what is in it, in their order, with a bounded number on the way.

import { Bell } from './ordered-map.js'

interface Entry<R> {
  readonly record: Promise<R>
  readonly taken: () => void
}

export class RecordGroup<R> {
  private readonly entries: Entry<R>[] = []
  private readonly changed = new Bell()
  private ended = false
  private failure: Error | null = null

  /** The promise is kept when the record has been taken. */
  push(record: Promise<R>): Promise<void> {
    // Its rejection is thrown when its turn comes.
    record.catch(() => undefined)
    return new Promise((taken) => {
      this.entries.push({ record, taken })
      this.changed.ring()
    })
  }

  /** @param failure - thrown after the records before it */
  end(failure: Error | null = null): void {
    this.ended = true
    this.failure = failure
    this.changed.ring()
  }

  /** Kept when there is a first record to be had, or will never be one. */
  async ready(): Promise<void> {
    while (this.entries.length === 0 && !this.ended) await this.changed.next()
    await this.entries[0]?.record.catch(() => undefined)
  }

  /** All records, once. The signal ends the waiting for them. */
  async *records(signal?: AbortSignal): AsyncGenerator<R> {
    const onAbort = (): void => this.changed.ring()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      for (;;) {
        signal?.throwIfAborted()
        const entry = this.entries.shift()
        if (entry !== undefined) {
          const record = await entry.record
          entry.taken()
          yield record
        } else if (this.failure !== null) throw this.failure
        else if (this.ended) return
        else await this.changed.next()
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }
}

/** Records of all groups together that may wait without holding up those who make more. */
export class Backlog {
  #waiting = 0

  constructor(private readonly most: number) {}

  /**
   * @param taken - kept when the record has been taken
   * @returns what is kept when more may come; the records whose turn it is are taken at once, so nobody waits for ever
   */
  add(taken: Promise<void>): Promise<void> {
    this.#waiting++
    const gone = taken.then(() => {
      this.#waiting--
    })
    return this.#waiting < this.most ? Promise.resolve() : gone
  }
}
