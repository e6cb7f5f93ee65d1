// `rematch`, as a process: a scan, an update of its set, and what is new since, without the exhibit.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { updateHashSet, type FileRecord, type HeaderRecord, type ResultLine, type SummaryRecord } from 'exhibit-hash'
import { jsonLines, runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder } from '../support/temp.js'
import { writeVics } from '../support/vics.js'

const PICTURES = ['edit-00-original.jpg', 'edit-02-half.jpg']
const folder = suiteFolder()
const results = join(folder, 'AB-1.ndjson')
let set = ''
let known = ''

const read = (path: string): ResultLine[] => jsonLines<ResultLine>(readFileSync(path, 'utf8'))

beforeAll(async () => {
  const exhibit = join(folder, 'AB-1')
  mkdirSync(exhibit)
  for (const name of PICTURES) copyFileSync(image(name), join(exhibit, name))
  writeFileSync(join(exhibit, 'broken.jpg'), 'no picture')
  set = await buildSet(folder, [{ MediaID: 1, Category: 1, MD5: '0'.repeat(31) + '1' }], { name: 'Set' })
  const scan = await runCli(['scan', exhibit, '--set', set, '--out', results, '--case', '17', '--quiet'])
  expect(scan.status).toBe(2)
  rmSync(exhibit, { recursive: true })
  known = writeVics(join(folder, 'later.json'), [fixtureRecord(PICTURES[0], 7, 2)])
}, 60_000)

describe('rematch', () => {
  test('of a set that is the same finds nothing, and still says what the scan could not process', async () => {
    const { status, stderr, records } = await runCli(['rematch', results, '--set', set])
    expect(status).toBe(2)
    expect(records<ResultLine>().map(({ type }) => type)).toEqual(['header', 'summary'])
    expect(stderr).toMatch(/turned or mirrored are found only by a scan/)
    expect(stderr).toMatch(/could not be processed by the scan\s*│ 1/)
  })

  test('of an updated set tells what is new, whichever way, in a file that scan could have written', async () => {
    await updateHashSet(set, { add: [known], source: 'set.json' })
    const out = join(folder, 'new.ndjson')
    const fast = await runCli(['rematch', results, '--set', set, '--out', out])
    expect(fast.status).toBe(3)
    expect(fast.stderr).toContain('1 update since the scan (1 record): what changed is looked for among the files')
    const [header, ...rest] = read(out)
    const summary = rest.pop() as SummaryRecord
    expect(header as HeaderRecord).toMatchObject({ case: '17', rematchOf: { results: 'AB-1.ndjson', all: false } })
    expect(rest.map((line) => (line as FileRecord).path)).toEqual(PICTURES)
    expect((rest[0] as FileRecord).matches?.[0]).toMatchObject({ relation: 'identical', mediaId: '7', news: 'record' })
    expect((rest[1] as FileRecord).matches?.[0]).toMatchObject({ relation: 'similar', mediaId: '7', news: 'record' })
    expect(summary).toMatchObject({ files: 2, rematch: { files: 3, identical: 1, similar: 1, errors: 1 } })
    const plain = await runCli(['rematch', results, '--set', set, '--way', 'files', '--json', '--quiet'])
    expect(plain.stderr).toBe('')
    expect(plain.stdout).toBe(readFileSync(out, 'utf8'))
    const exact = await runCli(['rematch', results, '--set', set, '--near', 'none', '--quiet'])
    expect(exact.records<ResultLine>().filter(({ type }) => type === 'file')).toHaveLength(1)
  })

  test('of several results writes a file for each into a folder', async () => {
    const [second, outs] = [join(folder, 'AB-2.ndjson'), join(folder, 'outs')]
    copyFileSync(results, second)
    mkdirSync(outs)
    const { status } = await runCli(['rematch', results, second, '--set', set, '--out', outs, '--all', '--quiet'])
    expect(status).toBe(3)
    for (const name of ['AB-1.ndjson', 'AB-2.ndjson']) expect(read(join(outs, name))).toHaveLength(5)
  })

  test('says of a kind that the results do not hold that only a scan can search by it', async () => {
    const { stderr, records } = await runCli(['rematch', results, '--set', set, '--near', 'pdq,phash=6'])
    expect(stderr).toContain('AB-1.ndjson has no phash: only a scan can search by that')
    expect(records<HeaderRecord>()[0].options.near).toEqual({ pdq: 31 })
  })

  test.each<[string, () => string[], number, RegExp]>([
    ['results that are incomplete', () => [cut(), '--set', set], 65, /RESULTS_INVALID.*without a summary/],
    ['results that list only what was new', () => [join(folder, 'new.ndjson'), '--set', set], 65, /only what was new/],
    ['results that are not there', () => [join(folder, 'gone'), '--set', set], 74, /INPUT_NOT_FOUND/],
    ['a set that is not there', () => [results, '--set', join(folder, 'gone.ehx')], 65, /INPUT_NOT_FOUND/],
    ['no set', () => [results], 64, /--set/],
    ['several results into one file', () => [results, results, '--set', set, '--out', join(folder, 'x')], 64, /USAGE/],
    ['writing over what is read', () => [results, '--set', set, '--out', results], 64, /is what is read/],
    ['writing over another file', () => [results, '--set', set, '--out', known], 64, /no results file/],
    [
      'a set without the signature',
      () => [results, '--set', set, '--require-signature', keyFile()],
      65,
      /SIGNATURE_MISSING/
    ]
  ])('refuses %s', async (_, args, status, why) => {
    const result = await runCli(['rematch', ...args()])
    expect(result.stderr).toMatch(why)
    expect(result.status).toBe(status)
  })
})

function cut(): string {
  const path = join(folder, 'cut.ndjson')
  writeFileSync(path, readFileSync(results, 'utf8').split('\n').slice(0, 2).join('\n'))
  return path
}

function keyFile(): string {
  const path = join(folder, 'public.pem')
  writeFileSync(
    path,
    '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n'
  )
  return path
}
