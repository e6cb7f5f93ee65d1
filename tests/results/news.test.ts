// What is new between two lists of matches of one file, and what is gone.

import { describe, expect, test } from 'vitest'
import type { Match } from 'exhibit-hash'
import { compareMatches } from '../../src/results/index.js'

type Say = Partial<Record<keyof Match | 'distanceBits' | 'variant', unknown>>

const of = (mediaId: string | null, relation: Match['relation'], more: Say = {}): Match => {
  const how =
    relation === 'similar' ? { by: 'pdq', distanceBits: 10, variant: 'original' } : { by: 'md5', agreeing: ['md5'] }
  return { relation, ...how, set: 'S', source: 'a', mediaId, category: 1, label: 'A', grading: {}, ...more } as Match
}

const turned = { variant: 'flipX', distanceBits: 4 }

interface Case {
  readonly name: string
  readonly earlier: readonly Match[]
  readonly now: readonly Match[]
  readonly news?: readonly string[]
  readonly gone?: number
  readonly unasked?: number
  readonly bySource?: boolean
  readonly isWhole?: boolean
  readonly near?: Readonly<Record<string, number>>
}

const CASES: readonly Case[] = [
  { name: 'the same', earlier: [of('1', 'identical')], now: [of('1', 'identical')] },
  {
    name: 'a record',
    earlier: [of('1', 'identical')],
    now: [of('1', 'identical'), of('2', 'similar')],
    news: ['record']
  },
  {
    name: 'another category',
    earlier: [of('1', 'identical')],
    now: [of('1', 'identical', { category: 2 })],
    news: ['grading']
  },
  {
    name: 'another label',
    earlier: [of('1', 'similar')],
    now: [of('1', 'similar', { label: 'X' })],
    news: ['grading']
  },
  {
    name: 'from similar to identical',
    earlier: [of('1', 'similar')],
    now: [of('1', 'identical'), of('1', 'similar')],
    news: ['relation']
  },
  {
    name: 'from identical to conflict',
    earlier: [of('1', 'identical')],
    now: [of('1', 'conflict')],
    news: ['relation']
  },
  { name: 'from identical to similar: less', earlier: [of('1', 'identical')], now: [of('1', 'similar')], gone: 1 },
  {
    name: 'also similar: no more than before',
    earlier: [of('1', 'identical')],
    now: [of('1', 'identical'), of('1', 'similar')]
  },
  { name: 'another distance', earlier: [of('1', 'similar')], now: [of('1', 'similar', { distanceBits: 2 })] },
  { name: 'nothing any more', earlier: [of('1', 'identical'), of('1', 'similar')], now: [], gone: 2 },
  { name: 'nothing in a list that was cut', earlier: [of('1', 'identical')], now: [], isWhole: false },
  { name: 'a turned copy that is not asked for', earlier: [of('1', 'similar', turned)], now: [], unasked: 1 },
  { name: 'a turned copy that is near as it is', earlier: [of('1', 'similar', turned)], now: [of('1', 'similar')] },
  { name: 'a kind that is not asked for', earlier: [of('1', 'similar')], now: [], near: {}, unasked: 1 },
  { name: 'a distance that is not asked for', earlier: [of('1', 'similar')], now: [], near: { pdq: 9 }, unasked: 1 },
  { name: 'a set of another name', earlier: [of('1', 'identical')], now: [of('1', 'identical', { set: 'T' })] },
  {
    name: 'a source of another name',
    earlier: [of('1', 'identical')],
    now: [of('1', 'identical', { source: 'b' })],
    news: ['record'],
    gone: 1
  },
  {
    name: 'a source of another name, not regarded',
    earlier: [of('1', 'identical')],
    now: [of('1', 'identical', { source: 'b' })],
    bySource: false
  },
  {
    name: 'one of two gradings',
    earlier: [of('1', 'identical'), of('1', 'identical', { category: 2 })],
    now: [of('1', 'identical')],
    gone: 1
  },
  ...[null, '0'].flatMap((id): Case[] => [
    {
      name: `${id}: the same`,
      earlier: [of(id, 'similar'), of(id, 'identical')],
      now: [of(id, 'identical'), of(id, 'similar')]
    },
    {
      name: `${id}: one more that says the same`,
      earlier: [of(id, 'identical')],
      now: [of(id, 'identical'), of(id, 'identical')],
      news: ['record']
    },
    {
      name: `${id}: one that is nearer`,
      earlier: [of(id, 'similar')],
      now: [of(id, 'similar', { distanceBits: 3 }), of(id, 'similar')],
      news: ['record']
    },
    {
      name: `${id}: another category`,
      earlier: [of(id, 'identical')],
      now: [of(id, 'identical', { category: 2 })],
      news: ['grading']
    },
    { name: `${id}: now a conflict`, earlier: [of(id, 'identical')], now: [of(id, 'conflict')], news: ['relation'] },
    { name: `${id}: a turned copy near as it is`, earlier: [of(id, 'similar', turned)], now: [of(id, 'similar')] },
    { name: `${id}: a turned copy not asked for`, earlier: [of(id, 'similar', turned)], now: [], unasked: 1 },
    { name: `${id}: nothing any more`, earlier: [of(id, 'identical')], now: [], gone: 1 }
  ])
]

describe('what is new', () => {
  test.each(CASES)('$name', ({ earlier, now, news = [], gone = 0, unasked = 0, ...options }) => {
    const { bySource = true, isWhole = true, near = { pdq: 31 } } = options
    const compared = compareMatches(earlier, now, { bySource, isWhole, near })
    expect(compared.news.map((match) => match.news)).toEqual(news)
    expect([compared.gone.length, compared.unasked.length]).toEqual([gone, unasked])
    expect(compared.matches.map(({ news: _, before: __, ...match }) => match)).toEqual(now)
  })

  test('says what the record was, by its strongest match', () => {
    const earlier = [of('1', 'similar'), of('1', 'conflict')]
    const [match] = compareMatches(earlier, [of('1', 'identical')], { bySource: true, isWhole: true, near: {} }).news
    expect(match.before).toEqual({ relation: 'conflict', category: 1, label: 'A' })
  })
})
