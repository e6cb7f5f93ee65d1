// Sorts any number of items in bounded memory: runs that fit are sorted and put on disk, and merged when all are there.

import type { FileHandle } from 'node:fs/promises'
import { toExhibitHashError } from '../../core/errors.js'
import { readAll, type TemporaryFolder, writeAll } from '../../files/index.js'
import { kernels } from '../../kernels/index.js'
import type { Holder } from './memory.js'
import { mergeRuns, type Run } from './merge.js'

const FIRST_ITEMS = 1024
/** A run that is long enough: doubling it would only hold more. */
const RUN_BYTES = 96 * 2 ** 20
/** Read of a run at once while runs are merged. */
const READ_BYTES = 1 << 20

interface StoredRun {
  readonly at: number
  readonly bytes: number
}

/** Items of one width, a multiple of 4, in ascending order of their bytes. */
export class ItemSorter implements Holder {
  readonly enoughBytes = RUN_BYTES
  busyBytes = 0
  count = 0
  #items = new Uint8Array(0)
  #used = 0
  readonly #runs: StoredRun[] = []
  #file: FileHandle | null = null
  #stored = 0
  #pending: Promise<void> = Promise.resolve()
  #failure: Error | null = null

  constructor(
    readonly itemBytes: number,
    private readonly folder: TemporaryFolder
  ) {}

  get heldBytes(): number {
    return this.#items.length
  }

  /** Makes room for so many more items; returns where they begin in `buffer`. */
  grow(items: number): number {
    const from = this.#used
    this.#used += items * this.itemBytes
    this.count += items
    if (this.#used > this.#items.length) {
      const larger = new Uint8Array(Math.max(this.#used, this.#items.length * 2, FIRST_ITEMS * this.itemBytes))
      larger.set(this.#items.subarray(0, from))
      this.#items = larger
    }
    return from
  }

  /** To be asked for again after every `grow`. */
  get buffer(): Uint8Array {
    return this.#items
  }

  /** Sorting and writing go on behind the caller's back, one run at a time. */
  async spill(): Promise<void> {
    await this.settled()
    const items = this.#take()
    this.busyBytes = items.length
    this.#pending = this.#store(items)
      .catch((error: unknown) => {
        this.#failure = toExhibitHashError(error, 'INTERNAL')
      })
      .finally(() => {
        this.busyBytes = 0
      })
  }

  async settled(): Promise<void> {
    await this.#pending
    if (this.#failure !== null) throw this.#failure
  }

  /** All items in order, in batches that are valid until the next; nothing is kept of them. */
  async *sorted(): Run {
    await this.settled()
    const last = this.#take()
    await kernels().sortItems(last, this.itemBytes)
    const runs = this.#runs.map((run) => this.#read(run))
    yield* mergeRuns([...runs, wholeRun(last)], this.itemBytes)
  }

  #take(): Uint8Array {
    const items = this.#items.subarray(0, this.#used)
    this.#items = new Uint8Array(0)
    this.#used = 0
    return items
  }

  async #store(items: Uint8Array): Promise<void> {
    await kernels().sortItems(items, this.itemBytes)
    this.#file ??= await this.folder.file()
    const file = this.#file
    await this.folder.writing(() => writeAll(file, items, this.#stored))
    this.#runs.push({ at: this.#stored, bytes: items.length })
    this.#stored += items.length
  }

  async *#read({ at, bytes }: StoredRun): Run {
    const step = Math.floor(READ_BYTES / this.itemBytes) * this.itemBytes
    const read = (from: number): Promise<Uint8Array> =>
      readAll(this.#file!, at + from, Math.max(0, Math.min(step, bytes - from)))
    let next = read(0)
    for (let from = 0; from < bytes; from += step) {
      const part = await next
      next = read(from + step)
      next.catch(() => undefined)
      yield part
    }
  }
}

async function* wholeRun(items: Uint8Array): Run {
  if (items.length > 0) yield items
}
