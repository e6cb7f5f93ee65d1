// `verifyResults` and `exhibit-hash verify`: whatever was changed since a run wrote it is found, and named.

import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  HashSet,
  scanToFile,
  verifyResults,
  type AuditEntry,
  type ResultLine,
  type ResultsFindingCode,
  type SummaryRecord
} from 'exhibit-hash'
import { jsonLines, runCli } from '../support/cli.js'
import { makeExhibit } from '../support/interrupted.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const original = suiteFolder()
const exhibit = suiteFolder()
let summary: SummaryRecord
let root: string

beforeAll(async () => {
  makeExhibit(exhibit, 5)
  const index = await buildSet(suiteFolder(), [fixtureRecord('edit-00-original.jpg', 1, 2)])
  await using set = await HashSet.open(index)
  root = set.root
  const options = { sets: [set], case: '2026/17', concurrency: 2 }
  summary = await scanToFile([exhibit], join(original, 'r.ndjson'), options)
})

/** The outputs of the run, to be spoiled. */
function copy(): string {
  const folder = tempFolder()
  for (const name of ['r.ndjson', 'r.ndjson.audit', 'r.ndjson.sha256']) {
    copyFileSync(join(original, name), join(folder, name))
  }
  return join(folder, 'r.ndjson')
}

const edit = (path: string, change: (text: string) => string): void => {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}
const withLines = (path: string, change: (lines: string[]) => string[]): void =>
  edit(path, (text) => `${change(text.trimEnd().split('\n')).join('\n')}\n`)

/** As somebody would who knows how the log is made. */
function chainAnew(path: string, change: (entries: AuditEntry[]) => AuditEntry[]): void {
  withLines(`${path}.audit`, (lines) => {
    let text = ''
    for (const { previous: _, ...entry } of change(lines.map((line) => JSON.parse(line) as AuditEntry))) {
      const previous = createHash('sha256').update(text).digest('hex')
      text += `${JSON.stringify({ ...entry, previous })}\n`
    }
    return text.trimEnd().split('\n')
  })
}

describe('results as they were written', () => {
  test('are sound, and the log says who made them, with what and of what', async () => {
    const verified = await verifyResults(copy())
    expect(verified).toMatchObject({ sound: true, files: 10, findings: [] })
    const [started, finished] = verified.audit as [AuditEntry, AuditEntry]
    expect(started).toMatchObject({
      event: 'started',
      case: '2026/17',
      input: [exhibit],
      sets: [{ root, signature: null }],
      run: { concurrency: 2, isolation: 'process' },
      kernels: { isa: expect.any(String) as string }
    })
    for (const fact of ['user', 'host', 'node', 'version', 'processor']) expect(started[fact]).toMatch(/./)
    expect(finished).toMatchObject({ event: 'finished', sha256: verified.sha256, counts: { files: summary.files } })
    const pace = finished['pace'] as [number, number][]
    expect(pace.at(-1)?.[1]).toBe(summary.files)
    expect(Date.parse(started.time)).toBeLessThanOrEqual(Date.parse(finished.time))
  })

  test('say the same on the command line, with status 0', async () => {
    const path = copy()
    const result = await runCli(['verify', path, '--json'])
    expect(result).toMatchObject({ status: 0, stderr: '' })
    expect(result.records()).toMatchObject([{ path, sound: true, files: 10 }])
  })
})

describe('a finding is', () => {
  test.each<[string, ResultsFindingCode, (path: string) => void]>([
    ['a changed digit', 'RESULTS_CHANGED', (path) => edit(path, (text) => text.replace('"seq":1', '"seq": 1'))],
    ['a record that was cut out', 'RESULTS_INVALID', (path) => withLines(path, (lines) => lines.toSpliced(2, 1))],
    ['records that changed places', 'RESULTS_INVALID', (path) => withLines(path, swapped)],
    ['a missing summary', 'RESULTS_INVALID', (path) => withLines(path, (lines) => lines.slice(0, -1))],
    ['a line behind the summary', 'RESULTS_INVALID', (path) => appendFileSync(path, '{"type":"file","seq":9}\n')],
    [
      'a line that is no record',
      'RESULTS_INVALID',
      (path) => withLines(path, (lines) => lines.toSpliced(2, 1, '{"type":"file"}'))
    ],
    ['no manifest', 'MANIFEST_MISSING', (path) => rmSync(`${path}.sha256`)],
    [
      'a manifest of something else',
      'MANIFEST_INVALID',
      (path) => withLines(`${path}.sha256`, (lines) => lines.slice(1))
    ],
    ['a manifest of no digests', 'MANIFEST_INVALID', (path) => writeFileSync(`${path}.sha256`, 'hello\n')],
    [
      'a manifest that points elsewhere',
      'MANIFEST_INVALID',
      (path) => edit(`${path}.sha256`, (text) => text.replace('  ', '  ../'))
    ],
    [
      'a manifest without the audit log',
      'MANIFEST_INVALID',
      (path) => withLines(`${path}.sha256`, (lines) => lines.slice(0, 1))
    ],
    [
      'a log of other sets, chained anew',
      'AUDIT_DIFFERS',
      (path) => chainAnew(path, ([start, ...others]) => [{ ...start, sets: [] }, ...others])
    ],
    [
      'a log of another case, chained anew',
      'AUDIT_DIFFERS',
      (path) => chainAnew(path, ([start, ...others]) => [{ ...start, case: '2026/18' }, ...others])
    ],
    ['a log without its beginning, chained anew', 'AUDIT_DIFFERS', (path) => chainAnew(path, (all) => all.slice(1))],
    ['no audit log', 'AUDIT_MISSING', (path) => rmSync(`${path}.audit`)],
    [
      'an audit log that was edited',
      'AUDIT_BROKEN',
      (path) => edit(`${path}.audit`, (text) => text.replace('2026/17', '2026/18'))
    ],
    ['an entry that was cut out', 'AUDIT_BROKEN', (path) => withLines(`${path}.audit`, (lines) => lines.slice(1))],
    ['an end that was cut off', 'AUDIT_UNFINISHED', (path) => withLines(`${path}.audit`, (lines) => lines.slice(0, 1))],
    ['a log of a review that is no chain', 'AUDIT_BROKEN', (path) => writeFileSync(`${path}.review`, '{}\n')],
    ['a journal', 'JOURNAL_LEFT', (path) => writeFileSync(`${path}.journal`, '')]
  ])('%s', async (_, code, spoil) => {
    const path = copy()
    spoil(path)
    const { sound, findings } = await verifyResults(path)
    expect(sound).toBe(false)
    expect(findings.map((finding) => finding.code)).toContain(code)
    expect(await runCli(['verify', path])).toMatchObject({
      status: 65,
      stderr: expect.stringContaining(code) as string
    })
  })

  test('results that somebody wrote anew, manifest and all, but not the log', async () => {
    const path = copy()
    const lines = jsonLines<ResultLine>(readFileSync(path, 'utf8'))
    const changed: object[] = [...lines]
    changed[1] = { ...lines[1], note: 'x' }
    writeFileSync(path, changed.map((line) => `${JSON.stringify(line)}\n`).join(''))
    rmSync(`${path}.sha256`)
    const findings = (await verifyResults(path)).findings.map(({ code }) => code)
    expect(findings).toEqual(['MANIFEST_MISSING', 'RESULTS_CHANGED'])
  })
})

test('a summary of an earlier version, without codes of errors, counts the same', async () => {
  const path = copy()
  const error = { code: 'EMPTY_FILE', message: '', stage: 'read' }
  const [header, ...records] = jsonLines<ResultLine>(readFileSync(path, 'utf8'))
  const files = records.slice(0, -1).map((record) => ({ ...record, error }))
  const lines = [header, ...files, { ...summary, errors: files.length }]
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const codesFound = async () => (await verifyResults(path)).findings.map(({ code }) => code)
  expect(await codesFound()).not.toContain('RESULTS_INVALID')
  edit(path, (text) => text.replace(/}\n$/, ',"errorCodes":{"EMPTY_FILE":1}}\n'))
  expect(await codesFound()).toContain('RESULTS_INVALID')
})

test('results that are not there, but a journal, are of a run that was interrupted', async () => {
  const path = join(tempFolder(), 'r.ndjson')
  expect((await runCli(['verify', path])).stderr).not.toContain('--resume')
  writeFileSync(`${path}.journal`, '')
  expect(await runCli(['verify', path])).toMatchObject({
    status: 74,
    stderr: expect.stringMatching(/interrupted, or is going on. The same scan with --resume/) as string
  })
})

test('a file that is not there is an error, and the others are verified all the same', async () => {
  const path = copy()
  await expect(verifyResults(`${path}x`)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' })
  const result = await runCli(['verify', `${path}x`, path])
  expect(result.status).toBe(74)
  expect(result.records()).toMatchObject([{ path, sound: true }])
})

function swapped(lines: string[]): string[] {
  const [header, first, second, ...rest] = lines
  return [header, second, first, ...rest]
}
