// Grades of an examiner into a case package: what is graded goes, spelt exactly, and nothing that is doubtful goes unsaid.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileRecord } from 'exhibit-hash'
import { checkPackage, type Grade, type GradeOptions, gradeResults, readGrades } from 'exhibit-hash/casework'
import { mimeTypeOf } from '../../src/casework/grading/mime-types.js'
import { vicsPath } from '../../src/casework/grading/vics-names.js'
import { displayName } from '../../src/exhibit/exhibit-file.js'
import { openSource } from '../../src/formats/index.js'
import { runCli } from '../support/cli.js'
import { md5, sha1, sha256 } from '../support/layers.js'
import { HEADER, pictureRecord, writeResults } from '../support/results.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const SETS = [{ name: 'CAID', root: 'ab'.repeat(32), profile: 'uk 1-assumed', complete: true }]
const AT = '2026-11-01T10:00:00.000Z'

const resultsOf = (folder: string, records: readonly unknown[], header: object = {}, name = 'AB-1.ndjson'): string =>
  writeResults(join(folder, name), records, { ...HEADER, organisation: 'Force 12', sets: SETS, ...header })

const three = (): FileRecord[] => ['a', 'b', 'c'].map((name, seq) => pictureRecord(seq, name))

/** The case in a document. */
interface WrittenCase extends Record<string, unknown> {
  readonly Media: readonly (Record<string, unknown> & { readonly MediaFiles: readonly Record<string, unknown>[] })[]
}

function caseIn(path: string): WrittenCase {
  return JSON.parse(readFileSync(path, 'utf8')).value[0]
}

async function packageOf(
  grades: GradeOptions['grades'],
  more: Partial<GradeOptions> = {},
  records: readonly unknown[] = three()
) {
  const folder = tempFolder()
  const out = join(folder, 'case.json')
  const outcome = await gradeResults([resultsOf(folder, records)], { grades, out, ...more })
  return { folder, out, outcome, case: caseIn(out) }
}

describe('grades', () => {
  const expected = { md5: md5('a'), category: 1, gradedBy: 'Force 12', gradedAt: AT, tags: 'x', victimIdentified: true }
  test.each<[string, string, object]>([
    [
      'CSV',
      `MD5,Category,Graded by,Graded at,Tags,Victim Identified\r\n${md5('a').toUpperCase()},1,Force 12,${AT},x,Yes\r\n`,
      expected
    ],
    [
      'semicolons and a mark',
      `\ufeffmd5;grade;examiner;date updated;tags;victimidentified\n${md5('a')};1;Force 12;2026-11-01 10:00:00;x;1\n`,
      expected
    ],
    ['a JSON list', JSON.stringify([expected]), expected],
    ['an object of grades', JSON.stringify({ grades: [{ ...expected, category: '1' }] }), expected],
    ['NDJSON', `${JSON.stringify(expected)}\n\n`, expected],
    [
      'a grade that is taken back',
      `md5,category,withdrawn\n${md5('a')},,yes\n`,
      { md5: md5('a'), category: null, withdrawn: true }
    ],
    [
      'a name in JSON that begins like a guarded formula',
      `{"path":"'=x.jpg","category":1}`,
      { path: "'=x.jpg", category: 1 }
    ],
    ['a guarded formula', `path,category\n'=x.jpg,A1\n`, { path: '=x.jpg', category: 'A1' }]
  ])('are read from %s', async (_, text, wanted) => {
    const path = join(tempFolder(), 'grades')
    writeFileSync(path, text)
    expect(await readGrades(path)).toEqual([wanted])
  })

  test.each<[string, string, RegExp]>([
    ['no category', `md5,category\n${md5('a')},\n`, /line 2: has no category/],
    [
      'a category, and withdrawn',
      `md5,category,withdrawn\n${md5('a')},1,1\n`,
      /line 2: is withdrawn, and has a category/
    ],
    ['no file', 'md5,category\n,1\n', /line 2: names no file/],
    ['a broken digest', 'md5,category\nzz,1\n', /line 2: 'md5' cannot be read: 'zz' is not 32 hex digits/],
    ['a digest that is a number', '[{"md5":7,"category":1}]', /grade 1: 'md5' cannot be read/],
    ['a category that is an object', `[{"md5":"${md5('a')}","category":{}}]`, /grade 1: 'category' cannot be read/],
    [
      'a time that is none',
      `[{"md5":"${md5('a')}","category":1,"gradedAt":"soon"}]`,
      /grade 1: 'gradedAt' cannot be read/
    ],
    ['something else in a list', '[7]', /grade 1: is no object/],
    ['no header', `${md5('a')},1\n`, /first line is no header of grades: it needs category/],
    ['a header and nothing else', 'md5,category\n', /has no grades in it/],
    ['nothing', '', /has no grades in it|no header/],
    [
      'a flag that is neither',
      `[{"md5":"${md5('a')}","category":1,"victimIdentified":"maybe"}]`,
      /'maybe' is not true or false/
    ],
    ['a row further down', `md5,category\n${md5('a')},1\n\n${md5('b')},\n`, /line 4: has no category/],
    ['broken JSON', '{"md5":', /line 1: not JSON/],
    ['an unclosed quote', 'md5,category\n"abc,1\n', /not CSV with a header/]
  ])('with %s are refused by name', async (_, text, message) => {
    const path = join(tempFolder(), 'grades')
    writeFileSync(path, text)
    await expect(readGrades(path)).rejects.toMatchObject({ code: 'GRADES_INVALID', path })
    await expect(readGrades(path)).rejects.toThrow(message)
  })
})

describe('a package', () => {
  test('is a VICS 2.0 case with the spellings of the field', async () => {
    const {
      out,
      case: made,
      outcome
    } = await packageOf([{ md5: md5('a'), category: 1, gradedBy: 'DC 7', gradedAt: AT, tags: 'x' }])
    expect(JSON.parse(readFileSync(out, 'utf8'))['@odata.context']).toBe(
      'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Cases'
    )
    const { Media, ...facts } = made
    expect(facts).toEqual({
      CaseID: outcome.caseId,
      CaseNumber: '2026/17',
      ContactOrganization: 'Force 12',
      TotalMediaFiles: 1,
      SourceApplicationName: 'exhibit-hash',
      SourceApplicationVersion: expect.stringMatching(/^\d/)
    })
    expect(outcome.caseId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const MD5 = md5('a').toUpperCase()
    expect(Media).toEqual([
      {
        ...{ MediaID: 1, Category: 1, MD5, SHA1: sha1('a').toUpperCase(), MediaSize: 1000, MimeType: 'image/jpeg' },
        ...{ DateUpdated: AT, PrecategorizationSource: 'DC 7', Tags: 'x' },
        AlternativeHashes: [
          { HashName: 'SHA256', HashValue: sha256('a') },
          { HashName: 'PDQ', HashValue: sha256('pdq a') },
          { HashName: 'PDQQuality', HashValue: '100' }
        ],
        MediaFiles: [{ MD5, FileName: 'a.jpg', FilePath: 'a.jpg', SourceID: 'AB-1' }]
      }
    ])
  })

  test('of version 1.3 has its marker, and PhotoDNA among the other hashes', async () => {
    const photoDna = '07'.repeat(144)
    const record = pictureRecord(0, 'a', { hashes: { photoDna } })
    const { out, case: made } = await packageOf([{ md5: md5('a'), category: 1 }], { version: '1.3' }, [record])
    expect(JSON.parse(readFileSync(out, 'utf8'))['odata.metadata']).toMatch(/DataModels\/1\.3\.xml#Cases$/)
    expect(made.Media[0]['PhotoDNA']).toBeUndefined()
    expect(made.Media[0]['AlternativeHashes']).toContainEqual({
      ...{ MD5: md5('a').toUpperCase(), HashName: 'PhotoDNA' },
      HashValue: Buffer.from(photoDna, 'hex').toString('base64')
    })
  })

  test.each<[string, string[]]>([
    ['image', 'jpeg png gif tiff bmp webp avif heic jxl jp2'.split(' ').map((one) => `${one} image/${one}`)],
    ['image', ['ico image/vnd.microsoft.icon', 'psd image/vnd.adobe.photoshop', 'psb image/vnd.adobe.photoshop']],
    ['image', ['cr2 image/x-canon-cr2', 'cr3 image/x-canon-cr3', 'dng image/x-adobe-dng']],
    ['video', ['mp4 video/mp4', 'quicktime video/quicktime', '3gp video/3gpp', 'matroska video/matroska']],
    ['video', ['webm video/webm', 'avi video/x-msvideo', 'asf video/x-ms-asf', 'flv video/x-flv', 'ogg video/ogg']],
    ['video', ['mpeg video/mpeg', 'mpeg-video video/mpeg', 'mpeg-ts video/mp2t', 'ivf video/x-ivf']],
    ['video', ['realmedia application/vnd.rn-realmedia', 'mxf application/mxf']],
    ['video', ['constructor undefined', 'unheard-of undefined']],
    ['other', ['zip undefined', 'ogg undefined']]
  ])('names the type of %s content as other tools do', async (kind, pairs) => {
    for (const [format, type] of pairs.map((pair) => pair.split(' '))) {
      const record = pictureRecord(0, 'a', { media: { kind, format } as FileRecord['media'] })
      const { case: made } = await packageOf([{ md5: md5('a'), category: 1 }], {}, [record])
      expect(String(made.Media[0]['MimeType'])).toBe(type)
    }
  })

  test('knows a type for every format of pictures and videos that is told by its bytes', () => {
    const told = ['sniff.ts', 'sniff-containers.ts', 'sniff-video.ts'].flatMap((name) => {
      const text = readFileSync(join(import.meta.dirname, '../../src/decode', name), 'utf8')
      return [...text.matchAll(/\b(image|video)\('([\w-]+)'|kind: '(image|video)', format: '([\w-]+)'/g)]
    })
    expect(told.length).toBeGreaterThan(25)
    for (const [, kind = '', format = '', kind2 = kind, format2 = format] of told) {
      expect(mimeTypeOf({ kind: kind2, format: format2 } as FileRecord['media']), format2).toMatch(/^\w+\/[\w.-]+$/)
    }
  })

  test.each<[string, Grade]>([
    ['MD5', { md5: md5('a'), category: 2 }],
    ['SHA-1', { sha1: sha1('a'), category: 2 }],
    ['SHA-256', { sha256: sha256('a'), category: 2 }],
    ['path', { path: 'a.jpg', category: 2 }],
    ['path and exhibit', { path: 'a.jpg', exhibit: 'AB-1', category: 2 }]
  ])('has every copy of a content graded by %s, from all exhibits', async (_, grade) => {
    const folder = tempFolder()
    const copy = pictureRecord(3, 'a', { path: 'sub/copy.jpg' })
    const first = resultsOf(folder, [...three(), copy])
    const second = resultsOf(
      folder,
      [pictureRecord(0, 'a', { path: 'elsewhere.jpg' })],
      { exhibit: 'AB-2' },
      'AB-2.ndjson'
    )
    const out = join(folder, 'case.json')
    expect(await gradeResults([first, second], { grades: [grade], out })).toMatchObject({
      media: 1,
      places: 3,
      withoutTime: 1
    })
    const places = caseIn(out).Media[0].MediaFiles
    expect(places.map((place) => `${String(place['SourceID'])} ${String(place['FilePath'])}`)).toEqual([
      ...['AB-1 a.jpg', 'AB-1 sub/copy.jpg', 'AB-2 elsewhere.jpg']
    ])
  })

  test('comes out the same from the same, and a dry run says as much without writing', async () => {
    const folder = tempFolder()
    const results = resultsOf(folder, three())
    const grades: Grade[] = [
      { md5: md5('b'), category: 9 },
      { md5: md5('a'), category: 1 }
    ]
    const paths = ['1.json', '2.json'].map((name) => join(folder, name))
    const made = await Promise.all(paths.map((out) => gradeResults([results], { grades, out })))
    expect(readFileSync(paths[0])).toEqual(readFileSync(paths[1]))
    expect(await gradeResults([results], { grades })).toEqual({ ...made[0], path: null })
    expect(made[0].categories).toEqual([
      { category: 1, label: 'Category A', media: 1 },
      { category: 9, label: 'unmapped', media: 1 }
    ])
    expect(made[0].unmapped).toBe(1)
    expect(readdirSync(folder).sort()).toEqual(['1.json', '2.json', 'AB-1.ndjson'])
  })

  test('after others has only what has changed since the last of them', async () => {
    const folder = tempFolder()
    const results = resultsOf(folder, three())
    const run = (name: string, grades: Grade[], since: string[]) =>
      gradeResults([results], { grades, since, out: join(folder, name) })
    const a = { md5: md5('a'), category: 1 }
    const b = { md5: md5('b'), category: 2 }
    await run('1.json', [a, b], [])
    const one = join(folder, '1.json')
    expect(await run('2.json', [a, { ...b, category: 3 }, { md5: md5('c'), category: 1 }], [one])).toMatchObject({
      media: 2,
      unchanged: 1
    })
    const both = [one, join(folder, '2.json')]
    expect(await run('3.json', [a, b], both)).toMatchObject({ media: 1, unchanged: 1 })
    expect(caseIn(join(folder, '3.json')).Media).toMatchObject([{ MD5: md5('b').toUpperCase(), Category: 2 }])
    await expect(run('1.json', [a], both)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test.each<[string, Grade[], string, RegExp]>([
    [
      'two grades of one file',
      [
        { md5: md5('a'), category: 1, gradedBy: 'X' },
        { md5: md5('a'), category: 2, gradedBy: 'Y' }
      ],
      'GRADES_CONTRADICT',
      /graded 1 \(X\) and 2 \(Y\)/
    ],
    [
      'two of one examiner at one time',
      [
        { md5: md5('a'), category: 1 },
        { md5: md5('a'), category: 2 }
      ],
      'GRADES_CONTRADICT',
      /graded 1 .* and 2/
    ],
    [
      'grades by digest and by path that differ',
      [
        { md5: md5('a'), category: 1 },
        { path: 'a.jpg', category: 2 }
      ],
      'GRADES_CONTRADICT',
      /graded 1 .* and 2/
    ],
    [
      'a grade of a file that is not there',
      [{ md5: md5('zzz'), category: 1 }],
      'GRADE_WITHOUT_FILE',
      /not in the results/
    ],
    [
      'a grade of a path that is not there',
      [{ path: 'zzz.jpg', category: 1 }],
      'GRADE_WITHOUT_FILE',
      /zzz\.jpg: not in the results/
    ]
  ])('is refused for %s', async (_, grades, code, message) => {
    const folder = tempFolder()
    const results = resultsOf(folder, three())
    const made = gradeResults([results], { grades, out: join(folder, 'case.json') })
    await expect(made).rejects.toMatchObject({ code })
    await expect(made).rejects.toThrow(message)
    expect(readdirSync(folder)).toEqual(['AB-1.ndjson'])
  })

  test('is refused where two contents have one MD5, or a graded file could not be read', async () => {
    const forged = { md5: md5('a'), sha1: sha1('other'), sha256: sha256('other') }
    const records = [...three(), pictureRecord(3, 'x', { digests: forged })]
    await expect(packageOf([{ md5: md5('a'), category: 1 }], {}, records)).rejects.toThrow(
      /have one MD5 and are different files/
    )
    const unread = pictureRecord(0, 'a', { digests: null, hashes: null })
    const grades = [{ path: 'a.jpg', category: 1 }]
    await expect(packageOf(grades, {}, [unread])).rejects.toThrow(/its digests are not known.*--allow-unknown/)
    expect((await packageOf(grades, { allowUnknown: true }, [unread])).outcome).toMatchObject({ unknown: 1, media: 0 })
  })

  test('names all examiners who agree, and what each of them noted', async () => {
    const grades: Grade[] = [
      { md5: md5('a'), category: 1, gradedBy: 'X', gradedAt: AT, tags: 't', victimIdentified: true },
      { path: 'a.jpg', category: '1', gradedBy: 'Y', tags: 't', comments: 'c' },
      { sha1: sha1('a'), category: 1, gradedBy: 'X', gradedAt: '2026-01-01T00:00:00.000Z', tags: 'old' }
    ]
    for (const given of [grades, [...grades].reverse()]) {
      const { case: made, outcome } = await packageOf(given)
      expect(made.Media).toMatchObject([
        { Category: 1, Tags: 't', Comments: 'c', DateUpdated: AT, VictimIdentified: true }
      ])
      expect(String(made.Media[0]['PrecategorizationSource']).split('; ').sort()).toEqual(['X', 'Y'])
      expect(outcome).toMatchObject({ grades: 3, superseded: 1, media: 1 })
    }
    const flags: Grade[] = [
      { md5: md5('a'), category: 1, gradedBy: 'X', victimIdentified: true },
      { md5: md5('a'), category: 1, gradedBy: 'Y', victimIdentified: false }
    ]
    await expect(packageOf(flags)).rejects.toThrow(/graded 1 \(X\) and 1 \(Y\), and their flags differ/)
  })

  test('takes a later grade of one examiner though it names the file by less', async () => {
    const grades: Grade[] = [
      { md5: md5('a'), sha256: sha256('a'), category: 1, gradedBy: 'X', gradedAt: '2026-01-01T00:00:00.000Z' },
      { md5: md5('a'), category: 2, gradedBy: 'X', gradedAt: '2026-02-01T00:00:00.000Z' }
    ]
    for (const given of [grades, [...grades].reverse()]) {
      const { case: made, outcome } = await packageOf(given)
      expect(made.Media).toMatchObject([{ Category: 2 }])
      expect(outcome).toMatchObject({ grades: 2, superseded: 1 })
    }
  })

  test.each<[string, object, Partial<GradeOptions>, string]>([
    ['a category that is an object', { category: { a: 1 } }, {}, 'GRADES_INVALID'],
    ['no category', { category: null }, {}, 'GRADES_INVALID'],
    ['a time that is none', { category: 1 }, { gradedAt: 'banana' }, 'USAGE'],
    ['a seizure on no day', { category: 1 }, { facts: { seizureDate: 'banana' } }, 'USAGE']
  ])('is refused for %s', async (_, grade, more, code) => {
    const given = [{ md5: md5('a'), ...grade }] as unknown as Grade[]
    await expect(packageOf(given, more)).rejects.toMatchObject({ code })
  })

  test('has times as VICS has them, and digests in any case', async () => {
    const grades = [{ md5: md5('a').toUpperCase(), category: 1 }]
    const { case: made } = await packageOf(grades, { gradedAt: '2026-11-01', facts: { seizureDate: '2026-10-01' } })
    expect(made.Media[0]['DateUpdated']).toBe('2026-11-01T00:00:00.000Z')
    expect(made['SeizureDate']).toBe('2026-10-01T00:00:00.000Z')
  })

  test('takes the later grade of one examiner, and leaves out unknown ones where asked to', async () => {
    const grades: Grade[] = [
      { md5: md5('a'), category: 2, gradedBy: 'X', gradedAt: '2026-02-01T00:00:00.000Z' },
      { md5: md5('a'), category: 1, gradedBy: 'X', gradedAt: '2026-01-01T00:00:00.000Z' },
      { md5: md5('zzz'), category: 1 }
    ]
    const { case: made, outcome } = await packageOf(grades, { allowUnknown: true })
    expect(made.Media).toMatchObject([{ Category: 2 }])
    expect(outcome).toMatchObject({ media: 1, unknown: 1, grades: 3 })
  })

  test.each<[string, Partial<GradeOptions>, object, string]>([
    ['no profile is named', {}, { sets: [] }, 'USAGE'],
    ['no case is named', {}, { case: undefined }, 'USAGE'],
    ['the identity of the case is none', { facts: { caseId: '17' } }, {}, 'USAGE'],
    ['the profile is unknown', { profile: 'fr' }, {}, 'PROFILE_UNKNOWN']
  ])('is refused where %s', async (_, options, header, code) => {
    const folder = tempFolder()
    const results = resultsOf(folder, three(), header)
    await expect(
      gradeResults([results], { grades: [{ md5: md5('a'), category: 1 }], ...options })
    ).rejects.toMatchObject({ code })
  })
})

describe('a package with files', () => {
  /** An exhibit of files with these contents, and its results. */
  function exhibit(contents: Readonly<Record<string, string>>): { folder: string; root: string; results: string } {
    const folder = tempFolder()
    const root = join(folder, 'exhibit')
    mkdirSync(root)
    const records = Object.entries(contents).map(([name, text], seq) => {
      writeFileSync(join(root, name), text)
      const digests = { md5: digestHex('md5', text), sha1: digestHex('sha1', text), sha256: digestHex('sha256', text) }
      return pictureRecord(seq, name, { path: name, digests, sizeBytes: text.length })
    })
    return { folder, root, results: resultsOf(folder, records) }
  }

  test('has them under names of ours, and is found sound', async () => {
    const { folder, root, results } = exhibit({ 'a.jpg': 'one', 'b.jpg': 'two' })
    const out = join(folder, 'case')
    const grades = [{ path: 'a.jpg', category: 1 }]
    expect(await gradeResults([results], { grades, files: root, out })).toMatchObject({ media: 1, files: 1 })
    const name = digestHex('md5', 'one').toUpperCase()
    expect(readFileSync(join(out, 'media', name), 'utf8')).toBe('one')
    expect(caseIn(join(out, 'case.json')).Media[0]['RelativeFilePath']).toBe(`media\\${name}`)
    expect(await checkPackage(out)).toMatchObject({ sound: true, media: 1, files: 1, bytes: 3, findings: [] })
    writeFileSync(join(out, 'media', name), 'another')
    expect(await checkPackage(out)).toMatchObject({ sound: false, counts: { MEDIA_CHANGED: 1 } })
  })

  test('has the files of each exhibit from its own folder, and those with an ! in their names', async () => {
    const [one, two] = [exhibit({ 'a.jpg': 'one' }), exhibit({ 'party!.jpg': 'two', 'x.zip!b.jpg': 'three' })]
    rmSync(join(two.root, 'x.zip!b.jpg'))
    const grades = ['a.jpg', 'party!.jpg', 'x.zip!b.jpg'].map((path) => ({ path, category: 1 }))
    const out = join(one.folder, 'case')
    const results = [one.results, two.results]
    const made = await gradeResults(results, { grades, files: [one.root, two.root], out })
    expect(made).toMatchObject({ media: 3, files: 2 })
    expect(await checkPackage(out)).toMatchObject({ sound: true, files: 2 })
    const wrong = gradeResults(results, { grades, files: one.root })
    await expect(wrong).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('one for each') as string
    })
  })

  test('after one of hashes alone has the files, and after that no more', async () => {
    const { folder, root, results } = exhibit({ 'a.jpg': 'one' })
    const paths = ['hashes.json', 'files', 'again'].map((name) => join(folder, name))
    const grades = [{ path: 'a.jpg', category: 1 }]
    await gradeResults([results], { grades, out: paths[0] })
    const second = await gradeResults([results], { grades, files: root, out: paths[1], since: [paths[0]] })
    expect(second).toMatchObject({ media: 1, files: 1, unchanged: 0 })
    const third = await gradeResults([results], { grades, files: root, out: paths[2], since: paths.slice(0, 2) })
    expect(third).toMatchObject({ media: 0, unchanged: 1 })
  })

  test.each<[string, (root: string, folder: string) => void, string]>([
    ['is gone', (root) => writeFileSync(join(root, 'renamed'), ''), 'INPUT_NOT_FOUND'],
    ['is another than was hashed', (root) => writeFileSync(join(root, 'a.jpg'), 'other'), 'FILE_CHANGED'],
    [
      'leads out of the exhibit',
      (root, folder) => {
        writeFileSync(join(folder, 'secret'), 'one')
        symlinkSync(join(folder, 'secret'), join(root, 'a.jpg'))
      },
      'USAGE'
    ]
  ])('is refused, and leaves nothing, where a file %s', async (_, spoil, code) => {
    const { folder, root, results } = exhibit({ 'a.jpg': 'one' })
    rmSync(join(root, 'a.jpg'))
    spoil(root, folder)
    const out = join(folder, 'case')
    const made = gradeResults([results], { grades: [{ path: 'a.jpg', category: 1 }], files: root, out })
    await expect(made).rejects.toMatchObject({ code })
    expect(existsSync(out)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
  })
})

describe('a grade that is withdrawn', () => {
  const at = (hour: number): string => `2026-11-01T${hour}:00:00.000Z`
  const one = { md5: md5('a'), category: 1, gradedBy: 'X', gradedAt: at(10) }
  const back = { sha256: sha256('a'), category: null, withdrawn: true, gradedBy: 'X', gradedAt: at(11) } as const
  test.each<[string, Grade[], unknown[]]>([
    ['is in no package, whatever named the file', [one, back], []],
    ['stands again when it is made again', [one, back, { ...one, category: 2, gradedAt: at(12) }], [2]],
    ['leaves that of another examiner', [one, { ...one, category: 2, gradedBy: 'Y' }, back], [2]],
    ['stays where it is the later one', [{ ...one, gradedAt: at(12) }, back], [1]],
    ['is one of all copies', [one, { ...back, sha256: undefined, path: 'copy.jpg' } as unknown as Grade], []]
  ])('%s', async (_, grades, categories) => {
    const records = [...three(), { ...pictureRecord(3, 'a'), path: 'copy.jpg' }]
    for (const given of [grades, [...grades].reverse()]) {
      const { case: made } = await packageOf(given, {}, records)
      expect(made.Media.map((each) => each['Category'])).toEqual(categories)
    }
  })

  test('by somebody who gave none is told of, unless an earlier package has it', async () => {
    const typo = await packageOf([one, { ...back, gradedBy: 'Y' }])
    expect(typo.outcome).toMatchObject({ media: 1, idleWithdrawals: [{ gradedBy: 'Y' }] })
    const { folder, out } = await packageOf([one])
    const results = resultsOf(folder, three())
    const outcome = await gradeResults([results], { grades: [back], since: [out] })
    expect(outcome).toMatchObject({ media: 0, withdrawn: 1, stillSent: 1, idleWithdrawals: [] })
    expect(await gradeResults([results], { grades: [one, back], since: [out] })).toMatchObject({ stillSent: 1 })
  })

  test('is counted', async () => {
    const { outcome } = await packageOf([one, back])
    expect(outcome).toMatchObject({ media: 0, grades: 2, withdrawn: 1, superseded: 1 })
  })
})

test.each([
  ['B', 2],
  ['category b', 2],
  ['Category A', 1],
  ['2', 2],
  ['Z', 'Z']
])('a grade of %s is one of code %j', async (category, code) => {
  const { case: made } = await packageOf([{ md5: md5('a'), category }])
  expect(made.Media).toMatchObject([{ Category: code }])
})

test('a grade that every identical record contradicts is counted, and so are columns that mean nothing', async () => {
  const known = { by: 'md5', set: 'CAID', source: 's', mediaId: '1', label: null, grading: {}, agreeing: ['md5'] }
  const records = [1, 2].map((category, seq) => ({
    ...pictureRecord(seq, String(seq)),
    matches: [{ ...known, relation: 'identical', category }]
  }))
  const odd = { md5: md5('0'), category: 2, victimIdentifed: true } as Grade
  const { outcome } = await packageOf([odd, { md5: md5('1'), category: 2 }], {}, records)
  expect(outcome).toMatchObject({ media: 2, againstSets: 1, ignored: ['victimIdentifed'] })
})

test('grades that say the same of one file do not contradict, in whatever order they say it', async () => {
  const { outcome } = await packageOf([
    { md5: md5('a'), category: 1, gradedBy: 'X' },
    { gradedBy: 'X', category: 1, path: 'a.jpg' }
  ])
  expect(outcome).toMatchObject({ media: 1 })
})

describe('any grades', () => {
  const text = fc.string({
    unit: fc.constantFrom(...'aé<>&"\\/\n\u0000\u202e=,'.match(/[^]/gu)!),
    minLength: 1,
    maxLength: 10
  })
  const graded = fc.record({
    name: text,
    category: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('X1', 'x y')),
    gradedBy: text.filter((each) => each.trim() !== ''),
    tags: text.filter((each) => each.trim() !== '')
  })

  test('come back from the package with their files, category, source and time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(graded, { minLength: 1, maxLength: 6 }), async (all) => {
        const records = all.map(({ name }, seq) => ({ ...pictureRecord(seq, seq), path: name }))
        const grades = all.map(({ category, gradedBy, tags }, i) => ({
          md5: md5(i),
          category,
          gradedBy,
          tags,
          gradedAt: AT
        }))
        const { out, case: made } = await packageOf(grades, {}, records)
        const source = await openSource(out)
        const read = []
        for await (const batch of source.records()) for (const record of batch) read.push(record)
        expect(source.report.warnings).toEqual([])
        expect(
          read.map(({ hashes, category, grading }) => [
            hashes.md5,
            category,
            grading.gradedBy,
            grading.tags,
            grading.updated
          ])
        ).toEqual(all.map(({ category, gradedBy, tags }, i) => [md5(i), category, gradedBy, tags, AT]))
        expect(made.Media.map((each) => each.MediaFiles[0]['FilePath'])).toEqual(all.map(({ name }) => name))
        expect((await checkPackage(out)).findings).toEqual([])
      }),
      { numRuns: 25 }
    )
  })
})

describe('names in a package', () => {
  /** What the comment of `vicsPath` says. */
  const bytesOf = (text: string): Buffer =>
    Buffer.concat(
      text.split(/(%x[0-9A-F]{2})/).map((part) => {
        if (/^%x[0-9A-F]{2}$/.test(part)) return Buffer.from(part.slice(2), 'hex')
        return Buffer.from(part)
      })
    )
  const takenBack = (text: string): string =>
    bytesOf(text.replace(/%25(?=(?:25)*x[0-9A-F]{2})/g, '\u0000'))
      .toString('latin1')
      .replaceAll('\u0000', '%')

  test.each<[string, string, string]>([
    ['dir/a\xff.jpg', 'dir/a%xFF.jpg', 'a%xFF.jpg'],
    ['dir/a\xfe.jpg', 'dir/a%xFE.jpg', 'a%xFE.jpg'],
    ['a%xFF.jpg', 'a%25xFF.jpg', 'a%25xFF.jpg'],
    ['a%25xFF.jpg', 'a%2525xFF.jpg', 'a%2525xFF.jpg'],
    ['\xc3\xbc\xe2\x82.jpg', 'ü%xE2%x82.jpg', 'ü%xE2%x82.jpg'],
    ['100%\xff.jpg', '100%%xFF.jpg', '100%%xFF.jpg'],
    ['M%C3%BCller 100%.jpg', 'M%C3%BCller 100%.jpg', 'M%C3%BCller 100%.jpg']
  ])('keep the bytes of %j apart from those of any other', async (bytes, FilePath, FileName) => {
    const record = pictureRecord(0, 'a', displayName(Buffer.from(bytes, 'latin1')))
    const { case: made } = await packageOf([{ md5: md5('a'), category: 1 }], {}, [record])
    expect(made.Media[0].MediaFiles).toMatchObject([{ FilePath, FileName }])
  })

  test('can be taken back, whatever their bytes', () => {
    const texts = ['%', 'x', '2', '5', 'f', 'F', '0', 'A', '/', '\xc3\xbc', '\xff', '\x80', '\xc3', '%25', '%xFF']
    const bits = texts.map((each) => Buffer.from(each, 'latin1'))
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 12 }), (parts) => {
        const bytes = Buffer.concat(parts)
        expect(takenBack(vicsPath(displayName(bytes)))).toBe(bytes.toString('latin1'))
      }),
      { numRuns: 2000 }
    )
  })
})

describe('the command', () => {
  test('writes a package, says what would go, and refuses to do neither', async () => {
    const folder = tempFolder()
    const results = resultsOf(folder, three())
    const grades = join(folder, 'grades.csv')
    writeFileSync(grades, `path,category\na.jpg,1\nb.jpg,7\n`)
    const dry = await runCli(['grade', results, '--grades', grades, '--dry-run'])
    expect(dry).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('1 file of categories that profile uk 1-assumed does not list: 7')
    })
    expect(dry.records()).toMatchObject([{ path: null, media: 2, caseNumber: '2026/17' }])
    expect(await runCli(['grade', results, '--grades', grades])).toMatchObject({ status: 64, stdout: '' })
    const both = await runCli(['grade', results, '--grades', grades, '--dry-run', '--out', join(folder, 'x.json')])
    expect(both.records()).toMatchObject([{ path: null }])
    expect(await runCli(['grade', results, '--grades', grades, '--out', folder])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('is a folder') as string
    })
  })
})
