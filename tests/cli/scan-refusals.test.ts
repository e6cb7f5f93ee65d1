// What `scan` refuses to run with: wrong usage, unusable hash sets, paths that cannot be read or written.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const PICTURE = 'scene-05-256x256.png'

const folder = suiteFolder()
let set: string

beforeAll(async () => {
  set = await buildSet(folder, [fixtureRecord('edit-00-original.jpg', 1, 2)])
})

describe('scan refuses as wrong usage (64), naming the culprit and writing no data,', () => {
  test.each<[string, readonly string[], string]>([
    ['a run without a set', ['scan', '.'], '--set'],
    ['a run without a path', ['scan', '--set', 'SET'], 'path'],
    ['an unknown option', ['scan', '.', '--set', 'SET', '--fast'], '--fast'],
    ['a folder as its results file', ['scan', PICTURE, '--set', 'SET', '--out', tmpdir()], tmpdir()],
    [
      'results in the order of completion',
      ['scan', '.', '--set', 'SET', '--out', 'AB-1.ndjson', '--as-done'],
      '--as-done is not for --out'
    ],
    ['an unknown command', ['scam', '.'], 'scam'],
    ['a distance above the limit', ['scan', '.', '--set', 'SET', '--near', 'phash=11'], 'phash'],
    ['a distance that is no whole number', ['scan', '.', '--set', 'SET', '--near', 'pdq=1.5'], 'pdq'],
    ['a negative distance', ['scan', '.', '--set', 'SET', '--near', 'pdq=-1'], 'pdq'],
    ['a distance of an unknown hash', ['scan', '.', '--set', 'SET', '--near', 'sdhash'], 'sdhash'],
    ['an unknown hash', ['scan', '.', '--set', 'SET', '--hashes', 'pdq,crc32'], 'crc32'],
    ['no file in flight', ['scan', '.', '--set', 'SET', '--concurrency', '0'], '--concurrency'],
    ['a time limit that is no number', ['scan', '.', '--set', 'SET', '--timeout', 'soon'], '--timeout']
  ])('%s', async (_, args, culprit) => {
    const result = await runCli(args.map((arg) => (arg === 'SET' ? set : arg)))
    expect(result).toMatchObject({ status: 64, stdout: '', stderr: expect.stringContaining(culprit) as string })
  })
})

describe('scan refuses as unusable (65), naming the file and its fault and writing no data,', () => {
  const change = (spoil: (bytes: Buffer) => Buffer) => (path: string) =>
    writeFileSync(path, spoil(Buffer.from(readFileSync(set))))

  test.each<[string, string, (path: string) => void]>([
    ['a missing index', 'INPUT_NOT_FOUND', () => undefined],
    ['a folder', 'INDEX_NOT_AN_INDEX', (path) => mkdirSync(path)],
    ['another kind of file', 'INDEX_NOT_AN_INDEX', (path) => copyFileSync(image(PICTURE), path)],
    ['an index of a later version', 'INDEX_VERSION', change((b) => (b.writeUInt16LE(3, 8), b))],
    ['an index cut in half', 'INDEX_TRUNCATED', change((b) => b.subarray(0, b.length >> 1))],
    ['an index with a bit flipped', 'INDEX_DAMAGED', change((b) => ((b[5000] ^= 1), b))]
  ])('%s', async (_, code, spoil) => {
    const path = join(tempFolder(), 'bad.ehx')
    spoil(path)
    const result = await runCli(['scan', image(PICTURE), '--set', set, '--set', path])
    expect(result).toMatchObject({ status: 65, stdout: '' })
    expect(result.stderr).toContain(code)
    expect(result.stderr).toContain(path)
  })
})

describe('scan fails for input or output (74), naming the path,', () => {
  test('where the only path is missing', async () => {
    const gone = join(tempFolder(), 'gone')
    const result = await runCli(['scan', gone, '--set', set])
    expect(result.status).toBe(74)
    expect(result.stderr).toContain('INPUT_NOT_FOUND')
    expect(result.stderr).toContain(gone)
  })

  test('where the results file cannot be written', async () => {
    const out = join(tempFolder(), 'gone', 'results.ndjson')
    const result = await runCli(['scan', image(PICTURE), '--set', set, '--out', out])
    expect(result).toMatchObject({ status: 74, stdout: '' })
    expect(result.stderr).toContain('WRITE_FAILED')
    expect(result.stderr).toContain('results.ndjson')
  })
})
