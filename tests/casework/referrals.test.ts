// Referrals: read in every form, matched, put in order with the reason of each, and kept from one run to the next.

import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, HashSet } from 'exhibit-hash'
import {
  type Referral,
  type ReferralProblem,
  type ReferralsOptions,
  type ReferralsSummary,
  referrals
} from 'exhibit-hash/casework'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { digestHex, recordOf } from '../support/vics.js'
import { zip } from '../support/zip-builder.js'

const TODAY = new Date('2026-11-26T09:00:00Z')
const [KNOWN, OTHER] = ['scene-01-64x64.png', 'scene-02-65x64.png']
const folder = suiteFolder()
let index: string

beforeAll(async () => {
  const more = { PrecategorizationSource: 'Force 1', VictimIdentified: 'false' }
  const records = [recordOf(image(KNOWN), 1, 1, more), { MediaID: 2, Category: 2, MD5: digestHex('md5', 'far away') }]
  index = await buildSet(folder, records, { name: 'CAID', profile: 'uk' })
})

async function run(paths: readonly string[], options: Partial<ReferralsOptions> = {}) {
  await using set = await HashSet.open(index)
  const lines = await referrals(paths, { sets: [set], today: TODAY, ...options })
  return {
    all: lines.filter((line): line is Referral => line.type === 'referral'),
    problems: lines.filter((line): line is ReferralProblem => line.type === 'problem'),
    summary: lines.at(-1) as ReferralsSummary
  }
}

interface Facts {
  readonly reportId?: unknown
  readonly files?: unknown
  readonly [field: string]: unknown
}

function report({ reportId = '1', files = [], ...more }: Facts = {}): Record<string, unknown> {
  const reportedInformation = { reportingEsp: { espName: 'Example ESP' }, uploadedFiles: { uploadedFiles: files } }
  return { reportId, reportedInformation, ...more }
}

/** A folder with a report and copies of pictures; without a list of these a report alone, of which nothing is scanned. */
function bundle(parent: string, name: string, facts: Facts = {}, pictures?: readonly string[]): string {
  const text = JSON.stringify(report({ reportId: name, ...facts }))
  const path = join(parent, pictures === undefined ? `${name}.json` : name)
  if (pictures === undefined) {
    writeFileSync(path, text)
    return path
  }
  mkdirSync(path)
  writeFileSync(join(path, 'report.json'), text)
  for (const picture of pictures) copyFileSync(image(picture), join(path, picture))
  return path
}

describe('a referral', () => {
  test('has an item for each content: what is there, and what the report lists and is not', async () => {
    const parent = tempFolder()
    const files = [
      {
        filename: KNOWN,
        originalFilename: 'C:\\x\\a.png',
        verificationHash: digestHex('md5', readFileSync(image(KNOWN))),
        viewedByEsp: true,
        ncmecTags: { groups: [{ tags: [{ value: 'A1' }] }] }
      },
      { filename: OTHER, verificationHash: digestHex('sha1', 'another file') },
      { filename: 'far.jpg', verificationHash: digestHex('md5', 'far away'), viewedByEsp: 'false' },
      { filename: 'nothing.jpg' }
    ]
    const { all } = await run([bundle(parent, '7', { files }, [KNOWN, OTHER])])
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({ reportId: '7', agency: 'Example ESP', status: 'new', assignee: null })
    const items = new Map(all[0].items.map((item) => [`${item.name} ${item.present}`, item]))
    expect(items.get(`${KNOWN} true`)).toMatchObject({
      relation: 'identical',
      standing: 'indicative',
      category: 1,
      label: 'Category A',
      verified: 'agrees',
      viewedByEsp: true,
      tags: ['A1'],
      victimIdentified: false,
      originalName: 'C:\\x\\a.png'
    })
    expect(items.get(`${OTHER} true`)).toMatchObject({ relation: null, verified: 'differs', lookAgain: true })
    expect(items.get(`${OTHER} false`)).toMatchObject({ relation: null, present: false })
    expect(items.get('far.jpg false')).toMatchObject({ relation: 'identical', category: 2, viewedByEsp: false })
    expect(items.get('nothing.jpg false')).toMatchObject({ relation: null, digests: {} })
    expect(all[0].counts).toMatchObject({ items: 5, identical: 2, neverSeen: 2, notThere: 3, victimNotIdentified: 1 })
    expect(all[0].warnings).toMatchObject([expect.stringContaining('its digest differs')])
  })

  test('is the same as JSON, XML and in an archive; a CSV of digests is one too', async () => {
    const parent = tempFolder()
    const md5 = digestHex('md5', readFileSync(image(KNOWN)))
    const json = JSON.stringify(report({ reportId: 9, files: [{ filename: 'a.png', verificationHash: md5 }] }))
    const xml = `<?xml version="1.0"?><report><reportId>9</reportId><reportedInformation><reportingEsp><espName>Example ESP</espName></reportingEsp><uploadedFiles><uploadedFiles><filename>a.png</filename><verificationHash>${md5.toUpperCase()}</verificationHash></uploadedFiles></uploadedFiles></reportedInformation></report>`
    const picture = readFileSync(image(KNOWN))
    writeFileSync(join(parent, 'a.json'), json)
    writeFileSync(join(parent, 'b.xml'), xml)
    writeFileSync(
      join(parent, 'c.zip'),
      zip([
        { name: '../../r.json', bytes: Buffer.from(json) },
        { name: '../../a.png', bytes: picture }
      ])
    )
    writeFileSync(join(parent, 'd.csv'), `name,md5\r\n=cmd(),${md5}\r\n`)
    writeFileSync(join(parent, 'e.zip'), zip([{ name: 'list.csv', bytes: Buffer.from(`md5\n${md5}\n`) }]))
    const { all, problems } = await run([parent])
    expect(problems).toEqual([])
    const byPath = new Map(all.map((one) => [one.path.slice(parent.length + 1), one]))
    for (const name of ['a.json', 'b.xml', 'c.zip']) {
      expect(byPath.get(name), name).toMatchObject({
        reportId: '9',
        agency: 'Example ESP',
        counts: { items: 1, identical: 1 }
      })
    }
    expect(byPath.get('c.zip')?.items).toMatchObject([{ name: '../../a.png', present: true, verified: 'agrees' }])
    for (const name of ['d', 'e'])
      expect(all.find(({ reportId }) => reportId === name)?.counts).toMatchObject({ items: 1, identical: 1 })
    // One content, in five referrals: each names the others.
    for (const one of all) expect(one.items[0].alsoIn).toHaveLength(4)
  })
})

describe('a bundle', () => {
  test('has one item for a content that its report lists twice', async () => {
    const listed = { filename: KNOWN, verificationHash: digestHex('md5', readFileSync(image(KNOWN))) }
    const sha1 = { filename: 'again', verificationHash: digestHex('sha1', readFileSync(image(KNOWN))) }
    const path = bundle(tempFolder(), '1', { files: [listed, { ...listed, filename: 'other' }, sha1] }, [KNOWN])
    const { all } = await run([path])
    expect(all[0].counts).toMatchObject({ items: 1, identical: 1, notThere: 0, victimNotIdentified: 1 })
  })

  test('that is named twice, or with the folder that it lies in, is one referral', async () => {
    const parent = tempFolder()
    const path = bundle(parent, '1', {}, [KNOWN])
    const { all } = await run([parent, path, join(parent, '.')])
    expect(all).toMatchObject([{ reportId: '1', counts: { items: 1 } }])
  })

  test('of a report that another bundle has too says so, and its changes are told once', async () => {
    const parent = tempFolder()
    const worklist = join(parent, 'worklist.json')
    const paths = ['a', 'b'].map((name) =>
      bundle(parent, name, { reportId: '7' }, name === 'a' ? [KNOWN] : [KNOWN, OTHER])
    )
    for (let i = 0; i < 3; i++) {
      const { all } = await run(i === 1 ? [...paths].reverse() : paths, { worklist })
      expect(all.map(({ changed }) => changed)).toEqual([[], []])
      expect(all.map(({ warnings }) => warnings.length)).toEqual([1, 1])
    }
  })

  test.skipIf(process.platform === 'win32')('whose name has a back-slash keeps its files', async () => {
    const parent = tempFolder()
    bundle(parent, 'R\\5', {}, [KNOWN])
    bundle(parent, 'Z9', {}, [OTHER])
    const { all } = await run([parent])
    expect(all.map(({ counts }) => counts.items)).toEqual([1, 1])
  })

  test('has its report as JSON and XML, and other documents beside it', async () => {
    const path = bundle(tempFolder(), '1', { files: [{ filename: 'x' }] }, [KNOWN])
    const [json] = readdirSync(path).filter((name) => name.endsWith('.json'))
    writeFileSync(join(path, json.replace('.json', '.xml')), '<report><reportId>1</reportId></report>')
    const large = join(path, 'chat.json')
    writeFileSync(large, '')
    truncateSync(large, 65 * 2 ** 20)
    const { all, problems } = await run([path])
    expect(problems).toEqual([])
    const warnings = [expect.stringContaining('chat.json: is too large')] as string[]
    expect(all).toMatchObject([{ counts: { items: 2 }, warnings }])
  })

  test('of a known-good file is looked at all the same', async () => {
    const list = join(tempFolder(), 'good.txt')
    const good = join(tempFolder(), 'good.ehx')
    writeFileSync(list, `${digestHex('md5', readFileSync(image(OTHER)))}\n`)
    await buildHashSet(good, [list], { name: 'Good', role: 'known-good' })
    await using set = await HashSet.open(good)
    const lines = await referrals([bundle(tempFolder(), '1', {}, [OTHER])], { sets: [set], today: TODAY })
    expect(lines[0]).toMatchObject({ items: [{ relation: 'known-good', lookAgain: true }] })
  })

  test.each<[string, string | null]>([
    ['2026-11-01', '2026-11-08'],
    ['2026-11-01T23:30:00', '2026-11-08'],
    ['2026-11-01T23:30:00Z', '2026-11-08'],
    ['2026-11-01T23:30:00-05:00', '2026-11-09'],
    ['2026-02-30', null],
    ['2026-11-01T99:00:00', null],
    ['9999-12-20', null],
    ['0001-01-01', null]
  ])('received on %s is due by %s', async (dateReceived, dueBy) => {
    const { all } = await run([bundle(tempFolder(), '1', { risk: 'high', dateReceived })])
    expect(all).toMatchObject([
      { dueBy: dueBy ?? '2026-12-03', receivedFrom: dueBy === null ? 'first seen' : 'report' }
    ])
    expect(all[0].warnings).toHaveLength(dueBy === null ? 1 : 0)
  })

  test('of an id that two agencies have is named with its agency', async () => {
    const parent = tempFolder()
    const paths = ['A', 'B'].map((agency) =>
      bundle(parent, agency, { reportId: '7', reportedInformation: { reportingEsp: { espName: agency } } })
    )
    await expect(run(paths, { changes: { risk: { '7': 'high' } } })).rejects.toThrow(/several agencies.*'A\/7', 'B\/7'/)
    const { all } = await run(paths, { changes: { risk: { 'B/7': 'high' } } })
    expect(all.map(({ agency, risk }) => [agency, risk])).toEqual([
      ['B', 'high'],
      ['A', 'unknown']
    ])
  })
})

describe('the order', () => {
  test('is by risk and due date, then what is new, victims, number, age; each position with its reason', async () => {
    const parent = tempFolder()
    const received = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T00:00:00Z`
    const known = { filename: 'k', verificationHash: digestHex('md5', readFileSync(image(KNOWN))) }
    const far = { filename: 'f', verificationHash: digestHex('md5', 'far away') }
    const strange = (name: string) => ({ filename: name, verificationHash: digestHex('md5', name) })
    const cases: [string, Facts][] = [
      ['h1', { risk: 'high', dateReceived: received(1) }],
      ['h2', { risk: 'HIGH', dateReceived: received(25) }],
      ['u1', {}],
      ['m-early', { risk: 'medium', dueBy: '2026-11-27' }],
      ['m-new', { risk: 'medium', dateReceived: received(20), files: [strange('x')] }],
      ['m-victim', { risk: 'medium', dateReceived: received(20), files: [known] }],
      ['m-many', { risk: 'medium', dateReceived: received(20), files: [far] }],
      ['m-few', { risk: 'medium', dateReceived: received(20) }],
      ['l1', { risk: 'low', dateReceived: received(24) }]
    ]
    for (const [name, facts] of cases) bundle(parent, name, facts)
    const { all, summary } = await run([parent])
    expect(all.map(({ reportId }) => reportId)).toEqual(cases.map(([name]) => name))
    expect(all.map(({ dueBy, isOverdue }) => [dueBy, isOverdue])).toEqual([
      ['2026-11-08', true],
      ['2026-12-02', false],
      [null, false],
      ['2026-11-27', false],
      ...Array.from({ length: 4 }, () => ['2026-12-04', false]),
      ['2026-12-24', false]
    ])
    expect(all[2].reasons.join('\n')).toMatch(/risk unknown.*\n.*no due date.*unknown/)
    expect(all.map(({ reasons }) => /stands before .* by (.*)/.exec(reasons.at(-1) ?? '')?.[1])).toEqual([
      'due date',
      'risk',
      'risk',
      'due date',
      'never-seen-before material',
      'victims not identified',
      'number of items',
      'risk',
      undefined
    ])
    expect(summary).toMatchObject({ referrals: 9, overdue: 1, unknownRisk: 1 })
  })

  test.each<[string, Facts, Pick<Referral, 'risk' | 'riskFrom' | 'priority'>, RegExp]>([
    [
      'said',
      { priorityLevel: 'E' },
      { risk: 'high', riskFrom: 'priority', priority: 'E' },
      /priority E was said to mean/
    ],
    ['said, a number', { priorityLevel: 1 }, { risk: 'medium', riskFrom: 'priority', priority: '1' }, /priority 1/],
    [
      'not said',
      { priorityLevel: '3' },
      { risk: 'unknown', riskFrom: null, priority: '3' },
      /nobody has said what that/
    ],
    [
      'said, and the report has a risk',
      { priority: 'e', risk: 'low' },
      { risk: 'low', riskFrom: 'report', priority: 'e' },
      /risk low; the agency's own priority is e/
    ]
  ])('takes a priority of the agency for a risk only where that is %s', async (_, facts, expected, reason) => {
    const path = bundle(tempFolder(), '1', facts)
    const { all } = await run([path], { priorities: { E: 'high', '1': 'medium' } })
    expect(all).toMatchObject([expected])
    expect(all[0].reasons[1]).toMatch(reason)
    const wrong = { E: 'urgent' } as unknown as Record<string, 'high'>
    await expect(run([path], { priorities: wrong })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('is one and the same however the bundles are named, and agrees with what counts first', async () => {
    const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-11-${String(number).padStart(2, '0')}`)
    const file = fc.constantFrom('known', 'far away', 'x', 'y', 'z')
    const facts = fc.record({
      risk: fc.constantFrom(undefined, 'high', 'medium', 'low'),
      dateReceived: day,
      dueBy: fc.option(day, { nil: undefined }),
      files: fc.uniqueArray(file, { maxLength: 4 }),
      status: fc.constantFrom('new', 'in-progress', 'done')
    })
    const ranks = ['high', 'unknown', 'medium', 'low']
    await fc.assert(
      fc.asyncProperty(fc.array(facts, { minLength: 2, maxLength: 7 }), fc.nat(), async (all, turn) => {
        const parent = tempFolder()
        const status: Record<string, string> = {}
        const paths = all.map(({ files, status: own, ...more }, i) => {
          status[`r${i}`] = own
          const listed = files.map((name) => ({
            filename: name,
            verificationHash: digestHex('md5', name === 'known' ? readFileSync(image(KNOWN)) : name)
          }))
          return bundle(parent, `r${i}`, { ...more, files: listed })
        })
        const at = turn % paths.length
        const options = { changes: { status } }
        const one = await run(paths, options)
        const other = await run([...paths.slice(at), ...paths.slice(0, at)], options)
        expect(other.all.map(({ reportId }) => reportId)).toEqual(one.all.map(({ reportId }) => reportId))
        const keys = one.all.map(({ status: own, risk, dueBy, counts, received }) => [
          own === 'done' ? 1 : 0,
          ranks.indexOf(risk),
          dueBy ?? '9999',
          -counts.neverSeen,
          -counts.victimNotIdentified,
          -counts.items,
          received
        ])
        const sorted = [...keys].sort((a, b) => {
          const first = a.findIndex((value, i) => value !== b[i])
          return first === -1 ? 0 : a[first] < b[first] ? -1 : 1
        })
        expect(keys).toEqual(sorted)
      }),
      { numRuns: 25 }
    )
  })

  test('follows the days that are given', async () => {
    const path = bundle(tempFolder(), '1', { risk: 'high', dateReceived: '2026-11-01' })
    expect((await run([path], { days: { high: 3 } })).all).toMatchObject([{ dueBy: '2026-11-04', dueFrom: 'risk' }])
  })
})

describe('a worklist', () => {
  test('keeps what was done through new arrivals, and says what changed', async () => {
    const parent = tempFolder()
    const worklist = join(parent, 'worklist.json')
    const incoming = join(parent, 'in')
    mkdirSync(incoming)
    bundle(incoming, '1', { dateReceived: '2026-11-20' }, [])
    const changes = {
      risk: { '1': 'high' },
      assignee: { '1': 'DC Smith' },
      status: { '1': 'in-progress' },
      dueBy: { '1': '2026-12-24' }
    }
    await run([incoming], { worklist, changes })
    copyFileSync(image(KNOWN), join(incoming, '1', KNOWN))
    bundle(incoming, '2')
    const later = await run([incoming], { worklist, today: new Date('2026-12-01T00:00:00Z') })
    expect(later.all[0]).toMatchObject({
      reportId: '1',
      risk: 'high',
      assignee: 'DC Smith',
      status: 'in-progress',
      dueBy: '2026-12-24',
      dueFrom: 'set here',
      changed: expect.arrayContaining(['items: 0 → 1', 'identical: 0 → 1']) as string[]
    })
    expect(later.all[1]).toMatchObject({
      reportId: '2',
      received: '2026-12-01T00:00:00.000Z',
      receivedFrom: 'first seen'
    })
    const alone = await run([join(incoming, '2.json')], { worklist, changes: { status: { '1': 'done' } } })
    expect(alone.summary.notNamed).toEqual(['1'])
    expect((await run([incoming], { worklist })).all.map(({ reportId, changed }) => [reportId, changed])).toEqual([
      ['2', []],
      ['1', []]
    ])
  })

  test.each<[string, NonNullable<ReferralsOptions['changes']>, string]>([
    ['an id that is not there', { risk: { '2': 'high' } }, '2: no referral'],
    ['a risk that is none', { risk: { '1': 'urgent' } }, 'risk is high, medium, low'],
    ['a day that is none', { dueBy: { '1': '2026-02-30' } }, 'dueBy is a day'],
    ['a status that is none', { status: { '1': 'closed' } }, 'status is new'],
    ['nobody', { assignee: { '1': '' } }, 'assignee is a name']
  ])('refuses %s, and stays as it was', async (_, changes, why) => {
    const parent = tempFolder()
    const worklist = join(parent, 'w.json')
    const path = bundle(parent, '1')
    await run([path], { worklist })
    const before = readFileSync(worklist, 'utf8')
    await expect(run([path], { worklist, changes })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(why) as string
    })
    expect(readFileSync(worklist, 'utf8')).toBe(before)
  })

  test.each([
    ['notes', 'notes'],
    ['another document', '{}'],
    ['a later version', '{"type":"referral-worklist","version":2,"referrals":[]}'],
    ['no referrals', '{"type":"referral-worklist","version":1}'],
    ['a referral that is none', '{"type":"referral-worklist","version":1,"referrals":[{"reportId":5}]}'],
    [
      'a risk that is none',
      '{"type":"referral-worklist","version":1,"referrals":[{"reportId":"1","agency":null,"firstSeen":"2026-01-01","risk":"x"}]}'
    ]
  ])('that holds %s is refused, and not written over', async (_, text) => {
    const parent = tempFolder()
    const worklist = join(parent, 'w.json')
    writeFileSync(worklist, text)
    await expect(run([bundle(parent, '1')], { worklist })).rejects.toMatchObject({
      code: 'WORKLIST_INVALID',
      path: worklist
    })
    expect(readFileSync(worklist, 'utf8')).toBe(text)
  })
})

describe('hostile bundles', () => {
  test('of any JSON are a referral or a problem, and nothing else', async () => {
    const names = [
      'reportId',
      'reportedInformation',
      'uploadedFiles',
      'filename',
      'verificationHash',
      'ncmecTags',
      'dueBy'
    ]
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5, depthIdentifier: 'report' },
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 4, depthIdentifier: 'report' }),
        fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.constant('__proto__')), tie('tree'), {
          maxKeys: 5,
          depthIdentifier: 'report'
        })
      )
    }))
    const path = join(tempFolder(), '1.json')
    await fc.assert(
      fc.asyncProperty(tree, async (document) => {
        writeFileSync(path, JSON.stringify({ reportId: '1', reportedInformation: document }))
        const { all, problems } = await run([path])
        expect(all.length + problems.length).toBe(1)
        expect(problems.every(({ code }) => code === 'REFERRAL_INVALID')).toBe(true)
      }),
      { numRuns: 100 }
    )
  })

  test.each<[string, (path: string) => void, RegExp]>([
    ['no report', () => undefined, /no referral in it/],
    [
      'two reports',
      (path) => ['a', 'b'].forEach((name) => writeFileSync(join(path, `${name}.json`), JSON.stringify(report()))),
      /several reports: a\.json, b\.json/
    ],
    ['a report that is cut off', (path) => writeFileSync(join(path, 'r.json'), '{"reportId":"1",'), /not JSON/],
    [
      'a report id that is a list',
      (path) => writeFileSync(join(path, 'r.json'), '{"reportId":[]}'),
      /'reportId' is no text/
    ],
    [
      'XML with entities',
      (path) =>
        writeFileSync(
          join(path, 'r.xml'),
          '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><reportId>&x;</reportId></r>'
        ),
      /document type/
    ],
    [
      'XML nested too deep',
      (path) => writeFileSync(join(path, 'r.xml'), `<r><reportId>1</reportId>${'<a>'.repeat(100)}`),
      /too deep/
    ]
  ])('with %s are problems, and the others are worked with', async (_, spoil, why) => {
    const parent = tempFolder()
    const bad = join(parent, 'bad')
    mkdirSync(bad)
    spoil(bad)
    const good = bundle(parent, 'good')
    const { all, problems } = await run(why.source.includes('several') ? [parent] : [bad, good])
    expect(all).toMatchObject([{ reportId: 'good' }])
    expect(problems).toMatchObject([{ code: 'REFERRAL_INVALID', message: expect.stringMatching(why) as string }])
    expect(problems[0].path).toContain(bad)
  })

  test.skipIf(process.platform === 'win32')('with links out of their folder lead nowhere', async () => {
    const parent = tempFolder()
    const path = bundle(parent, '1', {}, [])
    symlinkSync(image(KNOWN), join(path, KNOWN))
    symlinkSync(path, join(path, 'loop'))
    expect((await run([path])).all).toMatchObject([{ counts: { items: 0 } }])
  })

  test('with odd fields keep what can be used, and say what cannot', async () => {
    const long = 'x'.repeat(2 ** 20)
    const files = [
      5,
      null,
      { filename: long, verificationHash: 'abc' },
      { filename: ['a'], verificationHash: {}, ncmecTags: [[[[[[['deep']]]]]]] }
    ]
    const path = bundle(tempFolder(), '1', { files, risk: 'urgent', dateReceived: 'soon', dueBy: 5 })
    const { all } = await run([path])
    expect(all).toMatchObject([{ risk: 'unknown', counts: { items: 2 } }])
    expect(all[0].warnings).toHaveLength(6)
    expect(all[0].items.every(({ name }) => name.length <= 4096)).toBe(true)
  })
})

test('the command prints the list, writes a page in which nothing runs, and keeps decisions', async () => {
  const parent = tempFolder()
  const name = '<img src onerror>\u202e'
  const path = bundle(parent, '1', {
    reportId: name,
    files: [{ filename: '<script>1</script>', verificationHash: digestHex('md5', 'far away') }]
  })
  const [worklist, html] = [join(parent, 'w.json'), join(parent, 'w.html')]
  const args = ['referrals', path, '--set', index, '--worklist', worklist, '--html', html]
  const first = await runCli([...args, '--risk', `${name}=high`, '--assign', `${name}=DC "Smith" & Co`])
  expect(first.status).toBe(1)
  expect(first.records().map(({ type }) => type)).toEqual(['referral', 'summary'])
  const page = readFileSync(html, 'utf8')
  expect(page).toContain('DC &quot;Smith&quot; &amp; Co')
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? ''
  const digest = createHash('sha256').update(style).digest('base64')
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;`)
  expect(page).not.toMatch(/<img|<script|\u202e/)
  expect(page).not.toMatch(/https?:/)
  writeFileSync(html, 'notes')
  const refused = await runCli(args)
  expect(refused).toMatchObject({ status: 64, stderr: expect.stringContaining(html) as string })
})
