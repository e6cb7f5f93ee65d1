// A scan that is stopped, by signal or by leaving its loop: no child process is left behind.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { HashSet, scan, scanLines, type FileRecord } from 'exhibit-hash'
import { endlessFile } from '../support/bad-files.js'
import { IMAGES } from '../support/fixtures.js'
import { childrenOf, isAlive, skipOnWindows } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const folder = suiteFolder()
let set: HashSet
let others: ReadonlySet<number>

beforeAll(async () => {
  set = await HashSet.open(await buildSet(folder, [fixtureRecord('edit-00-original.jpg', 1, 2)]))
  return () => set.close()
})

/** Children of this process that it did not have before the test. */
const newChildren = (): number[] => childrenOf(process.pid).filter((pid) => !others.has(pid))

/** A name, and then someone who never goes on. */
async function* waiting(): AsyncGenerator<string> {
  yield 'package.json\n'
  await new Promise(() => undefined)
}

describe('a scan with a child process', () => {
  test('that its signal aborts throws ABORTED, and the child is gone when it does', async (context) => {
    skipOnWindows(context)
    others = new Set(childrenOf(process.pid))
    const controller = new AbortController()
    const records: FileRecord[] = []
    let children: number[] = []
    const run = async () => {
      for await (const record of scan([IMAGES], { sets: [set], signal: controller.signal })) {
        records.push(record)
        if (records.length > 1) continue
        children = newChildren()
        controller.abort()
      }
    }
    await expect(run()).rejects.toMatchObject({ name: 'ExhibitHashError', code: 'ABORTED' })
    expect(records).toHaveLength(1)
    expect(children).toHaveLength(1)
    expect(children.filter(isAlive)).toEqual([])
  })

  test('that is left by break ends its child', async (context) => {
    skipOnWindows(context)
    others = new Set(childrenOf(process.pid))
    let children: number[] = []
    for await (const record of scan([IMAGES], { sets: [set] })) {
      if (record.seq < 3) continue
      children = newChildren()
      break
    }
    expect(children).toHaveLength(1)
    expect(children.filter(isAlive)).toEqual([])
  })

  test('that is left by an error thrown in the loop ends its child, and the error goes on', async (context) => {
    skipOnWindows(context)
    others = new Set(childrenOf(process.pid))
    const run = async () => {
      for await (const line of scanLines([IMAGES])) if (line.type === 'file') throw new Error('the disk is full')
    }
    await expect(run()).rejects.toThrow('the disk is full')
    expect(newChildren()).toEqual([])
  })

  test('that ends by itself leaves no child', async (context) => {
    skipOnWindows(context)
    others = new Set(childrenOf(process.pid))
    const exhibit = tempFolder()
    writeFileSync(join(exhibit, 'a.txt'), 'a')
    const records: FileRecord[] = []
    for await (const record of scan([exhibit])) records.push(record)
    expect(records).toHaveLength(1)
    expect(newChildren()).toEqual([])
  })

  test('that is aborted while it reads a file does not wait for the end of that file', async (context) => {
    skipOnWindows(context)
    others = new Set(childrenOf(process.pid))
    const exhibit = tempFolder()
    writeFileSync(join(exhibit, 'a.txt'), 'a')
    endlessFile(join(exhibit, 'b.bin'))
    const controller = new AbortController()
    const run = async () => {
      for await (const { path } of scan([exhibit], { signal: controller.signal })) {
        expect(path).toBe('a.txt')
        controller.abort()
      }
    }
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' })
    expect(newChildren()).toEqual([])
  })

  test.each(['process', 'none'] as const)(
    'whose signal is aborted before it starts reads nothing (%s)',
    async (isolation) => {
      const reasons = new AbortController()
      reasons.abort()
      const run = async () => {
        for await (const record of scan([IMAGES], { isolation, signal: reasons.signal })) expect.fail(record.path)
      }
      await expect(run()).rejects.toMatchObject({ code: 'ABORTED' })
    }
  )

  // Node.js would end the whole process if a thread were ended while it loads its modules.
  test('that is aborted at any moment of its start throws ABORTED', async () => {
    for (let delay = 0; delay <= 480; delay += 40) {
      const signal = AbortSignal.timeout(delay)
      const run = async () => {
        for await (const { path } of scan({ names: waiting() }, { sets: [set], signal }))
          expect(path).toBe('package.json')
      }
      await expect(run(), `after ${delay} ms`).rejects.toMatchObject({ code: 'ABORTED' })
    }
  })

  test('that is aborted while names are still awaited ends at once', async () => {
    const controller = new AbortController()
    const run = async () => {
      const records = scan({ names: waiting() }, { isolation: 'none', signal: controller.signal })
      for await (const record of records) {
        expect(record.path).toBe('package.json')
        controller.abort()
      }
    }
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' })
  })
})
