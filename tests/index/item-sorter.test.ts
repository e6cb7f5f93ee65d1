// Sorting in bounded memory: whatever is put on disk in between, the items come out in one order.

import fc from 'fast-check'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TemporaryFolder } from '../../src/files/index.js'
import { ItemSorter } from '../../src/index/building/item-sorter.js'
import { StringStore } from '../../src/index/building/string-store.js'
import { MemoryBudget } from '../../src/index/building/memory.js'
import { SpoolFile } from '../../src/index/building/spool.js'
import { suiteFolder } from '../support/temp.js'

const folder = suiteFolder()

test('items come out in the order of their bytes, whatever was put on disk in between', async () => {
  const chunks = fc.array(
    fc.record({
      items: fc.array(fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: 12, maxLength: 12 }), { maxLength: 40 }),
      spills: fc.boolean()
    }),
    { maxLength: 8 }
  )
  await fc.assert(
    fc.asyncProperty(chunks, async (given) => {
      const temporary = new TemporaryFolder(join(folder, 'target'))
      const sorter = new ItemSorter(12, temporary)
      for (const { items, spills } of given) {
        const at = sorter.grow(items.length)
        sorter.buffer.set(items.flat(), at)
        if (spills) await sorter.spill()
      }
      const sorted: string[] = []
      for await (const batch of sorter.sorted()) {
        for (let i = 0; i < batch.length; i += 12) sorted.push(Buffer.from(batch.subarray(i, i + 12)).toString('hex'))
      }
      const all = given.flatMap(({ items }) => items.map((item) => Buffer.from(item).toString('hex')))
      expect(sorted).toEqual(all.sort())
      await temporary.remove()
    }),
    { numRuns: 60 }
  )
})

test('sorters that go to disk at the same moment do not get in each other’s way', async () => {
  const temporary = new TemporaryFolder(join(folder, 'many'))
  const sorters = [12, 20, 24].map((width) => new ItemSorter(width, temporary))
  for (const sorter of sorters) sorter.buffer.fill(7, sorter.grow(100))
  await Promise.all(sorters.map((sorter) => sorter.spill()))
  for (const sorter of sorters) {
    let bytes = 0
    for await (const batch of sorter.sorted()) bytes += batch.length
    expect(bytes).toBe(100 * sorter.itemBytes)
  }
  await temporary.remove()
})

test('more strings than are remembered keep their numbers', async () => {
  const temporary = new TemporaryFolder(join(folder, 'strings'))
  const store = new StringStore(new SpoolFile(temporary), new MemoryBudget(2 ** 20))
  const count = 1_100_000
  let misnumbered = 0
  for (let i = 0; i < count; i++) if (store.intern(`string ${i}`) !== i + 1) misnumbered++
  expect(misnumbered).toBe(0)
  // Forgotten, so stored once more; the last ones are known.
  expect(store.intern('string 0')).toBe(count + 1)
  expect(store.intern(`string ${count - 1}`)).toBe(count)
  const offsets: bigint[] = []
  for await (const part of store.offsets()) {
    for (const offset of new BigUint64Array(part.buffer, part.byteOffset, part.length / 8)) offsets.push(offset)
  }
  const parts: Uint8Array[] = []
  for await (const part of store.parts()) parts.push(part)
  const bytes = Buffer.concat(parts)
  const text = (id: number): string => bytes.toString('utf8', Number(offsets[id]), Number(offsets[id + 1]))
  expect([text(0), text(1), text(count), text(count + 1)]).toEqual(['', 'string 0', `string ${count - 1}`, 'string 0'])
  expect(offsets.length).toBe(count + 3)
})
