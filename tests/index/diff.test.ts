// What changed from one set to another: the same as joining all records by identity in memory says.

import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, diffHashSets } from 'exhibit-hash'
import { buildRows, md5, photoDna, type Row, sha1, sha256, updateRows, writeRows } from '../support/layers.js'
import { tempFolder } from '../support/temp.js'

const NOTHING = { added: 0, withdrawn: 0, regraded: 0, lostHashes: 0, gainedHashes: 0, otherDigests: 0 }
const row = (id: number, more: Row = {}): Row => ({ mediaId: String(id), category: 1, md5: md5(id), ...more })

async function diffOf(a: readonly Row[], b: readonly Row[], names: readonly [string, string] = ['a.csv', 'a.csv']) {
  const [indexA, indexB] = [await buildRows({ [names[0]]: a }), await buildRows({ [names[1]]: b })]
  return diffHashSets(indexA.index, indexB.index)
}

describe('set diff', () => {
  test('tells what was added, withdrawn, re-graded, what lost and what gained hashes', async () => {
    const pdq = sha256('pdq')
    const value = photoDna(1)
    const before = [row(1), row(2), row(3), row(4, { pdq, photoDna: value }), row(5), row(6), row(7)]
    const after = [
      row(1),
      row(3, { category: 2 }),
      row(4),
      row(5, { sha1: sha1(5), phash: pdq.slice(0, 16) }),
      row(6, { md5: md5('other') }),
      row(7, { category: 3, md5: md5('7 anew') }),
      row(8)
    ]
    const diff = await diffOf(before, after)
    expect(diff.counts).toEqual({
      unchanged: 1,
      added: 1,
      withdrawn: 1,
      regraded: 2,
      lostHashes: 1,
      gainedHashes: 1,
      otherDigests: 2
    })
    expect(diff.regradings).toEqual([
      { from: 1, to: 2, count: 1 },
      { from: 1, to: 3, count: 1 }
    ])
    expect([diff.lostByKind, diff.gainedByKind]).toEqual([
      { pdq: 1, photoDna: 1 },
      { sha1: 1, phash: 1 }
    ])
    expect(diff.examples).toMatchObject({
      added: [{ source: 'a.csv', mediaId: '8', digests: { md5: md5(8) } }],
      withdrawn: [{ mediaId: '2' }],
      regraded: [
        { mediaId: '3', category: 2, from: { category: 1 } },
        { mediaId: '7', category: 3 }
      ],
      lostHashes: [{ mediaId: '4', kinds: ['pdq', 'photoDna'] }],
      gainedHashes: [{ mediaId: '5', kinds: ['sha1', 'phash'] }],
      otherDigests: [{ mediaId: '6' }, { mediaId: '7' }]
    })
    expect(JSON.stringify(diff)).not.toContain(value.slice(0, 20))
  })

  test('of a set with itself finds nothing, whatever is in it twice', async () => {
    const rows = [
      row(1),
      row(1),
      row(1, { category: 2 }),
      { md5: md5(1) },
      { md5: md5(1), category: 3 },
      { pdq: sha256(1) }
    ]
    expect((await diffOf(rows, rows)).counts).toEqual({ ...NOTHING, unchanged: rows.length })
  })

  test('follows a record without MediaID that lost its strongest digest, and keeps two apart that contradict', async () => {
    const both = { md5: md5(1), sha256: sha256(1) }
    expect((await diffOf([both], [{ md5: md5(1) }])).counts).toMatchObject({ lostHashes: 1, added: 0, withdrawn: 0 })
    const other = { md5: md5(1), sha256: sha256(2) }
    expect((await diffOf([both], [other])).counts).toEqual({ ...NOTHING, unchanged: 0, added: 1, withdrawn: 1 })
  })

  test('keeps sources apart where the sets have one in common, and otherwise compares without', async () => {
    const renamed = await diffOf([row(1), row(2)], [row(1)], ['october.csv', 'november.csv'])
    expect(renamed).toMatchObject({ bySource: false, counts: { unchanged: 1, withdrawn: 1, added: 0 } })
    const a = await buildRows({ 'a.csv': [row(1)], 'b.csv': [row(2)] })
    const b = await buildRows({ 'a.csv': [row(1)], 'c.csv': [row(2)] })
    expect(await diffHashSets(a.index, b.index)).toMatchObject({ bySource: true, counts: { added: 1, withdrawn: 1 } })
    const ignored = await diffHashSets(a.index, b.index, { ignoreSources: true })
    expect(ignored).toMatchObject({ bySource: false, counts: { unchanged: 2, added: 0, withdrawn: 0 } })
  })

  test('compares a set with its updates to one without, and names the layers', async () => {
    const old = await buildRows({ 'a.csv': [row(1), row(2), row(3)] })
    const now = await buildRows({ 'a.csv': [row(1), row(2), row(3)] })
    const add = { 'a.csv': [row(2, { category: 2 }), row(4)] }
    const { layer } = await updateRows(now, { add, withdraw: { 'a.csv': [{ mediaId: '3' }] } })
    const diff = await diffHashSets(old.index, now.index, { examples: 0 })
    expect(diff.counts).toEqual({ ...NOTHING, unchanged: 1, added: 1, withdrawn: 1, regraded: 1 })
    expect(diff.sets).toMatchObject([{ layers: [] }, { layers: [layer?.root] }])
    expect(Object.values(diff.examples).flat()).toEqual([])
  })

  test('counts as joining by identity in memory does', async () => {
    const some = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
    const rows = fc.array(
      fc
        .record({
          mediaId: fc.constantFrom('1', '2', '3', '4', '5', '6'),
          category: fc.nat(2),
          md5: some([1, 2, 3].map(md5)),
          sha1: some([1, 2].map(sha1)),
          pdq: some([1].map(sha256))
        })
        .filter(({ md5, sha1, pdq }) => (md5 ?? sha1 ?? pdq) !== undefined),
      { minLength: 1, maxLength: 12 }
    )
    const distinct = rows.map((all) => [...new Map(all.map((each) => [each.mediaId, each])).values()])
    await fc.assert(
      fc.asyncProperty(distinct, distinct, async (a, b) => {
        const { counts } = await diffOf(a as Row[], b as Row[])
        const partner = (of: { mediaId: string }) => b.find(({ mediaId }) => mediaId === of.mediaId)
        const pairs = a.flatMap((each) => (partner(each) === undefined ? [] : [[each, partner(each)!] as const]))
        const kinds = ['md5', 'sha1', 'pdq'] as const
        const lacks = (one: Row, other: Row) =>
          kinds.some((kind) => one[kind] !== undefined && other[kind] === undefined)
        expect(counts).toMatchObject({
          added: b.length - pairs.length,
          withdrawn: a.length - pairs.length,
          regraded: pairs.filter(([x, y]) => x.category !== y.category).length,
          lostHashes: pairs.filter(([x, y]) => lacks(x as Row, y as Row)).length,
          gainedHashes: pairs.filter(([x, y]) => lacks(y as Row, x as Row)).length
        })
      }),
      { numRuns: 40 }
    )
  })

  test('is refused for what is no set, and can be stopped', async () => {
    const { index, folder } = await buildRows({ 'a.csv': [row(1)] })
    await expect(diffHashSets(index, join(folder, 'a.csv'))).rejects.toMatchObject({ code: 'INDEX_NOT_AN_INDEX' })
    await expect(diffHashSets(join(folder, 'none'), index)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' })
    await expect(diffHashSets(index, index, { examples: -1 })).rejects.toMatchObject({ code: 'USAGE' })
    const large = join(tempFolder(), 'large.ehx')
    await buildHashSet(large, [
      writeRows(
        join(folder, 'l.csv'),
        Array.from({ length: 60_000 }, (_, i) => row(i))
      )
    ])
    const signal = AbortSignal.abort()
    await expect(diffHashSets(large, large, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  })
})
