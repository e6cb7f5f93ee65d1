// Reports: every format holds what the results say, whatever names and fields are, and nobody's text becomes markup or a formula.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { type FileRecord, type Match, type ReportFormatName, type ReportOptions, writeReport } from 'exhibit-hash'
import { openSource } from '../../src/formats/index.js'
import { REPORT_FORMAT_NAMES } from '../../src/report/index.js'
import { runCli } from '../support/cli.js'
import { HEADER, pictureRecord, writeLines, writeResults } from '../support/results.js'
import { tempFolder } from '../support/temp.js'

const SET = { name: 'CAID', root: 'ab'.repeat(32), profile: 'uk 1-assumed', complete: true }

const match = (relation: Match['relation'], category: number | null, more: object = {}): Match =>
  ({
    relation,
    by: relation === 'similar' ? 'pdq' : 'md5',
    set: 'CAID',
    source: 'caid-1.json',
    mediaId: '7',
    category,
    label: category === null ? null : `Category ${category}`,
    grading: { gradedBy: 'Force 12' },
    ...(relation === 'similar' ? { distanceBits: 12, variant: 'flipX' } : { agreeing: ['md5'] }),
    ...(relation === 'conflict' && { contradicting: ['sha1'] }),
    ...more
  }) as Match

/** What names and fields must not be able to do. */
const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  '=HYPERLINK("http://evil",\'x\')',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\tcmd',
  'a\u0000b\u0007\u001b[31m\u202egpj.exe',
  'line\nbreak\r\n%%%% HASHDEEP-1.0',
  ']]>&lol;<!ENTITY x SYSTEM "file:///etc/passwd">?>',
  'half \ud800 of a character',
  '${7*7}`}{{constructor}}',
  'ü'.repeat(500_000)
]

function hostileResults(folder: string): string {
  const records = HOSTILE.map((text, seq) => ({
    ...pictureRecord(seq, seq),
    path: text,
    matches: [match('identical', 1, { set: text, source: text, label: text, grading: { gradedBy: text, tags: text } })],
    error: seq % 2 === 0 ? null : { code: text, message: text, stage: 'read' }
  }))
  return writeResults(join(folder, 'hostile.ndjson'), records, {
    ...HEADER,
    case: HOSTILE[0],
    exhibit: HOSTILE[1],
    organisation: HOSTILE[2],
    sets: [{ ...SET, name: HOSTILE[0], profile: HOSTILE[1] }]
  })
}

async function reportOf(
  results: readonly string[],
  format: ReportFormatName,
  options: Partial<ReportOptions> = {}
): Promise<string> {
  let text = ''
  await writeReport(results, { format, write: async (piece) => void (text += piece), ...options })
  return text
}

const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true, record_delimiter: '\r\n' })

/** Without the apostrophe that keeps a formula from running. */
const unguarded = (cell: string): string => cell.replace(/^'(?='*[=+\-@\t\r])/, '')

/** Elements and texts of a document that any XML parser takes. */
function xmlEvents(text: string): { names: string[]; texts: Record<string, string[]> } {
  const names: string[] = []
  const texts: Record<string, string[]> = {}
  let current = ''
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name }) => {
    names.push(name)
    current = ''
  })
  parser.on('text', (piece) => (current += piece))
  parser.on('closetag', ({ name }) => (texts[name] ??= []).push(current))
  parser.write(text).close()
  return { names, texts }
}

describe('a report of hostile names and fields', () => {
  test('as CSV gives them back, and no cell begins a formula', async () => {
    const rows = rowsOf(await reportOf([hostileResults(tempFolder())], 'csv'))
    const wellFormed = HOSTILE.map((text) => text.replace('\ud800', '\ufffd'))
    expect(rows.map(({ path }) => unguarded(path))).toEqual(wellFormed)
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })

  test('as NDJSON gives them back', async () => {
    const lines = (await reportOf([hostileResults(tempFolder())], 'ndjson')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).path)).toEqual(HOSTILE)
  })

  test('as HTML has no element, attribute or address that is not its own', async () => {
    const page = await reportOf([hostileResults(tempFolder())], 'html')
    const tags = new Set([...page.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => name))
    const own = 'html head meta title style body main h1 h2 p table caption thead tbody tfoot tr th td code strong'
    expect([...tags].filter((tag) => !own.split(' ').includes(tag))).toEqual([])
    expect(page).not.toMatch(/\son\w+\s*=(?![^<]*&)/i)
    expect(page).not.toMatch(/\b(?:src|href)=(?!x )/i)
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u)
  })

  test('as DFXML is a document, with the bytes of names that are no XML', async () => {
    const text = await reportOf([hostileResults(tempFolder())], 'dfxml')
    const { texts } = xmlEvents(text)
    const expected = HOSTILE.map((name) => name.replace(/(?![\t\n\r])[\p{Cc}\ud800]/gu, '\ufffd'))
    expect(texts['filename']).toEqual(expected)
    const bytes = [...text.matchAll(/<\?exhibit-hash pathBase64="([^"]*)"\?>/g)].map(([, base64]) => base64)
    expect(bytes.map((base64) => Buffer.from(base64, 'base64').toString())).toEqual([
      HOSTILE[7],
      HOSTILE[10].replace('\ud800', '\ufffd')
    ])
  })

  test('as hashdeep is a row a file', async () => {
    const text = await reportOf([hostileResults(tempFolder())], 'hashdeep')
    const rows = text.split('\n').slice(3, -1)
    expect(rows).toHaveLength(HOSTILE.length)
    for (const row of rows) expect(row).toMatch(/^1000,[0-9a-f]{32},[0-9a-f]{40},[0-9a-f]{64},/)
  })

  test('as JSON-LD has names only as values', async () => {
    const { '@graph': graph } = JSON.parse(await reportOf([hostileResults(tempFolder())], 'case'))
    const names = graph
      .filter((node: object) => (node as Record<string, unknown>)['@type'] === 'uco-observable:File')
      .map((node: any) => node['uco-core:hasFacet'][0]['uco-observable:filePath']) // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(names).toEqual(HOSTILE)
  })
})

describe('any results', () => {
  const unit = fc.constantFrom(...'aé,;"\'=+-@|<>&\t\n\r\u0000\u202e'.match(/[^]/gu)!)
  const names = fc.array(fc.string({ unit, minLength: 1, maxLength: 12 }), { maxLength: 8 })

  test('come back from CSV by name and digest', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (paths) => {
        const records = paths.map((path, seq) => ({ ...pictureRecord(seq, seq), path }))
        const results = writeResults(join(tempFolder(), 'r.ndjson'), records)
        const rows = rowsOf(await reportOf([results], 'csv'))
        expect(rows.map(({ path, md5 }) => [unguarded(path), md5])).toEqual(
          records.map(({ path, digests }) => [path, digests?.md5])
        )
      }),
      { numRuns: 40 }
    )
  })

  test.each(['hashdeep', 'dfxml'] as const)('are read back by the reader of %s with every digest', async (format) => {
    await fc.assert(
      fc.asyncProperty(names, async (paths) => {
        const folder = tempFolder()
        const records = paths.map((path, seq) => ({ ...pictureRecord(seq, seq), path }))
        const out = join(folder, 'report.txt')
        await writeReport([writeResults(join(folder, 'r.ndjson'), records)], { format, out })
        const source = await openSource(out, { format })
        const read = []
        for await (const batch of source.records()) for (const record of batch) read.push(record)
        expect(source.report.warnings).toEqual([])
        expect(read.map(({ hashes, sizeBytes }) => [hashes, sizeBytes])).toEqual(
          records.map(({ digests }) => [digests, 1000])
        )
      }),
      { numRuns: 25 }
    )
  })
})

/** Two exhibits: the first two files are on both. */
function twoExhibits(folder: string): string[] {
  const times = (modified: string): Partial<FileRecord> => ({ times: { modified } })
  const first = [
    pictureRecord(0, 'a', { matches: [match('identical', 1), match('similar', 1)], ...times('2024-05-01T10:00:00Z') }),
    pictureRecord(1, 'b', { matches: [match('similar', 1)], ...times('2025-01-02T00:00:00Z') }),
    pictureRecord(2, 'a', { path: 'copy.jpg', matches: [match('identical', 1)] }),
    pictureRecord(3, 'good', { matches: [match('identical', null, { knownGood: true })] }),
    pictureRecord(4, 'bad', { digests: null, hashes: null, error: { code: 'READ_FAILED', message: '', stage: 'read' } })
  ]
  const second = [
    pictureRecord(0, 'a', { matches: [match('identical', 1)], ...times('2023-12-31T23:00:00Z') }),
    pictureRecord(1, 'c', { matches: [match('conflict', 2)] })
  ]
  return [
    writeResults(join(folder, 'AB-1.ndjson'), first, { ...HEADER, sets: [SET] }),
    writeResults(join(folder, 'AB-2.ndjson'), second, { ...HEADER, exhibit: 'AB-2', sets: [SET] })
  ]
}

const cellsOf = (page: string): string[] =>
  [...page.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell.replace(/<[^>]*>/g, '')).join('|')
  )

describe('the summary of a case', () => {
  test('counts files by device and category, in all and unique, with the span of dates', async () => {
    const rows = cellsOf(await reportOf(twoExhibits(tempFolder()), 'html'))
    expect(rows).toEqual(
      expect.arrayContaining([
        'AB-1|5|3|5.0 kB|5|0|2024-05-01 to 2025-01-02|1',
        'AB-2|2|2|2.0 kB|2|0|2023-12-31|0',
        'All|7|4||2023-12-31 to 2025-01-02|',
        // The file that is identical and similar counts as identical.
        '1 = Category 1|CAID|2|1|0|0|1|1|2024-05-01 to 2025-01-02',
        '2 = Category 2|CAID|0|0|1|1|0|0|unknown',
        '1 = Category 1|CAID|3|1|0|0|1|1|2023-12-31 to 2025-01-02'
      ])
    )
  })

  test('says that the codes of the UK profile are an assumption, and what similar does not mean', async () => {
    const page = await reportOf(twoExhibits(tempFolder()), 'html')
    expect(page).toContain('The numeric codes of the UK profile are not public')
    expect(page).toContain('this identifies no file')
  })

  test('is the same for the same results, and names them by their digests', async () => {
    const results = twoExhibits(tempFolder())
    const page = await reportOf(results, 'html')
    expect(await reportOf(results, 'html')).toBe(page)
    expect(page.match(/<code>[0-9a-f]{64}<\/code>/g)).toHaveLength(3)
  })
})

describe('CASE/UCO', () => {
  test('names files, exhibits and the investigation with words of its context, and keeps the relations apart', async () => {
    const { '@context': context, '@graph': graph } = JSON.parse(await reportOf(twoExhibits(tempFolder()), 'case'))
    const prefixes = new Set(Object.keys(context))
    const words = JSON.stringify(graph).matchAll(/"(?:@id":"|@type":"|)([a-z-]+):[^"/]*"(?=:|[,}])/gi)
    for (const [, prefix] of words) expect(prefixes).toContain(prefix)
    const types = graph.map((node: Record<string, unknown>) => node['@type']).filter(Boolean)
    expect(types).toEqual([
      'uco-tool:Tool',
      'case-investigation:Investigation',
      ...['case-investigation:InvestigativeAction', 'case-investigation:ProvenanceRecord'],
      ...Array<string>(5).fill('uco-observable:File'),
      ...['case-investigation:InvestigativeAction', 'case-investigation:ProvenanceRecord'],
      ...Array<string>(2).fill('uco-observable:File')
    ])
    const matches = graph.flatMap((node: Record<string, Record<string, string>[]>) => node['exhibit-hash:match'] ?? [])
    expect(matches.map((each: Record<string, string>) => each['exhibit-hash:relation'])).toEqual([
      ...['identical', 'similar', 'similar', 'identical', 'identical', 'identical', 'conflict']
    ])
  })

  test('gives every node an identity of its own', async () => {
    const { '@graph': graph } = JSON.parse(await reportOf(twoExhibits(tempFolder()), 'case'))
    const ids = JSON.stringify(graph.filter((node: object) => '@type' in node)).match(/"@id":"kb:(?:file|hash)[^"]*"/g)!
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/)
  })
})

describe('a report', () => {
  test('of matched files leaves out known-good ones and those without a match', async () => {
    const rows = rowsOf(await reportOf(twoExhibits(tempFolder()), 'csv', { matchedOnly: true }))
    expect(rows.map(({ exhibit, path, relation }) => `${exhibit} ${path} ${relation}`)).toEqual([
      ...['AB-1 a.jpg identical', 'AB-1 a.jpg similar', 'AB-1 b.jpg similar', 'AB-1 copy.jpg identical'],
      ...['AB-2 a.jpg identical', 'AB-2 c.jpg conflict']
    ])
  })

  test.each(['csv', 'ndjson'] as const)('as %s has neither previews nor, unasked, PhotoDNA values', async (format) => {
    const photoDna = '07'.repeat(144)
    const record = pictureRecord(0, 'a', { preview: 'LEHV6nWB2yk8', hashes: { pdq: '0'.repeat(64), photoDna } })
    const results = writeResults(join(tempFolder(), 'r.ndjson'), [record])
    expect(await reportOf([results], format)).not.toMatch(/LEHV6nWB2yk8|0707/)
    const asked = await reportOf([results], format, { photoDna: true })
    expect(asked).toContain(photoDna)
    expect(asked).not.toContain('LEHV6nWB2yk8')
  })

  test.each<[string, readonly unknown[], RegExp]>([
    ['no header', [pictureRecord(0, 'a')], /line 1: is not the header/],
    ['no summary', [HEADER, pictureRecord(0, 'a')], /line 2: the results end without a summary/],
    [
      'a summary that counts other files',
      [HEADER, { type: 'summary', files: 3 }],
      /line 2: the summary counts 3 files/
    ],
    ['a broken line', [HEADER, '{"type":', { type: 'summary', files: 1 }], /line 2: not JSON/],
    ['a name that is no text', [HEADER, { ...pictureRecord(0, 'a'), path: 7 }], /line 2: 'path' is no text/],
    ['times that are none', [HEADER, { ...pictureRecord(0, 'a'), times: { modified: 7 } }], /line 2: 'times' are none/],
    ['a match that is none', [HEADER, pictureRecord(0, 'a', { matches: [{ relation: 'x' } as never] })], /no match/],
    ['nothing', [], /is empty/]
  ])('of results with %s is an error that names the line, and leaves no file', async (_, lines, message) => {
    for (const format of REPORT_FORMAT_NAMES) {
      const folder = tempFolder()
      const path = writeLines(join(folder, 'r.ndjson'), lines)
      const made = writeReport([path], { format, out: join(folder, 'report') })
      await expect(made).rejects.toMatchObject({ code: 'RESULTS_INVALID', path })
      await expect(made).rejects.toThrow(message)
      expect(readdirSync(folder)).toEqual(['r.ndjson'])
    }
  })

  test('is written over no results and over nothing that belongs to them', async () => {
    const folder = tempFolder()
    const [first, second] = twoExhibits(folder)
    const others = ['set.ehx', 'key.pem', 'set.csv', 'list.txt', 'other.xml'].map((name) => join(folder, name))
    const texts = [
      'EHX index',
      '-----BEGIN',
      'MD5,category\n',
      '%%%% HASHDEEP-1.0\n## Invoked',
      '<?xml version="1.0"?><a/>'
    ]
    others.forEach((path, i) => writeFileSync(path, texts[i]))
    for (const out of [first, second, `${first}.audit`, `${first}.sha256`, ...others]) {
      await expect(writeReport([first], { format: 'csv', out })).rejects.toMatchObject({ code: 'USAGE', path: out })
    }
  })

  test.each(REPORT_FORMAT_NAMES)('as %s is written over an earlier report of any format', async (format) => {
    const folder = tempFolder()
    const [results] = twoExhibits(folder)
    const out = join(folder, 'report')
    for (const each of [format, ...REPORT_FORMAT_NAMES]) await writeReport([results], { format: each, out })
    expect(readFileSync(out).length).toBeGreaterThan(0)
  })

  test('can be stopped, and leaves nothing then', async () => {
    const folder = tempFolder()
    const out = join(folder, 'r.csv')
    const made = writeReport(twoExhibits(folder), { format: 'csv', out, signal: AbortSignal.abort() })
    await expect(made).rejects.toMatchObject({ code: 'ABORTED' })
    expect(existsSync(out)).toBe(false)
  })

  test('is made by the command, on standard output or in a file', async () => {
    const folder = tempFolder()
    const results = twoExhibits(folder)
    const printed = await runCli(['report', ...results, '--format', 'hashdeep'])
    expect(printed).toMatchObject({
      status: 0,
      stderr: 'note: 1 files are not in it: the format holds files with digests only\n'
    })
    expect(printed.stdout.split('\n')[3]).toMatch(/,AB-1\/a\.jpg$/)
    const out = join(folder, 'case.html')
    const written = await runCli(['report', ...results, '--format', 'html', '--out', out])
    expect(written).toMatchObject({ status: 0, stderr: '' })
    expect(written.records()).toEqual([{ format: 'html', path: out, files: 7, reported: 7, leftOut: 0 }])
    expect(readFileSync(out, 'utf8')).toContain('<h1>Summary of case 2026/17</h1>')
    expect(await runCli(['report', results[0], '--format', 'pdf'])).toMatchObject({ status: 64, stdout: '' })
  })
})
