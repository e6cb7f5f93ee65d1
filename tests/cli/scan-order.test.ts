// What goes first, what comes as it is done, and what is not decoded: the options of `scan` for long runs.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, type FileRecord } from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const folder = suiteFolder()
const exhibit = join(folder, 'exhibit')
const KNOWN = 'scene-01-64x64.png'
let set: string

beforeAll(async () => {
  for (const name of ['a', 'referral']) mkdirSync(join(exhibit, name), { recursive: true })
  copyFileSync(image(KNOWN), join(exhibit, 'a', '1.png'))
  copyFileSync(image('scene-02-65x64.png'), join(exhibit, 'referral', '2.png'))
  set = await buildSet(folder, [fixtureRecord('edit-00-original.jpg', 1, 2)])
})

const pathsOf = (records: readonly FileRecord[]): string[] =>
  records.filter(({ type }) => type === 'file').map(({ path }) => path)

describe('scan', () => {
  test('--first: names that match go before the others', async () => {
    const run = await runCli(['scan', exhibit, '--set', set, '--first', 'referral/**', '--json'])
    expect(run.status).toBe(0)
    expect(pathsOf(run.records<FileRecord>())).toEqual(['referral/2.png', 'a/1.png'])
  })

  test('--as-done prints every record, and is refused with --out', async () => {
    const run = await runCli(['scan', exhibit, '--set', set, '--as-done', '--json'])
    expect(run.status).toBe(0)
    expect(pathsOf(run.records<FileRecord>()).sort()).toEqual(['a/1.png', 'referral/2.png'])
    const out = join(tempFolder(), 'r.ndjson')
    expect(await runCli(['scan', exhibit, '--set', set, '--as-done', '--out', out])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('order') as string
    })
  })

  test('--skip-known decodes no file of a known-good set, and says where there is no such set', async () => {
    const args = ['scan', exhibit, '--skip-known', '--json', '--set']
    const without = await runCli([...args, set])
    expect(without).toMatchObject({ status: 0, stderr: expect.stringContaining('skips nothing') as string })
    const [first] = without.records<FileRecord>().filter(({ type }) => type === 'file')
    const list = join(tempFolder(), 'good.txt')
    writeFileSync(list, first.digests!.md5)
    const good = join(tempFolder(), 'good.ehx')
    await buildHashSet(good, [list], { role: 'known-good' })
    const run = await runCli([...args, set, good])
    expect(run.stderr).not.toContain('skips nothing')
    const [skipped, other] = run.records<FileRecord>().filter(({ type }) => type === 'file')
    expect(skipped).toMatchObject({ path: 'a/1.png', hashes: null, error: null, matches: [{ knownGood: true }] })
    expect(other.hashes?.pdq).toMatch(/^[0-9a-f]{64}$/)
  })
})
