// Verdicts: what gradings of several sets come to, and what they never come to.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Match } from 'exhibit-hash'
import {
  corroborate,
  type CorroborateOptions,
  type CorroborationRule,
  type CorroborationSummary,
  type IdenticalVerdict,
  loadRule,
  type Verdict
} from 'exhibit-hash/casework'
import { runCli } from '../support/cli.js'
import { tempFolder } from '../support/temp.js'
import { match, writeMatched, type MatchFacts } from './matches.js'

async function linesOf(paths: readonly string[], options?: CorroborateOptions) {
  const lines: (Verdict | CorroborationSummary)[] = []
  for await (const line of corroborate(paths, options)) lines.push(line)
  return { verdicts: lines.slice(0, -1) as Verdict[], summary: lines.at(-1) as CorroborationSummary }
}

async function verdictOn(
  matches: readonly Match[],
  options?: CorroborateOptions,
  profiles?: Readonly<Record<string, string>>
): Promise<Verdict> {
  const path = writeMatched(
    join(tempFolder(), 'r.ndjson'),
    [['a', matches]],
    profiles === undefined ? {} : { profiles }
  )
  const { verdicts } = await linesOf([path], options)
  expect(verdicts).toHaveLength(1)
  return verdicts[0]
}

const many = (...facts: MatchFacts[]): Match[] => facts.map((one) => match(one))
const by = (organisation: string, category = 1, more: MatchFacts = {}): MatchFacts => ({
  by: organisation,
  category,
  set: `set of ${organisation}`,
  ...more
})

const CAID: CorroborationRule = {
  sources: [
    { set: 'CAID 2026-09', derivedFrom: 'CAID', release: '2026-09' },
    { set: 'CAID 2026-10', derivedFrom: 'CAID', release: '2026-10' },
    { set: 'Trusted', trusted: true, organisation: 'CAID' }
  ]
}

describe('the grade of identical material', () => {
  test.each<[string, MatchFacts[], CorroborationRule, Partial<IdenticalVerdict['grade']>]>([
    ['of one grader', [by('Force 1')], {}, { standing: 'indicative', category: 1, label: 'Category A', graders: 1 }],
    ['of two', [by('Force 1'), by('Force 2')], {}, { standing: 'agreed', graders: 2 }],
    ['of three', [by('F1'), by('F2'), by('F3')], {}, { standing: 'trusted', graders: 3 }],
    ['of three in one record', [{ by: 'F1; F2; F3' }], {}, { standing: 'trusted', graders: 3 }],
    [
      'of one under three spellings',
      [by('Force 1'), by('FORCE  1 '), by('force 1')],
      {},
      { standing: 'indicative', graders: 1 }
    ],
    [
      'of one under an alias',
      [by('F1'), by('Force 1')],
      { aliases: { f1: 'Force 1' } },
      { standing: 'indicative', graders: 1 }
    ],
    ['of two where two are enough', [by('F1'), by('F2')], { graders: 2 }, { standing: 'trusted', graders: 2 }],
    [
      'of three against one',
      [by('F1'), by('F2'), by('F3'), by('F4', 2)],
      {},
      { standing: 'disputed', category: 1, graders: 3 }
    ],
    [
      'of three against one, which may be',
      [by('F1'), by('F2'), by('F3'), by('F4', 2)],
      { undisputed: false },
      { standing: 'trusted', graders: 3 }
    ],
    [
      'of one against one',
      [by('F1'), by('F2', 2)],
      {},
      { standing: 'disputed', category: null, label: null, graders: 0 }
    ],
    [
      'of sources that name nobody',
      [{ set: 'a' }, { set: 'b' }, { set: 'c' }],
      {},
      { standing: 'indicative', graders: 1 }
    ],
    ['of one and a source that names nobody', [by('F1'), { set: 'b' }], {}, { standing: 'indicative', graders: 1 }],
    ['of one against a source that names nobody', [by('F1'), { set: 'b', category: 2 }], {}, { standing: 'disputed' }],
    [
      'of sources that the rule names',
      [{ set: 'a' }, { set: 'b' }],
      {
        sources: [
          { set: 'a', organisation: 'A' },
          { set: 'b', organisation: 'B' }
        ]
      },
      { standing: 'agreed', graders: 2 }
    ],
    [
      'that nobody gave',
      [{ category: 0 }, { category: null }],
      {},
      { standing: 'ungraded', category: null, graders: 0 }
    ],
    ['of one beside who has not graded', [by('F1'), by('F2', 0)], {}, { standing: 'indicative', graders: 1 }],
    ['of precategorized records', [{ category: null, more: { isPrecategorized: true } }], {}, { standing: 'ungraded' }],
    [
      'of sources of one set that the rule tells apart, and that differ',
      [by('A', 1, { set: 'both', source: 'f12.json' }), by('D', 2, { set: 'both', source: 'f14.json' })],
      { sources: [{ source: 'f12.json', organisation: 'F12' }, { source: 'f14.json' }] },
      { standing: 'disputed' }
    ],
    [
      'of sources of one set that the rule gives to three organisations',
      ['a', 'b', 'c'].map((source) => ({ set: 'all', source })),
      { sources: ['a', 'b', 'c'].map((source) => ({ source, organisation: source.toUpperCase() })) },
      { standing: 'trusted', graders: 3 }
    ],
    [
      'in two releases of one database, side by side in one set',
      [by('F1', 1, { set: 'all', source: 'caid-09' }), by('F2', 2, { set: 'all', source: 'caid-10' })],
      {
        sources: [
          { source: 'caid-09', derivedFrom: 'CAID', release: '2026-09' },
          { source: 'caid-10', derivedFrom: 'CAID', release: '2026-10' }
        ]
      },
      { standing: 'indicative', category: 2, graders: 1 }
    ],
    [
      'in two releases of one database',
      [by('F1', 1, { set: 'CAID 2026-09' }), by('F2', 1, { set: 'CAID 2026-10' })],
      CAID,
      { standing: 'indicative', graders: 1 }
    ],
    [
      'regraded in a newer release',
      [by('F1', 1, { set: 'CAID 2026-10' }), by('F2', 2, { set: 'CAID 2026-09' })],
      CAID,
      { standing: 'indicative', category: 1, graders: 1 }
    ],
    [
      'of several graders in one release',
      [by('F1', 1, { set: 'CAID 2026-10', id: '1' }), by('F2', 1, { set: 'CAID 2026-10', id: '2' })],
      CAID,
      { standing: 'agreed', graders: 2 }
    ],
    [
      'of one record in two sets',
      [
        { set: 'a', source: 's', id: '7', by: 'F1' },
        { set: 'b', source: 's', id: '7', by: 'F2' }
      ],
      {},
      { standing: 'indicative', graders: 1 }
    ],
    [
      'of records without identity',
      [
        { set: 'a', source: 's', id: '0', by: 'F1' },
        { set: 'b', source: 's', id: '0', by: 'F2' }
      ],
      {},
      { standing: 'agreed', graders: 2 }
    ],
    [
      'of a grader that changed its mind',
      [by('F1', 1, { on: '2026-01-01T00:00:00Z' }), by('F1', 2, { on: '2026-02-01T00:00:00Z', set: 'x' })],
      {},
      { standing: 'indicative', category: 2, graders: 1 }
    ],
    [
      'of a grader that contradicts itself',
      [by('F1', 1), by('F1', 2, { set: 'x' })],
      {},
      { standing: 'disputed', category: null }
    ],
    ['in a trusted set', [{ set: 'Trusted' }], CAID, { standing: 'trusted', graders: 1 }],
    ['in a trusted set that somebody disputes', [{ set: 'Trusted' }, by('F1', 2)], CAID, { standing: 'disputed' }],
    [
      'with the tag of trusted records',
      [{ more: { tags: 'x, Trusted ' }, by: 'F1' }],
      { trustedTag: 'trusted' },
      { standing: 'trusted', graders: 1 }
    ],
    [
      'in a code that is not mapped',
      [by('F1', 9), by('F2', 9), by('F3', 9)],
      {},
      { standing: 'agreed', label: 'unmapped', graders: 3 }
    ],
    ['called like what objects have', [by('constructor'), by('__proto__')], {}, { standing: 'agreed', graders: 2 }]
  ])('%s', async (_, facts, rule, grade) => {
    const verdict = await verdictOn(many(...facts), { rule })
    expect(verdict).toMatchObject({ relation: 'identical', grade, lookAgain: grade.standing !== 'trusted' })
  })

  test('says who graded what and when, and which records were not counted', async () => {
    const verdict = await verdictOn(
      many(
        by('F1', 1, { set: 'CAID 2026-10', id: '5', on: '2026-10-01T00:00:00Z' }),
        by('F2', 2, { set: 'CAID 2026-09', id: '5' }),
        { set: 'local', category: 0 }
      ),
      { rule: CAID }
    )
    expect(verdict).toMatchObject({
      grade: {
        opinions: [
          {
            category: 1,
            profile: 'uk 1-assumed',
            graders: [{ organisation: 'F1', updated: '2026-10-01T00:00:00Z' }],
            sets: ['CAID 2026-10']
          }
        ]
      },
      disagreements: [{ kind: 'regraded', sets: ['CAID 2026-09'] }],
      evidence: [{ match: 'exact', gradedBy: ['F1'] }, { notCounted: 'superseded' }, { notCounted: 'ungraded' }]
    })
  })

  test.each<[string, MatchFacts[], string]>([
    ['a record with another digest', [{ relation: 'conflict', set: 'x' }], 'facts'],
    ['a set that lists it as harmless', [{ knownGood: true, set: 'x', category: null }], 'known-good']
  ])('is never trusted beside %s', async (_, facts, kind) => {
    const verdict = await verdictOn(many(by('F1'), by('F2'), by('F3'), ...facts))
    expect(verdict).toMatchObject({ grade: { standing: 'agreed' }, lookAgain: true, disagreements: [{ kind }] })
  })

  test('is never trusted where more records match than are listed', async () => {
    const path = join(tempFolder(), 'r.ndjson')
    writeMatched(path, [['a', many(by('F1'), by('F2'), by('F3')), { matchesOmitted: 1 }]])
    expect((await linesOf([path])).verdicts).toMatchObject([{ grade: { standing: 'agreed' }, evidenceOmitted: 1 }])
  })
})

describe('categories of other profiles', () => {
  const facts = many(by('F1', 1, { set: 'us' }), by('F2', 1), by('F3', 1))
  const profiles = { us: 'us 2.0' }

  test('neither agree nor dispute without a mapping, and keep a grade from being trusted', async () => {
    const rule = { graders: 2 }
    expect(await verdictOn(facts, { rule }, profiles)).toMatchObject({
      grade: { standing: 'agreed', profile: 'uk 1-assumed', graders: 2 },
      disagreements: [{ kind: 'profiles' }]
    })
  })

  test('count as what a mapping says, and keep their own number in the evidence', async () => {
    const mappings = [{ from: 'us 2.0', to: 'uk 1-assumed', categories: { '1': '1' } }]
    const verdict = await verdictOn(facts, { mappings }, profiles)
    expect(verdict).toMatchObject({ grade: { standing: 'trusted', graders: 3 }, disagreements: [] })
    expect(verdict.evidence[0]).toMatchObject({ profile: 'us 2.0', category: 1 })
  })
})

describe('material that is not identical', () => {
  test('is similar to what the nearest records say, and never graded, however many agree', async () => {
    const near = ['F1', 'F2', 'F3'].map((name) => match(by(name, 1, { relation: 'similar', distance: 4 })))
    const verdict = await verdictOn([...near, match(by('F4', 2, { relation: 'similar', distance: 20 }))])
    expect(verdict).toMatchObject({
      relation: 'similar',
      similarTo: { standing: 'agreed', category: 1, graders: 3 },
      lookAgain: true,
      evidence: [{ match: 'near', distanceBits: 4 }, {}, {}, { distanceBits: 20, category: 2 }]
    })
    expect(verdict).not.toHaveProperty('grade')
  })

  test('is in conflict with what contradicted records say', async () => {
    const verdict = await verdictOn(many(by('F1', 1, { relation: 'conflict' }), by('F2', 1, { relation: 'similar' })))
    expect(verdict).toMatchObject({
      relation: 'conflict',
      claimed: { standing: 'indicative', category: 1 },
      lookAgain: true
    })
    expect(verdict).not.toHaveProperty('grade')
  })

  test('does not change the grade of identical material', async () => {
    const verdict = await verdictOn(many(by('F1', 1), by('F2', 2, { relation: 'similar' })))
    expect(verdict).toMatchObject({ grade: { standing: 'indicative', category: 1 }, disagreements: [] })
  })
})

describe('corroborate', () => {
  test('makes one item of equal contents in all results, and leaves out what is harmless or did not match', async () => {
    const folder = tempFolder()
    const good = match({ knownGood: true, set: 'NSRL', category: null })
    const paths = [
      writeMatched(
        join(folder, '1.ndjson'),
        [
          ['a', many(by('F1'))],
          ['b', []],
          ['a', many(by('F1'))],
          ['good', [good]]
        ],
        { exhibit: 'AB-1' }
      ),
      writeMatched(
        join(folder, '2.ndjson'),
        [
          ['c', many(by('F9'))],
          ['a', many(by('F2'))]
        ],
        { exhibit: 'AB-2' }
      )
    ]
    const { verdicts, summary } = await linesOf(paths)
    expect(verdicts.map((one) => one.files.map(({ exhibit, seq }) => [exhibit, seq]))).toEqual([
      [['AB-2', 0]],
      [
        ['AB-1', 0],
        ['AB-1', 2],
        ['AB-2', 1]
      ]
    ])
    expect(verdicts[1]).toMatchObject({ grade: { standing: 'agreed', graders: 2 } })
    expect(verdicts[1].evidence).toHaveLength(2)
    expect(summary).toMatchObject({ items: 2, files: 4, lookAgain: 2, standings: { agreed: 1, indicative: 1 } })
  })

  test('holds that more graders never make a grade less sure, whatever their order', async () => {
    const votes = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 2 })), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(votes, async (all) => {
        const facts = all.map(([grader, category], i) =>
          match(by(`F${grader}`, category, { set: `s${i}`, id: String(i + 1) }))
        )
        const one = await verdictOn(facts)
        const other = await verdictOn([...facts].reverse())
        const distinct = new Set(all.map(([, category]) => category)).size
        const graders = new Set(all.map(([grader]) => grader)).size
        const expected = distinct > 1 ? 'disputed' : graders >= 3 ? 'trusted' : graders === 2 ? 'agreed' : 'indicative'
        expect(one).toMatchObject({ grade: { standing: expected } })
        expect(other).toMatchObject({ grade: { standing: expected, graders: (one as IdenticalVerdict).grade.graders } })
      }),
      { numRuns: 40 }
    )
  })

  test.each<[string, object]>([
    ['a time that is none', { grading: { updated: 'yesterday' } }],
    ['a set name of a megabyte', { set: 'x'.repeat(2 ** 20) }],
    ['a category of markup', { category: '<script>', label: '=cmd()' }]
  ])('takes a match with %s as it is', async (_, odd) => {
    const verdict = await verdictOn([{ ...match(), ...odd }])
    expect(verdict).toMatchObject({ relation: 'identical', grade: { standing: 'indicative' }, lookAgain: true })
  })

  test.each<[string, object]>([
    ['grading that is null', { grading: null }],
    ['graders that are a list', { grading: { gradedBy: ['F1'], updated: 5, tags: {} } }],
    ['no list of what agrees', { agreeing: 5 }]
  ])('refuses a match with %s', async (_, odd) => {
    await expect(verdictOn([{ ...match(), ...odd }])).rejects.toMatchObject({ code: 'RESULTS_INVALID' })
  })

  test('refuses results that are cut off, and names them', async () => {
    const path = join(tempFolder(), 'r.ndjson')
    writeFileSync(path, '{"type":"header","schemaVersion":1}\n')
    await expect(linesOf([path])).rejects.toMatchObject({ code: 'RESULTS_INVALID', path })
  })
})

describe('a rule', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'not JSON'],
    ['a list', [], 'is no object'],
    ['no graders', { graders: 0 }, '"graders"'],
    ['a name misspelt', { grader: 3 }, '"grader" is none of'],
    ['sources that are none', { sources: {} }, '"sources"'],
    ['a source misspelt', { sources: [{ derivedfrom: 'x' }] }, '"sources"'],
    ['aliases to nothing', { aliases: { a: '' } }, '"aliases"']
  ])('with %s is refused, with its path', async (_, value, why) => {
    const path = join(tempFolder(), 'rule.json')
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
    await expect(loadRule(path)).rejects.toMatchObject({
      code: 'RULE_INVALID',
      path,
      message: expect.stringContaining(why) as string
    })
  })
})

test('the command prints verdicts and what exhibits share, and only disagreements where asked for', async () => {
  const folder = tempFolder()
  const paths = [
    writeMatched(
      join(folder, '1.ndjson'),
      [
        ['a', many(by('F1'), by('F2', 2))],
        ['b', many(by('F1'))]
      ],
      { exhibit: 'AB-1' }
    ),
    writeMatched(join(folder, '2.ndjson'), [['a', []]], { exhibit: 'AB-2' })
  ]
  const all = await runCli(['corroborate', ...paths])
  expect(all.status).toBe(0)
  expect(all.records().map(({ type, relation, between }) => [type, relation ?? between])).toEqual([
    ['verdict', 'identical'],
    ['verdict', 'identical'],
    ['summary', undefined],
    ['shared', 'exhibits']
  ])
  expect(all.stderr).toContain('disagreements: graders')
  const rule = join(folder, 'rule.json')
  writeFileSync(rule, '{"graders":0}')
  const refused = await runCli(['corroborate', paths[0], '--rule', rule])
  expect(refused).toMatchObject({ status: 64, stdout: '', stderr: expect.stringContaining(rule) as string })
})
