// A member that kills or holds up the child costs itself its hashes, and its neighbours nothing; and all the rest that
// is promised of a run holds with archives in it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scan, scanLines, type ScanOptions } from 'exhibit-hash'
import { hasherText, writeModule } from '../hashers/modules.js'
import { image } from '../support/fixtures.js'
import { outcomes, scanPath } from '../support/scan-bytes.js'
import { octal, tar } from '../support/tar-builder.js'
import { childrenOf, skipOnWindows, until } from '../support/processes.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'
import { zip, type ZipEntry } from '../support/zip-builder.js'

/** Dies of files that begin with KILL, and never comes back from those that begin with HANG. */
const TRAP = hasherText({
  of: "'file'",
  hash: `({ bytes }) => {
    const word = Buffer.from(bytes.subarray(0, 4)).toString()
    if (word === 'KILL') process.kill(process.pid, 'SIGKILL')
    while (word === 'KILL' || word === 'HANG');
    return null
  }`
})

const picture = readFileSync(image('scene-01-64x64.png'))
const harmless = (from: number, count: number): ZipEntry[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${from + i}.png`, bytes: picture, method: 8 }))

function exhibit(): string {
  const folder = tempFolder()
  const inner = zip([...harmless(0, 2), { name: 'kill', bytes: Buffer.from('KILL in') }, ...harmless(2, 2)])
  const members: ZipEntry[] = [
    ...harmless(0, 20),
    { name: 'kill', bytes: Buffer.from('KILL') },
    ...harmless(20, 3),
    { name: 'inner.zip', bytes: inner, method: 8 },
    { name: 'hang', bytes: Buffer.from('HANG') },
    ...harmless(23, 3)
  ]
  writeFileSync(join(folder, 'a.zip'), zip(members))
  writeFileSync(join(folder, 'b.tar'), tar(members.map(({ name, bytes = Buffer.alloc(0) }) => ({ name, bytes }))))
  for (let i = 0; i < 5; i++) writeFileSync(join(folder, `c${i}.png`), picture)
  return folder
}

test.each([1, 3])(
  'members that kill and hang are the only ones harmed, with %i in flight',
  { timeout: 120_000 },
  async (concurrency) => {
    const folder = exhibit()
    const hashers = [writeModule(tempFolder(), TRAP)]
    const records = await scanPath(folder, { concurrency, hashers, timeoutMs: 3000 })
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i))
    const harmed = records.filter(({ error }) => error !== null)
    const trap = ['kill: DECODER_CRASHED', 'inner.zip!kill: DECODER_CRASHED', 'hang: TIME_LIMIT']
    expect(outcomes(harmed)).toEqual([...trap.map((name) => `a.zip!${name}`), ...trap.map((name) => `b.tar!${name}`)])
    expect(harmed.map(({ digests }) => digests?.md5)).toEqual(
      ['KILL', 'KILL in', 'HANG', 'KILL', 'KILL in', 'HANG'].map((text) => digestHex('md5', text))
    )
    const sound = records.filter(({ hashes }) => hashes?.pdq !== undefined)
    expect(sound).toHaveLength(2 * (26 + 4) + 5)
    expect(records).toHaveLength(2 * (1 + 20 + 1 + 3 + 1 + 5 + 1 + 3) + 5)
  }
)

test('a member that cannot even be digested in time is recorded by its name', { timeout: 60_000 }, async () => {
  const path = join(tempFolder(), 'a.tar')
  const holes = (header: Buffer) => void header.write(octal(2 ** 33 - 1), 483, 'latin1')
  const files = [
    { name: 'first' },
    { name: 'endless', type: 'S', magic: 'gnu', change: holes } as const,
    { name: 'last' }
  ]
  writeFileSync(path, tar(files))
  const records = await scanPath(path, { timeoutMs: 1000, archives: { maxExpansion: 10_000_000 } })
  expect(outcomes(records).slice(1)).toEqual(['a.tar!first: 0', 'a.tar!endless: TIME_LIMIT', 'a.tar!last: 0'])
})

test(
  'records are the same bytes for any number of workers, and though the child is killed',
  { timeout: 120_000 },
  async (context) => {
    skipOnWindows(context)
    const folder = exhibit()
    const lines = async (options: ScanOptions, onLine?: (count: number) => void) => {
      const all: string[] = []
      for await (const line of scanLines([folder], options)) {
        all.push(JSON.stringify(line))
        onLine?.(all.length)
      }
      return all.join('\n')
    }
    const expected = await lines({ isolation: 'none', concurrency: 1 })
    expect(expected.split('\n')).toHaveLength(2 + 2 * 35 + 5)
    for (const concurrency of [1, 2, 8]) expect(await lines({ concurrency })).toBe(expected)
    expect(await lines({ isolation: 'none', concurrency: 4 })).toBe(expected)
    // Once a run: a member on which the child dies twice is held to be the cause.
    for (const when of [2, 10, 45]) {
      const before = new Set(childrenOf(process.pid))
      const killed: number[] = []
      const killing = await lines({ concurrency: 3 }, (count) => {
        if (count !== when) return
        killed.push(...childrenOf(process.pid).filter((child) => !before.has(child)))
        for (const pid of killed) process.kill(pid, 'SIGKILL')
      })
      expect(killed).toHaveLength(1)
      expect(killing).toBe(expected)
    }
  }
)

test.each(['process', 'none'] as const)(
  'no more is read of an archive than is asked for (isolation %s)',
  async (isolation) => {
    const folder = tempFolder()
    const log = join(folder, 'log')
    writeFileSync(log, '')
    const text = `import { appendFileSync } from 'node:fs'\n${hasherText({
      of: "'file'",
      hash: `() => (appendFileSync(${JSON.stringify(log)}, '.'), null)`
    })}`
    const path = join(folder, 'a.zip')
    writeFileSync(path, zip(Array.from({ length: 20_000 }, (_, i) => ({ name: `${i}`, bytes: Buffer.from(`${i}`) }))))
    const records = scan([path], { isolation, hashers: [writeModule(folder, text)], concurrency: 2 })
    for (let i = 0; i < 100; i++) {
      const { value } = (await records.next()) as { value: { seq: number; path: string } }
      expect([value.seq, value.path]).toEqual([i, i === 0 ? path.slice(folder.length + 1) : `a.zip!${i - 1}`])
    }
    let size = -1
    await until(() => {
      const now = readFileSync(log).length
      const settled = now === size
      size = now
      return settled
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(readFileSync(log).length).toBeLessThanOrEqual(100 + 64 + 8)
    await records.return(undefined)
  }
)

test('of 20,000 members every one is recorded, in order', { timeout: 120_000 }, async () => {
  const path = join(tempFolder(), 'a.zip')
  writeFileSync(
    path,
    zip(Array.from({ length: 20_000 }, (_, i) => ({ name: `${i}`, bytes: Buffer.from(`${i}`), method: 8 })))
  )
  let count = 0
  for await (const { seq, path: name, error } of scan([path])) {
    if (seq !== count || (count > 0 && name !== `a.zip!${count - 1}`) || error !== null)
      throw new Error(`${seq} ${name}`)
    count++
  }
  expect(count).toBe(20_001)
})

test('an archive that changes while it is read is told of, and not read on', async (context) => {
  skipOnWindows(context)
  const path = join(tempFolder(), 'a.zip')
  writeFileSync(path, zip(Array.from({ length: 2000 }, (_, i) => ({ name: `${i}`, bytes: picture }))))
  const records = []
  for await (const record of scan([path], { concurrency: 1 })) {
    records.push(record)
    if (records.length === 5) writeFileSync(path, 'something else altogether')
  }
  expect(records.length).toBeLessThan(200)
  expect(records.at(-1)).toMatchObject({ path: 'a.zip!', error: { code: 'FILE_CHANGED' } })
})

test('an archive that waits for a slow file before it is read ahead by a window, by one child', async (context) => {
  skipOnWindows(context)
  const folder = tempFolder()
  writeFileSync(join(folder, 'a.slow'), 'SLOW')
  const entries = Array.from({ length: 300 }, (_, i) => ({ name: `${i}`, bytes: Buffer.from(`${i}`) }))
  for (const name of ['b.zip', 'c.zip']) writeFileSync(join(folder, name), zip(entries))
  const slow = hasherText({
    of: "'file'",
    hash: `async ({ bytes }) => {
      if (Buffer.from(bytes).toString() === 'SLOW') await new Promise((resolve) => setTimeout(resolve, 3000))
      return null
    }`
  })
  const before = new Set(childrenOf(process.pid))
  const seen = new Set<number>()
  const look = setInterval(() => {
    for (const pid of childrenOf(process.pid)) if (!before.has(pid)) seen.add(pid)
  }, 50)
  // The hashers are described by a child of their own; FFmpeg would be asked what it is, in processes of its own.
  const hashers = [writeModule(tempFolder(), slow)]
  const records = await scanPath(folder, { concurrency: 3, hashers, video: false })
  clearInterval(look)
  expect(records.filter(({ error }) => error !== null)).toEqual([])
  expect(records).toHaveLength(1 + 2 * 301)
  expect(seen.size).toBeLessThanOrEqual(2)
})
