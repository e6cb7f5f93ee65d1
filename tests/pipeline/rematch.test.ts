// Earlier results asked anew: what is new comes out, by whichever way, and broken results are told by file and line.

import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  HashSet,
  rematch,
  rematchLines,
  type FileRecord,
  type Match,
  type RematchOptions,
  type RematchPlan,
  type ResultLine,
  type SummaryRecord
} from 'exhibit-hash'
import { buildRows, md5, type Row, sha1, sha256, type SetPlace, updateRows } from '../support/layers.js'
import { HEADER, linesOf, matchedWith, pictureRecord, writeLines, writeResults } from '../support/results.js'
import { tempFolder } from '../support/temp.js'

const row = (id: string, name: string | number, more: Row = {}): Row => ({
  mediaId: id,
  category: 1,
  md5: md5(name),
  ...more
})

async function withSet<T>({ index }: SetPlace, work: (set: HashSet) => Promise<T>): Promise<T> {
  const set = await HashSet.open(index)
  try {
    return await work(set)
  } finally {
    await set.close()
  }
}

/** Results of pictures, matched with a set before it is updated. */
async function earlier(place: SetPlace, records: readonly FileRecord[]): Promise<string> {
  const raw = writeResults(join(tempFolder(), 'AB-1.ndjson'), records)
  return withSet(place, (set) => matchedWith(raw, [set]))
}

const records = (lines: readonly ResultLine[]): FileRecord[] => lines.filter((line) => line.type === 'file')
const countsOf = (lines: readonly ResultLine[]) => (lines.at(-1) as SummaryRecord).rematch

/** The PDQ of a picture with some bits turned. */
function near(name: string | number, bits: number): string {
  const bytes = Buffer.from(sha256(`pdq ${name}`), 'hex')
  for (let i = 0; i < bits; i++) bytes[i >> 3] ^= 1 << (i & 7)
  return bytes.toString('hex')
}

describe.each(['files', 'layers', 'auto'] as const)('a rematch by %s', (way) => {
  test('tells new records, other gradings and relations, and counts what is gone', async () => {
    const place = await buildRows({
      'a.csv': [row('1', 'kept'), row('2', 'regraded'), row('3', 'gone'), row('4', '-', { pdq: near('closer', 9) })]
    })
    const names = ['kept', 'regraded', 'gone', 'closer', 'added', 'like', 'stranger']
    const old = await earlier(
      place,
      names.map((name, i) => pictureRecord(i * 2, name))
    )
    const add = [
      row('2', 'regraded', { category: 2 }),
      row('4', 'closer', { pdq: near('closer', 9) }),
      row('5', 'added'),
      row('6', '+', { pdq: near('like', 20) })
    ]
    await updateRows(place, { add: { 'a.csv': add }, withdraw: { 'a.csv': [{ mediaId: '3' }] } })
    await withSet(place, async (set) => {
      const lines = await linesOf(old, { sets: [set], way })
      const told = records(lines).map(({ path, matches }) => [path, matches?.map(({ news, before }) => [news, before])])
      const was = (relation: Match['relation'], category: number) => ({ relation, category, label: null })
      expect(JSON.parse(JSON.stringify(told).replaceAll('"unmapped"', 'null'))).toEqual([
        ['regraded.jpg', [['grading', was('identical', 1)]]],
        ['closer.jpg', [['relation', was('similar', 1)]]],
        ['added.jpg', [['record', null]]],
        ['like.jpg', [['record', null]]]
      ])
      expect(countsOf(lines)).toEqual({
        files: 7,
        identical: 3,
        conflict: 0,
        similar: 1,
        knownGood: 0,
        news: { record: 2, grading: 1, relation: 1 },
        gone: 1,
        filesWithGone: 1,
        unasked: 0,
        otherSets: 0,
        unaskedFiles: 0,
        errors: 0
      })
      expect(lines[0]).toMatchObject({
        case: '2026/17',
        exhibit: 'AB-1',
        sets: [set.identity],
        rematchOf: { results: 'AB-1.ndjson.matched', all: false, near: { pdq: 31 }, sets: [{ name: 'set' }] }
      })
    })
  })

  test('of a set that is the same has nothing to tell', async () => {
    const place = await buildRows({ 'a.csv': [row('1', 'a'), row('', 'b', { pdq: near('b', 3) })] })
    const old = await earlier(
      place,
      ['a', 'b', 'c'].map((name, i) => pictureRecord(i, name))
    )
    await withSet(place, async (set) => {
      const lines = await linesOf(old, { sets: [set], way })
      expect(records(lines)).toEqual([])
      expect(countsOf(lines)).toMatchObject({ files: 3, identical: 0, similar: 0, gone: 0 })
    })
  })

  test('tells of files that could not be asked, and of matches that only a scan can ask for', async () => {
    const place = await buildRows({ 'a.csv': [row('1', 'x')] })
    const turned = { relation: 'similar', by: 'pdq', distanceBits: 3, variant: 'flipX', set: 'set', source: 'a.csv' }
    const match = { ...turned, mediaId: '9', category: 1, label: null, grading: {} } as unknown as Match
    const error = { code: 'READ_FAILED', message: 'no', stage: 'read' } as const
    const lost = { digests: null, hashes: null, media: null, sizeBytes: null, error }
    await withSet(place, async (set) => {
      const old = writeResults(
        join(tempFolder(), 'old.ndjson'),
        [pictureRecord(0, 'a', { matches: [match] }), pictureRecord(1, 'b', { ...lost, matches: [] })],
        { ...HEADER, sets: [set.identity] }
      )
      const lines = await linesOf(old, { sets: [set], way })
      expect(countsOf(lines)).toMatchObject({ gone: 0, unasked: 1, unaskedFiles: 1, errors: 1 })
    })
  })

  test('gives with `all` every file, and that may be asked again', async () => {
    const place = await buildRows({ 'a.csv': [row('1', 'a'), row('2', 'b')] })
    const old = await earlier(
      place,
      ['a', 'b', 'c'].map((name, i) => pictureRecord(i, name))
    )
    await updateRows(place, { add: { 'a.csv': [row('3', 'c')] }, withdraw: { 'a.csv': [{ mediaId: '1' }] } })
    await withSet(place, async (set) => {
      const lines = await linesOf(old, { sets: [set], way, all: true })
      expect(records(lines).map(({ matches, gone }) => [matches?.length, matches?.[0]?.news, gone?.length])).toEqual([
        [0, undefined, 1],
        [1, undefined, undefined],
        [1, 'record', undefined]
      ])
      const again = await linesOf(writeLines(join(tempFolder(), 'all.ndjson'), lines), { sets: [set], way })
      expect(countsOf(again)).toMatchObject({ files: 3, news: { record: 0, grading: 0, relation: 0 }, gone: 0 })
    })
  })
})

describe('by either way', () => {
  const NAMES = [0, 1, 2, 3]
  const anyRow = fc.record({
    mediaId: fc.constantFrom('1', '2', '3', '0', ''),
    category: fc.constantFrom(1, 2),
    md5: fc.option(fc.constantFrom(...NAMES.map(md5)), { nil: undefined, freq: 2 }),
    sha1: fc.option(fc.constantFrom(...NAMES.map(sha1)), { nil: undefined, freq: 1 }),
    pdq: fc.option(fc.constantFrom(...NAMES.flatMap((name) => [near(name, 4), near(name, 30), near(name, 33)])), {
      nil: undefined,
      freq: 2
    })
  })
  const rows = fc.array(anyRow, { minLength: 1, maxLength: 5 }).map((list) => [...list, row('77', 'nobody')] as Row[])
  const update = fc.record({
    add: rows,
    withdraw: fc.array(fc.record({ mediaId: fc.constantFrom('1', '2', '3') }), { maxLength: 1 }),
    source: fc.constantFrom('a.csv', 'b.csv')
  })

  test('random updates have the same news', async () => {
    const scenario = fc.record({
      base: rows,
      before: fc.array(update, { maxLength: 1 }),
      after: fc.array(update, { maxLength: 2 }),
      distance: fc.constantFrom(31, 5)
    })
    await fc.assert(
      fc.asyncProperty(scenario, async ({ base, before, after, distance }) => {
        const place = await buildRows({ 'a.csv': base })
        const apply = async ({ add, withdraw, source }: (typeof after)[number]): Promise<void> => {
          await updateRows(place, {
            add: { [source]: add },
            ...(withdraw.length > 0 && { withdraw: { 'a.csv': withdraw } })
          })
        }
        for (const each of before) await apply(each)
        const old = await earlier(
          place,
          [...NAMES, 0].map((name, i) => pictureRecord(i, name))
        )
        for (const each of after) await apply(each)
        await withSet(place, async (set) => {
          const options = { sets: [set], near: { pdq: distance } }
          const plain = await linesOf(old, { ...options, way: 'files' })
          let plan: readonly RematchPlan[] = []
          const fast = await linesOf(old, { ...options, way: 'layers', onPlan: (made) => (plan = made) })
          expect(plan.map((one) => one.way)).toEqual(['layers'])
          expect(fast).toEqual(plain)
        })
      }),
      { numRuns: 40 }
    )
  }, 120_000)

  test('a set that the earlier results did not know is asked with every file, beside one that they did', async () => {
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    const old = await earlier(
      place,
      ['a', 'b', 'c'].map((name, i) => pictureRecord(i, name))
    )
    await updateRows(place, { add: { 'a.csv': [row('2', 'b')] } })
    const other = await buildRows({ 'o.csv': [row('1', 'c')] })
    const renamed = join(other.folder, 'other.ehx')
    const { buildHashSet } = await import('exhibit-hash')
    await buildHashSet(renamed, [join(other.folder, 'o.csv')], { name: 'other' })
    await withSet(place, (set) =>
      withSet({ ...other, index: renamed }, async (second) => {
        let plan: readonly RematchPlan[] = []
        const options: RematchOptions = { sets: [second, set], onPlan: (made) => (plan = made) }
        const lines = await linesOf(old, options)
        expect(plan.map(({ set: name, way, newerLayers }) => [name, way, newerLayers])).toEqual([
          ['other', 'files', null],
          ['set', 'layers', 1]
        ])
        expect(records(lines).map(({ path, matches }) => [path, matches?.map((match) => match.set)])).toEqual([
          ['b.jpg', ['set']],
          ['c.jpg', ['other']]
        ])
        expect(lines).toEqual(await linesOf(old, { sets: [second, set], way: 'files' }))
      })
    )
  })
})

describe('a release under other names', () => {
  test('is known by source and MediaID whatever the set is called, and with ignoreSources by MediaID', async () => {
    const first = await buildRows({ 'october.csv': [row('1', 'a')] })
    const old = await earlier(first, [pictureRecord(0, 'a')])
    const next = await buildRows({ 'november.csv': [row('1', 'a')] })
    await withSet(next, async (set) => {
      expect(records(await linesOf(old, { sets: [set] }))).toHaveLength(1)
      const lines = await linesOf(old, { sets: [set], ignoreSources: true })
      expect(records(lines)).toEqual([])
      expect(lines[0]).toMatchObject({ rematchOf: { ignoreSources: true } })
    })
  })
})

describe('results that are broken', () => {
  const good = pictureRecord(0, 'a', { matches: [] })
  const summary = { type: 'summary', files: 1 }
  const match = { relation: 'identical', by: 'md5', set: 's', source: 'a', mediaId: '1', category: 1, label: null }
  // Deeper than JSON can be written again.
  const deep = `${JSON.stringify(good).slice(0, -1)},"unknown":${'['.repeat(50_000)}${']'.repeat(50_000)}}`

  test.each<[string, unknown[], string]>([
    ['without a line', [], 'is empty'],
    ['without a header', [good, summary], 'line 1'],
    ['of another schema', [{ ...HEADER, schemaVersion: 99 }, good, summary], 'schema version 99'],
    ['whose options are none', [{ ...HEADER, options: 3 }, good, summary], 'line 1'],
    [
      'whose distances are none',
      [
        { ...HEADER, options: { ...HEADER.options, near: { pdq: -4 } }, sets: [{ name: 's', root: 'r' }] },
        good,
        summary
      ],
      'line 1'
    ],
    ['whose sets are none', [{ ...HEADER, sets: [7] }, good, summary], 'line 1'],
    ['without a summary', [HEADER, good], 'line 2: the results end without a summary'],
    ['cut in a line', [HEADER, good, '{"type":"summ'], 'line 3: the results end without a summary'],
    ['with a header alone', [HEADER], 'line 1'],
    ['with a record too few', [HEADER, summary], 'line 2'],
    ['of two scans in one', [HEADER, good, summary, HEADER, good, { ...summary, files: 4 }], 'line 3'],
    [
      'that list only what was new',
      [{ ...HEADER, rematchOf: { all: false } }, good, summary],
      'lists only what was new'
    ],
    ['with a line that is no JSON', [HEADER, '{"type":"file"', summary], 'line 2: not JSON'],
    ['with a line that is a list', [HEADER, '[1]', summary], 'line 2: not a record'],
    ['with a line of null', [HEADER, 'null', summary], 'line 2: not a record'],
    ['that are nested without end', [HEADER, deep, summary], 'line 2: is nested too deep'],
    ['with a file that comes twice', [HEADER, good, good, { ...summary, files: 2 }], 'line 3'],
    ...(
      [
        ['seq', 'first'],
        ['seq', 1.5],
        ['path', 7],
        ['path', undefined],
        ['sizeBytes', -1],
        ['digests', 'none'],
        ['digests', {}],
        ['digests', { ...good.digests, md5: 'zz' }],
        ['digests', { ...good.digests, sha256: null }],
        ['hashes', [1]],
        ['hashes', { pdq: '00' }],
        ['hashes', { pdq: 5 }],
        ['hashes', { photoDna: 'AAAA' }],
        ['hashes', { pdqQuality: '100' }],
        ['media', 4],
        ['matches', 'many'],
        ['matches', [null]],
        ['matches', [{ ...match, relation: 'alike' }]],
        ['matches', [{ ...match, source: undefined }]],
        ['matches', [{ ...match, category: {} }]],
        ['matchesOmitted', '3'],
        ['error', 'bad'],
        ['error', undefined]
      ] as const
    ).map(([name, value]): [string, unknown[], string] => [
      `whose '${name}' is ${(JSON.stringify(value) ?? 'absent').slice(0, 40)}`,
      [HEADER, { ...good, [name]: value }, summary],
      'line 2'
    ])
  ])('%s are RESULTS_INVALID', async (_, lines, where) => {
    const path = writeLines(join(tempFolder(), 'old.ndjson'), lines)
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    await withSet(place, async (set) => {
      const message = expect.stringContaining(where) as string
      await expect(linesOf(path, { sets: [set] })).rejects.toMatchObject({ code: 'RESULTS_INVALID', path, message })
    })
  })

  test('with a line that never ends are RESULTS_INVALID and do not fill the memory', async () => {
    const path = join(tempFolder(), 'old.ndjson')
    writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(HEADER)}\n`), Buffer.alloc(40 * 2 ** 20, 0x20)]))
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    await withSet(place, async (set) => {
      await expect(linesOf(path, { sets: [set] })).rejects.toMatchObject({
        code: 'RESULTS_INVALID',
        message: expect.stringContaining('line 2: too long') as string
      })
    })
  })

  test.each<[string, (path: string) => string, string]>([
    ['that are not there', (path) => `${path}.gone`, 'INPUT_NOT_FOUND'],
    ['that are a folder', () => tempFolder(), 'READ_FAILED']
  ])('%s are refused', async (_, pathOf, code) => {
    const path = pathOf(writeResults(join(tempFolder(), 'old.ndjson'), [good]))
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    await withSet(place, async (set) => {
      await expect(linesOf(path, { sets: [set] })).rejects.toMatchObject({ code })
    })
  })

  test('with empty lines, a byte order mark and carriage returns are read', async () => {
    const path = join(tempFolder(), 'old.ndjson')
    writeFileSync(path, `\ufeff${JSON.stringify(HEADER)}\r\n\n${JSON.stringify(good)}\r\n \n${JSON.stringify(summary)}`)
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    await withSet(place, async (set) => {
      expect(records(await linesOf(path, { sets: [set] }))).toHaveLength(1)
    })
  })
})

describe('options', () => {
  test.each<[string, object]>([
    ['without sets', { sets: [] }],
    ['a way that is none', { way: 'backwards' }],
    ['a distance that cannot be', { near: { pdq: 900 } }],
    ['one that is misspelt', { newr: {} }],
    ['no threads', { concurrency: 0 }]
  ])('%s are USAGE', async (_, options) => {
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    const path = writeResults(join(tempFolder(), 'old.ndjson'), [])
    await withSet(place, async (set) => {
      await expect(linesOf(path, { sets: [set], ...options })).rejects.toMatchObject({ code: 'USAGE' })
    })
  })

  test.each(['files', 'layers'] as const)('a signal stops it by %s', async (way) => {
    const place = await buildRows({ 'a.csv': [row('1', 'a')] })
    const old = await earlier(
      place,
      Array.from({ length: 3000 }, (_, i) => pictureRecord(i, i))
    )
    await updateRows(place, { add: { 'a.csv': [row('2', 'b', { pdq: near(1, 2) })] } })
    await withSet(place, async (set) => {
      const controller = new AbortController()
      const options = { sets: [set], way, signal: controller.signal, onProgress: () => controller.abort() }
      await expect(linesOf(old, options)).rejects.toMatchObject({ code: 'ABORTED' })
    })
  })

  test('may be left in the middle', async () => {
    const place = await buildRows({ 'a.csv': namesUpTo(50).map((name) => row(name, name)) })
    const old = writeResults(
      join(tempFolder(), 'old.ndjson'),
      namesUpTo(50).map((name, i) => pictureRecord(i, name))
    )
    await withSet(place, async (set) => {
      for await (const { path } of rematch(old, { sets: [set] })) {
        expect(path).toBe('1.jpg')
        break
      }
      for await (const line of rematchLines(old, { sets: [set] })) {
        expect(line.type).toBe('header')
        break
      }
    })
  })
})

function namesUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i + 1))
}
