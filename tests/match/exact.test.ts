// Equal digests: identical only where nothing contradicts it, and every record and set told.

import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  buildHashSet,
  HashSet,
  scan,
  scanLines,
  type FileRecord,
  type ScanOptions,
  type SummaryRecord
} from 'exhibit-hash'
import { buildSet } from '../support/sets.js'
import { tempFolder } from '../support/temp.js'
import { digestHex, type VicsRecord } from '../support/vics.js'

const TEXT = 'the evidence'
const WRONG_SHA1 = 'f'.repeat(40)
const WRONG_SHA256 = 'e'.repeat(64)
const md5 = digestHex('md5', TEXT)
const sha1 = digestHex('sha1', TEXT)
const sha256 = digestHex('sha256', TEXT)

async function open(records: readonly VicsRecord[], name = 'set'): Promise<HashSet> {
  return HashSet.open(await buildSet(tempFolder(), records, { name }))
}

/** The record of one file with this content, scanned against sets. */
async function scanned(sets: readonly HashSet[], content = TEXT, options: ScanOptions = {}): Promise<FileRecord> {
  const path = join(tempFolder(), 'file')
  writeFileSync(path, content)
  const records: FileRecord[] = []
  for await (const record of scan([path], { sets, isolation: 'none', ...options })) records.push(record)
  expect(records).toHaveLength(1)
  return records[0]
}

describe('a record that shares a digest with a file', () => {
  test.each<[string, VicsRecord, object]>([
    [
      'all digests and the size',
      { MD5: md5, SHA1: sha1, SHA256: sha256, MediaSize: TEXT.length },
      {
        relation: 'identical',
        by: 'md5',
        agreeing: ['md5', 'sha1', 'sha256']
      }
    ],
    ['an MD5 alone', { MD5: md5 }, { relation: 'identical', by: 'md5', agreeing: ['md5'] }],
    ['a SHA-1 alone', { SHA1: sha1 }, { relation: 'identical', by: 'sha1', agreeing: ['sha1'] }],
    ['a SHA-256 alone', { SHA256: sha256 }, { relation: 'identical', by: 'sha256', agreeing: ['sha256'] }],
    [
      'an MD5, and a size that an exporter left at 0',
      { MD5: md5, MediaSize: 0 },
      { relation: 'identical', agreeing: ['md5'] }
    ],
    [
      'an MD5 and another SHA-1',
      { MD5: md5, SHA1: WRONG_SHA1 },
      {
        relation: 'conflict',
        by: 'md5',
        agreeing: ['md5'],
        contradicting: ['sha1']
      }
    ],
    [
      'an MD5 and another size',
      { MD5: md5, MediaSize: 5 },
      {
        relation: 'conflict',
        by: 'md5',
        agreeing: ['md5'],
        contradicting: ['sizeBytes']
      }
    ],
    [
      'a SHA-1 and another MD5',
      { MD5: '0'.repeat(31) + '1', SHA1: sha1 },
      {
        relation: 'conflict',
        by: 'sha1',
        agreeing: ['sha1'],
        contradicting: ['md5']
      }
    ],
    [
      'two digests, another third and another size',
      { MD5: md5, SHA1: sha1, SHA256: WRONG_SHA256, MediaSize: 1 },
      {
        relation: 'conflict',
        by: 'md5',
        agreeing: ['md5', 'sha1'],
        contradicting: ['sha256', 'sizeBytes']
      }
    ]
  ])('by %s', async (_, record, expected) => {
    await using set = await open([{ MediaID: 7, Category: 2, ...record }])
    const { matches } = await scanned([set])
    const facts = { set: 'set', source: 'set.json', mediaId: '7', category: 2, label: 'Category B', grading: {} }
    expect(matches).toEqual([expect.objectContaining({ ...facts, ...expected })])
    expect(matches?.[0]).not.toHaveProperty('knownGood')
  })
})

describe('several records', () => {
  test('of one set are each told once, in their order, identical and conflict apart', async () => {
    await using set = await open([
      { MediaID: 1, Category: 1, MD5: md5, SHA1: sha1 },
      { MediaID: 2, Category: 2, SHA1: sha1 },
      { MediaID: 3, Category: 3, MD5: md5, SHA1: WRONG_SHA1 },
      { MediaID: 4, Category: 0, MD5: '1'.repeat(32) }
    ])
    const { matches } = await scanned([set])
    expect(matches?.map(({ mediaId, relation, by }) => [mediaId, relation, by])).toEqual([
      ['1', 'identical', 'md5'],
      ['2', 'identical', 'sha1'],
      ['3', 'conflict', 'md5']
    ])
  })

  test('of several sets come set after set, in the order in which the sets were given', async () => {
    await using first = await open([{ MediaID: 1, Category: 1, MD5: md5 }], 'first')
    await using second = await open([{ MediaID: 2, Category: 2, SHA1: sha1 }], 'second')
    const setsOf = ({ matches }: FileRecord) => matches?.map(({ set, mediaId }) => [set, mediaId])
    expect(setsOf(await scanned([first, second]))).toEqual([
      ['first', '1'],
      ['second', '2']
    ])
    expect(setsOf(await scanned([second, first]))).toEqual([
      ['second', '2'],
      ['first', '1']
    ])
  })
})

describe('a known-good list', () => {
  test.each([
    ['list', 'good.txt', `${md5}\n`],
    ['CSV', 'good.csv', `md5,size\n${md5},${TEXT.length}\n`]
  ])('of the form %s marks its matches, which report nothing', async (_, name, text) => {
    const folder = tempFolder()
    writeFileSync(join(folder, name), text)
    await buildHashSet(join(folder, 'good.ehx'), [join(folder, name)], { role: 'known-good' })
    await using good = await HashSet.open(join(folder, 'good.ehx'))
    expect(good.metadata.role).toBe('known-good')
    const { matches } = await scanned([good])
    expect(matches).toMatchObject([{ relation: 'identical', by: 'md5', knownGood: true, set: 'good' }])
    writeFileSync(join(folder, 'file'), TEXT)
    let summary: SummaryRecord | undefined
    for await (const line of scanLines([join(folder, 'file')], { sets: [good], isolation: 'none' })) {
      if (line.type === 'summary') summary = line
    }
    expect(summary).toMatchObject({ files: 1, identical: 0, conflict: 0, knownGood: 1, categories: [] })
  })

  test('does not outweigh a set that knows the same file as illegal', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'good.txt'), `${md5}\n`)
    await buildHashSet(join(folder, 'good.ehx'), [join(folder, 'good.txt')], { role: 'known-good' })
    await using good = await HashSet.open(join(folder, 'good.ehx'))
    await using known = await open([{ MediaID: 1, Category: 1, MD5: md5 }], 'known')
    writeFileSync(join(folder, 'file'), TEXT)
    for await (const line of scanLines([join(folder, 'file')], { sets: [good, known], isolation: 'none' })) {
      if (line.type === 'file') expect(line.matches?.map(({ knownGood }) => knownGood)).toEqual([true, undefined])
      if (line.type === 'summary') expect(line).toMatchObject({ identical: 1, knownGood: 0 })
    }
  })
})

describe('an empty file', () => {
  const EMPTY = { MD5: digestHex('md5', ''), SHA1: digestHex('sha1', ''), SHA256: digestHex('sha256', '') }

  test('matches nothing, though a set was built of its digests', async () => {
    const zeroes = [
      { MediaID: 1, Category: 1, ...EMPTY, MediaSize: 0 },
      { MediaID: 2, Category: 1, MD5: EMPTY.MD5, SHA1: sha1 },
      { MediaID: 3, Category: 1, MD5: md5, MediaSize: 0 }
    ]
    await using set = await open(zeroes)
    expect(await scanned([set], '')).toMatchObject({ sizeBytes: 0, digests: { md5: EMPTY.MD5 }, matches: [] })
    expect((await scanned([set])).matches?.map(({ mediaId }) => mediaId)).toEqual(['2', '3'])
  })

  test('is never looked up, so that a set that finds everything finds nothing of it', async () => {
    await using set = await open([{ MediaID: 1, Category: 1, MD5: md5 }])
    const tricked = Object.create(set, {
      findBatch: { value: (_: string, packed: Uint8Array) => new Int32Array(packed.length > 0 ? 1 : 0) },
      findEntries: { value: () => Uint32Array.of(0) }
    }) as HashSet
    await expect(scanned([tricked], 'anything')).rejects.toMatchObject({ code: 'INDEX_DAMAGED' })
    expect((await scanned([tricked], '')).matches).toEqual([])
  })
})

test('matching in threads and in this one give the same', async () => {
  await using set = await open([
    { MediaID: 1, Category: 1, MD5: md5, SHA1: WRONG_SHA1 },
    { MediaID: 2, SHA1: sha1 }
  ])
  const inThread = await scanned([set], TEXT, { isolation: 'none' })
  const onThreads = await scanned([set], TEXT, { isolation: 'process' })
  expect(onThreads.matches).toEqual(inThread.matches)
  expect(onThreads.matches?.map(({ relation }) => relation)).toEqual(['conflict', 'identical'])
})
