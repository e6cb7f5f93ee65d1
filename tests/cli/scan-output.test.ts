// What `scan` writes to a pipe: NDJSON and nothing but data on standard output, as the options ask.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, PERCEPTUAL_KINDS, type FileRecord, type HeaderRecord } from 'exhibit-hash'
import { runCli, type CliResult } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const KNOWN = 'edit-00-original.jpg'
const SIMILAR = 'edit-02-half.jpg'
/** The escape character, with which every progress bar and colour begins. */
const ESCAPE = '\u001b'

const folder = suiteFolder()
const exhibit = suiteFolder()
let set: string
/** A scan of the whole exhibit with no options. */
let plain: CliResult

beforeAll(async () => {
  set = await buildSet(folder, [fixtureRecord(KNOWN, 1, 2)])
  for (const name of [KNOWN, SIMILAR]) copyFileSync(image(name), join(exhibit, name))
  writeFileSync(join(exhibit, 'notes.txt'), 'no picture')
  plain = await runCli(['scan', exhibit, '--set', set])
})

const types = (lines: readonly Record<string, unknown>[]) => lines.map(({ type }) => type)
const fileRecords = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ type }) => type === 'file') as unknown as FileRecord[]

describe('on a pipe', () => {
  test('header, records and summary are lines of JSON, and standard error has no control codes', () => {
    expect(types(plain.records())).toEqual(['header', 'file', 'file', 'file', 'summary'])
    expect(plain.stderr).not.toContain(ESCAPE)
    expect(plain.stderr).toContain('could not be processed')
  })

  // BUG src/cli/output.ts: isTTY of a pipe is undefined, and createColors(undefined) means "as the environment says".
  test('no colours come where the environment asks for them', async () => {
    const { stderr } = await runCli(['scan', join(exhibit, 'gone'), '--set', set], { env: { FORCE_COLOR: '1' } })
    expect(stderr).toContain('INPUT_NOT_FOUND')
    expect(stderr).not.toContain(ESCAPE)
  })

  test('a set of known files without the hashes that are asked for is named', async () => {
    const bare = await buildSet(suiteFolder(), [{ ...fixtureRecord(KNOWN, 1, 2), AlternativeHashes: [] }])
    const { stderr } = await runCli(['scan', exhibit, '--set', bare, set])
    expect(stderr.match(/note: .* holds no pdq/g)).toHaveLength(1)
    const exactOnly = await runCli(['scan', exhibit, '--set', bare, '--near', 'none'])
    expect(exactOnly.stderr).not.toContain('holds no')
  })

  test('--quiet leaves standard error empty', async () => {
    const result = await runCli(['scan', exhibit, '--set', set, '--quiet'])
    expect(result).toMatchObject({ status: 1, stderr: '' })
  })

  test('records tell identical from similar, with the record of the set', () => {
    const [known, similar, other] = fileRecords(plain.records())
    const record = { set: 'set', source: 'set.json', mediaId: '1', category: 2, label: 'Category B' }
    expect(known.matches?.map(({ relation, by }) => [relation, by])).toEqual([
      ['identical', 'md5'],
      ['similar', 'pdq']
    ])
    expect(known.matches?.[0]).toMatchObject({ ...record, agreeing: ['md5', 'sha1'] })
    expect(similar.matches).toMatchObject([{ ...record, relation: 'similar', by: 'pdq', variant: 'original' }])
    expect(other).toMatchObject({ path: 'notes.txt', media: null, hashes: null, matches: [], error: null })
  })
})

describe('options', () => {
  test('labels, distances and hashes stand in the header', async () => {
    const labels = ['--case', '2026/17', '--exhibit', 'AB-1', '--organisation', 'Unit 7']
    const args = ['--near', 'pdq=20,phash=6', '--hashes', 'dhash', '--preview', '--no-video']
    const [header] = (await runCli(['scan', exhibit, '--set', set, ...labels, ...args])).records<HeaderRecord>()
    expect(header).toEqual({
      type: 'header',
      schemaVersion: 1,
      case: '2026/17',
      exhibit: 'AB-1',
      organisation: 'Unit 7',
      options: {
        hashes: ['md5', 'sha1', 'sha256', 'pdq', 'phash', 'dhash'],
        near: { pdq: 20, phash: 6 },
        preview: true,
        video: false
      },
      sets: [expect.objectContaining({ name: 'set', complete: true, root: expect.stringMatching(/^[0-9a-f]{64}$/) })]
    })
  })

  test.each<[string[], unknown]>([
    [[], undefined],
    [['--no-archives'], false],
    [['--archive-limits', 'depth=2'], { maxMembers: 1_000_000, maxDepth: 2, maxExpansion: 200 }]
  ])('%j on archives stands in the header', async (args, archives) => {
    const [header] = (await runCli(['scan', exhibit, '--set', set, ...args])).records<HeaderRecord>()
    expect(header.options.archives).toEqual(archives)
  })

  test('--near none leaves exact matches only, and the hashes as they were', async () => {
    const result = await runCli(['scan', exhibit, '--set', set, '--near', 'none'])
    const records = fileRecords(result.records())
    expect(records.map(({ matches }) => matches?.map(({ relation }) => relation))).toEqual([['identical'], [], []])
    expect(records.map(({ hashes }) => hashes)).toEqual(fileRecords(plain.records()).map(({ hashes }) => hashes))
    expect(result.records<HeaderRecord>()[0].options.near).toEqual({})
  })

  test('--near phash=6 compares that hash and no other', async () => {
    const csv = join(tempFolder(), 'phash.csv')
    const { hashes } = (await runCli(['hash', image(SIMILAR)])).records<FileRecord>()[0]
    writeFileSync(csv, `phash,pdq\n${hashes?.phash},${hashes?.pdq}\n`)
    const index = join(tempFolder(), 'phash.ehx')
    await buildHashSet(index, [csv])
    const result = await runCli(['scan', join(exhibit, SIMILAR), '--set', index, '--near', 'phash=6'])
    const [record] = fileRecords(result.records())
    expect(record.matches).toMatchObject([{ relation: 'similar', by: 'phash', distanceBits: 0 }])
    expect(Object.keys(record.hashes ?? {}).sort()).toEqual(['pdq', 'pdqQuality', 'phash'])
  })

  test('--hashes all and --preview compute every hash and a preview, of pictures only', async () => {
    const result = await runCli(['scan', exhibit, '--set', set, '--hashes', 'all', '--preview'])
    const [picture, , text] = fileRecords(result.records())
    expect(Object.keys(picture.hashes ?? {}).sort()).toEqual([...PERCEPTUAL_KINDS, 'pdqQuality'].sort())
    expect(picture.preview).toMatch(/^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{6,}$/)
    expect(text).not.toHaveProperty('preview')
    expect(fileRecords(plain.records())[0]).not.toHaveProperty('preview')
  })
})
