// The journal of a run: whatever a crash leaves of it, what is found in it is what was written.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderRecord } from 'exhibit-hash'
import { Journal } from '../../src/results/index.js'
import { tempFolder } from '../support/temp.js'

type Value = { readonly path: string; readonly text: string }

const header: HeaderRecord = {
  type: 'header',
  schemaVersion: 1,
  options: { hashes: ['md5'], near: {}, preview: false },
  sets: []
}
const FACTS = { version: '1', header, limits: { maxPixels: 1 }, input: ['/exhibit'] }
const UNITS = 60

const valueOf = (unit: number): Value => ({ path: `ü/${unit}.jpg`, text: 'x'.repeat((unit * 37) % 400) })

const lineOf = (unit: number) => ({ unit, part: 0, value: valueOf(unit), parts: 1 })

/** A journal of units 0 to UNITS - 1, written out of their order. */
async function written(path: string): Promise<Buffer> {
  const journal = await Journal.begin<Value>(path, FACTS)
  const order = Array.from({ length: UNITS }, (_, i) => (i * 7) % UNITS)
  await Promise.all(order.map((unit) => journal.append(lineOf(unit))))
  await journal.close()
  return readFileSync(path)
}

/** Units that a resumed journal finds, each held against what was written. */
async function found(journal: Journal<Value>): Promise<number[]> {
  const units: number[] = []
  for (let unit = 0; unit < UNITS; unit++) {
    const places = journal.find(unit)
    if (places === null) continue
    expect(places).toHaveLength(1)
    expect(await journal.read(places.first)).toEqual(valueOf(unit))
    units.push(unit)
  }
  expect(units).toHaveLength(journal.found.units)
  return units
}

/** What is missing is added, and then all is there. */
async function completes(path: string): Promise<void> {
  const journal = await Journal.resume<Value>(path, FACTS)
  const there = new Set(await found(journal))
  for (let unit = 0; unit < UNITS; unit++) if (!there.has(unit)) await journal.append(lineOf(unit))
  await journal.close()
  const again = await Journal.resume<Value>(path, FACTS)
  expect(await found(again)).toHaveLength(UNITS)
  await again.close()
}

const SECTOR = 512

/** What a power cut can do to a file of which only the beginning was made durable. */
const CRASHES: Record<string, (bytes: Buffer, durable: number, numbers: readonly number[]) => Buffer> = {
  'a torn tail': (bytes, durable, [a]) => bytes.subarray(0, durable + (a % (bytes.length - durable))),
  'a tail of zeros': (bytes, durable, [a]) => {
    const from = durable + (a % (bytes.length - durable))
    return Buffer.concat([bytes.subarray(0, from), Buffer.alloc(bytes.length - from)])
  },
  'sectors that were never written': (bytes, durable, numbers) => {
    const damaged = Buffer.from(bytes)
    for (const number of numbers) {
      const at = Math.max(durable, Math.floor((number % bytes.length) / SECTOR) * SECTOR)
      damaged.fill(0, at, Math.min(at + SECTOR, bytes.length))
    }
    return damaged
  },
  'sectors in another order': (bytes, durable, [a, b]) => {
    const sectors = Math.floor((bytes.length - durable) / SECTOR)
    const [from, to] = [a, b].map((number) => durable + (number % sectors) * SECTOR)
    const damaged = Buffer.from(bytes)
    bytes.copy(damaged, from, to, to + SECTOR)
    bytes.copy(damaged, to, from, from + SECTOR)
    return damaged
  }
}

describe('a journal', () => {
  test('gives back what was written, in whatever order, and goes on', async () => {
    const path = join(tempFolder(), 'journal')
    await written(path)
    const journal = await Journal.resume<Value>(path, FACTS)
    expect(journal.found).toEqual({ units: UNITS, damagedBytes: 0 })
    expect(await found(journal)).toHaveLength(UNITS)
    expect(journal.find(UNITS)).toBeNull()
    const place = await journal.append(lineOf(UNITS))
    expect(await journal.read(place)).toEqual(valueOf(UNITS))
    await journal.close()
  })

  test.each(Object.entries(CRASHES))(
    'with %s has nothing but what was written, and can be completed',
    async (_, crash) => {
      const path = join(tempFolder(), 'journal')
      const bytes = await written(path)
      const durable = bytes.indexOf('\n') + 1
      const numbers = fc.array(fc.nat(1 << 24), { minLength: 4, maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(numbers, async (given) => {
          writeFileSync(path, crash(bytes, durable, given))
          await completes(path)
        }),
        { numRuns: 25 }
      )
    }
  )

  test('knows a unit of several parts when all of them are there, and how many', async () => {
    const path = join(tempFolder(), 'journal')
    const journal = await Journal.begin<Value>(path, FACTS)
    const lines = [
      { unit: 1, part: 1, value: valueOf(11) },
      { unit: 1, part: 0, value: valueOf(10) },
      { unit: 2, part: 0, value: valueOf(20), parts: 2 },
      { unit: 1, parts: 2 },
      { unit: 3, part: 0, value: valueOf(30) }
    ]
    for (const line of lines) await journal.append(line)
    await journal.close()
    const again = await Journal.resume<Value>(path, FACTS)
    expect(again.found.units).toBe(1)
    const values = await Promise.all([...again.find(1)!].map((place) => again.read(place)))
    expect(values).toEqual([valueOf(10), valueOf(11)])
    expect([again.find(0), again.find(2), again.find(3)]).toEqual([null, null, null])
    await again.append({ unit: 2, part: 0, value: valueOf(22), parts: 1 })
    await again.close()
    const last = await Journal.resume<Value>(path, FACTS)
    expect(last.find(1)).toHaveLength(2)
    expect(last.find(2)).toHaveLength(1)
    await last.close()
  })

  test('puts nothing together that several runs wrote of one unit: the file may have been another', async () => {
    const path = join(tempFolder(), 'journal')
    const first = await Journal.begin<Value>(path, FACTS)
    for (const part of [0, 1, 2]) await first.append({ unit: 0, part, value: valueOf(part) })
    await first.append({ unit: 0, parts: 3 })
    await first.close()
    const second = await Journal.resume<Value>(path, FACTS)
    expect(second.find(0)).toHaveLength(3)
    // It found another file in this place, and was interrupted before its members.
    await second.append({ unit: 0, part: 0, value: valueOf(10) })
    await second.close()
    const third = await Journal.resume<Value>(path, FACTS)
    expect(third.find(0)).toBeNull()
    await third.append({ unit: 0, part: 0, value: valueOf(20) })
    await third.append({ unit: 0, parts: 2 })
    await third.close()
    const fourth = await Journal.resume<Value>(path, FACTS)
    expect(fourth.find(0)).toBeNull()
    await fourth.close()
  })

  test('takes no line of another journal', async () => {
    const folder = tempFolder()
    const [path, other] = [join(folder, 'one'), join(folder, 'other')]
    const [own, foreign] = [await written(path), await written(other)]
    const beginning = own.subarray(0, own.indexOf('\n') + 1)
    writeFileSync(path, Buffer.concat([beginning, foreign.subarray(foreign.indexOf('\n') + 1)]))
    const journal = await Journal.resume<Value>(path, FACTS)
    expect(journal.found.units).toBe(0)
    expect(journal.found.damagedBytes).toBeGreaterThan(1000)
    await journal.close()
  })

  test('that a crash has left without a whole line is none', async () => {
    const path = join(tempFolder(), 'journal')
    const bytes = await written(path)
    for (const left of [Buffer.alloc(0), bytes.subarray(0, 50), Buffer.alloc(4096)]) {
      writeFileSync(path, left)
      await completes(path)
    }
  })

  test.each([
    ['inputs', { ...FACTS, input: ['other'] }],
    [
      'hash sets',
      { ...FACTS, header: { ...header, sets: [{ name: 'a', root: 'b', profile: 'none', complete: true }] } }
    ],
    ['options or labels', { ...FACTS, header: { ...header, case: '7' } }]
  ])('of other %s is refused, and left as it is', async (what, facts) => {
    const path = join(tempFolder(), 'journal')
    const bytes = await written(path)
    await expect(Journal.resume(path, facts)).rejects.toMatchObject({
      code: 'JOURNAL_FOREIGN',
      message: expect.stringContaining(`other ${what}`) as string
    })
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  test('that is there is not written over, and one without its beginning is no journal', async () => {
    const path = join(tempFolder(), 'journal')
    const bytes = await written(path)
    await expect(Journal.begin(path, FACTS)).rejects.toMatchObject({ code: 'JOURNAL_EXISTS' })
    for (const damaged of [bytes.subarray(1), Buffer.from('notes\n')]) {
      writeFileSync(path, damaged)
      await expect(Journal.resume(path, FACTS)).rejects.toMatchObject({ code: 'RESULTS_INVALID', path })
    }
  })
})
