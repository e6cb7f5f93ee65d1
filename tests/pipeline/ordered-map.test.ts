// The ordered map: results in the order of items, within the bounds, whatever finishes first.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orderedMap } from '../../src/pipeline/ordered-map.js'

async function* from<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

async function collect<T>(source: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of source) into.push(item)
  return into
}

/** Lets everything run that needs no timer. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Turns of the event loop that a piece of work takes before and after it lets the next one start. */
const turns = fc.tuple(fc.nat(4), fc.nat(4))

async function pass(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await settle()
}

/** Work that waits until the test lets it go. */
class Gates {
  readonly started: number[] = []
  private readonly open = new Map<number, () => void>()

  readonly work = (item: number): Promise<number> => {
    this.started.push(item)
    return new Promise((resolve) => this.open.set(item, () => resolve(item)))
  }

  finish(item: number): void {
    const open = this.open.get(item)
    if (open === undefined) throw new Error(`item ${item} has not started`)
    open()
  }
}

describe('an ordered map', () => {
  test('gives every result once, in order, and never has more in flight or waiting than allowed', async () => {
    const bounds = { concurrency: fc.integer({ min: 1, max: 6 }), extra: fc.nat(6) }
    await fc.assert(
      fc.asyncProperty(fc.array(turns, { maxLength: 30 }), fc.record(bounds), async (items, { concurrency, extra }) => {
        const window = concurrency + extra
        const peak = { active: 0, places: 0 }
        let active = 0
        let started = 0
        let taken = 0
        const work = async ([before, after]: [number, number], release: () => void): Promise<number> => {
          const own = started++
          peak.active = Math.max(peak.active, ++active)
          peak.places = Math.max(peak.places, started - taken)
          await pass(before)
          active--
          release()
          await pass(after)
          return own
        }
        for await (const result of orderedMap(from(items), work, { concurrency, window })) {
          expect(result).toBe(taken++)
        }
        expect(taken).toBe(items.length)
        expect(peak.active).toBeLessThanOrEqual(concurrency)
        expect(peak.places).toBeLessThanOrEqual(window)
      }),
      { numRuns: 60 }
    )
  })

  test('starts as many as may be in flight, and the next when one lets go', async () => {
    const gates = new Gates()
    const results: number[] = []
    const done = collect(orderedMap(from([0, 1, 2, 3, 4]), gates.work, { concurrency: 2, window: 10 }), results)
    await settle()
    expect(gates.started).toEqual([0, 1])
    gates.finish(1)
    await settle()
    expect(gates.started).toEqual([0, 1, 2])
    expect(results).toEqual([])
    gates.finish(0)
    await settle()
    expect(results).toEqual([0, 1])
    for (const item of [2, 3, 4]) {
      gates.finish(item)
      await settle()
    }
    expect(await done).toEqual([0, 1, 2, 3, 4])
  })

  test('starts no more while the window is full of results that wait for a slow one', async () => {
    const gates = new Gates()
    const done = collect(orderedMap(from([0, 1, 2, 3, 4, 5]), gates.work, { concurrency: 2, window: 3 }))
    await settle()
    for (const item of [1, 2]) {
      gates.finish(item)
      await settle()
    }
    expect(gates.started).toEqual([0, 1, 2])
    gates.finish(0)
    await settle()
    expect(gates.started).toEqual([0, 1, 2, 3, 4])
    for (const item of [3, 4, 5]) {
      gates.finish(item)
      await settle()
    }
    expect(await done).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('reads no further ahead than the window where nobody takes results', async () => {
    let read = 0
    async function* endless() {
      for (;;) yield read++
    }
    const results = orderedMap(endless(), async (item: number) => item, { concurrency: 4, window: 7 })
    await results.next()
    await pass(50)
    expect(read).toBeLessThanOrEqual(8)
    await results.return(undefined)
  })

  test('gives the results before an error of the source, then the error', async () => {
    async function* failing() {
      yield* [1, 2, 3]
      throw new Error('the walk failed')
    }
    const results: number[] = []
    const slow = async (item: number) => (await pass(5), item * 10)
    const done = collect(orderedMap(failing(), slow, { concurrency: 3, window: 9 }), results)
    await expect(done).rejects.toThrow('the walk failed')
    expect(results).toEqual([10, 20, 30])
  })

  test('gives the results before a rejected one, then its error, though later ones rejected first', async () => {
    const work = async (item: number): Promise<number> => {
      if (item === 3) throw new Error('later, but sooner')
      await pass(5)
      if (item === 2) throw new Error('the second failed')
      return item
    }
    const results: number[] = []
    const done = collect(orderedMap(from([1, 2, 3]), work, { concurrency: 3, window: 9 }), results)
    await expect(done).rejects.toThrow('the second failed')
    await pass(5)
    expect(results).toEqual([1])
  })

  test('ends its source when its reader stops early', async () => {
    let closed = false
    async function* watched() {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        closed = true
      }
    }
    for await (const item of orderedMap(watched(), async (i: number) => i, { concurrency: 2, window: 4 })) {
      if (item === 2) break
    }
    await settle()
    expect(closed).toBe(true)
  })

  test("ends with the signal's reason, even while it waits", async () => {
    const controller = new AbortController()
    const gates = new Gates()
    const options = { concurrency: 1, window: 1, signal: controller.signal }
    const done = collect(orderedMap(from([0, 1]), gates.work, options))
    await settle()
    controller.abort(new Error('enough'))
    await expect(done).rejects.toThrow('enough')
    const late = collect(orderedMap(from([0]), gates.work, options))
    await expect(late).rejects.toThrow('enough')
  })
})
