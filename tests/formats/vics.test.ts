// VICS: the shapes and the field traps of real exporters.

import { describe, expect, test } from 'vitest'
import type { SetRecord } from '../../src/core/set-record.js'
import {
  digest,
  EMPTY_MD5,
  EMPTY_SHA1,
  EMPTY_SHA256,
  fixture,
  hex64,
  md5,
  readGood,
  readPath,
  sha1
} from './read-all.js'

const MARKER_2 = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml'
const MARKER_1 = 'http://github.com/ICMEC/ProjectVic/DataModels'
const A = `{"MD5":"${md5(1)}","MediaID":1}`
const B = `{"MediaID":2,"MD5":"${md5(2)}"}`

/** The one record of a hash set with these fields beside an MD5. */
async function recordWith(fields: object): Promise<{ record: SetRecord | undefined; warnings: string[] }> {
  const { records, report } = await readGood(JSON.stringify({ value: [{ MD5: md5(1), ...fields }] }))
  return { record: records[0], warnings: report.warnings.map(({ message }) => message) }
}

describe('shapes', () => {
  test.each([
    ['a hash set', `{"value":[${A},${B}]}`],
    ['a bare array', `[${A},${B}]`],
    ['media in place of value', `{"media":[${A},${B}]}`],
    ['Media in place of value', `{"Media":[${A},${B}]}`],
    ['a case', `{"value":[{"CaseID":"x","Media":[${A},${B}]}]}`],
    ['a case with its keys last', `{"value":[{"Media":[${A},${B}],"CaseMetadata":[{"PropertyName":"]"}]}]}`],
    ['two cases', `{"value":[{"Media":[${A}]},{"Media":[${B}]}]}`],
    ['Cases in place of value', `{"Cases":[{"Media":[${A},${B}]}]}`],
    ['one case in place of a list', `{"value":{"Media":[${A},${B}]}}`],
    ['one record in place of lists', `{"Cases":[{"Media":${A}},{"Media":${B}}]}`],
    ['bare cases', `[{"Media":[${A}]},{"Media":[${B}]}]`],
    ['the marker last', `{"value":[${A},${B}],"@odata.context":"${MARKER_2}/UK/$metadata#Media"}`],
    ['a marker that says the other form', `{"@odata.context":"${MARKER_2}/UK/$metadata#Cases","value":[${A},${B}]}`],
    ['other keys around', `{"x":{"value":[1]},"n":-1.5e3,"value":[${A},${B}],"y":[[],{}],"z":null}`],
    ['an escaped key', `{"\\u0076alue":[${A},${B}]}`],
    ['odd case of keys', `{"VALUE":[{"md5":"${md5(1)}","mediaid":1},{"Md5":"${md5(2)}","mediaId":2}]}`],
    ['spaces everywhere', `\n{ "value" :\t[ ${A}\r\n , \n${B} ] \n}\n`],
    ['a list that comes twice', `{"value":[${A}],"value":[${B}]}`]
  ])('%s', async (_, text) => {
    const { records, report } = await readGood(text)
    expect(records.map(({ hashes, mediaId }) => [hashes.md5, mediaId])).toEqual([
      [md5(1), '1'],
      [md5(2), '2']
    ])
    expect(report.counts).toMatchObject({ records: 2, taken: 2, rejected: 0 })
  })

  test('one record as the document', async () => {
    const { records, report } = await readGood(
      `{"@odata.context":"${MARKER_2}/UK/$metadata#Media/$entity",${A.slice(1)}`
    )
    expect(records).toHaveLength(1)
    expect(report.profile).toBe('UK')
  })

  test.each([
    ['no records', '{"value":[]}'],
    ['null for records', '{"value":null}'],
    ['a case without media', '{"Cases":[{"CaseID":"x"},{"CaseNumber":"1","Media":[]},{"CaseNumber":"2","Media":null}]}']
  ])('%s is an empty source', async (_, text) => {
    const { records, report } = await readGood(text)
    expect(records).toEqual([])
    expect(report.counts).toMatchObject({ records: 0, taken: 0 })
  })

  test.each([
    ['a record', `{"value":[{"MD5":"${md5(3)}","Media":[${A},${B}]}]}`],
    ['a record with an empty list after', `{"value":[${A},${B},{"MD5":"${md5(3)}","Media":[]}]}`],
    ['a record with a list that a text replaces', `{"value":[${A},${B},{"Media":[],"MD5":"${md5(3)}","Media":"x"}]}`],
    ['the document', `{"value":[${A},${B}],"AlternativeHashes":[{"MD5":"${md5(3)}"}],"CaseID":"x"}`]
  ])('%s has hashes beside its list', async (_, text) => {
    const { records, report } = await readGood(text)
    expect(records.map(({ hashes }) => hashes.md5)).toEqual([md5(1), md5(2), md5(3)])
    expect(report.counts).toMatchObject({ records: 3, taken: 3, rejected: 0 })
  })

  test.each([
    ['an identity', '"MediaID":7', { records: 2, taken: 2, rejected: 0 }],
    ['a quality without a hash', '"PdqQuality":50', { records: 2, taken: 2, rejected: 0 }],
    ['an empty list of other hashes', '"AlternativeHashes":[]', { records: 2, taken: 2, rejected: 0 }]
  ])('a case with %s', async (_, pair, counts) => {
    const { report } = await readGood(`{"value":[{${pair},"CaseID":"c","Media":[${A},${B}]}]}`)
    expect(report.counts).toMatchObject(counts)
  })

  test('elements that are no records are counted as rejected', async () => {
    const { records, report } = await readGood(`{"value":[null,1,-2.5e+3,"x",[${A}],true,${B}]}`)
    expect(records).toHaveLength(1)
    expect(report.counts).toMatchObject({ records: 7, taken: 1, rejected: 6 })
    expect(report.warnings.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('keys that JavaScript gives a meaning do no harm', async () => {
    const text = `{"__proto__":{"MD5":"${md5(9)}"},"value":[{"__proto__":{"Category":9},"constructor":1,"MD5":"${md5(1)}"}]}`
    const { records } = await readGood(text)
    expect(records).toEqual([{ mediaId: null, category: null, hashes: { md5: md5(1) }, grading: {} }])
    expect(({} as Record<string, unknown>)['Category']).toBeUndefined()
  })
})

describe('markers', () => {
  test.each([
    ['odata.metadata', `${MARKER_1}/1.1.xml#Cases`, '1.1', null],
    ['odata.metadata', `${MARKER_1}/1.2.xml#Media`, '1.2', null],
    ['odata.metadata', `${MARKER_1}/1.3.xml#Media`, '1.3', null],
    ['@odata.context', `${MARKER_2}/Default/$metadata#Media`, '2.0', 'Default'],
    ['@odata.context', `${MARKER_2}/US/$metadata#Cases`, '2.0', 'US'],
    ['@odata.context', `${MARKER_2}/CUSTOM/$metadata#Media`, '2.0', 'CUSTOM'],
    ['@odata.context', 'somebody else', null, null]
  ])('%s %s', async (key, marker, version, profile) => {
    for (const text of [`{"${key}":"${marker}","value":[${A}]}`, `{"value":[${A}],"${key}":"${marker}"}`]) {
      const { report } = await readGood(text)
      expect(report).toMatchObject({ version, profile, warningCount: version === null ? 1 : 0 })
    }
  })

  test('a version that is none of those known is read, with a warning', async () => {
    const { records, report } = await readGood(
      `{"@odata.context":"${MARKER_1}/9.0.xml/UK/$metadata#Media","value":[${A}]}`
    )
    expect(records).toHaveLength(1)
    expect(report).toMatchObject({ version: '9.0', profile: 'UK', warningCount: 1 })
    expect(report.warnings[0].message).toContain('version 9.0 is not known here')
  })

  test('none', async () => {
    expect((await readGood(`{"value":[${A}]}`)).report).toMatchObject({ version: null, profile: null, warningCount: 0 })
  })
})

describe('fields', () => {
  test.each([
    [0, 0],
    [2, 2],
    ['2', 2],
    [' 0 ', 0],
    ['B', 'B'],
    ['1.5', '1.5'],
    [1.5, '1.5'],
    ['12345678901234567890', '12345678901234567890'],
    [null, null],
    ['', null],
    [undefined, null]
  ])('Category %j is %j', async (Category, category) => {
    expect((await recordWith({ Category })).record?.category).toBe(category)
  })

  test.each([
    [0, '0'],
    [1001, '1001'],
    ['1001', '1001'],
    ['{a-b}', '{a-b}'],
    [null, null],
    ['', null],
    [undefined, null]
  ])('MediaID %j is %j', async (MediaID, mediaId) => {
    expect((await recordWith({ MediaID })).record?.mediaId).toBe(mediaId)
  })

  test('a MediaID of many digits keeps them all, alone and among many', async () => {
    const ids = Array.from({ length: 2000 }, (_, i) => `1234567890123456${1000 + i}`)
    const text = `{"value":[${ids.map((id, i) => `{"MediaID": ${id},"MD5":"${md5(i)}"}`).join(',')}]}`
    expect((await readGood(text)).records.map(({ mediaId }) => mediaId)).toEqual(ids)
    expect((await readGood(text, {}, { chunkBytes: () => 1000 })).records.map(({ mediaId }) => mediaId)).toEqual(ids)
  })

  test.each([
    [1204, 1204],
    ['1204', 1204],
    [0, undefined],
    ['', undefined],
    [null, undefined]
  ])('MediaSize %j is %j', async (MediaSize, sizeBytes) => {
    const { record, warnings } = await recordWith({ MediaSize })
    expect(record?.sizeBytes).toBe(sizeBytes)
    expect(warnings).toEqual([])
  })

  test.each(['-1', -1, 1.5, 'big', {}, true])('MediaSize %j is left out with a warning', async (MediaSize) => {
    const { record, warnings } = await recordWith({ MediaSize })
    expect(record).not.toHaveProperty('sizeBytes')
    expect(warnings).toHaveLength(1)
  })

  test.each([
    [true, true],
    ['true', true],
    ['True', true],
    ['1', true],
    [1, true],
    [false, false],
    ['False', false],
    ['0', false],
    [null, undefined],
    ['', undefined],
    [undefined, undefined]
  ])('a flag of %j is %j', async (value, flag) => {
    const flags = [
      'VictimIdentified',
      'OffenderIdentified',
      'IsDistributed',
      'IsPrecategorized',
      'IsSuspected',
      'SelfGenerated'
    ]
    const { record, warnings } = await recordWith(Object.fromEntries(flags.map((name) => [name, value])))
    const expected = flags.map((name) => [name[0].toLowerCase() + name.slice(1), flag])
    expect(record?.grading).toEqual(flag === undefined ? {} : Object.fromEntries(expected))
    expect(warnings).toEqual([])
  })

  test('a flag never becomes a category', async () => {
    expect((await recordWith({ IsPrecategorized: 'true', Category: null })).record?.category).toBeNull()
    expect((await recordWith({ IsPrecategorized: 'perhaps' })).warnings).toHaveLength(1)
  })

  test.each([
    ['S1', 'S1'],
    ['', undefined],
    [7, '7'],
    [['a', 'b'], 'a,b'],
    [{ Name: 'a', n: 1 }, '{"Name":"a","n":1}'],
    [[{ Name: 'a' }], '[{"Name":"a"}]'],
    [[], undefined],
    [{}, undefined],
    [null, undefined]
  ])('Series and Tags of %j are %j', async (value, text) => {
    const { record } = await recordWith({ Series: value, Tags: value })
    expect(record?.grading).toEqual(text === undefined ? {} : { series: text, tags: text })
  })

  test('who graded it and the type are kept', async () => {
    const { record } = await recordWith({ PrecategorizationSource: 'Force 12', MimeType: 'image/jpeg' })
    expect(record).toMatchObject({ mimeType: 'image/jpeg', grading: { gradedBy: 'Force 12' } })
  })
})

describe('DateUpdated', () => {
  test.each([
    ['2023-06-07T02:31:49.8300Z', '2023-06-07T02:31:49.830Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2024-02-29T00:00:00.1234567Z', '2024-02-29T00:00:00.123Z'],
    ['2023-06-07T02:31:49', '2023-06-07T02:31:49.000Z'],
    ['2023-06-07 02:31', '2023-06-07T02:31:00.000Z'],
    ['2023-06-07', '2023-06-07T00:00:00.000Z'],
    ['2023-06-07T02:31:49+02:00', '2023-06-07T00:31:49.000Z'],
    ['2023-06-07T22:31:49.5-0430', '2023-06-08T03:01:49.500Z'],
    ['2023-06-07T02:31:49+01:00Z', '2023-06-07T01:31:49.000Z'],
    ['/Date(1686105109830)/', '2023-06-07T02:31:49.830Z'],
    ['/Date(1686105109830+0200)/', '2023-06-07T02:31:49.830Z'],
    ['/Date(-1000)/', '1969-12-31T23:59:59.000Z'],
    ['6/7/2023 2:31:49 AM', '2023-06-07T02:31:49.000Z'],
    ['06/07/2023 12:00:00 PM', '2023-06-07T12:00:00.000Z'],
    ['6/7/2023 12:05 a.m.', '2023-06-07T00:05:00.000Z'],
    ['6/7/2023 14:31:49', '2023-06-07T14:31:49.000Z'],
    ['12/31/2023', '2023-12-31T00:00:00.000Z']
  ])('%s is %s', async (DateUpdated, updated) => {
    const { record, warnings } = await recordWith({ DateUpdated })
    expect(record?.grading).toEqual({ updated })
    expect(warnings).toEqual([])
  })

  test.each([
    'yesterday',
    '2023-02-30T00:00:00Z',
    '2023-13-01',
    '2023-06-07T24:00:00Z',
    '31/12/2023',
    '6/7/2023 13:00 PM',
    '0001-01-01T00:00:00',
    '/Date(99999999999999999)/',
    `2023-06-07${' '.repeat(100_000)}x`,
    20230607
  ])('%j is no time: left out with a warning', async (DateUpdated) => {
    const { record, warnings } = await recordWith({ DateUpdated })
    expect(record?.grading).toEqual({})
    expect(warnings).toEqual([expect.stringContaining('updated')])
  })
})

describe('hashes', () => {
  const dna = Buffer.from(Array.from({ length: 144 }, (_, i) => (i * 7) % 256))

  test.each([
    ['base64 in the record', { PhotoDNA: dna.toString('base64') }],
    ['hex in the record', { PhotoDNA: dna.toString('hex').toUpperCase() }],
    ['base64 among the others', { AlternativeHashes: [{ HashName: 'PhotoDNA', HashValue: dna.toString('base64') }] }],
    ['hex in one object', { AlternativeHashes: { hashname: 'photo_dna', hashvalue: dna.toString('hex') } }]
  ])('PhotoDNA as %s', async (_, fields) => {
    const { record, warnings } = await recordWith(fields)
    expect(record?.photoDna).toEqual(new Uint8Array(dna))
    expect(warnings).toEqual([])
  })

  test.each([
    ['too short', dna.toString('base64').slice(4)],
    ['too long', `${dna.toString('base64')}AAAA`],
    ['not base64', `${dna.toString('base64').slice(1)}!`],
    ['not hex', `${dna.toString('hex').slice(1)}g`],
    ['no text', 12]
  ])('PhotoDNA that is %s is left out, and the warning does not show it', async (_, PhotoDNA) => {
    const { record, warnings } = await recordWith({ PhotoDNA })
    expect(record).not.toHaveProperty('photoDna')
    expect(record?.hashes).toEqual({ md5: md5(1) })
    expect(warnings).toEqual([expect.stringContaining('photoDna')])
    expect(warnings[0]).not.toContain(String(PhotoDNA))
  })

  test('alternative hashes are known by name, in any case and punctuation', async () => {
    const named = {
      'Sha-1': sha1(2),
      SHA_256: hex64(3),
      PDQ: hex64(4).toUpperCase(),
      'p-Hash': digest(16, 5),
      dhash: digest(16, 6),
      AHASH: digest(16, 7),
      WHash: digest(16, 8),
      BlockHash: hex64(9)
    }
    const AlternativeHashes = Object.entries(named).map(([HashName, HashValue]) => ({
      HashName,
      HashValue,
      MD5: md5(1)
    }))
    const { record, warnings } = await recordWith({
      AlternativeHashes: [...AlternativeHashes, { HashName: 'F1', HashValue: 'x' }, null, {}]
    })
    expect(warnings).toEqual([])
    expect(record?.hashes).toEqual({
      md5: md5(1),
      sha1: sha1(2),
      sha256: hex64(3),
      pdq: hex64(4),
      phash: digest(16, 5),
      dhash: digest(16, 6),
      ahash: digest(16, 7),
      whash: digest(16, 8),
      blockhash: hex64(9)
    })
  })

  test('the record itself wins over its alternative hashes, wherever they stand', async () => {
    const text = `{"value":[{"AlternativeHashes":[{"HashName":"MD5","HashValue":"${md5(2)}"}],"MD5":"${md5(1)}"}]}`
    const { records, report } = await readGood(text)
    expect(records[0]?.hashes).toEqual({ md5: md5(1) })
    expect(report.warningCount).toBe(1)
  })

  test('an MD5 that only the alternative hashes repeat is taken', async () => {
    const { record } = await recordWith({
      MD5: null,
      AlternativeHashes: [{ MD5: md5(5), HashName: 'PDQ', HashValue: hex64(5) }]
    })
    expect(record?.hashes).toEqual({ md5: md5(5), pdq: hex64(5) })
  })

  test.each([
    ['MD5', md5(1).slice(1)],
    ['MD5', `${md5(1)}0`],
    ['MD5', `${md5(1).slice(1)}g`],
    ['MD5', 12],
    ['PDQ', sha1(1)],
    ['SHA256', '\u0130'.repeat(64)]
  ])('a %s of %j is left out with a warning', async (name, value) => {
    const { record, warnings } = await recordWith({ MD5: null, SHA1: sha1(1), [name]: value })
    expect(record?.hashes).toEqual({ sha1: sha1(1) })
    expect(warnings).toHaveLength(1)
  })

  test('digests of the empty file are left out wherever they stand, and counted', async () => {
    const value = [
      { MD5: EMPTY_MD5.toUpperCase(), SHA1: sha1(1) },
      { MD5: md5(2), AlternativeHashes: [{ HashName: 'SHA256', HashValue: EMPTY_SHA256 }] },
      { MD5: EMPTY_MD5, SHA1: EMPTY_SHA1, SHA256: EMPTY_SHA256 },
      { MD5: EMPTY_MD5, PDQ: hex64(3) }
    ]
    const { records, report } = await readGood(JSON.stringify({ value }))
    expect(records.map(({ hashes }) => hashes)).toEqual([{ sha1: sha1(1) }, { md5: md5(2) }, { pdq: hex64(3) }])
    expect(report.counts).toMatchObject({ records: 4, taken: 3, rejected: 1, emptyFileDigests: 6 })
    expect(report.warnings).toEqual([{ position: 3, message: expect.stringContaining('empty file') }])
  })

  test('records without any hash are rejected, and those that lack one are counted by kind', async () => {
    const value = [
      { MD5: md5(1), SHA1: sha1(1), PhotoDNA: dna.toString('base64') },
      { MD5: md5(2), pHash: digest(16, 1) },
      { MediaID: 3 },
      {}
    ]
    const { report } = await readGood(JSON.stringify({ value }))
    expect(report.counts).toEqual({
      records: 4,
      taken: 2,
      rejected: 2,
      emptyFileDigests: 0,
      lacking: { md5: 0, sha1: 1, sha256: 2, pdq: 2, photoDna: 1, phash: 1 }
    })
  })
})

describe('fixtures', () => {
  test('a UK hash set with every trap', async () => {
    const { records, report, fault } = await readPath(fixture('vics-2.0-uk-media.json'))
    expect(fault).toBeNull()
    expect(report).toMatchObject({
      profile: 'UK',
      version: '2.0',
      counts: { records: 5, taken: 4, rejected: 1, emptyFileDigests: 2 }
    })
    expect(records.map(({ mediaId, category }) => [mediaId, category])).toEqual([
      ['1001', 2],
      ['1002', 0],
      ['0', null],
      ['1005', 1]
    ])
    expect(records[1]?.photoDna).toHaveLength(144)
    expect(report?.warnings.map(({ position }) => position)).toEqual([4, 5, 5, 5])
  })

  test.each([
    ['vics-2.0-us-cases.json', 3, 'US', '2.0'],
    ['vics-1.3-media.json', 2, null, '1.3'],
    ['vics-1.1-cases.json', 1, null, '1.1'],
    ['vics-no-marker-array.json', 2, null, null],
    ['vics-utf16.json', 2, 'UK', '2.0']
  ])('%s', async (name, count, profile, version) => {
    const { records, report, fault } = await readPath(fixture(name))
    expect(fault).toBeNull()
    expect(records).toHaveLength(count)
    expect(report).toMatchObject({ profile, version, counts: { records: count, taken: count } })
  })

  test.each([
    ['vics-truncated.json', 'SOURCE_TRUNCATED'],
    ['vics-missing-comma.json', 'SOURCE_MALFORMED']
  ])('%s', async (name, code) => {
    const { records, fault } = await readPath(fixture(name))
    expect(fault).toMatchObject({ code, path: fixture(name) })
    expect(records).toHaveLength(1)
  })
})
