// Maps a stream with several items in flight and gives the results in the order of the items, or as they come.

export interface OrderedMapOptions<T> {
  /** Items between start and `release`. */
  readonly concurrency: number
  /** As how many an item counts there; default 1. */
  readonly weigh?: (item: T) => number
  /** Items between start and being taken by the consumer: bounds memory when one item is slow. */
  readonly window: number
  readonly signal?: AbortSignal
  /** Default 'discovery': results in the order of the items. 'completion': as they come. */
  readonly order?: 'discovery' | 'completion'
}

/**
 * `work` is called with an item and a function to call when the next may start; its result may come later.
 * A rejection of `work` or of the source ends the stream with that error; so does the signal, with its reason.
 */
export async function* orderedMap<T, R>(
  source: AsyncIterable<T>,
  work: (item: T, release: () => void) => Promise<R>,
  options: OrderedMapOptions<T>
): AsyncGenerator<R> {
  const { signal, weigh = () => 1 } = options
  const places: Place<R>[] = []
  const wake = new Bell()
  let active = 0
  let ended = false
  let stopped = false

  async function pump(): Promise<void> {
    for await (const item of source) {
      if (stopped) return
      let weight = weigh(item)
      active += weight
      const release = (): void => {
        active -= weight
        weight = 0
        wake.ring()
      }
      const place: Place<R> = { result: work(item, release), settled: false }
      places.push(place)
      const settle = (): void => {
        place.settled = true
        release()
      }
      place.result.then(settle, settle)
      wake.ring()
      while (!stopped && (active >= options.concurrency || places.length >= options.window)) await wake.next()
      if (stopped) return
    }
  }

  const onAbort = (): void => wake.ring()
  signal?.addEventListener('abort', onAbort, { once: true })
  const pumping = pump().finally(() => {
    ended = true
    wake.ring()
  })
  // Its rejection is thrown below, after the results before it.
  pumping.catch(() => undefined)
  try {
    for (;;) {
      signal?.throwIfAborted()
      if (places.length === 0 && ended) return await pumping
      const at = options.order === 'completion' ? places.findIndex(({ settled }) => settled) : 0
      const place = places[at] as Place<R> | undefined
      if (!place?.settled) {
        await wake.next()
        continue
      }
      // The first goes much faster than one from the middle, where many wait.
      if (at === 0) places.shift()
      else places.splice(at, 1)
      wake.ring()
      yield await place.result
    }
  } finally {
    stopped = true
    wake.ring()
    signal?.removeEventListener('abort', onAbort)
  }
}

interface Place<R> {
  readonly result: Promise<R>
  settled: boolean
}

/** Wakes whoever waits for "something changed". */
export class Bell {
  private waiting: (() => void)[] = []

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  ring(): void {
    for (const wake of this.waiting.splice(0)) wake()
  }
}
