// `hash`: every hash of files, equal to what the references say.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { PERCEPTUAL_KINDS, type FileRecord } from 'exhibit-hash'
import { runCli, type CliResult } from '../support/cli.js'
import { conformance, image, IMAGES } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'

let all: CliResult
let byName: ReadonlyMap<string, FileRecord>

beforeAll(async () => {
  all = await runCli(['hash', IMAGES])
  byName = new Map(all.records<FileRecord>().map((record) => [record.path, record]))
})

function recordOf(name: string): FileRecord {
  const record = byName.get(name)
  if (record === undefined) throw new Error(`no record of ${name}`)
  return record
}

describe('hash of a folder', () => {
  test('gives one record a file, all hashes in each, and nothing else', () => {
    expect(all).toMatchObject({ status: 0, stderr: '' })
    expect(byName.size).toBe(all.records().length)
    for (const { hashes, matches, error } of byName.values()) {
      expect(Object.keys(hashes ?? {}).sort()).toEqual([...PERCEPTUAL_KINDS, 'pdqQuality'].sort())
      expect({ matches, error }).toEqual({ matches: undefined, error: null })
    }
  })

  test.each(conformance('digests.csv'))('gives size and digests of $file as OpenSSL does', (row) => {
    const { md5, sha1, sha256 } = row
    expect(recordOf(row.file)).toMatchObject({ sizeBytes: Number(row.size), digests: { md5, sha1, sha256 } })
  })

  test.each([
    ...conformance('pdq-pixels.csv').map(({ file, original, quality }) => ({ file, hash: original, quality })),
    ...conformance('pdq-single.csv').map(({ file, hash, quality }) => ({ file, hash, quality }))
  ])('gives the PDQ of $file as the reference does, bit for bit', ({ file, hash, quality }) => {
    expect(recordOf(file).hashes).toMatchObject({ pdq: hash, pdqQuality: Number(quality) })
  })
})

describe('hash of files', () => {
  const picture = image('scene-05-256x256.png')

  test('that are missing among others is an error record and status 2', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a.txt'), 'a')
    const result = await runCli(['hash', join(folder, 'a.txt'), join(folder, 'gone.jpg'), picture])
    expect(result.status).toBe(2)
    expect(result.records()).toMatchObject([
      { path: 'a.txt', media: null, hashes: null, error: null },
      { path: 'gone.jpg', digests: null, error: { code: 'INPUT_NOT_FOUND', stage: 'walk' } },
      { path: 'scene-05-256x256.png', error: null }
    ])
  })

  test('computes only the hashes that are asked for, and a preview where it is', async () => {
    const { status, records } = await runCli(['hash', picture, '--hashes', 'phash', '--preview'])
    const [{ hashes, preview, digests }] = records<FileRecord>()
    expect(status).toBe(0)
    expect(Object.keys(hashes ?? {})).toEqual(['phash'])
    expect(preview).toHaveLength(28)
    expect(digests?.sha256).toHaveLength(64)
  })

  test('has limits of pixels and bytes', async () => {
    const { status, records } = await runCli(['hash', picture, '--max-pixels', '1000'])
    expect(status).toBe(2)
    expect(records()).toMatchObject([{ error: { code: 'PIXEL_LIMIT' }, hashes: null }])
    const small = await runCli(['hash', picture, '--max-decode-size', '1K'])
    expect(small.records()).toMatchObject([{ error: { code: 'FILE_TOO_LARGE' }, hashes: null }])
  })

  test('with HEIC by FFmpeg says what it needs where there is none', async () => {
    const { status, stderr } = await runCli(['hash', picture, '--heic', 'native'], { env: { PATH: '' } })
    expect(status).toBe(64)
    expect(stderr).toContain('FFmpeg')
  })

  test('at full size gives the imagehash family of the picture as it is', async () => {
    const [large] = conformance('imagehash-large.csv')
    const { records } = await runCli(['hash', image(large.file), '--exact'])
    const quick = await runCli(['hash', image(large.file)])
    const [[exact], [usual]] = [records<FileRecord>(), quick.records<FileRecord>()]
    expect(exact.hashes).toMatchObject({ phash: large.phash, dhash: large.dhash })
    expect(exact.hashes?.pdq).toBe(usual.hashes?.pdq)
  })

  test.each<[number, string, string[], string]>([
    [64, 'no file', [], 'file'],
    [64, 'an unknown hash', [picture, '--hashes', 'crc32'], 'crc32'],
    [64, 'HEIC by an unknown decoder', [picture, '--heic', 'fast'], 'fast'],
    [64, 'a limit that is no size', [picture, '--max-memory', 'much'], '--max-memory'],
    [64, 'less memory than anything takes', [picture, '--max-memory', '1M'], 'maxMemoryBytes'],
    [64, 'an unknown option', [picture, '--set', 'x.ehx'], '--set'],
    [74, 'a sole missing file', [join(IMAGES, 'gone.jpg')], 'gone.jpg']
  ])('ends with %i for %s, named', async (status, _, args, culprit) => {
    const result = await runCli(['hash', ...args])
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(culprit) as string })
  })
})
