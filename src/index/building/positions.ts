// Where the digest of each entry came to stand: told in the order of digests, asked for in the order of entries.

import { NO_POSITION } from '../../core/record-row.js'
import type { Holder, MemoryBudget } from './memory.js'
import { Spool, type SpoolFile } from './spool.js'

/** Entries whose positions are in memory together, where not those of all are. */
const WINDOW = 1 << 16
const PAIRS = 1024
/** Share of the budget that positions of one kind may take. */
const SHARE = 1 / 8

/** Positions of the entries of one kind of digest; entries without one have NO_POSITION. */
export interface Positions {
  set(entry: number, position: number): void
  /** Positions of `count` entries; to be asked for in ascending order. */
  slice(from: number, count: number): Promise<Uint32Array>
}

export function positionsOf(entries: number, file: SpoolFile, budget: MemoryBudget): Positions {
  return entries * 4 <= budget.bytes * SHARE
    ? new HeldPositions(entries)
    : budget.add(new SpooledPositions(entries, file))
}

class HeldPositions implements Positions {
  readonly #all: Uint32Array

  constructor(entries: number) {
    this.#all = new Uint32Array(entries).fill(NO_POSITION)
  }

  set(entry: number, position: number): void {
    this.#all[entry] = position
  }

  slice(from: number, count: number): Promise<Uint32Array> {
    return Promise.resolve(this.#all.subarray(from, from + count))
  }
}

/** Pairs of entry and position on their way to the file, and those in it. */
class Window {
  readonly spool: Spool
  readonly #pairs = new Uint32Array(PAIRS * 2)
  #used = 0

  constructor(file: SpoolFile) {
    this.spool = new Spool(file)
  }

  add(entry: number, position: number): void {
    this.#pairs[this.#used++] = entry
    this.#pairs[this.#used++] = position
    if (this.#used === this.#pairs.length) this.flush()
  }

  flush(): void {
    if (this.#used > 0) this.spool.append(new Uint8Array(this.#pairs.slice(0, this.#used).buffer))
    this.#used = 0
  }
}

class SpooledPositions implements Positions, Holder {
  readonly busyBytes = 0
  readonly enoughBytes = Infinity
  readonly #windows: Window[]
  #window = -1
  #current = new Uint32Array(0)

  constructor(
    private readonly entries: number,
    file: SpoolFile
  ) {
    this.#windows = Array.from({ length: Math.ceil(entries / WINDOW) }, () => new Window(file))
  }

  get heldBytes(): number {
    return this.#windows.reduce((sum, { spool }) => sum + spool.heldBytes, 0)
  }

  set(entry: number, position: number): void {
    this.#windows[Math.floor(entry / WINDOW)].add(entry % WINDOW, position)
  }

  async slice(from: number, count: number): Promise<Uint32Array> {
    const slice = new Uint32Array(count)
    for (let done = 0; done < count;) {
      await this.#load(Math.floor((from + done) / WINDOW))
      const within = (from + done) % WINDOW
      const part = this.#current.subarray(within, within + count - done)
      slice.set(part, done)
      done += part.length
    }
    return slice
  }

  async spill(): Promise<void> {
    for (const { spool } of this.#windows) await spool.spill()
  }

  settled(): Promise<void> {
    return Promise.resolve()
  }

  async #load(window: number): Promise<void> {
    if (window === this.#window) return
    this.#window = window
    this.#current = new Uint32Array(Math.min(WINDOW, this.entries - window * WINDOW)).fill(NO_POSITION)
    this.#windows[window].flush()
    for await (const part of this.#windows[window].spool.parts()) {
      const pairs = new Uint32Array(part.buffer, part.byteOffset, part.byteLength / 4)
      for (let i = 0; i < pairs.length; i += 2) this.#current[pairs[i]] = pairs[i + 1]
    }
  }
}
