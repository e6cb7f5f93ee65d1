// `demo`: the whole job on an exhibit that it draws itself; what it promises of each file is what it finds.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FileRecord } from 'exhibit-hash'
import { jsonLines, runCli } from '../support/cli.js'
import { tempFolder } from '../support/temp.js'

const paths = (records: readonly FileRecord[]) => records.map(({ path }) => path)

test('finds every file as expected, and a second run replaces the first', { timeout: 60_000 }, async () => {
  const folder = join(tempFolder(), 'demo')
  const first = await runCli(['demo', folder])
  expect(first.status).toBe(0)
  const [, found, files] = /(\d+) of (\d+) files were found as expected/.exec(first.stdout) ?? []
  expect(Number(files)).toBeGreaterThanOrEqual(20)
  expect(found).toBe(files)
  expect(first.stdout).not.toContain('(expected:')
  for (const word of ['identical', 'similar', 'conflict', 'not found', 'error'])
    expect(first.stdout).toContain(`│ ${word}`)

  const lines = jsonLines<FileRecord>(readFileSync(join(folder, 'results.ndjson'), 'utf8'))
  writeFileSync(join(folder, 'exhibit', 'left-over.jpg'), 'of the first run')
  const second = await runCli(['demo', folder, '--json'])
  expect(second.status).toBe(0)
  expect(paths(second.records<FileRecord>())).toEqual(paths(lines.slice(1, -1)))
  expect(existsSync(join(folder, 'exhibit', 'left-over.jpg'))).toBe(false)
})

test('leaves a folder alone that holds anything but a demo', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'evidence.jpg'), 'not ours')
  const result = await runCli(['demo', folder])
  expect(result).toMatchObject({ status: 64, stdout: '' })
  expect(result.stderr).toContain(folder)
  expect(readdirSync(folder)).toEqual(['evidence.jpg'])
})
