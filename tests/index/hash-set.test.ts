// Hash sets through the public API: what goes in is found, what did not go in is not, near or exact.

import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet } from 'exhibit-hash'
import { hexDistance } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'
import { digestHex, pdqRecord, writeVics, type VicsRecord } from '../support/vics.js'

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => Buffer.from(b).toString('hex'))
const MAPPED = { mapping: true }
const READ = { mapping: false }

async function build(records: readonly VicsRecord[], options = {}): Promise<string> {
  const folder = tempFolder()
  const index = join(folder, 'set.ehx')
  await buildHashSet(index, [writeVics(join(folder, 'set.json'), records)], options)
  return index
}

describe.each([
  ['mapped', MAPPED],
  ['read in blocks', READ]
])('a set that is %s', (_, how) => {
  test('gives every fact of a record back', async () => {
    const index = await build([
      {
        MediaID: 1001,
        Category: 2,
        MD5: digestHex('md5', 'a').toUpperCase(),
        SHA1: digestHex('sha1', 'a'),
        MediaSize: 1,
        MimeType: 'image/jpeg',
        DateUpdated: '2026-01-02T03:04:05Z',
        IsPrecategorized: 'true',
        PrecategorizationSource: 'Force 12',
        VictimIdentified: 'false',
        Series: 'Series Ω',
        Tags: 'one,two'
      }
    ])
    await using set = await HashSet.open(index, how)
    expect(set.find('md5', digestHex('md5', 'a'))).toEqual([
      {
        entry: 0,
        source: 'set.json',
        mediaId: '1001',
        category: 2,
        label: 'Category B',
        digests: { md5: digestHex('md5', 'a'), sha1: digestHex('sha1', 'a') },
        sizeBytes: 1,
        mimeType: 'image/jpeg',
        grading: {
          gradedBy: 'Force 12',
          updated: '2026-01-02T03:04:05.000Z',
          victimIdentified: false,
          isPrecategorized: true,
          series: 'Series Ω',
          tags: 'one,two'
        }
      }
    ])
  })

  test('keeps category 0, text categories, odd MediaIDs and codes that the profile does not list', async () => {
    const rows = [
      { MediaID: 0, Category: 0, MD5: digestHex('md5', '0') },
      { MediaID: '007', Category: '9b', MD5: digestHex('md5', '1') },
      { MediaID: '18446744073709551615', Category: 77, MD5: digestHex('md5', '2') },
      { Category: null, MD5: digestHex('md5', '3') }
    ]
    await using set = await HashSet.open(await build(rows), how)
    const facts = [0, 1, 2, 3].map((entry) => {
      const { mediaId, category, label } = set.record(entry)
      return [mediaId, category, label]
    })
    expect(facts).toEqual([
      ['0', 0, 'Uncategorised'],
      ['007', '9b', 'unmapped'],
      ['18446744073709551615', 77, 'unmapped'],
      [null, null, null]
    ])
  })

  test('finds each digest that went in, all records of it, and nothing else', async () => {
    const distinct = fc.uniqueArray(hex(16), { minLength: 1, maxLength: 400 })
    await fc.assert(
      fc.asyncProperty(distinct, fc.array(hex(16), { maxLength: 20 }), async (stored, strangers) => {
        const twice = stored.filter((_, i) => i % 5 === 0)
        const rows = [...stored, ...twice].map((md5, i) => ({ MediaID: i + 1, Category: 1, MD5: md5 }))
        await using set = await HashSet.open(await build(rows), how)
        for (const [i, md5] of stored.entries()) {
          const ids = set.find('md5', md5).map((record) => record.mediaId)
          expect(ids).toEqual(i % 5 === 0 ? [String(i + 1), String(stored.length + i / 5 + 1)] : [String(i + 1)])
        }
        const absent = strangers.filter((md5) => !stored.includes(md5))
        expect([...set.findBatch('md5', Buffer.from(absent.join(''), 'hex'))]).toEqual(absent.map(() => -1))
        const all = Buffer.from(stored.join(''), 'hex')
        expect([...set.findBatch('md5', all)]).toEqual(stored.map((_, i) => i))
      }),
      { numRuns: 15 }
    )
  })

  test('finds every hash within the distance and none beyond, as counting every pair does', async () => {
    const near = fc.tuple(hex(32), fc.array(fc.nat(255), { maxLength: 40 }))
    await fc.assert(
      fc.asyncProperty(fc.array(near, { minLength: 1, maxLength: 60 }), fc.nat(64), async (cases, maxDistanceBits) => {
        const stored = cases.map(([hash]) => hash)
        await using set = await HashSet.open(await build(stored.map((hash, i) => pdqRecord(i + 1, hash))), how)
        const queries = cases.map(([hash, flips]) => flipped(hash, flips))
        const found = set.findSimilarBatch('pdq', Buffer.from(queries.join(''), 'hex'), { maxDistanceBits })
        const expected = queries.map((query) =>
          stored
            .map((hash, entry) => ({ entry, distanceBits: hexDistance(query, hash), quality: null }))
            .filter(({ distanceBits }) => distanceBits <= maxDistanceBits)
            .sort((a, b) => a.distanceBits - b.distanceBits || a.entry - b.entry)
        )
        expect(found).toEqual(expected)
      }),
      { numRuns: 25 }
    )
  })

  test('answers with nothing for kinds it does not hold', async () => {
    await using set = await HashSet.open(await build([{ MediaID: 1, Category: 1, MD5: digestHex('md5', 'a') }]), how)
    expect(set.find('sha256', digestHex('sha256', 'a'))).toEqual([])
    expect([...set.findBatch('sha1', new Uint8Array(40))]).toEqual([-1, -1])
    expect(set.findSimilar('pdq', new Uint8Array(32), { maxDistanceBits: 31 })).toEqual([])
  })

  test('refuses look-ups of the wrong length and after close, by code', async () => {
    const set = await HashSet.open(await build([{ MediaID: 1, Category: 1, MD5: digestHex('md5', 'a') }]), how)
    expect(() => set.find('md5', 'abc')).toThrow(expect.objectContaining({ code: 'DIGEST_INVALID' }))
    expect(() => set.findBatch('md5', new Uint8Array(17))).toThrow(expect.objectContaining({ code: 'DIGEST_INVALID' }))
    expect(() => set.record(1)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    for (const options of [
      undefined,
      {},
      { maxDistanceBits: -1 },
      { maxDistanceBits: 257 },
      { maxDistanceBits: 1.5 }
    ]) {
      const ask = () => set.findSimilar('pdq', new Uint8Array(32), options as { maxDistanceBits: number })
      expect(ask).toThrow(expect.objectContaining({ code: 'USAGE' }))
    }
    await set.close()
    expect(() => set.find('md5', digestHex('md5', 'a'))).toThrow(expect.objectContaining({ code: 'SET_CLOSED' }))
  })
})

test('the same sources give the same bytes', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => ({
    MediaID: i,
    Category: i % 4,
    MD5: digestHex('md5', String(i))
  }))
  const [a, b] = [await build(rows), await build(rows)]
  expect(readFileSync(a).equals(readFileSync(b))).toBe(true)
})

test('several files become one set whose records name their file', async () => {
  const folder = tempFolder()
  const sources = ['a', 'b'].map((name, i) =>
    writeVics(join(folder, `${name}.json`), [{ MediaID: 1, Category: i + 1, MD5: digestHex('md5', 'same') }])
  )
  const report = await buildHashSet(join(folder, 'set.ehx'), sources, { name: 'Both' })
  expect(report).toMatchObject({ name: 'Both', entries: 2, complete: true })
  await using set = await HashSet.open(join(folder, 'set.ehx'))
  const found = set.find('md5', digestHex('md5', 'same')).map(({ source, category }) => [source, category])
  expect(found).toEqual([
    ['a.json', 1],
    ['b.json', 2]
  ])
})

function flipped(hash: string, bits: readonly number[]): string {
  const bytes = Buffer.from(hash, 'hex')
  for (const bit of bits) bytes[bit >> 3] ^= 1 << (bit & 7)
  return bytes.toString('hex')
}
