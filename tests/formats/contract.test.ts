// What every reader must do, whatever the format: the same records however the bytes arrive.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SourceOptions } from '../../src/formats/index.js'
import { md5, type Outcome, readBeginnings, readContent, readGood, sha1, utf16 } from './read-all.js'

interface Subject {
  name: string
  options: SourceOptions
  /** A source of two records with MD5s 1 and 2, the first of category 3 where the format has categories. */
  text: string
  hasCategories: boolean
}

const SUBJECTS: Subject[] = [
  {
    name: 'vics hash set',
    options: {},
    text: `{\n"@odata.context":"x/DataModels/2.0.xml/UK/$metadata#Media",\n"value":[\n{"MD5":"${md5(1)}","Category":3,"Tags":"Größe"},\n{"MD5":"${md5(2)}"}\n]\n}\n`,
    hasCategories: true
  },
  {
    name: 'vics case',
    options: {},
    text: `{"value":[{"CaseNumber":"1","Media":[{"MD5":"${md5(1)}","Category":3}]},\n{"Media":{"MD5":"${md5(2)}"},"CaseID":"2"}]}\n`,
    hasCategories: true
  },
  {
    name: 'csv',
    options: {},
    text: `MD5,Category,Tags\n${md5(1)},3,"a\n""b"""\n${md5(2)},,Größe\n`,
    hasCategories: true
  },
  { name: 'list', options: {}, text: `# two\n\n${md5(1)}\n${md5(2)}\n`, hasCategories: false },
  { name: 'md5sum', options: {}, text: `${md5(1)}  Größe.jpg\n${md5(2)} *b.jpg\n`, hasCategories: false },
  { name: 'x-ways', options: {}, text: `MD5\n${md5(1)}\n${md5(2)}\n`, hasCategories: false },
  {
    name: 'hashdeep',
    options: {},
    text: `%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n## x\n1,${md5(1)},a, Größe.jpg\n2,${md5(2)},b\n`,
    hasCategories: false
  },
  {
    name: 'nsrl 1',
    options: {},
    text: `"SHA-1","FileName","FileSize","ProductCode","OpSystemCode","MD4","MD5","CRC32","SpecialCode"\n${[1, 2].map((i) => `"","a, "Größe" ${i}",${i},1,"WIN","","${md5(i)}","",""\n`).join('')}`,
    hasCategories: false
  },
  {
    name: 'nsrl 2',
    options: {},
    text: `"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n${[1, 2].map((i) => `"","${md5(i)}","0","Größe, ${i}",${i},1,"WIN",""\n`).join('')}`,
    hasCategories: false
  },
  {
    name: 'nsrl 3 delta',
    options: {},
    text: `BEGIN;\n-- it's\nINSERT INTO FILE(md5,file_name) VALUES('${md5(1)}','a;''Größe');\nINSERT INTO FILE(md5) VALUES\n('${md5(2)}');\nCOMMIT;\n`,
    hasCategories: false
  },
  {
    name: 'ilook',
    options: {},
    text: `V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512\n${md5(1)},,a, Größe,\\,1,,,\n${md5(2)},,b,\\,2,,,\n`,
    hasCategories: false
  },
  {
    name: 'hashkeeper',
    options: {},
    text: `"file_id","hashset_id","file_name","directory","hash","file_size","date_modified","time_modified","time_zone","comments","date_accessed","time_accessed"\n1,2,"a, Größe",,"${md5(1)}",3,,,,,,\n2,2,"b",,"${md5(2)}",3,,,,,,\n`,
    hasCategories: false
  },
  {
    name: 'icse',
    options: {},
    text: `MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Baseline\n${md5(1)};;;1;Y;N;N;Größe;\n${md5(2)};;;2;Y;N;N;;\n`,
    hasCategories: false
  },
  {
    name: 'c4all',
    options: {},
    text: `<?xml version="1.0" encoding="utf-16"?>\n<ReportIndex>\n<Image><picture>A & Größe</picture><category>3</category><hash>${md5(1)}</hash></Image>\n<Image><hash>${md5(2)}</hash></Image>\n</ReportIndex>\n`,
    hasCategories: true
  },
  {
    name: 'ncmec',
    options: {},
    text: `<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images>\n<image><id>a</id><classification>3</classification><fingerprints><md5>${md5(1)}</md5></fingerprints></image>\n<image><id>Größe</id><fingerprints><md5>\n${md5(2)}</md5></fingerprints></image>\n</images></queryResult>\n`,
    hasCategories: true
  },
  {
    name: 'stopncii',
    options: {},
    text: `{"hashRecords":[\n{"signalType":"VideoMD5","hashValue":"${md5(1)}","hashStatus":"Active"},\n{"hashValue":"${md5(2)}","signalType":"VideoMD5","CSPFeedbacks":[{"source":"Größe"}]}],\n"nextPageToken":null}\n`,
    hasCategories: false
  },
  {
    name: 'dfxml',
    options: {},
    text: `<?xml version='1.0'?>\n<dfxml>\n<fileobject><filename>Größe</filename><hashdigest type='MD5'>${md5(1)}</hashdigest></fileobject>\n<fileobject><hashdigest type='md5'>${md5(2)}</hashdigest></fileobject>\n</dfxml>\n`,
    hasCategories: false
  }
]

describe.each(SUBJECTS)('$name', ({ text, options, hasCategories }) => {
  const variants: [string, string | Uint8Array][] = [
    ['as it is', text],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['without a last line end', text.trimEnd()],
    ['with a UTF-8 mark', `\ufeff${text}`],
    ['in UTF-16 LE with a mark', utf16(text, 'le', true)],
    ['in UTF-16 BE with a mark', utf16(text, 'be', true)],
    ['in UTF-16 LE without a mark', utf16(text, 'le', false)],
    ['in UTF-16 BE without a mark', utf16(text, 'be', false)],
    ['with NULs after the end', `${text}\0\0\0`]
  ]

  test.each(variants)('is read %s', async (_, content) => {
    const { records, report } = await readGood(content, options)
    expect(records.map((record) => record.hashes.md5)).toEqual([md5(1), md5(2)])
    expect(records.map((record) => record.category)).toEqual([hasCategories ? 3 : null, null])
    expect(report.counts).toMatchObject({ taken: 2, records: 2 + report.counts.rejected })
    expect(report.counts.lacking).toMatchObject({ md5: 0, sha1: 2, sha256: 2, photoDna: 2, pdq: 2 })
  })

  test.each(variants)('gives the same in chunks of any size, %s', async (_, content) => {
    const whole = await readGood(content, options)
    for (const bytes of [1, 2, 3, 7, 64]) {
      const cut = await readGood(content, options, { chunkBytes: () => bytes })
      expect(cut.records).toEqual(whole.records)
      expect(cut.report.counts).toEqual(whole.report.counts)
      expect(cut.report.warnings).toEqual(whole.report.warnings)
    }
  })

  test('gives the same however it is cut', async () => {
    const whole = await readGood(text, options)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), async (sizes) => {
        let i = 0
        const { records } = await readGood(text, options, { chunkBytes: () => sizes[i++ % sizes.length] })
        expect(records).toEqual(whole.records)
      }),
      { numRuns: 30 }
    )
  })

  test('reports progress in bytes of the file and closes it', async () => {
    const seen: number[] = []
    await readGood(
      utf16(text, 'le', true),
      { ...options, onProgress: (bytes) => seen.push(bytes) },
      { chunkBytes: () => 50 }
    )
    expect(seen.at(-1)).toBe(Buffer.byteLength(utf16(text, 'le', true)))
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    const onProgress = (bytes: number): void => (bytes > 20 ? stop.abort(new Error('enough')) : undefined)
    const { fault } = await readContent(text, { ...options, signal: stop.signal, onProgress }, { chunkBytes: () => 10 })
    expect(fault).toMatchObject({ code: 'ABORTED', cause: expect.objectContaining({ message: 'enough' }) })
  })

  test('never crashes on a file cut or damaged anywhere', async () => {
    const bytes = Buffer.from(text)
    const check = ({ fault }: Outcome): void => {
      if (fault !== null) expect(fault.code).toMatch(/^(SOURCE_(UNRECOGNISED|MALFORMED|TRUNCATED)|DIGEST_AMBIGUOUS)$/)
    }
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] ^= 1 << (at % 8)
      check(await readContent(damaged, options))
    }
    await readBeginnings(bytes, check)
  })
})

test('records come in batches of at most 1000, and are all there', async () => {
  const text = Array.from({ length: 2500 }, (_, i) => sha1(i)).join('\n')
  const { records } = await readGood(text)
  expect(records.map((record) => record.hashes.sha1)).toEqual(text.split('\n'))
})
