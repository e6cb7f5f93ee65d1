// Opening a source: recognised by content, refused where it may not be used, and never left open.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FORMAT_NAMES, openSource, type SourceOptions } from '../../src/formats/index.js'
import { fixture, hex64, md5, readContent, readGood, readPath } from './read-all.js'

describe('recognition', () => {
  test.each([
    ['vics-2.0-uk-media.json', 'vics'],
    ['vics-2.0-us-cases.json', 'vics'],
    ['vics-1.1-cases.json', 'vics'],
    ['vics-no-marker-array.json', 'vics'],
    ['vics-utf16.json', 'vics'],
    ['hashes.csv', 'csv'],
    ['hashes.tsv', 'csv'],
    ['list-md5.txt', 'list'],
    ['list-xways.txt', 'xways'],
    ['list-pdq.txt', 'pdq']
  ])('%s is %s', async (name, format) => {
    expect((await openSource(fixture(name))).report.format).toBe(format)
    expect(FORMAT_NAMES).toContain(format)
  })

  test.each([
    ['an empty file', ''],
    ['prose', 'Dear all,\nplease find the hashes attached.\n'],
    ['comments alone', '# md5\n# nothing below\n'],
    ['other JSON', '{"name":"x","list":[1,2,3]}'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['bytes with a digest among them', Buffer.concat([Buffer.from([1, 2, 0, 3]), Buffer.from(`\n${md5(1)}\n`)])],
    ['64 KiB of NULs before text', Buffer.concat([Buffer.alloc(65_535), Buffer.from('x')])],
    ['lines of digests of no known kind', `${'ab'.repeat(48)}\n${'cd'.repeat(64)}\n`]
  ])('%s is not recognised', async (_, content) => {
    expect((await readContent(content)).fault).toMatchObject({ code: 'SOURCE_UNRECOGNISED' })
  })

  test('JSON named as VICS that is none is not recognised', async () => {
    for (const text of ['{"a":1}', '[]', '7', 'x', '["x"]']) {
      const { fault, records } = await readContent(text, { format: 'vics' })
      expect(records).toEqual([])
      if (fault === null) expect(text).toBe('["x"]')
      else expect(fault.code).toBe('SOURCE_UNRECOGNISED')
    }
  })
})

describe('refusal', () => {
  test('a VICS set is never known-good, whatever it is said to be', async () => {
    for (const options of [{}, { format: 'vics' }, { format: 'list' }, { format: 'csv' }] satisfies SourceOptions[]) {
      const { fault } = await readPath(fixture('vics-2.0-uk-media.json'), { ...options, role: 'known-good' })
      expect(fault).toMatchObject({ code: 'SOURCE_REFUSED' })
    }
    expect((await readPath(fixture('vics-2.0-uk-media.json'), { role: 'known' })).fault).toBeNull()
    expect((await readPath(fixture('list-md5.txt'), { role: 'known-good' })).fault).toBeNull()
  })

  test('an unknown format is wrong usage', async () => {
    const options = { format: 'xml' } as unknown as SourceOptions
    expect((await readContent(md5(1), options)).fault).toMatchObject({ code: 'USAGE' })
  })

  test('a missing file and a folder are told apart, with their path', async () => {
    const missing = fixture('no-such-file')
    expect((await readPath(missing)).fault).toMatchObject({ code: 'INPUT_NOT_FOUND', path: missing })
    expect((await readPath(fixture(''))).fault).toMatchObject({ code: 'READ_FAILED' })
  })

  test('records can be iterated once, since the counts are of one reading', async () => {
    const reader = await openSource(fixture('list-md5.txt'))
    for await (const batch of reader.records()) expect(batch).toHaveLength(6)
    expect(() => reader.records()).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  test('a signal that has fired already stops before anything is read', async () => {
    const { fault, report } = await readPath(fixture('list-md5.txt'), { signal: AbortSignal.abort() })
    expect(fault).toMatchObject({ code: 'ABORTED' })
    expect(report).toBeNull()
  })
})

test.each(['icse-16.csv', 'c4all-pictures.xml', 'ncmec.xml', 'stopncii.json'])(
  '%s is never known-good either',
  async (name) => {
    expect((await readPath(fixture(name), { role: 'known-good' })).fault).toMatchObject({ code: 'SOURCE_REFUSED' })
  }
)

test('leaving the iteration early is no error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-formats-'))
  const path = join(folder, 'list.txt')
  writeFileSync(path, Array.from({ length: 100_000 }, (_, i) => md5(i)).join('\n'))
  const reader = await openSource(path)
  for await (const batch of reader.records()) {
    expect(batch).toHaveLength(1000)
    break
  }
  rmSync(folder, { recursive: true })
})

test('warnings are kept up to a hundred and counted beyond', async () => {
  const lines = Array.from({ length: 250 }, () => 'no digest')
  const { report } = await readGood([hex64(1), ...lines].join('\n'), { kind: 'sha256' })
  expect(report).toMatchObject({ warningCount: 250, counts: { records: 251, taken: 1, rejected: 250 } })
  expect(report.warnings).toHaveLength(100)
  expect(report.warnings[0]?.position).toBe(2)
})
