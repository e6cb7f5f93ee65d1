// Writers: what is written is read back with the same digests, whatever the records are, and a spreadsheet runs none of it.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildHashSet } from 'exhibit-hash'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HASH_KINDS, type HashKind } from '../../src/core/hashes.js'
import { RECORD_FLAGS, type SetRecord } from '../../src/core/set-record.js'
import { FORMATS, WRITABLE_FORMAT_NAMES } from '../../src/formats/index.js'
import { exportHashSet } from '../../src/index/export.js'
import { runCli } from '../support/cli.js'
import { tempFolder } from '../support/temp.js'
import { hex64, md5, readContent, readPath, sha1 } from './read-all.js'

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.match(/./g)!), minLength: digits, maxLength: digits })
/** Text with everything that separates, quotes or runs. */
const text = fc.string({ unit: fc.constantFrom(...'=+-@,;"\'\t|aé#\n\r%'.match(/[^]/g)!), minLength: 1, maxLength: 8 })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}

const records: fc.Arbitrary<SetRecord> = fc
  .record({
    md5: maybe(hex(32)),
    sha1: maybe(hex(40)),
    sha256: maybe(hex(64)),
    pdq: maybe(hex(64)),
    phash: maybe(hex(16)),
    pdqQuality: maybe(fc.integer({ min: 0, max: 100 })),
    photoDna: maybe(fc.uint8Array({ minLength: 144, maxLength: 144 })),
    mediaId: fc.option(fc.oneof(fc.nat().map(String), text)),
    category: fc.option(fc.oneof(fc.integer({ min: -5, max: 9 }), text)),
    sizeBytes: maybe(fc.integer({ min: 1, max: 2 ** 40 })),
    grading: fc.record({ gradedBy: maybe(text), tags: maybe(text), isDistributed: maybe(fc.boolean()) }).map(present)
  })
  .filter(({ md5, sha1, pdq }) => (md5 ?? sha1 ?? pdq) !== undefined)
  .map(({ md5, sha1, sha256, pdq, phash, pdqQuality, ...rest }) => {
    const quality = pdq === undefined ? undefined : pdqQuality
    return present({ ...rest, pdqQuality: quality, hashes: present({ md5, sha1, sha256, pdq, phash }) }) as SetRecord
  })
const sets = fc.array(records, { minLength: 1, maxLength: 10 })

function factsOf(all: readonly SetRecord[]) {
  const hashCounts = Object.fromEntries(
    [...HASH_KINDS, 'photoDna'].map((kind) => [
      kind,
      all.filter((record) => (kind === 'photoDna' ? record.photoDna : record.hashes[kind as HashKind]) !== undefined)
        .length
    ])
  )
  return { name: 'MD5 of "SHA-256"', profileId: 'uk', entries: all.length, hashCounts }
}

/** The text of a set, and the records of which something is in it. */
function written(format: string, all: readonly SetRecord[], kind?: HashKind): { text: string; taken: SetRecord[] } {
  const writer = FORMATS.find(({ name }) => name === format)?.writeText?.(factsOf(all), {
    photoDna: true,
    ...(kind !== undefined && { kind })
  })
  if (writer === undefined) throw new Error(`${format} is no text`)
  const rows = all.map((record) => writer.row(record))
  return { text: writer.head + rows.join('') + writer.tail, taken: all.filter((_, i) => rows[i] !== '') }
}

/** The hashes of one kind, in their order. */
const hashesOf = (all: readonly SetRecord[], kind: HashKind): (string | undefined)[] =>
  all.map(({ hashes }) => hashes[kind]).filter((hash) => hash !== undefined)

const has = (all: readonly SetRecord[], kind: HashKind): boolean => hashesOf(all, kind).length > 0

describe('any records', () => {
  test.each<[string, readonly HashKind[]]>([
    ['list', ['md5', 'sha1', 'sha256', 'pdq', 'phash']],
    ['xways', ['md5', 'sha1', 'sha256']],
    ['hashdeep', ['md5', 'sha1', 'sha256']],
    ['pdq', ['pdq']]
  ])('as %s keep the digests of its kind', async (format, kinds) => {
    await fc.assert(
      fc.asyncProperty(sets, fc.constantFrom(...kinds), async (all, kind) => {
        fc.pre(has(all, kind))
        const { text: made, taken } = written(format, all, kind)
        const { records: read, report, fault } = await readContent(made, {}, { name: 'x' })
        expect(fault).toBeNull()
        // A list of PDQ hashes is recognised as one.
        const name = kind === 'pdq' ? 'pdq' : format
        expect(report).toMatchObject({ format: name, counts: { rejected: 0 }, warnings: [] })
        expect(hashesOf(read, kind)).toEqual(hashesOf(all, kind))
        expect(read).toHaveLength(taken.length)
      }),
      { numRuns: 60 }
    )
  })

  test('as hashdeep keep every digest that all of them have', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          records.filter(({ hashes }) => hashes.md5 !== undefined),
          { minLength: 1 }
        ),
        async (all) => {
          const { records: read } = await readContent(written('hashdeep', all).text)
          for (const kind of ['md5', 'sha1', 'sha256'] as const) {
            const isComplete = hashesOf(all, kind).length === all.length
            expect(hashesOf(read, kind)).toEqual(isComplete ? hashesOf(all, kind) : [])
          }
        }
      ),
      { numRuns: 40 }
    )
  })

  test.each(['csv', 'vics'])('as %s keep all their hashes', async (format) => {
    await fc.assert(
      fc.asyncProperty(sets, async (all) => {
        const { text: made } = written(format, all)
        const { records: read, report, fault } = await readContent(made)
        expect(fault).toBeNull()
        expect(report).toMatchObject({ format, counts: { rejected: 0 } })
        expect(
          read.map(({ hashes, pdqQuality, photoDna, sizeBytes }) => ({ hashes, pdqQuality, photoDna, sizeBytes }))
        ).toEqual(
          all.map(({ hashes, pdqQuality, photoDna, sizeBytes }) => ({ hashes, pdqQuality, photoDna, sizeBytes }))
        )
        expect(read.map(({ grading }) => grading.isDistributed)).toEqual(
          all.map(({ grading }) => grading.isDistributed)
        )
      }),
      { numRuns: 60 }
    )
  })

  test('as CSV begin no cell with what a spreadsheet would run', async () => {
    fc.assert(
      fc.property(sets, (all) => {
        const { text: made } = written('csv', all)
        const cells = made.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^,"\r\n]*))/g)
        for (const [, quoted, plain] of cells) expect(quoted ?? plain).not.toMatch(/^[=+\-@\t\r]/)
      }),
      { numRuns: 100 }
    )
    const { text: made } = written('csv', [
      { mediaId: '=1+1', category: -2, hashes: { md5: md5(1) }, grading: { tags: "'x" } }
    ])
    expect(made).toContain("'=1+1")
    const { records: read } = await readContent(made)
    expect(read).toMatchObject([{ mediaId: '=1+1', category: -2, grading: { tags: "'x" } }])
  })

  test('as VICS keep what a record says of its file', async () => {
    const flags = Object.fromEntries(RECORD_FLAGS.map((flag, i) => [flag, i % 2 === 0]))
    const record = {
      mediaId: '007',
      category: 0,
      hashes: { md5: md5(1), sha1: sha1(1), sha256: hex64(1), pdq: hex64(2) },
      pdqQuality: 90,
      sizeBytes: 7,
      mimeType: 'image/png',
      grading: { gradedBy: 'A; B', updated: '2026-01-02T03:04:05.000Z', series: 'S', tags: 't', ...flags }
    }
    const { records: read, report } = await readContent(written('vics', [record]).text)
    expect(read).toEqual([record])
    expect(report).toMatchObject({ version: '2.0', profile: 'UK' })
  })
})

describe('an index', () => {
  const all = (record: number): string => [md5(record), sha1(record), hex64(record), hex64(record + 100)].join(',')

  async function index(folder: string, rows = 1500): Promise<string> {
    const lines = Array.from({ length: rows }, (_, i) => `${all(i)},${i % 100},${i},A;"",=cmd`)
    writeFileSync(
      join(folder, 'set.csv'),
      `md5,sha1,sha256,pdq,quality,id,source,tags\n${lines.join('\n').replaceAll(';""', '')}\n`
    )
    await buildHashSet(join(folder, 'set.ehx'), [join(folder, 'set.csv')])
    return join(folder, 'set.ehx')
  }

  test.each(WRITABLE_FORMAT_NAMES)('is exported as %s and read back', async (format) => {
    const folder = tempFolder()
    const out = join(folder, 'exported')
    const { status, stdout } = await runCli(['set', 'export', await index(folder), '--format', format, '--out', out])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ format, path: out, entries: 1500, written: 1500, leftOut: 0 })
    const { records: read, report, fault } = await readPath(out)
    expect(fault).toBeNull()
    expect(report).toMatchObject({ format, counts: { taken: 1500, rejected: 0 } })
    const [kind] = Object.keys(read[0].hashes) as HashKind[]
    const value = { md5, sha1, sha256: hex64, pdq: (i: number) => hex64(i + 100) }[kind as 'md5']
    expect(hashesOf(read, kind)).toEqual(Array.from({ length: 1500 }, (_, i) => value(i)))
    // Once more over the same file, and nothing else is in the folder.
    expect((await runCli(['set', 'export', join(folder, 'set.ehx'), '--format', format, '--out', out])).status).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['exported', 'set.csv', 'set.ehx'])
  })

  test('goes to standard output where no file is named', async () => {
    const folder = tempFolder()
    const path = await index(folder, 2)
    const listed = await runCli(['set', 'export', path, '--format', 'list', '--kind', 'sha1'])
    expect(listed).toMatchObject({ status: 0, stderr: '', stdout: `# sha1\n${sha1(0)}\n${sha1(1)}\n` })
    const database = await runCli(['set', 'export', path, '--format', 'sleuthkit'])
    expect(database).toMatchObject({ status: 64, stderr: expect.stringContaining('--out') })
  })

  test('is written over nothing but an export of the same format', async () => {
    const folder = tempFolder()
    const path = await index(folder, 2)
    for (const out of [path, join(folder, 'set.csv')]) {
      const before = readFileSync(out)
      const { status, stderr } = await runCli(['set', 'export', path, '--format', 'xways', '--out', out])
      expect({ status, stderr }).toMatchObject({ status: 64, stderr: expect.stringContaining(out) })
      expect(readFileSync(out).equals(before)).toBe(true)
    }
  })

  test('leaves nothing behind where it fails', async () => {
    const folder = tempFolder()
    const path = await index(folder)
    for (const format of ['csv', 'sleuthkit'] as const) {
      const stopped = exportHashSet(path, { format, out: join(folder, 'x'), signal: AbortSignal.abort() })
      await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
      const nowhere = exportHashSet(path, { format, out: join(folder, 'no', 'x') })
      await expect(nowhere).rejects.toMatchObject({ code: 'WRITE_FAILED' })
    }
    expect(readdirSync(folder).sort()).toEqual(['set.csv', 'set.ehx'])
  })

  test('has hashes of the kind that is asked for, or that is said', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a.txt'), `${md5(1)}\n${sha1(2)}\n`)
    const path = join(folder, 'a.ehx')
    await buildHashSet(path, [join(folder, 'a.txt')])
    const some = await runCli(['set', 'export', path, '--format', 'list'])
    expect(some).toMatchObject({ status: 0, stdout: `# md5\n${md5(1)}\n`, stderr: expect.stringContaining('1 of 2') })
    expect((await runCli(['set', 'export', path, '--format', 'pdq'])).stderr).toContain('USAGE')
    expect((await runCli(['set', 'export', path, '--format', 'xways', '--kind', 'pdq'])).status).toBe(64)
    expect((await runCli(['set', 'export', path, '--format', 'nsrl'])).status).toBe(64)
  })

  test('keeps PhotoDNA values to itself unless they are asked for', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a.csv'), `md5,photodna\n${md5(1)},${'ab'.repeat(144)}\n`)
    const path = join(folder, 'a.ehx')
    await buildHashSet(path, [join(folder, 'a.csv')])
    for (const [format, value] of [
      ['csv', 'ab'.repeat(144)],
      ['vics', Buffer.alloc(144, 0xab).toString('base64')]
    ]) {
      expect((await runCli(['set', 'export', path, '--format', format])).stdout).not.toContain(value)
      expect((await runCli(['set', 'export', path, '--format', format, '--photodna'])).stdout).toContain(value)
    }
  })
})

test('a Sleuth Kit database merges what records say of one MD5, and leaves out what contradicts it', async () => {
  const folder = tempFolder()
  const rows = [`${md5(1)},${sha1(1)},`, `${md5(1)},,${hex64(1)}`, `${md5(1)},${sha1(2)},`, `,${sha1(3)},`]
  writeFileSync(join(folder, 'a.csv'), `md5,sha1,sha256\n${rows.join('\n')}\n`)
  await buildHashSet(join(folder, 'a.ehx'), [join(folder, 'a.csv')])
  const out = join(folder, 'a.db')
  expect(await exportHashSet(join(folder, 'a.ehx'), { format: 'sleuthkit', out })).toMatchObject({
    written: 3,
    leftOut: 1
  })
  expect((await readPath(out)).records.map(({ hashes }) => hashes)).toEqual([
    { md5: md5(1), sha1: sha1(1), sha256: hex64(1) },
    { sha1: sha1(3) }
  ])
})
