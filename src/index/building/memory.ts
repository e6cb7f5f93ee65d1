// How much a builder may hold, and what goes to disk when that is too little.

/** Holds memory that it can put on disk. */
export interface Holder {
  /** Bytes that `spill` would free. */
  readonly heldBytes: number
  /** Bytes that are on their way to disk already. */
  readonly busyBytes: number
  /** Bytes beyond which to go on holding does not pay. */
  readonly enoughBytes: number
  /** Puts on disk what is held. What can go on meanwhile goes on: `settled` waits for it. */
  spill(): Promise<void>
  settled(): Promise<void>
}

/** Small enough that it never pays to write it. */
const MIN_SPILL_BYTES = 64 * 1024

/** A bound for all holders together: half for what is held, half for what is being written. */
export class MemoryBudget {
  readonly #holders: Holder[] = []

  constructor(readonly bytes: number) {}

  add<T extends Holder>(holder: T): T {
    this.#holders.push(holder)
    return holder
  }

  /** To be called after every few records: returns when the bound holds again. */
  async settle(): Promise<void> {
    for (const holder of this.#holders) if (holder.heldBytes > holder.enoughBytes) await holder.spill()
    while (this.#sum('heldBytes') > this.bytes / 2) {
      const largest = this.#holders.reduce((a, b) => (b.heldBytes > a.heldBytes ? b : a))
      if (largest.heldBytes < MIN_SPILL_BYTES) return
      if (this.#sum('busyBytes') > 0) await Promise.all(this.#holders.map((holder) => holder.settled()))
      await largest.spill()
    }
  }

  /** Waits for what is on its way, whatever becomes of it. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#holders.map((holder) => holder.settled()))
  }

  #sum(what: 'heldBytes' | 'busyBytes'): number {
    return this.#holders.reduce((sum, holder) => sum + holder[what], 0)
  }
}
