// One real scan over a folder of everything that can be wrong with files: each is exactly one record that says so.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type FileRecord, type SummaryRecord } from 'exhibit-hash'
import { bitmap, pngClaiming, randomBytes, randomNumbers } from '../support/bad-files.js'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { skipOnWindows, skipUnlessLinux } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const JPEG = readFileSync(image('exif-orientation-6.jpg'))
const PIPES = process.platform !== 'win32'
const ODD_NAMES = process.platform === 'linux'
/** Bytes that are no UTF-8. */
const ODD_NAME = Buffer.from('latin-\xe9.txt', 'latin1')
const CUT_SEED = 20261124
/** Lengths to cut the JPEG to: past its headers, before its last bytes. */
const CUTS = cutLengths(40)

function cutLengths(count: number): number[] {
  const next = randomNumbers(CUT_SEED)
  const headers = JPEG.indexOf(Buffer.from([0xff, 0xda])) + 64
  return Array.from({ length: count }, () => headers + next(JPEG.length - headers - 64))
}

const cutName = (i: number): string => `cut/${String(i).padStart(2, '0')}.jpg`

/** What is written, by path within the exhibit. */
const FILES: Readonly<Record<string, Uint8Array | string>> = {
  'empty.bin': '',
  'empty.jpg': '',
  'text.jpg': 'This is no picture.\n',
  'renamed.txt': JPEG,
  'truncated.jpg': JPEG.subarray(0, JPEG.length >> 1),
  'headers-only.jpg': JPEG.subarray(0, 20),
  'bomb.png': pngClaiming(20_000, 20_000),
  'short.png': pngClaiming(300, 300),
  'bitmap.bmp': bitmap(64, 48),
  'random.bin': randomBytes(1, 100_000),
  'random.jpg': randomBytes(2, 5000),
  'random-jpeg.jpg': Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(3, 5000)]),
  'old.jpg': JPEG,
  'nested/B/2.txt': 'b2',
  'nested/B.txt': 'B',
  'nested/a/1.txt': 'a1',
  'nested/a-b.txt': 'a-b',
  'nested/ä.txt': 'ä',
  'nested/\uff5e.txt': 'in UTF-16 after the next one, in UTF-8 before it',
  'nested/\u{1f600}.txt': 'beyond the basic plane',
  ...Object.fromEntries(CUTS.map((length, i) => [cutName(i), JPEG.subarray(0, length)]))
}

const root = suiteFolder()
const setFolder = suiteFolder()
let records: readonly FileRecord[]
let summary: SummaryRecord
let status: number | null

beforeAll(async () => {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  mkdirSync(join(root, 'no-files'))
  utimesSync(join(root, 'old.jpg'), 253_402_300_800, 253_402_300_800) // year 10000
  if (PIPES) {
    symlinkSync('renamed.txt', join(root, 'link.jpg'))
    symlinkSync('..', join(root, 'nested', 'loop'))
    symlinkSync('gone', join(root, 'dangling'))
    expect(spawnSync('mkfifo', [join(root, 'pipe.jpg')]).status).toBe(0)
  }
  if (ODD_NAMES) writeFileSync(Buffer.concat([Buffer.from(`${root}/`), ODD_NAME]), 'odd')
  const set = await buildSet(setFolder, [fixtureRecord('exif-orientation-6.jpg', 6, 3)])
  const result = await runCli(['scan', root, '--set', set])
  const lines = result.records()
  status = result.status
  records = lines.slice(1, -1) as unknown as FileRecord[]
  summary = lines.at(-1) as unknown as SummaryRecord
})

function recordOf(path: string): FileRecord {
  const found = records.filter((record) => record.path === path)
  expect(found, path).toHaveLength(1)
  return found[0]
}

const digestsOf = (content: Uint8Array | string) => ({
  md5: digestHex('md5', content),
  sha1: digestHex('sha1', content),
  sha256: digestHex('sha256', content)
})

describe('a scan of trouble', () => {
  test('runs to its end, with one record for each file, link and pipe, in byte order within each folder', () => {
    const special = PIPES ? ['link.jpg', 'nested/loop', 'dangling', 'pipe.jpg'] : []
    const names = [...Object.keys(FILES), ...special].map((name) => Buffer.from(name))
    if (ODD_NAMES) names.push(ODD_NAME)
    const bytesOf = ({ path, pathBase64 }: FileRecord) =>
      pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64')
    const expected = names.map((name) => name.toString('latin1')).sort(byFolders)
    expect(records.map((record) => bytesOf(record).toString('latin1'))).toEqual(expected)
    expect(records.map(({ seq }) => seq)).toEqual(expected.map((_, i) => i))
    expect(status).toBe(3)
    expect(summary).toMatchObject({ type: 'summary', files: expected.length, skipped: special.length })
  })

  test('gives every file the digests of all of its bytes, decoded or not', () => {
    for (const [name, content] of Object.entries(FILES)) {
      const expected = { sizeBytes: Buffer.byteLength(content), digests: digestsOf(content) }
      expect(recordOf(name), name).toMatchObject(expected)
    }
  })

  test.each<[string, string, string | null]>([
    ['empty.bin', 'an empty file', null],
    ['empty.jpg', 'an empty file named like a picture', 'EMPTY_FILE'],
    ['text.jpg', 'a text named like a picture', 'NOT_AN_IMAGE'],
    ['headers-only.jpg', 'a JPEG without a pixel', 'DECODE_FAILED'],
    ['bomb.png', 'a picture that claims 400 million pixels', 'PIXEL_LIMIT'],
    ['random.bin', 'random bytes', null],
    ['random.jpg', 'random bytes named like a picture', 'NOT_AN_IMAGE'],
    ['random-jpeg.jpg', 'random bytes behind the mark of a JPEG', 'DECODE_FAILED']
  ])('%s, %s, has no hashes, matches nothing, and its error is %s', (name, _, code) => {
    const { error, hashes, matches } = recordOf(name)
    expect({ hashes, matches }).toEqual({ hashes: null, matches: [] })
    if (code === null) expect(error).toBeNull()
    else expect(error).toEqual({ code, message: expect.stringMatching(/\w/) as string, stage: 'decode' })
  })

  test('a picture is known by its content, whatever it is called', () => {
    expect(recordOf('renamed.txt')).toMatchObject({
      media: { format: 'jpeg', partial: false },
      matches: [{ relation: 'identical', mediaId: '6' }, { relation: 'similar' }],
      error: null
    })
  })

  test.each([
    ['truncated.jpg', { format: 'jpeg', width: 640, height: 400, orientation: 6 }],
    ['short.png', { format: 'png', width: 300, height: 300 }]
  ])('%s is hashed as far as it goes, and says that it is partial', (name, media) => {
    const { error, hashes, media: found } = recordOf(name)
    expect(error).toBeNull()
    expect(found).toMatchObject({ ...media, partial: true })
    expect(hashes?.pdq).toMatch(/^[0-9a-f]{64}$/)
  })

  test(`JPEGs cut at ${CUTS.length} lengths (seed ${CUT_SEED}) are all hashed in part`, () => {
    for (const [i, length] of CUTS.entries()) {
      const { error, hashes, media } = recordOf(cutName(i))
      expect({ error, partial: media?.partial }, `cut at ${length}`).toEqual({ error: null, partial: true })
      expect(hashes?.pdq, `cut at ${length}`).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  test('a bitmap is hashed where a decoder takes it, and FORMAT_UNSUPPORTED where none does', async () => {
    const [{ decoders }] = (await runCli(['doctor'])).records<{ decoders: { formats: string[] }[] }>()
    const supported = decoders.some(({ formats }) => formats.includes('bmp'))
    const record = recordOf('bitmap.bmp')
    expect(record.media).toMatchObject({ kind: 'image', format: 'bmp' })
    if (supported) expect(record).toMatchObject({ error: null, media: { width: 64, height: 48, partial: false } })
    else expect(record.error).toMatchObject({ code: 'FORMAT_UNSUPPORTED', stage: 'decode' })
  })

  test('a time beyond the year 9999 is told as the file system holds it', () => {
    const { times, error } = recordOf('old.jpg')
    expect(error).toBeNull()
    expect(Date.parse(times?.modified ?? '')).toBe(Math.floor(statSync(join(root, 'old.jpg')).mtimeMs))
  })

  test('links and pipes are told, not opened', (context) => {
    skipOnWindows(context)
    const nothing = { sizeBytes: null, digests: null, media: null, hashes: null, matches: [], error: null }
    for (const name of ['link.jpg', 'dangling', 'nested/loop']) {
      expect(recordOf(name), name).toMatchObject({ ...nothing, skipped: 'symlink' })
    }
    expect(recordOf('pipe.jpg')).toMatchObject({ ...nothing, skipped: 'fifo' })
  })

  test('a name that is not UTF-8 is shown as text and kept as bytes', (context) => {
    skipUnlessLinux(context, 'other systems refuse such names')
    const expected = { pathBase64: ODD_NAME.toString('base64'), digests: digestsOf('odd') }
    expect(recordOf('latin-\ufffd.txt')).toMatchObject(expected)
  })
})

/** Byte order of names within each folder; a folder stands where its name stands. */
function byFolders(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  const i = left.findIndex((part, at) => part !== right[at])
  return left[i] < right[i] ? -1 : 1
}
