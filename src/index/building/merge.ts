// Merges sorted runs of packed items.

/** A sorted run in parts, each with whole items and aligned to four bytes. */
export type Run = AsyncGenerator<Uint8Array, void>

const BATCH_ITEMS = 16384

/** The part of a run that is being merged. */
class Cursor {
  words: Uint32Array = new Uint32Array(0)
  at = 0
  /** First six bytes of the item at hand as a number, so that most comparisons are of numbers. */
  head = 0
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(
    private readonly run: Run,
    private readonly itemBytes: number
  ) {}

  /** Goes on to the next part; false at the end. */
  async refill(): Promise<boolean> {
    const next = await this.run.next()
    if (next.done === true) return false
    const bytes = next.value
    this.#bytes = bytes
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
    this.at = 0
    this.look()
    return true
  }

  look(): void {
    const b = this.#bytes
    const i = this.at * 4
    this.head = ((b[i] << 16) | (b[i + 1] << 8) | b[i + 2]) * 2 ** 24 + ((b[i + 3] << 16) | (b[i + 4] << 8) | b[i + 5])
  }

  isBefore(other: Cursor): boolean {
    if (this.head !== other.head) return this.head < other.head
    const own = this.at * 4
    const its = other.at * 4
    for (let i = 6; i < this.itemBytes; i++) {
      const difference = this.#bytes[own + i] - other.#bytes[its + i]
      if (difference !== 0) return difference < 0
    }
    return true
  }
}

/**
 * All items in ascending order, in batches that are valid until the next.
 * @param itemBytes - a multiple of 4, at least 8
 */
export async function* mergeRuns(runs: readonly Run[], itemBytes: number): Run {
  const heap: Cursor[] = []
  for (const run of runs) {
    const cursor = new Cursor(run, itemBytes)
    if (!(await cursor.refill())) continue
    heap.push(cursor)
    for (let i = heap.length - 1; i > 0; i = (i - 1) >> 1) siftDown(heap, (i - 1) >> 1)
  }
  const step = itemBytes / 4
  const out = new Uint32Array(BATCH_ITEMS * step)
  let used = 0
  while (heap.length > 1) {
    const top = heap[0]
    const { words, at } = top
    for (let i = 0; i < step; i++) out[used + i] = words[at + i]
    used += step
    top.at += step
    if (used === out.length) {
      yield new Uint8Array(out.buffer)
      used = 0
    }
    if (top.at < words.length) top.look()
    else if (!(await top.refill())) heap[0] = heap.pop()!
    siftDown(heap, 0)
  }
  if (used > 0) yield new Uint8Array(out.buffer, 0, used * 4)
  const last = heap[0] as Cursor | undefined
  if (last === undefined) return
  do {
    const { words, at } = last
    for (let from = at; from < words.length; from += out.length) {
      const part = words.subarray(from, from + out.length)
      yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    }
  } while (await last.refill())
}

function siftDown(heap: Cursor[], from: number): void {
  for (let i = from; ;) {
    const left = 2 * i + 1
    if (left >= heap.length) return
    const right = left + 1
    const child = right < heap.length && heap[right].isBefore(heap[left]) ? right : left
    if (!heap[child].isBefore(heap[i])) return
    const moved = heap[i]
    heap[i] = heap[child]
    heap[child] = moved
    i = child
  }
}
