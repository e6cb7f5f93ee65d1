// The summary of a run: each file once, by the strongest that was found of it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ErrorCode, FileRecord, Match } from 'exhibit-hash'
import { strongestRelation, SummaryCounter } from '../../src/results/index.js'

type Relation = Match['relation']

const match = (relation: Relation, more: object = {}): Match =>
  ({
    relation,
    by: 'md5',
    set: 'A',
    source: 's',
    mediaId: '1',
    category: 1,
    label: 'one',
    grading: {},
    ...more
  }) as Match

const file = (more: Partial<FileRecord> = {}): FileRecord => ({
  type: 'file',
  seq: 0,
  path: 'a',
  sizeBytes: 10,
  digests: null,
  media: null,
  hashes: null,
  error: null,
  ...more
})

function summaryOf(...files: readonly FileRecord[]) {
  const counter = new SummaryCounter()
  for (const one of files) counter.add(one)
  return counter.summary
}

describe('the strongest relation of a file', () => {
  test.each<[string, Match[] | undefined, string | null]>([
    ['no set', undefined, null],
    ['no match', [], null],
    ['similar and conflict', [match('similar'), match('conflict')], 'conflict'],
    ['conflict and identical', [match('conflict'), match('identical')], 'identical'],
    ['known-good alone', [match('identical', { knownGood: true })], 'knownGood'],
    ['known-good and similar', [match('identical', { knownGood: true }), match('similar')], 'similar']
  ])('with %s is told', (_, matches, expected) => {
    expect(strongestRelation(matches)).toBe(expected)
  })
})

describe('a summary', () => {
  const relation = fc.constantFrom<Relation>('identical', 'conflict', 'similar')
  const matches = fc.array(
    fc
      .tuple(relation, fc.integer({ min: 0, max: 3 }), fc.boolean())
      .map(([kind, category, good]) => match(kind, { category, ...(good && { knownGood: true }) })),
    { maxLength: 4 }
  )

  test('counts each file once, whatever its matches', () => {
    fc.assert(
      fc.property(fc.array(matches, { maxLength: 20 }), (lists) => {
        const { files, identical, conflict, similar, knownGood } = summaryOf(
          ...lists.map((list) => file({ matches: list }))
        )
        expect(files).toBe(lists.length)
        expect(identical + conflict + similar + knownGood).toBe(lists.filter((list) => list.length > 0).length)
      })
    )
  })

  test('counts bytes, pictures, partial ones, errors and what was skipped', () => {
    const image = { kind: 'image', format: 'jpeg', width: 4, height: 4 } as const
    const error = { code: 'DECODE_FAILED', message: '', stage: 'decode' } as const
    const summary = summaryOf(
      file({ media: { ...image, partial: true } }),
      file({ media: image, sizeBytes: 5 }),
      file({ media: { kind: 'image', format: 'bmp' }, error }),
      file({ skipped: 'symlink', sizeBytes: null }),
      file({ media: { kind: 'video', format: 'mp4' } })
    )
    expect(summary).toMatchObject({ files: 5, bytes: 35, images: 2, partial: 1, errors: 1, skipped: 1, categories: [] })
  })

  test('counts errors by their code, in the order of the codes', () => {
    const failed = (code: ErrorCode) => file({ error: { code, message: '', stage: 'read' } })
    const { errors, errorCodes } = summaryOf(failed('READ_FAILED'), failed('EMPTY_FILE'), failed('READ_FAILED'))
    expect({ errors, errorCodes }).toEqual({ errors: 3, errorCodes: { EMPTY_FILE: 1, READ_FAILED: 2 } })
    expect(Object.keys(errorCodes ?? {})).toEqual(['EMPTY_FILE', 'READ_FAILED'])
    expect(summaryOf(file())).not.toHaveProperty('errorCodes')
  })

  test('counts a file once a set and category, by the strongest relation there, in the order of sets and categories', () => {
    const summary = summaryOf(
      file({ matches: [match('similar', { category: 10 }), match('identical', { category: 10 }), match('similar')] }),
      file({
        matches: [match('similar', { category: 2 }), match('conflict', { set: 'B', category: null, label: null })]
      })
    )
    expect(summary.categories.map((row) => [row.set, row.category, row.identical, row.similar, row.conflict])).toEqual([
      ['A', 1, 0, 1, 0],
      ['A', 2, 0, 1, 0],
      ['A', 10, 1, 0, 0],
      ['B', null, 0, 0, 1]
    ])
  })
})
