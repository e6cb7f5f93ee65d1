// Options of the library: a misspelt or impossible one is refused by name, before anything is read.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, compactHashSet, createScanStream, findDuplicates, hashFile, HashSet } from 'exhibit-hash'
import { scan, updateHashSet, type HashingOptions, type ScanOptions } from 'exhibit-hash'
import { image } from '../support/fixtures.js'
import { buildSet } from '../support/sets.js'
import { tempFolder } from '../support/temp.js'
import { pdqRecord } from '../support/vics.js'

const refusal = (name: string) =>
  expect.objectContaining({
    name: 'ExhibitHashError',
    code: 'USAGE',
    path: name,
    message: expect.stringContaining(name) as string
  })

describe('scan and its stream refuse', () => {
  test.each<[string, unknown]>([
    ['concurency', 4],
    ['set', []],
    ['sets', ['caid.ehx']],
    ['concurrency', 0],
    ['concurrency', 1.5],
    ['concurrency', Infinity],
    ['timeoutMs', -1],
    ['maxPixels', 0],
    ['maxDecodeBytes', NaN],
    ['isolation', 'thread'],
    ['hashes', ['pdq', 'crc32']]
  ])('option %s as %j', (name, value) => {
    const options = { [name]: value } as ScanOptions
    expect(() => scan(['.'], options)).toThrow(refusal(name))
    expect(() => createScanStream(options)).toThrow(refusal(name))
  })

  test('a distance above the limit, naming the hash', async () => {
    await using set = await HashSet.open(await buildSet(tempFolder(), [pdqRecord(1, 'a'.repeat(64))]))
    expect(() => scan(['.'], { sets: [set], near: { phash: 16 } })).toThrow(refusal('phash'))
    expect(() => scan(['.'], { sets: [set], near: { md5: 1 } })).toThrow(refusal('md5'))
  })
})

test('hashFile refuses what is an option of scan only', async () => {
  const options = { concurrency: 2 } as HashingOptions
  await expect(hashFile(image('scene-01-64x64.png'), options)).rejects.toEqual(refusal('concurrency'))
})

test.each([5, null, {}])('hashFile refuses %s as its input', async (input) => {
  await expect(hashFile(input as never)).rejects.toEqual(refusal('input'))
})

test('findDuplicates refuses a path alone', async () => {
  await expect(findDuplicates('results.ndjson' as never).next()).rejects.toEqual(refusal('paths'))
})

describe('limits', () => {
  test('on pixels give PIXEL_LIMIT, and digests all the same', async () => {
    const { error, digests, hashes } = await hashFile(image('scene-01-64x64.png'), { maxPixels: 64 * 64 - 1 })
    expect(error).toMatchObject({ code: 'PIXEL_LIMIT', message: expect.stringContaining('4095') as string })
    expect(digests?.md5).toHaveLength(32)
    expect(hashes).toBeNull()
    expect((await hashFile(image('scene-01-64x64.png'), { maxPixels: 64 * 64 })).error).toBeNull()
  })

  test('on bytes to decode give FILE_TOO_LARGE, and digests of all bytes', async () => {
    const whole = await hashFile(image('scene-01-64x64.png'))
    const limited = await hashFile(image('scene-01-64x64.png'), { maxDecodeBytes: 100 })
    expect(limited).toMatchObject({ digests: whole.digests, hashes: null, error: { code: 'FILE_TOO_LARGE' } })
  })
})

test.each([
  ['a path alone', 'evidence'],
  ['nothing', null],
  ['a list with an empty path', ['']]
])('scan refuses %s as its input', (_, input) => {
  expect(() => scan(input as never)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('a list of paths') as string })
  )
})

describe('hash sets refuse', () => {
  test('a misspelt option, which would else be without effect', async () => {
    const folder = tempFolder()
    const index = await buildSet(folder, [pdqRecord(1, '0'.repeat(64))])
    await expect(HashSet.open(index, { requireSignatur: 'public.pem' } as never)).rejects.toEqual(
      refusal('requireSignatur')
    )
    await expect(buildHashSet(join(folder, 'x.ehx'), ['caid.json'], { profil: 'uk' } as never)).rejects.toEqual(
      refusal('profil')
    )
    await expect(updateHashSet(index, { add: ['x.json'], sorce: 'all' } as never)).rejects.toEqual(refusal('sorce'))
    await expect(updateHashSet(index, { add: 'x.json' } as never)).rejects.toEqual(refusal('add'))
    await expect(compactHashSet(index, { output: 'y.ehx' } as never)).rejects.toEqual(refusal('output'))
  })

  test('what is no path, no list of paths and no kind of hash', async () => {
    const folder = tempFolder()
    const usage = { code: 'USAGE' }
    await expect(HashSet.open(undefined as never)).rejects.toMatchObject(usage)
    for (const sources of [undefined, 'caid.json', ['']]) {
      await expect(buildHashSet(join(folder, 'x.ehx'), sources as never)).rejects.toMatchObject(usage)
    }
    await using set = await HashSet.open(await buildSet(folder, [pdqRecord(1, '0'.repeat(64))]))
    expect(() => set.find('md6' as never, '00')).toThrow(expect.objectContaining(usage))
  })
})
