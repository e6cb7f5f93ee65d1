// XML sources: hostile documents end at once and with a code, and what tools write all the same is read.

import { describe, expect, test } from 'vitest'
import { md5, readContent, readGood, sha1 } from './read-all.js'

const NCMEC = 'xmlns="https://hashsharing.ncmec.org/hashsharing/v2"'
const file = (number: number): string => `<fileobject><hashdigest type='md5'>${md5(number)}</hashdigest></fileobject>`

const FORMATS = [
  ['<dfxml', 'dfxml'],
  ['<ReportIndex', 'c4all'],
  ['<queryResult', 'ncmec']
] as const

const LAUGHS = `<!DOCTYPE dfxml [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, i) => `<!ENTITY ${String.fromCharCode(98 + i)}x "${`&${i === 0 ? 'a' : `${String.fromCharCode(97 + i)}x`};`.repeat(10)}">`).join('')}]>`

describe('hostile documents', () => {
  test.each([
    ['a billion laughs', `${LAUGHS}<dfxml>${file(1)}<filename>&zx;</filename></dfxml>`, 0],
    ['an external entity', `<!DOCTYPE dfxml SYSTEM "file:///etc/passwd"><dfxml>${file(1)}</dfxml>`, 0],
    ['an external entity in C4All', `<!DOCTYPE ReportIndex SYSTEM "x"><ReportIndex><Image></Image></ReportIndex>`, 0],
    ['elements nested too deep', `<dfxml>${file(1)}${'<a>'.repeat(100_000)}`, 1],
    ['a wrong end tag', `<dfxml>${file(1)}<fileobject></dfxml>`, 1],
    ['text after the end', `<dfxml>${file(1)}</dfxml>\0\0x`, 1],
    ['two documents', `<dfxml>${file(1)}</dfxml><dfxml>${file(2)}</dfxml>`, 1],
    ['NULs in the middle', `<queryResult ${NCMEC}>\0\0</queryResult>`, 0],
    ['an undefined entity', `<queryResult ${NCMEC}><images><image><id>&x;</id></image></images></queryResult>`, 0]
  ])('%s', async (_, text, count) => {
    const started = performance.now()
    // Named, since NULs among text look like no text at all.
    const { fault, records } = await readContent(text, { format: FORMATS.find(([root]) => text.includes(root))![1] })
    expect(fault).toMatchObject({ code: 'SOURCE_MALFORMED', message: expect.stringMatching(/record \d+, line \d+/) })
    expect(records).toHaveLength(count)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test.each([
    ['text', `<dfxml>${file(1)}<filename>`, 'x'],
    ['a comment', `<dfxml>${file(1)}<!--`, 'x'],
    ['a tag', `<dfxml>${file(1)}<filename a="`, 'x'],
    ['a document type', '<dfxml', ' ']
  ])('%s without end is given up', async (_, start, filling) => {
    const { fault } = await readContent(start + filling.repeat(20_000_000))
    expect(fault?.code).toBe('SOURCE_MALFORMED')
  })

  test('the message of a fault does not quote the source', async () => {
    const { fault } = await readContent(`<dfxml>${file(1)}<secret></${md5(7)}></dfxml>`)
    expect(fault?.message).not.toContain(md5(7))
    expect(fault?.message).toMatch(/clos\w+ tag/)
  })

  test('another root is not recognised, whatever it declares', async () => {
    for (const text of [`${LAUGHS}<lolz>&zx;</lolz>`, '<html/>', '<queryResult xmlns="x"/>', '<dfxmlx/>', '<?xml']) {
      expect((await readContent(text)).fault?.code).toBe('SOURCE_UNRECOGNISED')
    }
    for (const format of ['dfxml', 'ncmec', 'c4all']) {
      expect((await readContent('<html/>', { format })).fault?.code).toBe('SOURCE_UNRECOGNISED')
    }
  })
})

describe('C4All', () => {
  const image = (inner: string): string => `<ReportIndex><Image><hash>${md5(1)}</hash>${inner}</Image></ReportIndex>`

  test.each([
    ['stray ampersands', image('<picture>A & B &c; && &</picture>')],
    ['a stray ampersand at the end of a chunk', image(`<picture>${'&'.repeat(500)}</picture>`)],
    ['control characters', image('<picture>A\u0001B</picture>').replace('A', 'A'.repeat(70_000))],
    ['a prefix', image('<c:category xmlns:c="x">3</c:category>')],
    ['names in any case', image('<CATEGORY>3</CATEGORY>').replaceAll('Image>', 'IMAGE>')]
  ])('is read with %s', async (_, text) => {
    for (const bytes of [1 << 20, 1, 3]) {
      const { records } = await readGood(text, {}, { chunkBytes: () => bytes })
      expect(records).toMatchObject([{ hashes: { md5: md5(1) } }])
    }
  })

  test('entities that XML has are what they mean', async () => {
    const { records } = await readGood(image('<notes>&lt;a&#32;&amp;&#x20;b&gt; & c</notes>'))
    expect(records[0]?.grading.tags).toBe('<a & b> & c')
  })
})

test('DFXML takes the digests of files, not of pieces of them or of the image', async () => {
  const piece = `<byte_runs><byte_run><hashdigest type='MD5'>${md5(7)}</hashdigest></byte_run></byte_runs>`
  const text = `<dfxml><source><hashdigest type='md5'>${md5(8)}</hashdigest></source><fileobject>${piece}<hashdigest type='SHA-1'>${sha1(1)}</hashdigest></fileobject><fileobject>${piece}</fileobject></dfxml>`
  const { records, report } = await readGood(text)
  expect(records.map(({ hashes }) => hashes)).toEqual([{ sha1: sha1(1) }])
  expect(report.counts).toMatchObject({ records: 2, taken: 1, skipped: 1, rejected: 0 })
})

describe('NCMEC', () => {
  const entry = (inner: string): string =>
    `<queryResult ${NCMEC}><images><image><member id="1">One</member><id>x</id>${inner}<fingerprints><md5>${md5(1)}</md5></fingerprints></image></images></queryResult>`

  test('members that affirm are sources of their own, each once', async () => {
    const members = '<members><member id="1">One</member><member id="2">Two</member><member id="3"/></members>'
    const { records } = await readGood(
      entry(`<feedback><affirmativeFeedback>${members}</affirmativeFeedback></feedback>`)
    )
    expect(records[0]?.grading.gradedBy).toBe('One; Two; member 3')
  })

  test('an entry of one member is no entry of another by the same id', async () => {
    const { records } = await readGood(entry(''))
    expect(records[0]?.mediaId).toBe('1-x')
  })

  test('a deletion that names nothing is rejected', async () => {
    const { report } = await readGood(`<queryResult ${NCMEC}><images><deletedImage/></images></queryResult>`)
    expect(report.counts).toMatchObject({ records: 1, rejected: 1 })
  })
})
