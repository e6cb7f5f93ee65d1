// Plain lists: what a line may look like, and how the kind of its hash is told or asked for.

import { describe, expect, test } from 'vitest'
import type { SourceOptions } from '../../src/formats/index.js'
import { digest, EMPTY_MD5, fixture, hex64, md5, readContent, readGood, readPath, sha1 } from './read-all.js'

const hash16 = digest(16, 7)

describe('lines', () => {
  test.each([
    ['md5 by length', md5(1), { md5: md5(1) }],
    ['sha1 by length', sha1(1), { sha1: sha1(1) }],
    ['upper case', md5(0xabc).toUpperCase(), { md5: md5(0xabc) }],
    ['spaces around', `  ${md5(1)}\t`, { md5: md5(1) }],
    ['md5sum in text mode', `${md5(1)}  a b.jpg`, { md5: md5(1) }],
    ['md5sum in binary mode', `${md5(1)} *a.jpg`, { md5: md5(1) }],
    ['md5sum with an escaped name', `\\${md5(1)}  a\\nb.jpg`, { md5: md5(1) }],
    ['BSD', `MD5 (a (1).jpg) = ${md5(1)}`, { md5: md5(1) }],
    ['BSD SHA-256', `SHA256 (a.jpg) = ${hex64(1)}`, { sha256: hex64(1) }],
    ['openssl', `SHA2-256(a.jpg)= ${hex64(1)}`, { sha256: hex64(1) }]
  ])('%s', async (_, line, hashes) => {
    const { records } = await readGood(`${line}\n`)
    expect(records).toEqual([{ mediaId: null, category: null, hashes, grading: {} }])
  })

  test('a bad line is left out with its number, and the others are read', async () => {
    const { records, report } = await readGood(
      `${md5(1)}\n\n# x\nnonsense\n${md5(2)}x\nMD5 (a) = ${sha1(1)}\n${md5(3)}`
    )
    expect(records.map(({ hashes }) => hashes.md5)).toEqual([md5(1), md5(3)])
    expect(report.counts).toMatchObject({ records: 5, taken: 2, rejected: 3 })
    expect(report.warnings.map(({ position }) => position)).toEqual([4, 5, 6, 6])
  })

  test('the empty file is left out and counted', async () => {
    const { records, report } = await readGood(`${md5(1)}\n${EMPTY_MD5.toUpperCase()}\n`)
    expect(records).toHaveLength(1)
    expect(report.counts).toMatchObject({ records: 2, rejected: 1, emptyFileDigests: 1 })
  })

  test('a line without end takes no memory', async () => {
    const { records, report } = await readGood(`${md5(1)}\n${'ab'.repeat(3_000_000)}\n${md5(2)}\n`)
    expect(records).toHaveLength(2)
    expect(report.warnings[0]?.position).toBe(2)
  })

  test('columns without a header are left out, since nothing says what they are', async () => {
    const { report } = await readGood(`${md5(1)}\n${md5(2)},1\n`)
    expect(report.counts).toMatchObject({ taken: 1, rejected: 1 })
  })

  test('PDQ hashes may have a quality and an identity', async () => {
    const text = `${hex64(1)},97,id-1\n${hex64(2)},,a,b\n${hex64(3)},101\n${hex64(4)}\n`
    const { records, report } = await readGood(text, { kind: 'pdq' })
    expect(records.map(({ pdqQuality, mediaId }) => [pdqQuality, mediaId])).toEqual([
      [97, 'id-1'],
      [undefined, 'a,b'],
      [undefined, null],
      [undefined, null]
    ])
    expect(report.warnings).toEqual([{ position: 3, message: expect.stringContaining('pdqQuality') }])
  })
})

describe('64 hex digits', () => {
  const line = `${hex64(1)}\n`
  test.each<[string, string, SourceOptions, string, 'pdq' | 'sha256' | 'blockhash']>([
    ['the option', line, { kind: 'pdq' }, 'x.txt', 'pdq'],
    ['the option, against the name', line, { kind: 'sha256' }, 'pdq.txt', 'sha256'],
    ['a kind that is not hashed often', line, { kind: 'blockhash' }, 'x.txt', 'blockhash'],
    ['an X-Ways first line', `SHA-256\r\n${line}`, {}, 'x.txt', 'sha256'],
    ['a header of columns', `pdq,quality,id\n${hex64(1)},50,a\n`, {}, 'x.txt', 'pdq'],
    ['a comment', `# PDQ hashes of 2026\n${line}`, {}, 'x.txt', 'pdq'],
    ['the name', line, {}, 'team-pdq_list.txt', 'pdq'],
    ['the name, with a hyphen', line, {}, 'set.SHA-256.txt', 'sha256'],
    ['a comment, against the name', `# sha256\n${line}`, {}, 'pdq.txt', 'sha256'],
    ['the name, where the comment names both', `# PDQ, not SHA-256\n${line}`, {}, 'pdq.txt', 'pdq']
  ])('are told by %s', async (_, text, options, name, kind) => {
    const { records } = await readGood(text, options, { name })
    expect(records[0]?.hashes).toEqual({ [kind]: hex64(1) })
  })

  test.each<[string, string, SourceOptions, string]>([
    ['nothing', line, {}, 'x.txt'],
    ['md5sum form, which PDQ tools write too', `${hex64(1)}  a.jpg\n`, {}, 'x.txt'],
    ['a kind of another length', line, { kind: 'md5' }, 'x.txt'],
    ['a name with both', line, {}, 'pdq-and-sha256.txt'],
    ['a comment after the first hash', `${md5(1)}\n# pdq\n${line}`, {}, 'x.txt'],
    ['a header of unnamed hashes', `hash,quality\n${hex64(1)},50\n`, {}, 'x.txt']
  ])('are not told by %s', async (_, text, options, name) => {
    const { fault, records } = await readContent(text, options, { name })
    expect(fault).toMatchObject({ code: 'DIGEST_AMBIGUOUS' })
    const line64 = text.split('\n').findIndex((each) => each.startsWith(hex64(1)))
    expect(fault?.message).toContain(`line ${line64 + 1}:`)
    expect(records).toHaveLength(text.startsWith(`${md5(1)}\n`) ? 1 : 0)
  })
})

test('16 hex digits need an option or a header', async () => {
  expect((await readContent(`${hash16}\n`)).fault).toMatchObject({ code: 'DIGEST_AMBIGUOUS' })
  for (const kind of ['phash', 'dhash', 'dhashVertical', 'ahash', 'whash'] as const) {
    expect((await readGood(`${hash16}\n`, { kind })).records[0]?.hashes).toEqual({ [kind]: hash16 })
    expect((await readGood(`${kind}\n${hash16}\n`)).records[0]?.hashes).toEqual({ [kind]: hash16 })
  }
})

test.each([
  ['list-md5.txt', 6, 'md5'],
  ['list-md5sum.txt', 6, 'md5'],
  ['list-bsd.txt', 6, 'sha256'],
  ['list-xways.txt', 6, 'sha256'],
  ['list-pdq.txt', 6, 'pdq']
] as const)('%s holds %i hashes of kind %s', async (name, count, kind) => {
  const { records, fault } = await readPath(fixture(name))
  expect(fault).toBeNull()
  expect(records.filter((record) => record.hashes[kind] !== undefined)).toHaveLength(count)
})

test('list-64-hex.txt is not guessed at', async () => {
  expect((await readPath(fixture('list-64-hex.txt'))).fault).toMatchObject({ code: 'DIGEST_AMBIGUOUS' })
})
