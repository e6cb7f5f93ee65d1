// Quick files go to a thread several together: no file is lost, done twice or kept from its turn by that, and one that
// kills the child costs only itself.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { scan, type FileRecord } from 'exhibit-hash'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/archives/index.js'
import { DECODE_ALL } from '../../src/pipeline/advisor.js'
import type { Task } from '../../src/pipeline/child/protocol.js'
import { Slots } from '../../src/pipeline/child/slots.js'
import { extractFile } from '../../src/pipeline/extract.js'
import { extractGroup } from '../../src/pipeline/extract-group.js'
import { FLOW_WINDOW } from '../../src/pipeline/flow.js'
import type { FirstLook } from '../../src/pipeline/open-file.js'
import { checkHashingOptions } from '../../src/pipeline/options.js'
import { image } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'
import { zip } from '../support/zip-builder.js'

function task(id: number, special: Partial<Task> = {}): Task {
  return {
    id,
    location: Buffer.from(`${id}`),
    name: `${id}`,
    place: null,
    care: 'all',
    window: FLOW_WINDOW,
    single: false,
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
        async one({ task: alone }) {
          begin([alone])
          await takes([alone])
          end([alone])
        },
        async group(tasks) {
          begin(tasks)
          await takes(tasks)
          const back = tasks.filter(({ id }) => goesBack[id % goesBack.length])
          end(tasks.filter((one) => !back.includes(one)))
          return back.map((one) => ({ task: one, first: null }))
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
    one: async ({ task: { id } }) => void groups.push([id]),
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
}, 120_000)

/** The same for all groups of a thread. */
const GROUP_BYTES = 1300

test('a file that a group gives back keeps the times that it had before anybody read it', async () => {
  const root = tempFolder()
  const archive = join(root, 'a.zip')
  writeFileSync(archive, zip([{ name: 'a.txt', bytes: Buffer.from('a') }]))
  const options = { ...checkHashingOptions({}).extract, archives: DEFAULT_ARCHIVE_LIMITS }
  const file = { location: Buffer.from(archive), name: 'a.zip' }
  const [answer] = await extractGroup([file], GROUP_BYTES, options, DECODE_ALL)
  if (!('first' in answer) || answer.first === null) throw new Error('an archive is no part of a group')
  const { state, times } = answer.first
  expect(times.modified).toBeDefined()
  const earlier = { ...times, accessed: '2020-01-01T00:00:00.000Z' }
  const timesOf = async (first: FirstLook): Promise<unknown> =>
    (await extractFile(file.location, file.name, options, DECODE_ALL, first)).features.times
  expect(await timesOf({ state, times: earlier })).toEqual(earlier)
  expect(await timesOf({ state: 'another', times: earlier })).not.toEqual(earlier)
})

test('what does not fit into the memory of a group is given back', async () => {
  const root = tempFolder()
  const names = ['a', 'b', 'c']
  for (const name of names) writeFileSync(join(root, name), name.repeat(600))
  const files = names.map((name) => ({ location: Buffer.from(join(root, name)), name }))
  const { extract } = checkHashingOptions({})
  const answers = await extractGroup(
    [...files, { location: Buffer.from(join(root, 'none')), name: 'none' }],
    GROUP_BYTES,
    extract,
    DECODE_ALL
  )
  expect(answers.map((answer) => ('first' in answer ? answer.first !== null : answer.features.sizeBytes))).toEqual([
    600,
    600,
    true,
    false
  ])
})
