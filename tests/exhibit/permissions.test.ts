// Files and folders that the user may not read: records that say so, and everything beside them as usual.

import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { type FileRecord } from 'exhibit-hash'
import { runCli, type CliOptions } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { skipOnWindows } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

/** Nobody, whom root can become: root may read everything. */
const OTHER_USER = 65_534
const isRoot = process.getuid?.() === 0

const folder = suiteFolder()
const root = join(folder, 'exhibit')
let set: string

beforeAll(async () => {
  set = await buildSet(folder, [fixtureRecord('edit-00-original.jpg', 1, 2)])
  mkdirSync(join(root, 'closed'), { recursive: true })
  for (const name of ['a.txt', 'closed/hidden.txt', 'secret.jpg', 'z.txt']) writeFileSync(join(root, name), name)
  if (process.platform === 'win32') return
  if (isRoot) {
    for (const path of [folder, root, set]) chownSync(path, OTHER_USER, OTHER_USER)
    for (const name of readdirSync(root)) chownSync(join(root, name), OTHER_USER, OTHER_USER)
  }
  chmodSync(join(root, 'secret.jpg'), 0)
  chmodSync(join(root, 'closed'), 0)
})

// Before the folder is removed, which needs to look into it.
afterAll(() => {
  for (const name of readdirSync(root)) chmodSync(join(root, name), 0o700)
})

/** How to run the command line as somebody whom permissions bind. */
async function asUser(context: TestContext): Promise<CliOptions> {
  skipOnWindows(context)
  if (!isRoot) return {}
  const options = { uid: OTHER_USER, cwd: folder }
  const able = await runCli(['--version'], options)
  if (able.status !== 0) context.skip('the user "nobody" cannot read this checkout, and root may read everything')
  return options
}

test('an unreadable file and an unreadable folder are one record each, and the rest is hashed', async (context) => {
  const result = await runCli(['scan', root, '--set', set], await asUser(context))
  const records = result.records<FileRecord>().filter(({ type }) => type === 'file')
  expect(result.status).toBe(2)
  expect(records.map(({ path, error }) => [path, error?.code ?? null, error?.stage ?? null])).toEqual([
    ['a.txt', null, null],
    ['closed', 'READ_FAILED', 'walk'],
    ['secret.jpg', 'READ_FAILED', 'read'],
    ['z.txt', null, null]
  ])
  expect(records[0].digests?.md5).toBe(digestHex('md5', 'a.txt'))
  for (const { digests, hashes, matches } of records.slice(1, 3)) {
    expect({ digests, hashes, matches }).toEqual({ digests: null, hashes: null, matches: [] })
  }
})

test('an exhibit that cannot be read at all is a record too, never "nothing found"', async (context) => {
  const result = await runCli(['scan', join(root, 'closed'), '--set', set], await asUser(context))
  expect(result.status).toBe(2)
  expect(result.records()[1]).toMatchObject({ path: '.', error: { code: 'READ_FAILED', stage: 'walk' } })
})

test('files of another owner are read, though their access time cannot be spared', async (context) => {
  const result = await runCli(['hash', image('scene-01-64x64.png')], await asUser(context))
  expect(result.records()).toMatchObject([{ media: { format: 'png' }, error: null }])
})

test('an index that may not be read is unusable (65)', async (context) => {
  const user = await asUser(context)
  chmodSync(set, 0)
  const result = await runCli(['scan', root, '--set', set], user)
  chmodSync(set, 0o600)
  expect(result).toMatchObject({ status: 65, stdout: '', stderr: expect.stringContaining('READ_FAILED') as string })
})

test('a results file in a folder that may not be written is output that failed (74)', async (context) => {
  const user = await asUser(context)
  const closed = join(folder, 'read-only')
  mkdirSync(closed)
  chmodSync(closed, 0o555)
  const result = await runCli(['scan', join(root, 'a.txt'), '--set', set, '--out', join(closed, 'r.ndjson')], user)
  expect(result).toMatchObject({ status: 74, stderr: expect.stringContaining('WRITE_FAILED') as string })
  expect(readdirSync(closed)).toEqual([])
})
