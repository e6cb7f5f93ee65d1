// Quick files go to a thread several together: no file is lost, done twice or kept from its turn by that, and one that
// kills the child costs only itself.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { scan, type FileRecord } from 'exhibit-hash'
import type { Task } from '../../src/pipeline/child/protocol.js'
import { Slots } from '../../src/pipeline/child/slots.js'
import { FLOW_WINDOW } from '../../src/pipeline/flow.js'
import { image } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'

function task(id: number, special: Partial<Task> = {}): Task {
  return {
    id,
    location: Buffer.from(`${id}`),
    name: `${id}`,
    place: null,
    care: 'all',
    window: FLOW_WINDOW,
    ...special
  }
}

interface Case {
  readonly width: number
  readonly most: number
  readonly count: number
  /** Of each task: how many turns of the event loop it takes, and whether a group hands it back. */
  readonly turns: readonly number[]
  readonly goesBack: readonly boolean[]
}

const cases: fc.Arbitrary<Case> = fc.record({
  width: fc.integer({ min: 1, max: 4 }),
  most: fc.integer({ min: 1, max: 16 }),
  count: fc.integer({ min: 1, max: 200 }),
  turns: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 20 }),
  goesBack: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 })
})

async function turnsOfLoop(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
}

test('every task is done once, and what has been begun is among the first of those that are not done', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ width, most, count, turns, goesBack }) => {
      const left = new Set(Array.from({ length: count }, (_, i) => i))
      const under = { way: 0, mostFiles: 0 }
      const begin = (tasks: readonly Task[]): void => {
        expect(++under.way).toBeLessThanOrEqual(width)
        under.mostFiles = Math.max(under.mostFiles, tasks.length)
        const first = [...left].slice(0, width * most)
        for (const { id } of tasks) expect(first).toContain(id)
      }
      const takes = (tasks: readonly Task[]): Promise<void> =>
        turnsOfLoop(Math.max(...tasks.map(({ id }) => turns[id % turns.length])))
      const end = (tasks: readonly Task[]): void => {
        under.way--
        for (const { id } of tasks) expect(left.delete(id)).toBe(true)
      }
      const slots = new Slots(width, most, {
        async one(alone) {
          begin([alone])
          await takes([alone])
          end([alone])
        },
        async group(tasks) {
          begin(tasks)
          await takes(tasks)
          const back = tasks.filter(({ id }) => goesBack[id % goesBack.length])
          end(tasks.filter((one) => !back.includes(one)))
          return back
        }
      })
      const all = Array.from({ length: count }, (_, i) => task(i))
      slots.add(all.slice(0, count >> 1))
      await turnsOfLoop(2)
      slots.add(all.slice(count >> 1))
      while (left.size > 0) await turnsOfLoop(1)
      expect(under.mostFiles).toBeLessThanOrEqual(most)
    })
  )
})

test('quick tasks are soon begun together, and one to be handled with care by itself', async () => {
  const groups: number[][] = []
  const slots = new Slots(1, 16, {
    one: async ({ id }) => void groups.push([id]),
    async group(tasks) {
      groups.push(tasks.map(({ id }) => id))
      return []
    }
  })
  const tasks = Array.from({ length: 100 }, (_, i) => task(i, i === 20 ? { care: 'digests' } : {}))
  slots.add(tasks)
  while (groups.flat().length < 100) await turnsOfLoop(1)
  expect(groups.flat()).toEqual(tasks.map(({ id }) => id))
  expect(groups).toContainEqual([20])
  expect(Math.max(...groups.map((group) => group.length))).toBe(16)
})

test('a picture that takes more memory than there may be costs no file of its group anything', async () => {
  const root = tempFolder()
  const side = 8500
  const flat = { create: { width: side, height: side, channels: 3 as const, background: 'grey' } }
  // Interlaced: a decoder needs all of its rows at once.
  const large = await sharp(flat).png({ progressive: true, compressionLevel: 9 }).toBuffer()
  const names = Array.from({ length: 100 }, (_, i) => `${String(i).padStart(3, '0')}.jpg`)
  for (const name of names) copyFileSync(image('edit-00-original.jpg'), join(root, name))
  writeFileSync(join(root, '050.png'), large)
  const records: FileRecord[] = []
  const options = { concurrency: 2, maxMemoryBytes: 280_000_000, maxPixels: side * side }
  for await (const record of scan([root], options)) records.push(record)
  expect(records.map(({ path, error }) => [path, error?.code ?? null])).toEqual([
    ...names.slice(0, 51).map((name) => [name, null]),
    ['050.png', 'MEMORY_LIMIT'],
    ...names.slice(51).map((name) => [name, null])
  ])
  for (const { digests } of records) expect(digests).not.toBeNull()
}, 60_000)
