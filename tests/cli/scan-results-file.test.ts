// `scan --out`: a results file that is a whole one or none.

import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { scanToFile } from 'exhibit-hash'
import { jsonLines, runCli, startCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { until } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const KNOWN = 'edit-00-original.jpg'

const folder = suiteFolder()
const exhibit = suiteFolder()
let set: string

beforeAll(async () => {
  set = await buildSet(folder, [fixtureRecord(KNOWN, 1, 2)])
  copyFileSync(image(KNOWN), join(exhibit, KNOWN))
  writeFileSync(join(exhibit, 'notes.txt'), 'no picture')
})

const types = (lines: readonly Record<string, unknown>[]) => lines.map(({ type }) => type)
const withoutTimes = (lines: Record<string, unknown>[]) => lines.map(({ times: _, ...line }) => line)

test('holds what a pipe would get, readable by its owner only, and standard output the summary alone', async () => {
  const out = join(tempFolder(), 'results.ndjson')
  const result = await runCli(['scan', exhibit, '--set', set, '--out', out])
  const lines = jsonLines(readFileSync(out, 'utf8'))
  expect(types(lines)).toEqual(['header', 'file', 'file', 'summary'])
  expect(result.records()).toEqual([lines.at(-1)])
  expect(readFileSync(out, 'utf8').endsWith('}\n')).toBe(true)
  const piped = await runCli(['scan', exhibit, '--set', set])
  expect(withoutTimes(piped.records())).toEqual(withoutTimes(lines))
  if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600)
})

test('appears only when the run is complete', async () => {
  const target = tempFolder()
  const out = join(target, 'results.ndjson')
  const run = startCli(['scan', '-', '--set', set, '--out', out])
  run.stdin.write(`${image(KNOWN)}\n`)
  await until(() => readdirSync(target).length > 0)
  expect(existsSync(out)).toBe(false)
  run.stdin.end()
  expect((await run.result).status).toBe(1)
  expect(readdirSync(target).sort()).toEqual(['results.ndjson', 'results.ndjson.audit', 'results.ndjson.sha256'])
})

test('leaves nothing behind after a failure, and an earlier file as it was', async () => {
  const target = tempFolder()
  const out = join(target, 'results.ndjson')
  const args = ['scan', join(exhibit, 'gone'), '--set', set, '--out', out]
  expect((await runCli(args)).status).toBe(74)
  expect(readdirSync(target)).toEqual([])
  writeFileSync(out, '{"type":"header","earlier":true}\n')
  expect((await runCli(args)).status).toBe(74)
  expect(readdirSync(target)).toEqual(['results.ndjson'])
  expect(readFileSync(out, 'utf8')).toContain('earlier')
})

test('is not there where the set turns out damaged in the middle of the run, which ends with 65', async () => {
  const target = tempFolder()
  const records = Array.from({ length: 12_000 }, (_, i) => ({ MediaID: i, MD5: digestHex('md5', String(i)) }))
  const index = await buildSet(tempFolder(), records)
  const bytes = readFileSync(index)
  // The first block describes the set and is read when it is opened; the keys begin in it and go on for two more.
  for (let at = 3 * 65_536 - 100; at > 70_000; at -= 16_384) bytes[at] ^= 1
  writeFileSync(index, bytes)
  const out = join(target, 'results.ndjson')
  const result = await runCli(['scan', exhibit, '--set', index, '--out', out])
  expect(result).toMatchObject({ status: 65, stdout: '', stderr: expect.stringContaining('INDEX_DAMAGED') as string })
  expect(result.stderr).toContain(index)
  // Files may have been done before: their journal and its log stay for a run that goes on.
  expect(readdirSync(target)).not.toContain('results.ndjson')
})

test('has a sound log though a full disk took only a part of an entry', async () => {
  const out = join(tempFolder(), 'r.ndjson')
  const args = ['scan', join(exhibit, 'notes.txt'), '--set', set, '--out', out]
  expect((await runCli(args)).status).toBe(0)
  // Room for a part of the next entry.
  const { size } = statSync(`${out}.audit`)
  const full = await runCli(args, { fileLimitKiB: Math.floor(size / 1024) + 1 })
  expect(full).toMatchObject({ status: 74, stderr: expect.stringContaining('WRITE_FAILED') as string })
  expect((await runCli([...args, '--resume'])).status).toBe(0)
  expect(await runCli(['verify', out])).toMatchObject({ status: 0 })
})

test('is refused inside the exhibit, which is never written to', async () => {
  for (const out of [join(exhibit, 'r.ndjson'), join(exhibit, '..', exhibit.split(sep).at(-1) ?? '', 'r.ndjson')]) {
    const result = await runCli(['scan', exhibit, '--set', set, '--out', out])
    expect(result).toMatchObject({
      status: 64,
      stdout: '',
      stderr: expect.stringContaining('inside the exhibit') as string
    })
  }
  const pattern = await runCli(['scan', join(exhibit, '**', '*'), '--set', set, '--out', join(exhibit, 'r.ndjson')])
  expect(pattern).toMatchObject({ status: 64, stderr: expect.stringContaining('inside the exhibit') as string })
  await expect(scanToFile([exhibit], join(exhibit, 'r.ndjson'))).rejects.toMatchObject({ code: 'USAGE' })
  expect(readdirSync(exhibit)).toEqual([KNOWN, 'notes.txt'])
})
