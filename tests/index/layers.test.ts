// Index, head and layers that are not one set are refused, each by its code; a step that was interrupted costs nothing.

import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compactHashSet, HashSet, type ErrorCode } from 'exhibit-hash'
import { answersOf, buildRows, md5, type Row, sha256, type SetPlace, updateRows } from '../support/layers.js'

const one = (id: number, category = 1): Row => ({ mediaId: String(id), category, md5: md5(id), pdq: sha256(id) })
const ASKED = { md5: [1, 2, 3, 4, 5].map(md5), pdq: [1, 2, 3].map(sha256) }

const head = ({ index }: SetPlace): string => `${index}.head`
const layer = ({ index }: SetPlace, number: number): string => `${index}.layer-${number}`

/** An index of two records with two updates. */
async function layered(first: Row = one(3)): Promise<SetPlace> {
  const place = await buildRows({ 'a.csv': [one(1), one(2)] })
  await updateRows(place, { add: { 'a.csv': [first, one(1, 2)] } })
  await updateRows(place, { add: { 'a.csv': [one(4)] }, withdraw: { 'a.csv': [{ mediaId: '2' }] } })
  return place
}

async function answers({ index }: SetPlace): Promise<unknown> {
  await using set = await HashSet.open(index)
  return answersOf(set, ASKED)
}

const names = ({ folder }: SetPlace): string[] => readdirSync(folder).filter((name) => name.includes('set.ehx'))

/** All files of a set as they are, and a way back to them. */
function snapshot(place: SetPlace): () => void {
  const files = names(place).map((name) => [join(place.folder, name), readFileSync(join(place.folder, name))] as const)
  return () => {
    for (const name of names(place)) rmSync(join(place.folder, name))
    for (const [path, bytes] of files) writeFileSync(path, bytes)
  }
}

function rewriteHead(place: SetPlace, change: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(head(place), 'utf8'))
  change(value)
  writeFileSync(head(place), JSON.stringify(value))
}

type Layers = { number: number; root: string }[]

describe.each([
  ['mapped', true],
  ['read in blocks', false]
])('a set that is %s is refused', (_, mapping) => {
  test.each<[string, ErrorCode, string, (place: SetPlace) => unknown]>([
    ['whose layer is missing', 'LAYER_MISSING', '.layer-1', (place) => rmSync(layer(place, 1))],
    ['whose last layer is missing', 'LAYER_MISSING', '.layer-2', (place) => rmSync(layer(place, 2))],
    [
      'whose layer is of another base',
      'LAYER_FOREIGN',
      '.layer-1',
      async (place) => {
        const other = await buildRows({ 'a.csv': [one(9)] })
        await updateRows(other, { add: { 'a.csv': [one(3)] } })
        copyFileSync(layer(other, 1), layer(place, 1))
      }
    ],
    [
      'whose layers have changed places',
      'LAYER_OUT_OF_ORDER',
      '.layer-1',
      (place) => {
        renameSync(layer(place, 1), `${place.index}.x`)
        renameSync(layer(place, 2), layer(place, 1))
        renameSync(`${place.index}.x`, layer(place, 2))
      }
    ],
    [
      'whose layer follows another than the one before it',
      'LAYER_OUT_OF_ORDER',
      '.layer-2',
      async (place) => {
        const other = await layered(one(3, 7))
        copyFileSync(layer(other, 1), layer(place, 1))
        rewriteHead(place, (value) => {
          const theirs = JSON.parse(readFileSync(head(other), 'utf8')) as { layers: Layers }
          ;(value.layers as Layers)[0].root = theirs.layers[0].root
        })
      }
    ],
    [
      'whose layer is another than the listed one',
      'LAYER_CHANGED',
      '.layer-1',
      async (place) => copyFileSync(layer(await layered(one(3, 7)), 1), layer(place, 1))
    ],
    [
      'where a set stands in place of a layer',
      'LAYER_CHANGED',
      '.layer-1',
      (place) => copyFileSync(place.index, layer(place, 1))
    ],
    ['whose head is gone', 'LAYER_UNLISTED', '.layer-1', (place) => rmSync(head(place))],
    [
      'whose head lists less than there is',
      'LAYER_UNLISTED',
      '.layer-2',
      (place) => rewriteHead(place, (value) => (value.layers as Layers).pop())
    ],
    [
      'whose index was replaced',
      'HEAD_FOREIGN',
      '.head',
      async (place) => copyFileSync((await buildRows({ 'a.csv': [one(9)] })).index, place.index)
    ],
    ['whose head is cut', 'HEAD_INVALID', '.head', (place) => writeFileSync(head(place), '{"type":')],
    ['whose head is another file', 'HEAD_INVALID', '.head', (place) => writeFileSync(head(place), '{"base":1}')],
    [
      'whose head is of a later version',
      'HEAD_INVALID',
      '.head',
      (place) => rewriteHead(place, (value) => (value.version = 2))
    ],
    [
      'whose head lists a number twice',
      'HEAD_INVALID',
      '.head',
      (place) => rewriteHead(place, (value) => ((value.layers as Layers)[1].number = 1))
    ],
    [
      'one of whose layers is damaged',
      'INDEX_DAMAGED',
      '.layer-2',
      (place) => {
        const bytes = readFileSync(layer(place, 2))
        bytes[200] ^= 1
        writeFileSync(layer(place, 2), bytes)
      }
    ]
  ])('%s, by code and path', async (_, code, end, spoil) => {
    const place = await layered()
    await spoil(place)
    const path = `${place.index}${end}`
    const opened = HashSet.open(place.index, { mapping })
    await expect(opened).rejects.toMatchObject({ code, path, message: expect.stringContaining(path) as string })
  })

  test('that is a layer by itself', async () => {
    const place = await layered()
    const path = layer(place, 1)
    await expect(HashSet.open(path, { mapping })).rejects.toMatchObject({ code: 'LAYER_ALONE', path })
  })
})

test('a block of a layer that is damaged is found by verify, and by the look-up that needs it', async () => {
  const place = await buildRows({ 'a.csv': [one(1)] })
  await updateRows(place, { add: { 'a.csv': Array.from({ length: 3000 }, (_, i) => one(i + 2)) } })
  const bytes = readFileSync(layer(place, 1))
  bytes.fill(0xff, 2 * 65536, 3 * 65536)
  writeFileSync(layer(place, 1), bytes)
  const damaged = { code: 'INDEX_DAMAGED', path: layer(place, 1) }
  for (const mapping of [true, false]) {
    await using set = await HashSet.open(place.index, { mapping })
    await expect(set.verify()).rejects.toMatchObject(damaged)
    const all = (): void => {
      for (const entry of set.entryNumbers()) set.record(entry)
    }
    expect(all).toThrow(expect.objectContaining(damaged))
  }
})

test('a set that is renamed with its head and layers stays one', async () => {
  const place = await layered()
  const expected = await answers(place)
  for (const name of names(place)) {
    renameSync(join(place.folder, name), join(place.folder, name.replace('set.ehx', 'other.ehx')))
  }
  await using set = await HashSet.open(join(place.folder, 'other.ehx'))
  expect(answersOf(set, ASKED)).toEqual(expected)
})

test('a thread opens base and layers over what the parent shares', async () => {
  const place = await layered()
  for (const mapping of [true, false]) {
    await using set = await HashSet.open(place.index, { mapping })
    await using attached = HashSet.attach(structuredClone(set.share()))
    expect(answersOf(attached, ASKED)).toEqual(await answers(place))
    expect(attached.identity).toEqual(set.identity)
  }
})

describe('an update that was interrupted between layer and head', () => {
  /** The state after the layer's file and before the head. */
  async function interrupted(): Promise<SetPlace> {
    const place = await layered()
    const before = readFileSync(head(place))
    await updateRows(place, { add: { 'a.csv': [one(5)] } })
    writeFileSync(head(place), before)
    return place
  }

  test('is noticed, and completed by running it again', async () => {
    const place = await interrupted()
    await expect(HashSet.open(place.index)).rejects.toMatchObject({ code: 'LAYER_UNLISTED' })
    const report = await updateRows(place, { add: { 'a.csv': [one(5)] } })
    expect(report.layer?.number).toBe(3)
    await using set = await HashSet.open(place.index)
    expect(set.find('md5', md5(5))).toHaveLength(1)
  })

  test('is not overwritten by another update, and can be dropped', async () => {
    const place = await interrupted()
    const other = updateRows(place, { add: { 'a.csv': [one(6)] } })
    await expect(other).rejects.toMatchObject({ code: 'LAYER_UNLISTED', path: layer(place, 3) })
    rmSync(layer(place, 3))
    expect((await updateRows(place, { add: { 'a.csv': [one(6)] } })).layer?.number).toBe(3)
  })
})

describe('folding', () => {
  test('in place leaves one index, described as before', async () => {
    const place = await layered()
    const expected = await answers(place)
    await using layeredSet = await HashSet.open(place.index)
    const report = await compactHashSet(place.index)
    expect(report).toMatchObject({ folded: 2, entries: 3, removed: 2, signed: false })
    expect(names(place)).toEqual(['set.ehx'])
    await using set = await HashSet.open(place.index)
    expect(set.root).toBe(report.root)
    expect(set.metadata).toEqual(layeredSet.metadata)
    expect(set.identity.layers).toBeUndefined()
    expect(answersOf(set, ASKED)).toEqual(expected)
    // Who opened it before goes on with what was there.
    expect(answersOf(layeredSet, ASKED)).toEqual(expected)
  })

  test('to another file leaves the set as it is, and replaces nothing that has updates', async () => {
    const place = await layered()
    const before = names(place)
    const out = join(place.folder, 'folded.ehx')
    await compactHashSet(place.index, { out })
    expect(names(place)).toEqual(before)
    await using set = await HashSet.open(out)
    expect(answersOf(set, ASKED)).toEqual(await answers(place))
    const other = await layered()
    await expect(compactHashSet(place.index, { out: other.index })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(compactHashSet(place.index, { out: join(place.folder, 'a.csv') })).rejects.toMatchObject({
      code: 'USAGE'
    })
  })

  test('goes on from an update to the next', async () => {
    const place = await layered()
    await compactHashSet(place.index)
    expect((await updateRows(place, { add: { 'a.csv': [one(5)] } })).layer?.number).toBe(1)
    await compactHashSet(place.index)
    await using set = await HashSet.open(place.index)
    expect(set.metadata.sources[0].updates).toHaveLength(3)
    expect(await compactHashSet(place.index)).toMatchObject({ folded: 0, root: set.root })
  })

  /** The files after each step of folding: head that tells both, new index, layers gone one by one, head gone. */
  async function steps(): Promise<{ place: SetPlace; expected: unknown; states: [string, () => void][] }> {
    const place = await layered()
    const expected = await answers(place)
    const before = join(place.folder, 'before')
    const files = names(place)
    for (const name of files) cpSync(join(place.folder, name), join(before, name))
    const { root } = await compactHashSet(place.index)
    const folded = readFileSync(place.index)
    const old = Object.fromEntries(files.map((name) => [name, readFileSync(join(before, name))]))
    const both = JSON.stringify({ ...JSON.parse(old['set.ehx.head'].toString()), next: root })
    const put = (contents: Record<string, Buffer | string | undefined>) => () => {
      for (const name of names(place)) rmSync(join(place.folder, name))
      for (const [name, bytes] of Object.entries(contents)) {
        if (bytes !== undefined) writeFileSync(join(place.folder, name), bytes)
      }
    }
    const told = { ...old, 'set.ehx.head': both }
    const moved = { ...told, 'set.ehx': folded }
    return {
      place,
      expected,
      states: [
        ['before', put({ ...old, '.set.ehx.1.folded': 'half' })],
        ['head', put(told)],
        ['index', put(moved)],
        ['layer 2', put({ ...moved, 'set.ehx.layer-2': undefined })],
        ['layer 1', put({ ...moved, 'set.ehx.layer-2': undefined, 'set.ehx.layer-1': undefined })]
      ]
    }
  }

  test('survives a crash after every step: the set answers the same, can be folded and can be updated', async () => {
    const { place, expected, states } = await steps()
    for (const [step, put] of states) {
      put()
      expect(await answers(place), step).toEqual(expected)
      await compactHashSet(place.index)
      expect(await answers(place), step).toEqual(expected)
      expect(
        names(place).filter((name) => !name.startsWith('.')),
        step
      ).toEqual(['set.ehx'])
      put()
      await updateRows(place, { add: { 'a.csv': [one(5)] } })
      await using set = await HashSet.open(place.index)
      expect(set.find('md5', md5(5)), step).toHaveLength(1)
      expect(set.size, step).toBe(4)
    }
  })

  test('does not hide a later update when the head of the folding is put back', async () => {
    const { place, states } = await steps()
    states[2][1]()
    const old = readFileSync(head(place))
    await updateRows(place, { add: { 'a.csv': [one(5)] } })
    writeFileSync(head(place), old)
    await expect(HashSet.open(place.index)).rejects.toMatchObject({ code: 'LAYER_UNLISTED' })
  })
})

test('what fails in the middle leaves the set as it was', async () => {
  const place = await layered()
  const restore = snapshot(place)
  const expected = await answers(place)
  const controller = new AbortController()
  controller.abort()
  await expect(compactHashSet(place.index, { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await answers(place)).toEqual(expected)
  expect(names(place)).toEqual(['set.ehx', 'set.ehx.head', 'set.ehx.layer-1', 'set.ehx.layer-2'])
  restore()
  expect(existsSync(head(place))).toBe(true)
})
