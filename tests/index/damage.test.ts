// Damaged, foreign and half-built indexes: an error that names the file, never a silent miss.

import fc from 'fast-check'
import { chmodSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet, type ErrorCode } from 'exhibit-hash'
import { tempFolder } from '../support/temp.js'
import { digestHex, writeVics } from '../support/vics.js'

const COUNT = 3000
const md5 = (i: number): string => digestHex('md5', String(i))

async function build(folder: string): Promise<string> {
  const pdq = (i: number): string => digestHex('sha256', `pdq ${i}`)
  const rows = Array.from({ length: COUNT }, (_, i) => ({
    MediaID: i + 1,
    Category: i % 4,
    MD5: md5(i),
    SHA1: digestHex('sha1', String(i)),
    Series: `series ${i % 7}`,
    AlternativeHashes: [{ HashName: 'PDQ', HashValue: pdq(i) }]
  }))
  const index = join(folder, 'set.ehx')
  await buildHashSet(index, [writeVics(join(folder, 'set.json'), rows)])
  return index
}

const failure = (code: ErrorCode, path: string) =>
  expect.objectContaining({ name: 'ExhibitHashError', code, path, message: expect.stringContaining(path) as string })

describe.each([
  ['mapped', true],
  ['read in blocks', false]
])('an index that is %s', (_, mapping) => {
  test('with any one bit flipped fails verification, and look-ups throw or are right', async () => {
    const index = await build(tempFolder())
    const sound = readFileSync(index)
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(7), async (at, bit) => {
        const damaged = Buffer.from(sound)
        damaged[at] ^= 1 << bit
        const path = join(tempFolder(), 'damaged.ehx')
        writeFileSync(path, damaged)
        await expect(verifyAll(path, mapping)).rejects.toMatchObject({ name: 'ExhibitHashError', path })
        await expect(lookUpAll(path, mapping)).resolves.toBe('right or refused')
      }),
      { numRuns: 40 }
    )
  })

  test('cut at any length is refused when opened', async () => {
    const folder = tempFolder()
    const index = await build(folder)
    const { length } = readFileSync(index)
    await fc.assert(
      fc.asyncProperty(fc.nat(length - 1), async (keep) => {
        const path = join(tempFolder(), 'cut.ehx')
        writeFileSync(path, readFileSync(index).subarray(0, keep))
        const code = keep < 8 ? 'INDEX_NOT_AN_INDEX' : 'INDEX_TRUNCATED'
        await expect(HashSet.open(path, { mapping })).rejects.toEqual(failure(code, path))
      }),
      { numRuns: 30 }
    )
  })

  test.each<[string, (bytes: Buffer) => Buffer, ErrorCode]>([
    ['of a later version', (b) => (b.writeUInt16LE(3, 8), b), 'INDEX_VERSION'],
    ['of an earlier version', (b) => (b.writeUInt16LE(1, 8), b), 'INDEX_VERSION'],
    ['that is another kind of file', () => Buffer.from('{"value":[]}'), 'INDEX_NOT_AN_INDEX'],
    ['that is empty', () => Buffer.alloc(0), 'INDEX_NOT_AN_INDEX'],
    ['with bytes after its end', (b) => Buffer.concat([b, Buffer.alloc(10)]), 'INDEX_TRUNCATED'],
    ['whose header claims a body beyond the file', (b) => (b.writeBigUInt64LE(2n ** 60n, 32), b), 'INDEX_DAMAGED'],
    ['whose header claims absurd sections', (b) => (b.writeUInt32LE(4_000_000_000, 68), b), 'INDEX_DAMAGED']
  ])('%s is refused by code', async (_, change, code) => {
    const index = await build(tempFolder())
    writeFileSync(index, change(readFileSync(index)))
    await expect(HashSet.open(index, { mapping })).rejects.toEqual(failure(code, index))
  })
})

test('a missing index and a folder are refused by code', async () => {
  const folder = tempFolder()
  const missing = join(folder, 'none.ehx')
  await expect(HashSet.open(missing)).rejects.toEqual(failure('INPUT_NOT_FOUND', missing))
  await expect(HashSet.open(folder)).rejects.toEqual(failure('INDEX_NOT_AN_INDEX', folder))
})

describe('a build that fails', () => {
  const good = { MediaID: 1, Category: 1, MD5: md5(1) }

  test.each<[string, (json: string) => string, ErrorCode]>([
    ['broken JSON in the middle', (json) => json.replace('"MediaID":2', '"MediaID:2'), 'SOURCE_MALFORMED'],
    ['a source that ends in the middle', (json) => json.slice(0, -40), 'SOURCE_TRUNCATED'],
    ['no usable record', () => '{"value":[]}', 'SET_EMPTY'],
    ['a source of no known format', () => '\u0001\u0002\u0003', 'SOURCE_UNRECOGNISED']
  ])('by %s leaves nothing new and keeps the index that was there', async (_, spoil, code) => {
    const folder = tempFolder()
    const index = join(folder, 'set.ehx')
    const source = join(folder, 'set.json')
    await buildHashSet(index, [writeVics(source, [good])])
    const before = readFileSync(index)
    writeVics(source, [good, { MediaID: 2, Category: 1, MD5: md5(2) }, { MediaID: 3, Category: 1, MD5: md5(3) }])
    writeFileSync(source, spoil(readFileSync(source, 'utf8')))
    await expect(buildHashSet(index, [source])).rejects.toMatchObject({ code, name: 'ExhibitHashError' })
    expect(readFileSync(index).equals(before)).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['set.ehx', 'set.json'])
  })

  test('may keep what was read, in a set that says it is incomplete', async () => {
    const folder = tempFolder()
    const source = writeVics(join(folder, 'set.json'), [good, { MediaID: 2, Category: 1, MD5: md5(2) }])
    truncateSync(source, readFileSync(source).length - 20)
    const report = await buildHashSet(join(folder, 'set.ehx'), [source], { allowIncomplete: true })
    expect(report).toMatchObject({ complete: false, entries: 1 })
    expect(report.sources[0].fault).toContain('SOURCE_TRUNCATED')
    await using set = await HashSet.open(join(folder, 'set.ehx'))
    expect(set.identity.complete).toBe(false)
  })

  test('by a target folder that does not exist names the target', async () => {
    const folder = tempFolder()
    const source = writeVics(join(folder, 'set.json'), [good])
    const index = join(folder, 'none', 'set.ehx')
    await expect(buildHashSet(index, [source])).rejects.toMatchObject({ code: 'WRITE_FAILED', path: index })
  })

  test('by profiles that differ is refused unless one is named', async () => {
    const folder = tempFolder()
    const uk = writeVics(join(folder, 'uk.json'), [good])
    const us = join(folder, 'us.json')
    writeFileSync(us, readFileSync(uk, 'utf8').replace('/UK/', '/US/'))
    const index = join(folder, 'set.ehx')
    await expect(buildHashSet(index, [uk, us])).rejects.toMatchObject({ code: 'PROFILE_MIXED' })
    expect((await buildHashSet(index, [uk, us], { profile: 'uk' })).profile.id).toBe('uk')
  })

  test('because a VICS set is offered as known-good', async () => {
    const folder = tempFolder()
    const source = writeVics(join(folder, 'set.json'), [good])
    const index = join(folder, 'set.ehx')
    await expect(buildHashSet(index, [source], { role: 'known-good' })).rejects.toMatchObject({
      code: 'SOURCE_REFUSED'
    })
    expect(existsSync(index)).toBe(false)
  })
})

test('an index is readable by its owner only', async () => {
  if (process.platform === 'win32') return
  const folder = tempFolder()
  chmodSync(folder, 0o755)
  const { statSync } = await import('node:fs')
  expect(statSync(await build(folder)).mode & 0o777).toBe(0o600)
  expect(basename(folder)).toContain('exhibit-hash-test-')
})

async function verifyAll(path: string, mapping: boolean): Promise<void> {
  await using set = await HashSet.open(path, { mapping })
  await set.verify()
}

/** Every look-up either throws INDEX_DAMAGED (or the open is refused) or finds its record. */
async function lookUpAll(path: string, mapping: boolean): Promise<string> {
  try {
    await using set = await HashSet.open(path, { mapping })
    for (let i = 0; i < COUNT; i += 37) {
      const [record] = set.find('md5', md5(i))
      if (record?.mediaId !== String(i + 1)) return `a silent miss of ${i}`
    }
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === undefined || !code.startsWith('INDEX_')) return String(error)
  }
  return 'right or refused'
}
