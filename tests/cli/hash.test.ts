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

  test.each<[number, string, string[], string]>([
    [64, 'no file', [], 'file'],
    [64, 'an unknown hash', [picture, '--hashes', 'crc32'], 'crc32'],
    [64, 'an unknown option', [picture, '--set', 'x.ehx'], '--set'],
    [74, 'a sole missing file', [join(IMAGES, 'gone.jpg')], 'gone.jpg']
  ])('ends with %i for %s, named', async (status, _, args, culprit) => {
    const result = await runCli(['hash', ...args])
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(culprit) as string })
  })
})
