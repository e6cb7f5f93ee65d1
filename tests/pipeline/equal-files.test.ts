// What is decoded once, and what not at all: files of equal bytes, and files that known-good sets have.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet, hashFile, scanLines, type ScanOptions } from 'exhibit-hash'
import { EqualFiles } from '../../src/pipeline/equal-files.js'
import { hasherText, writeModule } from '../hashers/modules.js'
import { image } from '../support/fixtures.js'
import { scanPath } from '../support/scan-bytes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { zip } from '../support/zip-builder.js'

const ISOLATIONS = ['process', 'none'] as const
const PICTURE = 'edit-00-original.jpg'
const OTHER = 'edit-05-brighter.jpg'

/** Gives another value every time that it works, so that what was worked out twice shows. */
const dice = writeModule(
  suiteFolder(),
  `import { randomBytes } from 'node:crypto'\n${hasherText({ bytes: '8', of: "'file'", hash: '() => randomBytes(8)' })}`
)

describe.each(ISOLATIONS)('with isolation %s', (isolation) => {
  test('files of equal bytes are worked on once, in archives too, whatever they are called', async () => {
    const folder = tempFolder()
    for (let i = 0; i < 20; i++) copyFileSync(image(PICTURE), join(folder, `copy-${i}.jpg`))
    for (const name of ['a.txt', 'b.jpg']) writeFileSync(join(folder, name), 'no picture')
    copyFileSync(image(OTHER), join(folder, 'other.jpg'))
    const members = ['x.jpg', 'y.png'].map((name) => ({ name, bytes: readFileSync(image(PICTURE)) }))
    writeFileSync(join(folder, 'z.zip'), zip(members))
    const records = await scanPath(folder, { isolation, hashers: [dice] })
    const values = (part: RegExp) => records.filter(({ path }) => part.test(path)).map(({ hashes }) => hashes?.own)
    expect(values(/copy-|!/)).toHaveLength(22)
    expect(new Set(values(/copy-|!/)).size).toBe(1)
    expect(new Set(values(/^[ab]\./)).size).toBe(1)
    expect(new Set(values(/./)).size).toBe(4)
    // What depends on the name is of each file alone.
    const errors = records.filter(({ path }) => /^[ab]\./.test(path)).map(({ error }) => error?.code)
    expect(errors).toEqual([undefined, 'NOT_AN_IMAGE'])
    const { hashes } = await hashFile(image(PICTURE))
    for (const { path, ...record } of records.filter((one) => /copy-|!/.test(one.path))) {
      expect(record.hashes?.pdq, path).toBe(hashes?.pdq)
      expect(record.media, path).toMatchObject({ kind: 'image', width: expect.any(Number) as number })
    }
  })

  test('known-good files are not decoded where that is asked for, unless another set has them too', async () => {
    const folder = tempFolder()
    for (const name of [PICTURE, OTHER, 'scene-01-64x64.png']) copyFileSync(image(name), join(folder, name))
    const sets = tempFolder()
    const good = join(sets, 'good.ehx')
    const list = join(sets, 'good.txt')
    const digests = await Promise.all([PICTURE, OTHER].map(async (name) => (await hashFile(image(name))).digests!.md5))
    writeFileSync(list, digests.join('\n'))
    await buildHashSet(good, [list], { role: 'known-good' })
    await using goodSet = await HashSet.open(good)
    await using known = await HashSet.open(await buildSet(sets, [fixtureRecord(OTHER, 1, 1)]))
    const options: ScanOptions = { isolation, sets: [goodSet, known] }
    const skipping = await scanPath(folder, { ...options, skipKnown: true })
    const all = await scanPath(folder, options)
    const [skipped, ...others] = skipping
    expect(skipped).toMatchObject({
      path: PICTURE,
      hashes: null,
      error: null,
      media: { kind: 'image', format: 'jpeg' }
    })
    expect(skipped.media).not.toHaveProperty('width')
    expect(skipped.matches).toEqual(all[0].matches?.filter(({ relation }) => relation === 'identical'))
    expect(others.map(({ times: _, ...record }) => record)).toEqual(
      all.slice(1).map(({ times: _, ...record }) => record)
    )
    expect(others[0].matches).toContainEqual(expect.objectContaining({ relation: 'identical', category: 1 }))
    for await (const line of scanLines([folder], { ...options, skipKnown: true })) {
      if (line.type === 'header') expect(line.options.skipKnown).toBe(true)
    }
  })
})

describe('the table of equal files', () => {
  const digests = (sha256: string) => ({ md5: '', sha1: '', sha256 })
  const decoded = (format: string) => ({ media: { kind: 'image', format }, hashes: null }) as const

  test('has those wait that come while one is decoded', async () => {
    const table = new EqualFiles(null)
    expect(await table.advise(digests('a'))).toBe('decode')
    const waiting = [table.advise(digests('a')), table.advise(digests('a'))]
    expect(await table.advise(digests('b'))).toBe('decode')
    table.done(digests('a'), decoded('png'))
    expect(await Promise.all(waiting)).toEqual([decoded('png'), decoded('png')])
    expect(await table.advise(digests('a'))).toEqual(decoded('png'))
  })

  test('has the next one try where it failed', async () => {
    const table = new EqualFiles(null)
    await table.advise(digests('a'))
    const [second, third] = [table.advise(digests('a')), table.advise(digests('a'))]
    table.done(digests('a'), null)
    expect(await second).toBe('decode')
    table.done(digests('a'), decoded('gif'))
    expect(await third).toEqual(decoded('gif'))
  })

  test('forgets the one that was asked for longest ago', async () => {
    const table = new EqualFiles(null, 2)
    const put = async (key: string) => {
      expect(await table.advise(digests(key))).toBe('decode')
      table.done(digests(key), decoded(key))
    }
    await put('a')
    await put('b')
    expect(await table.advise(digests('a'))).toEqual(decoded('a'))
    await put('c')
    expect(await table.advise(digests('a'))).toEqual(decoded('a'))
    await put('b')
  })
})
