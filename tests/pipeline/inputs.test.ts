// What can be scanned beside folders and lists: bytes and streams under a name; and in which order records come.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import { createScanStream, hashFile, scan, scanLines, scanToFile, verifyResults } from 'exhibit-hash'
import type { FileRecord, NamedContents, Progress } from 'exhibit-hash'
import { image } from '../support/fixtures.js'
import { scanAll } from '../support/scan-bytes.js'
import { tempFolder } from '../support/temp.js'
import { zip } from '../support/zip-builder.js'

const PICTURE = 'edit-00-original.jpg'
const bytes = readFileSync(image(PICTURE))

const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('.exhibit-hash-contents.'))

describe('contents that are no files', () => {
  test.each(['process', 'none'] as const)('have the records of files, without times (%s)', async (isolation) => {
    const { digests, hashes, media } = await hashFile(image(PICTURE))
    const contents: NamedContents[] = [
      { name: 'as bytes.jpg', contents: bytes },
      { name: 'as/a/stream.jpg', contents: Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]) },
      { name: 'empty.png', contents: new Uint8Array(0) },
      { name: 'a.zip', contents: zip([{ name: 'x.jpg', bytes }]) }
    ]
    const records = await scanAll({ contents }, { isolation, hashes: 'all' })
    expect(records.map(({ path, seq }) => `${seq} ${path}`)).toEqual([
      '0 as bytes.jpg',
      '1 as/a/stream.jpg',
      '2 empty.png',
      '3 a.zip',
      '4 a.zip!x.jpg'
    ])
    for (const at of [0, 1, 4]) expect(records[at]).toMatchObject({ digests, hashes, media, error: null })
    expect(records[2].error?.code).toBe('EMPTY_FILE')
    for (const record of records) expect(record).not.toHaveProperty('times')
    expect(copies()).toEqual([])
  })

  test('that fail are the error of their record, and harm no other', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 100)
      await Promise.resolve()
      throw new Error('the line was cut')
    }
    const contents = [
      { name: 'cut.jpg', contents: failing() },
      { name: 'b.jpg', contents: bytes }
    ]
    const [cut, whole] = await scanAll({ contents })
    expect(cut).toMatchObject({ digests: null, error: { code: 'READ_FAILED', stage: 'read' } })
    expect(cut.error?.message).toContain('the line was cut')
    expect(whole.error).toBeNull()
  })

  test.each([
    ['no name', { contents: bytes }],
    ['an empty name', { name: '', contents: bytes }],
    ['no contents', { name: 'a' }],
    ['a text', { name: 'a', contents: 'text' }]
  ])('with %s are refused', async (_, given) => {
    const input = { contents: [given as NamedContents] }
    await expect(scanAll(input)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('are written to a stream beside paths', async () => {
    const records: FileRecord[] = []
    await pipeline(
      Readable.from([image(PICTURE), { name: 'b.jpg', contents: bytes }, image('scene-01-64x64.png')]),
      createScanStream(),
      async (written: AsyncIterable<FileRecord>) => {
        for await (const record of written) records.push(record)
      }
    )
    expect(records.map(({ seq, error }) => [seq, error])).toEqual([
      [0, null],
      [1, null],
      [2, null]
    ])
    expect(records[1].digests).toEqual(records[0].digests)
  })

  test('go into a results file that can be checked', async () => {
    const out = join(tempFolder(), 'r.ndjson')
    const summary = await scanToFile({ contents: [{ name: 'b.jpg', contents: bytes }] }, out)
    expect(summary).toMatchObject({ files: 1, errors: 0 })
    expect(await verifyResults(out)).toMatchObject({ sound: true, files: 1 })
  })
})

describe('the order of records', () => {
  function exhibit(): string {
    const folder = tempFolder()
    for (const name of ['a', 'm', 'z']) mkdirSync(join(folder, name))
    for (const path of ['a/1.png', 'm/2.jpg', 'z/3.png', 'z/4.jpg']) writeFileSync(join(folder, path), path)
    return folder
  }

  test.each([
    [['*.jpg'], ['m/2.jpg', 'z/4.jpg', 'a/1.png', 'z/3.png']],
    [['z/**'], ['z/3.png', 'z/4.jpg', 'a/1.png', 'm/2.jpg']],
    [
      ['4.*', 'm/*'],
      ['m/2.jpg', 'z/4.jpg', 'a/1.png', 'z/3.png']
    ],
    [['none'], ['a/1.png', 'm/2.jpg', 'z/3.png', 'z/4.jpg']]
  ])('has names like %j first', async (first, expected) => {
    const records = await scanAll([exhibit()], { first })
    expect(records.map(({ path }) => path)).toEqual(expected)
    expect(records.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
  })

  test('with names that go first is told by the header, and is that of a run that was resumed', async () => {
    const folder = exhibit()
    for await (const line of scanLines([folder], { first: ['*.jpg'] })) {
      if (line.type === 'header') expect(line.options.first).toEqual(['*.jpg'])
    }
    const out = join(tempFolder(), 'r.ndjson')
    await scanToFile([folder], out, { first: ['*.jpg'] })
    const whole = readFileSync(out, 'utf8')
    await scanToFile([folder], out, { first: ['*.jpg'], resume: true })
    expect(readFileSync(out, 'utf8')).toBe(whole)
  })

  test('is that of completion where it is asked for: a slow file holds up nobody', async () => {
    let letGo: () => void = () => undefined
    const others = new Promise<void>((resolve) => (letGo = resolve))
    async function* slow(): AsyncGenerator<Uint8Array> {
      await others
      yield bytes
    }
    const contents = [
      { name: 'slow.jpg', contents: slow() },
      { name: 'b.jpg', contents: bytes },
      { name: 'c.jpg', contents: bytes }
    ]
    const paths: string[] = []
    for await (const { seq, path } of scan({ contents }, { order: 'completion', concurrency: 2 })) {
      expect(seq).toBe(paths.length)
      paths.push(path)
      if (paths.length === 2) letGo()
    }
    expect(paths).toEqual(['b.jpg', 'c.jpg', 'slow.jpg'])
  })

  test('of completion is not for results files', async () => {
    const out = join(tempFolder(), 'r.ndjson')
    await expect(scanToFile([image(PICTURE)], out, { order: 'completion' })).rejects.toMatchObject({ code: 'USAGE' })
  })
})

test('progress tells pace and time left', async () => {
  const folder = tempFolder()
  for (let i = 0; i < 30; i++) writeFileSync(join(folder, `${i}.txt`), 'x'.repeat(1000))
  const told: Progress[] = []
  await scanAll([folder], { onProgress: (progress) => told.push(progress) })
  expect(told).toHaveLength(30)
  const last = told.at(-1)!
  expect(last).toMatchObject({ files: 30, found: 30, foundAll: true, bytes: 30_000, secondsLeft: 0 })
  for (const { files, bytes: done, found, seconds, filesPerSecond, bytesPerSecond, secondsLeft, foundAll } of told) {
    expect(filesPerSecond * seconds).toBeCloseTo(files, 3)
    expect(bytesPerSecond * seconds).toBeCloseTo(done, 0)
    if (foundAll) expect(secondsLeft! * filesPerSecond).toBeCloseTo(found - files, 3)
    else expect(secondsLeft).toBeNull()
  }
})
