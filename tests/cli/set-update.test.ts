// `set update`, `compact`, `diff`, `sign`, `keygen`: what they print, leave and refuse; and that scan and match name updates.

import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  buildHashSet,
  type CompactReport,
  type FileRecord,
  type HeaderRecord,
  type SetDiff,
  type SetMetadata,
  type UpdateReport
} from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { tempFolder } from '../support/temp.js'
import { digestHex, writeVics } from '../support/vics.js'

const record = (id: number, category = 1) => ({ MediaID: id, Category: category, MD5: digestHex('md5', String(id)) })

interface Place {
  readonly folder: string
  readonly index: string
  readonly base: string
  /** Re-grades 1 and adds 3. */
  readonly update: string
  readonly privateKey: string
  readonly publicKey: string
}

async function place(): Promise<Place> {
  const folder = tempFolder()
  const base = writeVics(join(folder, 'caid.json'), [record(1), record(2)])
  const update = writeVics(join(folder, 'update.json'), [record(1, 2), record(3)])
  const index = join(folder, 'caid.ehx')
  await buildHashSet(index, [base], { profile: 'uk' })
  const [privateKey, publicKey] = [join(folder, 'private.pem'), join(folder, 'public.pem')]
  return { folder, index, base, update, privateKey, publicKey }
}

async function keys({ privateKey, publicKey }: Place): Promise<void> {
  expect((await runCli(['set', 'keygen', privateKey, publicKey])).status).toBe(0)
}

describe('set update', () => {
  test('makes a layer that info, verify, match and scan name', async () => {
    const { folder, index, update } = await place()
    const updated = await runCli(['set', 'update', index, '--add', update, '--source', 'caid.json'])
    expect(updated).toMatchObject({ status: 0, stderr: '' })
    const [{ layer, ...counts }] = updated.records<UpdateReport>()
    expect(counts).toMatchObject({ added: 2, replaced: 1, withdrawn: 0, entries: 3, signed: false })
    const root = layer?.root
    const info = (await runCli(['set', 'info', index])).records<SetMetadata>()
    expect(info).toMatchObject([{ layers: [root], entries: 3, sources: [{ updates: [{ file: 'update.json' }] }] }])
    const verified = await runCli(['set', 'verify', index, '--json'])
    expect(verified.records()).toMatchObject([{ sound: true, layers: [root] }])
    const matched = await runCli(['match', '--set', index, '--md5', digestHex('md5', '1')])
    expect(matched.status).toBe(1)
    expect(matched.records<FileRecord>()[0].matches).toMatchObject([{ mediaId: '1', label: 'Category B' }])
    writeFileSync(join(folder, 'picture'), '3')
    const scanned = (await runCli(['scan', join(folder, 'picture'), '--set', index])).records<
      HeaderRecord | FileRecord
    >()
    expect(scanned[0]).toMatchObject({ type: 'header', sets: [{ name: 'caid', layers: [root] }] })
    expect(scanned[1]).toMatchObject({ matches: [{ relation: 'identical', mediaId: '3' }] })
  })

  test('takes back what a list names, and says what it did not find and what is a new source', async () => {
    const { folder, index, update } = await place()
    const list = join(folder, 'withdrawn.csv')
    writeFileSync(list, 'MediaID\n2\n77\n')
    const updated = await runCli(['set', 'update', index, '--withdraw', list, '--source', 'caid.json'])
    expect(updated.stderr).toContain('note: 1 withdrawal took nothing back: MediaID 77\n')
    expect(updated.records()).toMatchObject([{ withdrawn: 1, missedWithdrawals: 1, entries: 1 }])
    const added = await runCli(['set', 'update', index, '--add', update])
    expect(added.stderr).toContain('note: update.json is a new source of the set')
    expect(added.records()).toMatchObject([{ layer: { number: 2 }, newSources: ['update.json'], replaced: 0 }])
  })

  test('that changes nothing ends well and makes nothing', async () => {
    const { folder, index } = await place()
    const list = join(folder, 'withdrawn.csv')
    writeFileSync(list, 'MediaID\n77\n')
    const updated = await runCli(['set', 'update', index, '--withdraw', list, '--source', 'all'])
    expect(updated).toMatchObject({ status: 0 })
    expect(updated.records()).toMatchObject([{ layer: null }])
    expect(readdirSync(folder).filter((name) => name.includes('.layer'))).toEqual([])
  })
})

test('set compact folds updates in place or to another file', async () => {
  const { folder, index, update } = await place()
  await runCli(['set', 'update', index, '--add', update, '--source', 'caid.json'])
  const out = join(folder, 'other.ehx')
  const copied = await runCli(['set', 'compact', index, '--out', out, '--json'])
  expect(copied.records()).toMatchObject([{ path: out, folded: 1, entries: 3, removed: 1 }])
  const folded = await runCli(['set', 'compact', index])
  expect(folded).toMatchObject({ status: 0, stderr: '' })
  expect(folded.records<CompactReport>()[0].root).toBe(copied.records<CompactReport>()[0].root)
  expect(readdirSync(folder).filter((name) => name.startsWith('caid.ehx'))).toEqual(['caid.ehx'])
})

test('set diff says what changed', async () => {
  const here = await place()
  const old = join(here.folder, 'old.ehx')
  await runCli(['set', 'compact', here.index, '--out', old])
  await runCli(['set', 'update', here.index, '--add', here.update, '--source', 'caid.json'])
  const diff = await runCli(['set', 'diff', old, here.index, '--examples', '1'])
  expect(diff).toMatchObject({ status: 0, stderr: '' })
  const [{ counts, examples }] = diff.records<SetDiff>()
  expect(counts).toMatchObject({ unchanged: 1, added: 1, withdrawn: 0, regraded: 1 })
  expect(examples.regraded).toMatchObject([
    { mediaId: '1', label: 'Category B', from: { category: 1, label: 'Category A' } }
  ])
})

test('set sign and --require-signature go through every command that opens a set', { timeout: 120_000 }, async () => {
  const here = await place()
  await keys(here)
  const { index, update, privateKey, publicKey } = here
  const required = ['--require-signature', publicKey]
  const commands = [
    ['match', '--set', index, '--md5', digestHex('md5', '9')],
    ['scan', here.base, '--set', index],
    ['set', 'info', index],
    ['set', 'verify', index]
  ]
  for (const command of commands) {
    const { status, stderr } = await runCli([...command, ...required])
    expect([status, stderr.includes('SIGNATURE_MISSING')], command.join(' ')).toEqual([65, true])
  }
  const signed = await runCli(['set', 'sign', index, '--key', privateKey])
  expect(signed.records()).toMatchObject([{ path: index, layers: [] }])
  const unkeyed = await runCli(['set', 'update', index, '--add', update])
  expect(unkeyed).toMatchObject({ status: 64, stderr: expect.stringContaining('is signed') as string })
  await runCli(['set', 'update', index, '--add', update, '--key', privateKey])
  for (const command of commands) {
    expect((await runCli([...command, ...required])).status, command.join(' ')).toBe(0)
    const keyless = await runCli([...command, '--require-signature', join(here.folder, 'none.pem')])
    expect(keyless).toMatchObject({ status: 64, stderr: expect.stringContaining('KEY_UNUSABLE') as string })
  }
  const verified = await runCli(['set', 'verify', index, '--json', ...required])
  expect(verified.records()).toMatchObject([{ signature: { checked: true } }])
})

describe('set refuses', () => {
  test.each<[number, string, (place: Place) => string[], string]>([
    [64, 'an update without files', ({ index }) => ['update', index], 'files to add'],
    [
      64,
      'a source that is not there',
      ({ index, update }) => ['update', index, '--add', update, '--source', 'x'],
      "'x'"
    ],
    [64, 'withdrawals for no source', ({ index, update }) => ['update', index, '--withdraw', update], 'update.json'],
    [64, 'a key that is none', ({ index, base }) => ['sign', index, '--key', base], 'KEY_UNUSABLE'],
    [64, 'to sign without a key', ({ index }) => ['sign', index], '--key'],
    [64, 'keys over a file that is there', ({ base, publicKey }) => ['keygen', base, publicKey], 'caid.json'],
    [64, 'to fold over another file', ({ index, base }) => ['compact', index, '--out', base], 'caid.json'],
    [64, 'examples that are no number', ({ index }) => ['diff', index, index, '--examples', 'x'], '--examples'],
    [65, 'to update what is no index', ({ base, update }) => ['update', base, '--add', update], 'caid.json'],
    [65, 'to compare what is no index', ({ index, base }) => ['diff', index, base], 'caid.json'],
    [65, 'another profile', ({ index, update }) => ['update', index, '--add', update, '--profile', 'us'], 'profile'],
    [74, 'a missing file', ({ index, folder }) => ['update', index, '--add', join(folder, 'gone.json')], 'gone.json'],
    [74, 'to fold a missing index', ({ folder }) => ['compact', join(folder, 'gone.ehx')], 'gone.ehx'],
    [
      74,
      'to fold into a missing folder',
      ({ index, folder }) => ['compact', index, '--out', join(folder, 'gone', 'x.ehx')],
      'x.ehx'
    ]
  ])('with %i %s, named, and leaves nothing', async (status, _, args, culprit) => {
    const here = await place()
    const before = readdirSync(here.folder)
    const result = await runCli(['set', ...args(here)])
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(culprit) as string })
    expect(readdirSync(here.folder)).toEqual(before)
  })

  test.each<[string, string, (index: string) => void]>([
    ['LAYER_MISSING', 'whose layer is gone', (index) => rmSync(`${index}.layer-1`)],
    ['LAYER_UNLISTED', 'whose head is gone', (index) => rmSync(`${index}.head`)],
    ['HEAD_INVALID', 'whose head is broken', (index) => writeFileSync(`${index}.head`, '{')]
  ])('with 65 and %s a set %s, with advice', async (code, _, spoil) => {
    const { index, base, update } = await place()
    await runCli(['set', 'update', index, '--add', update])
    spoil(index)
    for (const args of [
      ['set', 'verify', index],
      ['scan', base, '--set', index],
      ['set', 'export', index, '--format', 'hashdeep']
    ]) {
      const { status, stderr } = await runCli(args)
      expect([status, stderr.includes(code)], args.join(' ')).toEqual([65, true])
      expect(stderr.trim().split('\n').length).toBeGreaterThan(1)
    }
  })
})
