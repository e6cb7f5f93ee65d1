// Building in bounded memory: the same file whatever the bound, nothing left behind, whatever stops it.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet } from 'exhibit-hash'
import { runCli, startCli } from '../support/cli.js'
import { skipOnWindows, until } from '../support/processes.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { digestHex, writeVics, type VicsRecord } from '../support/vics.js'

/** So little that a set of some thousand records goes through files. */
const LITTLE = 16 * 2 ** 20
const RECORDS = 70_000

function recordOf(i: number): VicsRecord {
  const alternatives = [
    ...(i % 3 === 0 ? [{ HashName: 'PDQ', HashValue: digestHex('sha256', `pdq ${i % 9000}`) }] : []),
    ...(i % 5 === 0 ? [{ HashName: 'pHash', HashValue: digestHex('md5', `phash ${i}`).slice(0, 16) }] : []),
    ...(i % 4 === 0 ? [{ HashName: 'PhotoDNA', HashValue: photoDna(i).toString('base64') }] : [])
  ]
  return {
    ...(i % 7 === 0 ? { MediaID: `text ${i}` } : { MediaID: i }),
    Category: i % 11 === 0 ? 'odd' : i % 4,
    MD5: digestHex('md5', `md5 ${i % 60_000}`),
    ...(i % 2 === 0 && { SHA1: digestHex('sha1', `${i}`) }),
    ...(i % 13 === 0 && { Series: `series ${i % 100}`, MediaSize: i, VictimIdentified: i % 26 === 0 }),
    AlternativeHashes: alternatives
  }
}

function photoDna(i: number): Buffer {
  return Buffer.concat(['a', 'b', 'c', 'd', 'e'].map((s) => createHash('sha256').update(`${s}${i}`).digest())).subarray(
    0,
    144
  )
}

const folder = suiteFolder()
const sources = [join(folder, 'one.json'), join(folder, 'two.json')]
writeVics(
  sources[0],
  Array.from({ length: RECORDS }, (_, i) => recordOf(i))
)
writeVics(
  sources[1],
  Array.from({ length: 3000 }, (_, i) => recordOf(i + 500_000))
)

describe('a set that does not fit in memory', () => {
  test('is the same file, and nothing else is left', async () => {
    const [large, small] = [join(tempFolder(), 'set.ehx'), join(tempFolder(), 'set.ehx')]
    await buildHashSet(large, sources)
    await buildHashSet(small, sources, { maxMemoryBytes: LITTLE })
    expect(readFileSync(small).equals(readFileSync(large))).toBe(true)
    for (const path of [large, small]) expect(readdirSync(join(path, '..'))).toEqual(['set.ehx'])
  })

  test('has every fact of every record', async () => {
    const index = join(tempFolder(), 'set.ehx')
    await buildHashSet(index, sources, { maxMemoryBytes: LITTLE })
    await using set = await HashSet.open(index)
    expect(set.size).toBe(RECORDS + 3000)
    await set.verify()
    for (const i of [0, 1, 12, 13, 26, 77, 60_001, RECORDS - 1]) {
      const entry = set.record(i)
      const given = recordOf(i)
      expect(entry.mediaId).toBe(String(given['MediaID']))
      expect(entry.category).toBe(given['Category'])
      expect(entry.digests).toEqual({ md5: given['MD5'], ...(i % 2 === 0 && { sha1: given['SHA1'] }) })
      expect(entry.grading.series).toBe(given['Series'])
      expect(entry.sizeBytes).toBe(given['MediaSize'] === 0 ? null : (given['MediaSize'] ?? null))
      expect(entry.source).toBe('one.json')
    }
    expect([...set.findEntries('md5', Buffer.from(digestHex('md5', 'md5 5'), 'hex'))]).toEqual([5, 60_005])
    const md5 = Buffer.concat([5, 59_999, 70_000].map((i) => Buffer.from(digestHex('md5', `md5 ${i}`), 'hex')))
    expect([...set.findBatch('md5', md5)]).toEqual([5, 59_999, -1])
    expect(set.record(RECORDS).source).toBe('two.json')
    expect(set.findPhotoDna(photoDna(400))[0].map(({ entry }) => entry)).toEqual([400])
    const pdq = set.findSimilar('pdq', digestHex('sha256', 'pdq 3'), { maxDistanceBits: 31 })
    expect(pdq.map(({ entry }) => entry)).toEqual([3, 9003, 18_003, 27_003, 36_003, 45_003, 54_003, 63_003])
  })

  test('keeps its temporary files where it is told, readable by their owner only', async (context) => {
    skipOnWindows(context)
    const [home, temporary] = [tempFolder(), tempFolder()]
    let seen: number[] = []
    await buildHashSet(join(home, 'set.ehx'), sources, {
      maxMemoryBytes: LITTLE,
      temporaryFolder: temporary,
      onProgress() {
        const folders = readdirSync(temporary)
        if (folders.length === 0) return
        const path = join(temporary, folders[0])
        seen = [path, ...readdirSync(path).map((name) => join(path, name))].map((name) => statSync(name).mode & 0o777)
      }
    })
    expect(seen[0]).toBe(0o700)
    expect(new Set(seen.slice(1))).toEqual(new Set([0o600]))
    expect(readdirSync(temporary)).toEqual([])
  })
})

test('records that say nothing but a digest keep their source', async () => {
  const home = tempFolder()
  const lists = ['one.txt', 'two.txt', 'three.txt'].map((name) => join(home, name))
  lists.forEach((path, i) => writeFileSync(path, `${digestHex('md5', `${i} a`)}\n${digestHex('md5', `${i} b`)}\n`))
  const index = join(home, 'set.ehx')
  await buildHashSet(index, lists)
  await using set = await HashSet.open(index)
  const found = [0, 1, 2].map((i) => set.find('md5', digestHex('md5', `${i} b`)).map(({ source }) => source))
  expect(found).toEqual([['one.txt'], ['two.txt'], ['three.txt']])
})

test.each([0, -1, 1024, NaN])('a bound of %s bytes is refused', async (maxMemoryBytes) => {
  const building = buildHashSet(join(tempFolder(), 'set.ehx'), sources, { maxMemoryBytes })
  await expect(building).rejects.toMatchObject({ code: 'USAGE' })
})

describe('a build that is stopped', () => {
  test.each(['reading', 'writing'])('while it is %s leaves nothing', async (phase) => {
    const home = tempFolder()
    const stop = new AbortController()
    const building = buildHashSet(join(home, 'set.ehx'), sources, {
      maxMemoryBytes: LITTLE,
      signal: stop.signal,
      onProgress: (progress) => progress.phase === phase && progress.records > 30_000 && stop.abort()
    })
    await expect(building).rejects.toMatchObject({ code: 'ABORTED' })
    expect(readdirSync(home)).toEqual([])
  })

  test('by a kill leaves temporary files, which the next build removes', async (context) => {
    skipOnWindows(context)
    const home = tempFolder()
    const index = join(home, 'set.ehx')
    const args = ['set', 'build', index, ...sources, '--memory', '16MiB', '--quiet']
    const killed = startCli(args)
    await until(() => readdirSync(home).some((name) => name.endsWith('.partial')))
    killed.kill('SIGKILL')
    await killed.result
    expect(readdirSync(home).length).toBeGreaterThan(0)
    expect(readdirSync(home)).not.toContain('set.ehx')
    // Of a process that still runs, and of another set: they stay.
    const [, ...parts] = readdirSync(home)[0].split('-')
    const running = `${readdirSync(home)[0].split('-')[0]}-${process.pid}-${parts.at(-1) ?? ''}`
    mkdirSync(join(home, running))
    writeFileSync(join(home, '.other.ehx.partial'), '')
    expect(await runCli(args)).toMatchObject({ status: 0 })
    expect(readdirSync(home).sort()).toEqual(['.other.ehx.partial', running, 'set.ehx'].sort())
  })

  test('by a disk that is full names the index and leaves nothing', async (context) => {
    skipOnWindows(context)
    const home = tempFolder()
    const index = join(home, 'set.ehx')
    const { status, stderr } = await runCli(['set', 'build', index, ...sources, '--memory', '16MiB', '--quiet'], {
      fileLimitKiB: 1024
    })
    expect(status).toBe(74)
    expect(stderr).toContain(index)
    expect(readdirSync(home)).toEqual([])
  })
})
