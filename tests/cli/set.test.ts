// `set build`, `set info`, `set verify`: hash sets made, described and checked.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, type BuildReport, type SetMetadata } from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { digestHex, writeVics } from '../support/vics.js'

const record = (id: number, category = 1) => ({ MediaID: id, Category: category, MD5: digestHex('md5', String(id)) })

interface Place {
  readonly folder: string
  readonly index: string
  readonly source: string
}

/** A folder with one VICS source of three records. */
function place(): Place {
  const folder = tempFolder()
  const source = writeVics(join(folder, 'caid.json'), [record(1), record(2), record(3)])
  return { folder, source, index: join(folder, 'caid.ehx') }
}

const DELTA = fileURLToPath(new URL('../../fixtures/sets/nsrl-3-delta.sql', import.meta.url))
const ready = suiteFolder()
const otherIndex = join(ready, 'other.ehx')
beforeAll(() => buildHashSet(otherIndex, [writeVics(join(ready, 'other.json'), [record(1)])]))

function written(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text, 'latin1')
  return path
}

describe('set build', () => {
  test.each<[string, (place: Place) => string, RegExp]>([
    ['a folder', ({ folder }) => folder, /READ_FAILED: .*name the files in it/],
    ['an index', () => otherIndex, /SOURCE_UNRECOGNISED: .*is an index already/],
    ['an archive', ({ folder }) => written(folder, 'caid.zip', 'PK\x03\x04'), /SOURCE_UNRECOGNISED: .*unpack it/],
    ['a file that is not there', ({ folder }) => join(folder, 'x'), /INPUT_NOT_FOUND: \S+: no such file or folder/],
    [
      'a list of nothing usable',
      ({ folder }) => written(folder, 'a.csv', 'md5,category\nxyz,1\n'),
      /SET_EMPTY: .*a\.csv: 1 record read, 1 rejected, the first \(record 2\): /
    ]
  ])('of %s says what is wrong with it', async (_, make, words) => {
    const here = place()
    const built = await runCli(['set', 'build', here.index, make(here), '--quiet'])
    expect(built).toMatchObject({ stdout: '', stderr: expect.stringMatching(words) as string })
  })

  test('says where it replaced an index, and where deltas stand alone', async () => {
    const { index, source } = place()
    expect((await runCli(['set', 'build', index, source])).stderr).not.toContain('replaced')
    const again = await runCli(['set', 'build', index, source])
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('was there, and was replaced') as string })
    const delta = await runCli(['set', 'build', join(ready, 'delta.ehx'), DELTA])
    expect(delta).toMatchObject({ status: 0, stderr: expect.stringContaining('are deltas alone') as string })
  })

  test('into a folder that is not there names it, and no file of its own', async () => {
    const { folder, source } = place()
    const built = await runCli(['set', 'build', join(folder, 'gone', 'a.ehx'), source, '--quiet'])
    expect(built).toMatchObject({
      status: 74,
      stderr: expect.stringContaining(`there is no folder ${join(folder, 'gone')}`) as string
    })
    expect(built.stderr).not.toContain('.partial')
  })

  test('prints its report as JSON on a pipe, and set info and set verify the same set', async () => {
    const { index, source } = place()
    const built = await runCli(['set', 'build', index, source, '--name', 'CAID 2026-10', '--profile', 'uk', '--json'])
    expect(built).toMatchObject({ status: 0, stderr: expect.not.stringContaining('warning') as string })
    const [report] = built.records<BuildReport>()
    expect(report).toMatchObject({ name: 'CAID 2026-10', role: 'known', complete: true, entries: 3 })
    expect(report).toMatchObject({ path: index, hashCounts: { md5: 3 }, profile: { id: 'uk' } })
    const info = (await runCli(['set', 'info', index])).records<SetMetadata & { root: string }>()
    expect(info).toMatchObject([{ name: 'CAID 2026-10', root: report.root, entries: 3, path: index }])
    const verified = await runCli(['set', 'verify', index, '--json'])
    expect(verified.status).toBe(0)
    expect(verified.records()).toMatchObject([{ path: index, sound: true, root: report.root }])
  })

  test('makes one set of several files, and info describes several sets in their order', async () => {
    const { folder, index, source } = place()
    const more = writeVics(join(folder, 'more.json'), [record(4, 2)])
    await runCli(['set', 'build', index, source, more])
    const other = join(folder, 'other.ehx')
    await runCli(['set', 'build', other, more, '--name', 'Other'])
    const sets = (await runCli(['set', 'info', other, index])).records<SetMetadata>()
    expect(sets.map(({ name, entries, sources }) => [name, entries, sources.map((one) => one.name)])).toEqual([
      ['Other', 1, ['more.json']],
      ['caid', 4, ['caid.json', 'more.json']]
    ])
  })

  test('tells on standard error which records it did not take, and why', async () => {
    const { index, folder } = place()
    const source = writeVics(join(folder, 'odd.json'), [record(1), { MediaID: 2, Category: 1, MD5: 'xyz' }])
    const built = await runCli(['set', 'build', index, source])
    expect(built.status).toBe(0)
    expect(built.stderr).toMatch(/warning: odd\.json, record 2: .*md5/i)
    const [{ sources }] = built.records<BuildReport>()
    expect(sources).toMatchObject([{ counts: { taken: 1, rejected: 1 } }])
  })

  test('takes a list whose kind is named, and refuses one that could be two kinds (65)', async () => {
    const { index, folder } = place()
    const list = join(folder, 'hashes.txt')
    writeFileSync(list, `${digestHex('sha256', 'a')}\n`)
    const unsure = await runCli(['set', 'build', index, list])
    expect(unsure).toMatchObject({ status: 65, stderr: expect.stringContaining('DIGEST_AMBIGUOUS') as string })
    const built = await runCli(['set', 'build', index, list, '--kind', 'pdq'])
    expect(built.records()).toMatchObject([{ hashCounts: { pdq: 1 } }])
  })

  test('takes an odd CSV whose columns are named', async () => {
    const { index, folder } = place()
    const csv = join(folder, 'odd.csv')
    writeFileSync(csv, `Prüfsumme;Klasse\n${digestHex('md5', 'a')};2\n`)
    const columns = ['--column', 'Prüfsumme=md5', '--column', 'Klasse=category']
    const built = await runCli(['set', 'build', index, csv, ...columns])
    expect(built.records()).toMatchObject([{ entries: 1, hashCounts: { md5: 1 } }])
  })
})

describe('set build of a broken source', () => {
  const broken = (source: string) =>
    writeFileSync(source, readFileSync(source, 'utf8').replace('"MediaID":2', '"MediaID:2'))

  test('ends with 65, names file and record, and leaves no index', async () => {
    const { index, source, folder } = place()
    broken(source)
    const built = await runCli(['set', 'build', index, source])
    expect(built).toMatchObject({ status: 65, stdout: '' })
    expect(built.stderr).toContain('SOURCE_MALFORMED')
    expect(built.stderr).toMatch(/caid\.json.*record 2/)
    expect(readdirSync(folder)).toEqual(['caid.json'])
  })

  test('with --allow-incomplete keeps what came before, and every use of the set says that it is incomplete', async () => {
    const { index, source, folder } = place()
    broken(source)
    const built = await runCli(['set', 'build', index, source, '--allow-incomplete'])
    expect(built.status).toBe(0)
    expect(built.stderr).toMatch(/warning: caid\.json is incomplete: SOURCE_MALFORMED/)
    expect(built.records()).toMatchObject([{ complete: false, entries: 1 }])
    const scanned = await runCli(['scan', source, '--set', index])
    expect(scanned.stderr).toContain('warning: caid is incomplete')
    expect(scanned.records()[0]).toMatchObject({ type: 'header', sets: [{ complete: false }] })
    const info = await runCli(['set', 'info', index])
    expect(info.stderr).toContain('warning: caid is incomplete')
    expect(existsSync(join(folder, 'caid.ehx'))).toBe(true)
  })
})

describe('set refuses', () => {
  test.each<[number, string, (place: Place) => string[], string]>([
    [64, 'a build without a source', ({ index }) => ['build', index], 'source'],
    [64, 'an unknown profile', ({ index, source }) => ['build', index, source, '--profile', 'fr'], 'fr'],
    [64, 'an unknown kind', ({ index, source }) => ['build', index, source, '--kind', 'crc32'], 'crc32'],
    [64, 'a column without a field', ({ index, source }) => ['build', index, source, '--column', 'x'], '--column'],
    [64, 'an unknown subcommand', ({ index }) => ['shrink', index], 'shrink'],
    [65, 'VICS as known-good', ({ index, source }) => ['build', index, source, '--known-good'], 'caid.json'],
    [74, 'a missing source', ({ index, folder }) => ['build', index, join(folder, 'gone.json')], 'gone.json'],
    [
      74,
      'a target in a missing folder',
      ({ folder, source }) => ['build', join(folder, 'gone', 'x.ehx'), source],
      'x.ehx'
    ],
    [65, 'to describe what is no index', ({ source }) => ['info', source], 'caid.json'],
    [65, 'to verify what is missing', ({ index }) => ['verify', index], 'caid.ehx']
  ])('with %i %s, named, and leaves nothing', async (status, _, args, culprit) => {
    const here = place()
    const result = await runCli(['set', ...args(here)])
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(culprit) as string })
    expect(readdirSync(here.folder)).toEqual([basename(here.source)])
  })

  test('with 65 info where one of several is no index, and the others are told of all the same', async () => {
    const { index, folder, source } = place()
    const last = join(folder, 'last.ehx')
    for (const path of [index, last]) await runCli(['set', 'build', path, source])
    const result = await runCli(['set', 'info', index, source, last])
    expect(result.status).toBe(65)
    expect(result.records<{ path: string }>().map(({ path }) => path)).toEqual([index, last])
    expect(result.stderr).toContain(source)
  })

  test('with 65 where one of several is not sound, and the others are verified all the same', async () => {
    const { index, folder, source } = place()
    const [damaged, last] = [join(folder, 'damaged.ehx'), join(folder, 'last.ehx')]
    for (const path of [index, damaged, last]) await runCli(['set', 'build', path, source])
    const bytes = readFileSync(damaged)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(damaged, bytes)
    const result = await runCli(['set', 'verify', index, damaged, last])
    expect(result.status).toBe(65)
    expect(result.records<{ path: string }>().map(({ path }) => path)).toEqual([index, last])
    expect(result.stderr).toContain(damaged)
  })

  test('with 65 to verify an index of which one bit has changed', async () => {
    const { index, source } = place()
    await runCli(['set', 'build', index, source])
    const bytes = readFileSync(index)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(index, bytes)
    const result = await runCli(['set', 'verify', index])
    expect(result).toMatchObject({ status: 65, stdout: '', stderr: expect.stringContaining('INDEX_DAMAGED') as string })
    expect(result.stderr).toContain(index)
  })
})
