// CSV and TSV: headers, separators, quotes and damage.

import { describe, expect, test } from 'vitest'
import { digest, fixture, hex64, md5, readContent, readGood, readPath, sha1 } from './read-all.js'

describe('headers', () => {
  test.each([',', ';', '\t', '|'])('columns are separated by %j', async (separator) => {
    const text = [
      ['Category', 'MD5', 'SHA-1'],
      ['2', md5(1), sha1(1)]
    ]
      .map((row) => row.join(separator))
      .join('\n')
    const { records } = await readGood(text)
    expect(records).toEqual([{ mediaId: null, category: 2, hashes: { md5: md5(1), sha1: sha1(1) }, grading: {} }])
  })

  test.each([
    ['sha_256', hex64(1), { sha256: hex64(1) }],
    ['SHA2-256', hex64(1), { sha256: hex64(1) }],
    ['PDQ hash', hex64(1), { pdq: hex64(1) }],
    ['p-hash', digest(16, 1), { phash: digest(16, 1) }],
    ['dHash', digest(16, 1), { dhash: digest(16, 1) }],
    ['Average Hash', digest(16, 1), { ahash: digest(16, 1) }],
    ['whash', digest(16, 1), { whash: digest(16, 1) }],
    ['BlockHash', hex64(1), { blockhash: hex64(1) }],
    ['hash', sha1(1), { sha1: sha1(1) }]
  ])('%s names a kind', async (header, value, hashes) => {
    expect((await readGood(`id,${header}\n1,${value}\n`)).records[0]?.hashes).toEqual(hashes)
  })

  test('every field of a record has a column', async () => {
    const dna = Buffer.from(Array.from({ length: 144 }, (_, i) => i))
    const text = [
      'id;MD5;PhotoDNA;pdq;quality;Category;FileSize;MimeType;Source;Series Name;Tags;Victim identified;Distributed;Updated',
      `x-1;${md5(1)};${dna.toString('hex').toUpperCase()};${hex64(2)};88;7;99;image/png;Unit 4;S1;a,b;Yes;N;6/7/2023 2:31:49 PM`
    ].join('\n')
    const { records, report } = await readGood(text)
    expect(report.warnings).toEqual([])
    expect(records).toEqual([
      {
        mediaId: 'x-1',
        category: 7,
        hashes: { md5: md5(1), pdq: hex64(2) },
        pdqQuality: 88,
        photoDna: new Uint8Array(dna),
        sizeBytes: 99,
        mimeType: 'image/png',
        grading: {
          gradedBy: 'Unit 4',
          series: 'S1',
          tags: 'a,b',
          victimIdentified: true,
          isDistributed: false,
          updated: '2023-06-07T14:31:49.000Z'
        }
      }
    ])
  })

  test('odd headers are mapped, in any spelling of the field', async () => {
    const columns = { Prüfsumme: 'md5', Klasse: 'Category' }
    const { records, fault } = await readPath(fixture('hashes-semicolon.csv'), { columns })
    expect(fault).toBeNull()
    expect(records.map(({ category }) => category)).toEqual([0, 1, 2, 3, 4, 5])
    expect((await readPath(fixture('hashes-semicolon.csv'))).fault).toMatchObject({ code: 'SOURCE_UNRECOGNISED' })
  })

  test('a mapping to no field is wrong usage, and one of a header that is not there is warned of', async () => {
    const text = `md5,k\n${md5(1)},1\n`
    const wrong = await readContent(text, { columns: { k: 'colour' } })
    expect(wrong.fault).toMatchObject({ code: 'USAGE', message: expect.stringContaining('colour') })
    const { report } = await readGood(text, { columns: { Kk: 'category' } })
    expect(report.warnings[0]?.message).toContain('Kk')
  })

  test('columns that stand for nothing are warned of once, so that no grade is lost without a word', async () => {
    const { report } = await readGood(`MD5;Klasse;Bemerkung;\n${md5(1)};2;x;\n${md5(2)};3;;\n`)
    expect(report.warnings).toEqual([
      { position: 1, message: expect.stringMatching(/^columns that are not read: Klasse, Bemerkung \(/) as string }
    ])
    const mapped = await readGood(`MD5;Klasse\n${md5(1)};2\n`, { columns: { Klasse: 'category' } })
    expect(mapped.report.warnings).toEqual([])
    expect(mapped.records[0].category).toBe(2)
  })

  test('comments, blank lines and a separator line may stand above', async () => {
    const { records, report } = await readGood(`# it's a "list\n\nsep=;\nmd5;category\n${md5(1)};1\nbad;2\n`)
    expect(records).toHaveLength(1)
    expect(report.warnings.map(({ position }) => position)).toEqual([6, 6])
  })
})

describe('rows', () => {
  test('quoted cells hold separators, quotes and line ends', async () => {
    const { records } = await readGood(`md5,tags,series\n${md5(1)},"a,""b""\nc",d\n${md5(2)},,\n`)
    expect(records.map(({ grading }) => grading)).toEqual([{ tags: 'a,"b"\nc', series: 'd' }, {}])
  })

  test('rows with too many or too few cells are left out with their line', async () => {
    const { records, report } = await readGood(`md5,category\n${md5(1)},1\n${md5(2)}\n${md5(3)},3,x\n${md5(4)},4,,\n`)
    expect(records.map(({ category }) => category)).toEqual([1, 4])
    expect(report.counts).toMatchObject({ records: 4, taken: 2, rejected: 2 })
    expect(report.warnings.map(({ position }) => position)).toEqual([3, 4])
  })

  test('mixed line ends end a line each', async () => {
    const { records } = await readGood(`md5,category\r\n${md5(1)},1\n${md5(2)},2\r\n${md5(3)},3\r${md5(4)},4`)
    expect(records.map(({ category }) => category)).toEqual([1, 2, 3, 4])
  })

  test('a quote in the wrong place costs the row and is said', async () => {
    const { records, report } = await readGood(`md5,tags\n${md5(1)},5" print\n${md5(2)},ok\n`)
    expect(records.map(({ hashes }) => hashes.md5)).toEqual([md5(2)])
    expect(report.warnings).toEqual([{ position: 2, message: expect.stringContaining('quote') }])
  })

  test('a quote that nothing closes takes no row without a word', async () => {
    const text = `md5,tags\n${md5(1)},"open\n${md5(2)},b\n${md5(3)},"c"\n${md5(4)},d\n`
    const { records, report } = await readGood(text)
    expect(records.map(({ hashes }) => hashes.md5)).toEqual([md5(4)])
    expect(report.counts.rejected).toBeGreaterThan(0)
    const open = await readContent(`md5,tags\n${md5(1)},a\n${md5(2)},"open\n${md5(3)},b\n`)
    expect(open.fault).toMatchObject({ code: 'SOURCE_TRUNCATED' })
    expect(open.records.map(({ hashes }) => hashes.md5)).toEqual([md5(1)])
  })

  test('a quote that nothing closes is not followed through the whole file', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${md5(i)},b`).join('\n')
    const { fault, records } = await readContent(`md5,tags\n${md5(1)},a\n${md5(2)},"open\n${rows}\n`)
    expect(fault).toMatchObject({ code: 'SOURCE_MALFORMED' })
    expect(records).toHaveLength(1)
  })

  test('a quoted cell that may have swallowed rows is warned of', async () => {
    const { report } = await readGood(`md5,tags\n${md5(1)},"a\n${md5(2)},b"\n`)
    expect(report.warnings[0]?.message).toContain('quote may be missing')
  })

  test('64 hex digits under an unnamed header are not guessed at', async () => {
    const { fault, records } = await readContent(`hash,category\n${md5(1)},1\n${hex64(1)},2\n`)
    expect(fault).toMatchObject({ code: 'DIGEST_AMBIGUOUS', message: expect.stringContaining('line 3') })
    expect(records).toHaveLength(1)
    const { records: told } = await readGood(`hash,category\n${hex64(1)},2\n`, { kind: 'pdq' })
    expect(told[0]?.hashes).toEqual({ pdq: hex64(1) })
  })
})

test('fixtures are read whole', async () => {
  const csv = await readPath(fixture('hashes.csv'))
  expect(csv.fault).toBeNull()
  expect(
    csv.records.map(({ category, mediaId, sizeBytes, grading }) => [category, mediaId, sizeBytes, grading])
  ).toEqual([0, 1, 2, 3, 4, 5].map((i) => [i, String(100 + i), 1000 + i, { gradedBy: 'Unit "7"', tags: 'a,b' }]))
  const tsv = await readPath(fixture('hashes.tsv'))
  expect(tsv.records.map(({ pdqQuality }) => pdqQuality)).toEqual([90, 91, 92, 93, 94, 95])
  expect(tsv.records.every(({ hashes }) => hashes.pdq !== hashes.sha256)).toBe(true)
})
