// Updates through the public API: a base with its layers answers as a full rebuild of what should be there.

import fc from 'fast-check'
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildHashSet, compactHashSet, HashSet, updateHashSet } from 'exhibit-hash'
import {
  answersOf,
  buildRows,
  md5,
  photoDna,
  type Row,
  sha1,
  sha256,
  updateRows,
  writeRows
} from '../support/layers.js'
import { temporaryName } from '../../src/files/temporary.js'
import { tempFolder } from '../support/temp.js'

const DIGESTS = ['sha256', 'sha1', 'md5'] as const
const SIDES = ['pdq', 'phash', 'blockhash', 'photoDna'] as const
const POOL = {
  md5: [0, 1].map(md5),
  sha1: [0, 1].map(sha1),
  sha256: [0, 1].map(sha256),
  pdq: [10, 11].map(sha256),
  phash: [20, 21].map((i) => sha256(i).slice(0, 16)),
  blockhash: [30].map(sha256),
  photoDna: [0, 1].map(photoDna)
}

/** Absent once in so many times. */
const oneOf = (values: readonly string[], freq: number) =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq })
const hashes = fc.record({
  md5: oneOf(POOL.md5, 2),
  sha1: oneOf(POOL.sha1, 2),
  sha256: oneOf(POOL.sha256, 2),
  pdq: oneOf(POOL.pdq, 2),
  phash: oneOf(POOL.phash, 2),
  blockhash: oneOf(POOL.blockhash, 2),
  photoDna: oneOf(POOL.photoDna, 2)
})
const mediaId = fc.constantFrom(undefined, undefined, '0', '1', '2', '3', '007', '18446744073709551615')
const hasHash = (row: Row): boolean => [...DIGESTS, ...SIDES].some((kind) => row[kind] !== undefined)
const row: fc.Arbitrary<Row> = fc
  .tuple(hashes, mediaId, fc.nat(3))
  .map(([own, id, category]) => ({ ...own, mediaId: id, category }) as Row)
  .filter(hasHash)
const withdrawal: fc.Arbitrary<Row> = fc.oneof(
  fc.constantFrom('1', '2', '3', '007').map((id) => ({ mediaId: id })),
  { arbitrary: hashes.map((own) => own as Row).filter(hasHash), weight: 3 },
  row
)
const files = (rows: fc.Arbitrary<Row>, names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names), fc.array(rows, { minLength: 1, maxLength: 4 }), { maxKeys: 2 })

const update = fc
  .record({
    source: fc.constantFrom(undefined, 'a.csv', ['b.csv', 'a.csv'], 'all'),
    add: files(row, ['a.csv', 'b.csv', 'c.csv']),
    withdraw: files(withdrawal, ['a.csv', 'b.csv'])
  })
  .filter(({ add, withdraw }) => Object.keys(add).length + Object.keys(withdraw).length > 0)

interface Held {
  readonly source: string
  readonly row: Row
}

const idOf = ({ mediaId: id }: Row): string | null => (id === undefined || id === '0' ? null : id)
const identity = (record: Row): string => {
  const kind = [...DIGESTS, ...SIDES].find((each) => record[each] !== undefined)
  return idOf(record) ?? `${kind} ${record[kind!]}`
}

/** As the rules read, with nothing clever. */
function isTakenBack(held: Row, by: Row): boolean {
  if (idOf(by) !== null) return idOf(held) === idOf(by)
  const own = DIGESTS.filter((kind) => by[kind] !== undefined)
  if (own.length > 0) {
    const both = own.filter((kind) => held[kind] !== undefined)
    return both.length > 0 && both.every((kind) => held[kind] === by[kind])
  }
  const sides = SIDES.slice(0, 3).filter((kind) => by[kind] !== undefined)
  if (sides.length > 0) return sides.some((kind) => held[kind] === by[kind])
  return held.photoDna !== undefined && held.photoDna === by.photoDna
}

function apply(
  state: readonly Held[],
  { source, add, withdraw }: Parameters<typeof updateRows>[1] & { source?: unknown }
) {
  const named = source === undefined ? null : ([source].flat() as string[])
  const speaks = (file: string, of: string): boolean =>
    named === null ? file === of : named[0] === 'all' || named.includes(of)
  let now = [...state]
  for (const [file, rows] of Object.entries(withdraw ?? {})) {
    now = now.filter((held) => !speaks(file, held.source) || !rows.some((by) => isTakenBack(held.row, by)))
  }
  for (const [file, rows] of Object.entries(add ?? {})) {
    const home = named === null || named[0] === 'all' ? file : named[0]
    const added = new Set(rows.map(identity))
    now = now.filter((held) => !speaks(file, held.source) || !added.has(identity(held.row)))
    now.push(...rows.map((each) => ({ source: home, row: each })))
  }
  return now
}

/** Keeps every source there, whatever is taken back. */
const KEPT: Row = { mediaId: '999', md5: md5('kept'), category: 1 }

async function rebuilt(state: readonly Held[]): Promise<string> {
  const names = ['a.csv', 'b.csv', ...new Set(state.map(({ source }) => source))]
  const sources = [...new Set(names)].map((name) => [name, state.filter(({ source }) => source === name)] as const)
  return (await buildRows(Object.fromEntries(sources.map(([name, held]) => [name, held.map((one) => one.row)])))).index
}

async function answers(index: string, mapping: boolean): Promise<unknown> {
  await using set = await HashSet.open(index, { mapping })
  return answersOf(set, { ...POOL, md5: [...POOL.md5, KEPT.md5!] })
}

describe('a base with its layers', () => {
  test('answers as a full rebuild of what should be there, mapped or read, and so does the folded index', async () => {
    const rows = fc.array(row, { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(rows, rows, fc.array(update, { minLength: 1, maxLength: 4 }), async (a, b, updates) => {
        const place = await buildRows({ 'a.csv': [...a, KEPT], 'b.csv': [...b, KEPT] })
        let state: Held[] = [...a, KEPT].map((each) => ({ source: 'a.csv', row: each }))
        state.push(...[...b, KEPT].map((each) => ({ source: 'b.csv', row: each })))
        for (const { source, ...named } of updates) {
          await updateRows(place, named, source === undefined ? {} : { source })
          state = apply(state, { source, ...named })
          const expected = await answers(await rebuilt(state), true)
          expect(await answers(place.index, true)).toEqual(expected)
          expect(await answers(place.index, false)).toEqual(expected)
        }
        const layered = await answers(place.index, true)
        await compactHashSet(place.index)
        expect(await answers(place.index, true)).toEqual(layered)
        expect(readdirSync(place.folder).filter((name) => name.startsWith('set.ehx'))).toEqual(['set.ehx'])
      }),
      { numRuns: 30 }
    )
  }, 180_000)
})

const ids = async (index: string): Promise<unknown[]> => {
  await using set = await HashSet.open(index)
  return [...set.entryNumbers()].map((entry) => {
    const { source, mediaId, category } = set.record(entry)
    return `${source} ${mediaId} ${category}`
  })
}

const one = (id: number, category: number, name: string | number = id): Row => ({
  mediaId: String(id),
  category,
  md5: md5(name)
})

describe('an update', () => {
  test('replaces the grading of its own source and of no other, and says what it did', async () => {
    const place = await buildRows({ 'a.csv': [one(17, 1), one(18, 1)], 'b.csv': [one(17, 2)] })
    const base = readFileSync(place.index)
    const report = await updateRows(place, { add: { 'a.csv': [one(17, 3), one(19, 1)] } })
    expect(report).toMatchObject({
      added: 2,
      replaced: 1,
      withdrawn: 0,
      missedWithdrawals: 0,
      newSources: [],
      entries: 4
    })
    expect(report.layer).toMatchObject({ number: 1, path: `${place.index}.layer-1` })
    expect(await ids(place.index)).toEqual(['a.csv 18 1', 'b.csv 17 2', 'a.csv 17 3', 'a.csv 19 1'])
    expect(readFileSync(place.index).equals(base)).toBe(true)
    await using set = await HashSet.open(place.index)
    expect(set.identity).toMatchObject({ layers: [report.layer?.root], root: set.root })
    expect(set.metadata.sources).toMatchObject([{ name: 'a.csv', updates: [{ file: 'a.csv' }] }, { name: 'b.csv' }])
  })

  test('of a file that speaks for no source is a new source, whatever its MediaIDs are', async () => {
    const place = await buildRows({ 'a.csv': [one(17, 1)] })
    const report = await updateRows(place, { add: { 'new.csv': [one(17, 3)] } })
    expect(report).toMatchObject({ added: 1, replaced: 0, newSources: ['new.csv'] })
    expect(await ids(place.index)).toEqual(['a.csv 17 1', 'new.csv 17 3'])
    await updateRows(place, { add: { 'new.csv': [one(17, 2)] } })
    expect(await ids(place.index)).toEqual(['a.csv 17 1', 'new.csv 17 2'])
  })

  test('speaks for the source that is named, or for all of them', async () => {
    const place = await buildRows({ 'a.csv': [one(17, 1)], 'b.csv': [one(17, 2), one(18, 2)] })
    await updateRows(place, { add: { 'u.csv': [one(17, 3)] } }, { source: 'b.csv' })
    expect(await ids(place.index)).toEqual(['a.csv 17 1', 'b.csv 18 2', 'b.csv 17 3'])
    await updateRows(place, { add: { 'u.csv': [one(17, 0)] } }, { source: 'all' })
    expect(await ids(place.index)).toEqual(['b.csv 18 2', 'u.csv 17 0'])
  })

  test('takes back what is named by MediaID alone, by digest, and counts what it does not find', async () => {
    const rows = [one(1, 1), one(2, 1), { md5: md5('x'), sha1: sha1('x') }, { md5: md5('x'), sha1: sha1('y') }]
    const place = await buildRows({ 'a.csv': rows, 'b.csv': [one(1, 1)] })
    const list = join(place.folder, 'ids.csv')
    writeFileSync(list, 'MediaID\n1\n99\n')
    const report = await updateHashSet(place.index, { withdraw: [list], source: 'a.csv' })
    expect(report).toMatchObject({ withdrawn: 1, missedWithdrawals: 1, added: 0, entries: 4 })
    const digests = { withdraw: { 'a.csv': [{ md5: md5('x'), sha1: sha1('y') }] } }
    expect(await updateRows(place, digests)).toMatchObject({ withdrawn: 1, missedWithdrawals: 0, entries: 3 })
    await using set = await HashSet.open(place.index)
    expect(set.find('md5', md5('x')).map(({ digests }) => digests.sha1)).toEqual([sha1('x')])
  })

  test('that changes nothing makes no layer and says so', async () => {
    const place = await buildRows({ 'a.csv': [one(1, 1)] })
    const report = await updateRows(place, { withdraw: { 'a.csv': [{ mediaId: '5' }] } })
    expect(report).toMatchObject({ layer: null, withdrawn: 0, missedWithdrawals: 1, entries: 1 })
    expect(readdirSync(place.folder).filter((name) => name.startsWith('set.ehx'))).toEqual(['set.ehx'])
  })

  test('may take back everything, and what is left can be folded', async () => {
    const place = await buildRows({ 'a.csv': [one(1, 1), { pdq: sha256('p'), mediaId: '2' }] })
    await updateRows(place, { withdraw: { 'a.csv': [{ mediaId: '1' }, { mediaId: '2' }] } })
    const nothing = { md5: [md5(1)], pdq: [sha256('p')] }
    for (const fold of [false, true]) {
      if (fold) await compactHashSet(place.index)
      await using set = await HashSet.open(place.index)
      expect(answersOf(set, nothing)).toMatchObject({ md5: [[]], pdq: [[]], size: 0, hashCounts: {}, all: [] })
    }
  })

  test('lets a later file count more than an earlier one', async () => {
    const place = await buildRows({ 'a.csv': [one(1, 1)] })
    const add = { 'first.csv': [one(1, 2), one(2, 2)], 'second.csv': [one(1, 3)] }
    expect(await updateRows(place, { add }, { source: 'a.csv' })).toMatchObject({ added: 2, replaced: 1 })
    expect((await ids(place.index)).sort()).toEqual(['a.csv 1 3', 'a.csv 2 2'])
  })

  test('honours what a source takes back by itself, as a build of all files does', async () => {
    const folder = tempFolder()
    const page = (name: string, statuses: readonly (readonly [number, string])[]): string => {
      const hashRecords = statuses.map(([n, hashStatus]) => ({ signalType: 'VideoMD5', hashValue: md5(n), hashStatus }))
      writeFileSync(join(folder, name), JSON.stringify({ hashRecords }))
      return join(folder, name)
    }
    const first = page('p1.json', [
      [1, 'Active'],
      [2, 'Active']
    ])
    const second = page('p2.json', [
      [1, 'Withdrawn'],
      [3, 'Active'],
      [3, 'Deleted'],
      [4, 'Active']
    ])
    const [index, whole] = [join(folder, 'set.ehx'), join(folder, 'whole.ehx')]
    await buildHashSet(index, [first])
    const report = await updateHashSet(index, { add: [second] })
    expect(report).toMatchObject({ added: 1, withdrawn: 1, missedWithdrawals: 0 })
    expect(report.files[0].counts).toMatchObject({ taken: 2, takenBack: 1, withdrawn: 2 })
    await buildHashSet(whole, [first, second], { name: 'p1' })
    const asked = { md5: [1, 2, 3, 4].map(md5) }
    await using updated = await HashSet.open(index)
    await using rebuilt = await HashSet.open(whole)
    expect(answersOf(updated, asked)).toEqual(answersOf(rebuilt, asked))
  })

  test('finds another record of a digest whose first is hidden', async () => {
    const place = await buildRows({ 'a.csv': [one(1, 1, 'same')], 'b.csv': [one(2, 2, 'same')] })
    await updateRows(place, { withdraw: { 'a.csv': [{ mediaId: '1' }] } })
    await using set = await HashSet.open(place.index)
    expect([...set.findBatch('md5', Buffer.from(md5('same') + md5('none'), 'hex'))]).toEqual([1, -1])
    expect(() => set.record(0)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  test('says that a set is incomplete where one of its files is', async () => {
    const place = await buildRows({ 'a.csv': [one(1, 1)] })
    const broken = writeRows(join(place.folder, 'broken.csv'), [one(2, 1), one(3, 1)])
    writeFileSync(broken, readFileSync(broken, 'utf8').trimEnd().slice(0, -12))
    const refused = updateHashSet(place.index, { add: [broken] })
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED' })
    expect(readdirSync(place.folder).filter((name) => name.includes('layer') || name.includes('head'))).toEqual([])
    expect((await updateHashSet(place.index, { add: [broken], allowIncomplete: true })).complete).toBe(false)
    await using set = await HashSet.open(place.index)
    expect(set.identity.complete).toBe(false)
  })

  test('and its head are readable by their owner only', async ({ skip }) => {
    if (process.platform === 'win32') skip('modes are of POSIX')
    const place = await buildRows({ 'a.csv': [one(1, 1)] })
    await updateRows(place, { add: { 'a.csv': [one(2, 1)] } })
    await compactHashSet(place.index, { out: join(place.folder, 'folded.ehx') })
    for (const name of ['set.ehx.layer-1', 'set.ehx.head', 'folded.ehx']) {
      expect(statSync(join(place.folder, name)).mode & 0o777, name).toBe(0o600)
    }
  })
})

describe('an update is refused', () => {
  test.each<[string, string, Parameters<typeof updateRows>[1], Parameters<typeof updateRows>[2]]>([
    ['without files', 'USAGE', {}, {}],
    ['for a source that is not there', 'USAGE', { add: { 'a.csv': [one(1, 1)] } }, { source: 'z.csv' }],
    ['whose withdrawals speak for no source', 'USAGE', { withdraw: { 'z.csv': [one(1, 1)] } }, {}],
    ['of another profile', 'PROFILE_MIXED', { add: { 'a.csv': [one(1, 1)] } }, { profile: 'us' }],
    ['of another role', 'USAGE', { add: { 'a.csv': [one(1, 1)] } }, { role: 'known-good' }],
    ['to be signed and not signed', 'USAGE', { add: { 'a.csv': [one(1, 1)] } }, { key: 'x', dropSignature: true }],
    ['with a key that is none', 'KEY_UNUSABLE', { add: { 'a.csv': [one(1, 1)] } }, { key: 'none.pem' }]
  ])('%s, by code, and leaves nothing', async (_, code, named, options) => {
    const place = await buildRows({ 'a.csv': [one(1, 1)] })
    await expect(updateRows(place, named, options)).rejects.toMatchObject({ code })
    expect(readdirSync(place.folder).filter((name) => name.includes('set.ehx'))).toEqual(['set.ehx'])
  })

  test('where a file with records changes between the two times that it is read', async () => {
    const { folder, index } = await buildRows({ 'a.csv': [{ mediaId: '1', md5: md5(1) }] })
    const more = writeRows(join(folder, 'more.csv'), [{ mediaId: '2', md5: md5(2) }])
    let readings = 0
    const update = updateHashSet(index, {
      add: [more],
      onProgress(progress) {
        if (progress.phase !== 'reading' || progress.done < progress.total || ++readings !== 1) return
        writeRows(more, [
          { mediaId: '2', md5: md5(2) },
          { mediaId: '3', md5: md5(3) }
        ])
      }
    })
    await expect(update).rejects.toMatchObject({ code: 'FILE_CHANGED', path: more })
    expect(readdirSync(folder).filter((name) => name.startsWith('set.ehx'))).toEqual(['set.ehx'])
  })

  test('where a build would replace an index that has updates', async () => {
    const place = await buildRows({ 'a.csv': [one(1, 1)] })
    await updateRows(place, { add: { 'a.csv': [one(2, 1)] } })
    await expect(buildHashSet(place.index, [join(place.folder, 'a.csv')])).rejects.toMatchObject({ code: 'USAGE' })
    expect(await ids(place.index)).toHaveLength(2)
  })
})

test('two updates at one time: one is made, the other is refused, and the set opens', async () => {
  const folder = tempFolder()
  const index = join(folder, 'set.ehx')
  const list = (name: string, ...numbers: number[]): string => {
    writeFileSync(join(folder, name), numbers.map((n) => `${md5(n)}\n`).join(''))
    return join(folder, name)
  }
  await buildHashSet(index, [list('base.txt', 1)])
  const made = await Promise.allSettled([
    updateHashSet(index, { add: [list('two.txt', 2)] }),
    updateHashSet(index, { add: [list('three.txt', 3)] })
  ])
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(made.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'WRITE_FAILED' } })
  await using set = await HashSet.open(index)
  expect(set.size).toBe(2)
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
})

test('the lock of a process that no longer runs is taken over', async () => {
  const folder = tempFolder()
  const index = join(folder, 'set.ehx')
  const list = join(folder, 'list.txt')
  writeFileSync(list, `${md5(1)}\n`)
  await buildHashSet(index, [list])
  const own = temporaryName('x').split('.')[2].split('-')[0]
  writeFileSync(list, `${md5(2)}\n`)
  writeFileSync(join(folder, '.set.ehx.lock'), `${own}-${process.pid}`)
  await expect(updateHashSet(index, { add: [list] })).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  writeFileSync(join(folder, '.set.ehx.lock'), `${own}-999999999`)
  await expect(updateHashSet(index, { add: [list] })).resolves.toMatchObject({ added: 1 })
  // After a power cut the number is another process's.
  writeFileSync(list, `${md5(4)}\n`)
  writeFileSync(join(folder, '.set.ehx.lock'), `${own}-${process.pid}-0123456789abcdef`)
  await expect(updateHashSet(index, { add: [list] })).resolves.toMatchObject({ added: 1 })
  // Killed between making the lock and writing to it, on file systems without links.
  writeFileSync(list, `${md5(3)}\n`)
  writeFileSync(join(folder, '.set.ehx.lock'), '')
  await expect(updateHashSet(index, { add: [list] })).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  utimesSync(join(folder, '.set.ehx.lock'), 1, 1)
  await expect(updateHashSet(index, { add: [list] })).resolves.toMatchObject({ added: 1 })
})
