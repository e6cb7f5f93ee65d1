// The same exhibit gives the same records, whatever the workers, and whatever happens to the child on the way.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { HashSet, scan, scanLines, type ScanOptions } from 'exhibit-hash'
import { mutated } from '../support/bad-files.js'
import { image, IMAGES } from '../support/fixtures.js'
import { childrenOf, skipOnWindows, until } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder } from '../support/temp.js'

const KNOWN = ['edit-00-original.jpg', 'scene-13-800x600.jpg', 'webp-01-700x500.webp', 'scene-01-64x64.png']

/** Pictures of every format, none that takes long. */
const SOME = /^(alpha|edit-0[03]|exif-orientation-6|gif|grey|palette|scene-0[1-5]|scene-11|size64-0[12]|tiff|webp)/

const folder = suiteFolder()
const exhibit = join(folder, 'exhibit')
let set: HashSet
/** Lines of a scan with one file in flight. */
let expected: string

beforeAll(async () => {
  mkdirSync(exhibit)
  for (const name of readdirSync(IMAGES).filter((one) => SOME.test(one))) copyFileSync(image(name), join(exhibit, name))
  for (const [i, name] of KNOWN.entries()) {
    const bytes = readFileSync(image(name))
    mkdirSync(join(exhibit, `damaged-${i}`))
    for (let seed = 0; seed < 4; seed++) writeFileSync(join(exhibit, `damaged-${i}`, `${seed}`), mutated(bytes, seed))
  }
  for (let i = 0; i < 50; i++) writeFileSync(join(exhibit, `${i}.txt`), `text ${i}`)
  const index = await buildSet(
    folder,
    KNOWN.map((name, i) => fixtureRecord(name, i + 1, i))
  )
  set = await HashSet.open(index)
  expected = await linesOf({ concurrency: 1 })
  return () => set.close()
})

/** A results file as text. Messages of the decoders' libraries are not compared here: see the test below. */
async function linesOf(options: ScanOptions, onLine?: (count: number) => void): Promise<string> {
  const lines: string[] = []
  for await (const line of scanLines([exhibit], { hashes: ['pdq', 'phash'], preview: true, sets: [set], ...options })) {
    const shown =
      line.type === 'file' && line.error !== null ? { ...line, error: { ...line.error, message: '' } } : line
    lines.push(JSON.stringify(shown))
    onLine?.(lines.length)
  }
  return lines.join('\n')
}

describe('the lines of a scan', () => {
  test('tell of pictures, damage and matches', () => {
    for (const part of ['"identical"', '"similar"', '"partial":true', '"DECODE_FAILED"', '"preview"', '"summary"']) {
      expect(expected).toContain(part)
    }
  })

  test.each<[string, ScanOptions]>([
    ['with two', { concurrency: 2 }],
    ['with eight', { concurrency: 8 }],
    ['in one process', { isolation: 'none', concurrency: 4 }]
  ])('are the same bytes %s', async (_, options) => {
    expect(await linesOf(options)).toBe(expected)
  })

  test('are the same bytes though the child is killed while it works', async (context) => {
    skipOnWindows(context)
    const before = new Set(childrenOf(process.pid))
    const killed: number[] = []
    // Once: a file on which the child dies twice is held to be the cause, and its record says so.
    const lines = await linesOf({ concurrency: 3 }, (count) => {
      if (count !== 5) return
      killed.push(...childrenOf(process.pid).filter((child) => !before.has(child)))
      for (const pid of killed) process.kill(pid, 'SIGKILL')
    })
    expect(killed).toHaveLength(1)
    expect(lines).toBe(expected)
  })

  test('are the same bytes though the child is killed before its first result', async (context) => {
    skipOnWindows(context)
    const before = new Set(childrenOf(process.pid))
    const lines = linesOf({ concurrency: 2 })
    const child = await until(() => childrenOf(process.pid).find((pid) => !before.has(pid)))
    process.kill(child, 'SIGKILL')
    expect(await lines).toBe(expected)
  })
})

test('a message tells of its own file only, whatever is decoded beside it', async () => {
  const damaged = join(folder, 'damaged-webp')
  mkdirSync(damaged, { recursive: true })
  const bytes = readFileSync(image('webp-01-700x500.webp'))
  for (let i = 0; i < 60; i++) {
    const copy = Buffer.from(bytes)
    copy[bytes.length - 2000 - i * 7] ^= 1
    writeFileSync(join(damaged, `${i}.webp`), copy)
  }
  const messages = new Set<string | undefined>()
  for await (const { error } of scan([damaged], { isolation: 'none', concurrency: 4 })) messages.add(error?.message)
  expect(messages.size).toBe(1)
})
