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
  { name: 'md5sum', options: {}, text: `${md5(1)}  Größe.jpg\n${md5(2)} *b.jpg\n`, hasCategories: false }
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
