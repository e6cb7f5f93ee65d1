// The order of work, and why each referral stands where it stands: risk and due date first, then material that nobody has
// seen before, victims who are not identified, number of items, age.

import type { Referral, Risk } from './types.js'

export type Unplaced = Omit<Referral, 'position' | 'reasons'>

/** Days from when the agency had it. */
export type RiskDays = Readonly<Record<Risk, number>>
export const DEFAULT_RISK_DAYS: RiskDays = { high: 7, medium: 14, low: 30 }

/** Unknown comes right behind high: it may be that, and nobody has said that it is not. */
const RANKS: Readonly<Record<Risk | 'unknown', number>> = { high: 0, unknown: 1, medium: 2, low: 3 }

interface Criterion {
  readonly name: string
  /** Less is earlier. */
  readonly rank: (referral: Unplaced) => number | string
  readonly reason: (referral: Unplaced) => string
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`

function riskReason({ risk, riskFrom, priority }: Unplaced): string {
  const own = priority === null ? '' : `; the agency's own priority is ${priority}`
  if (risk === 'unknown') {
    const mapped = own === '' ? '' : `${own}, and nobody has said what that means for the risk`
    return `risk unknown: nobody has assessed it, and it may be high${mapped}`
  }
  return riskFrom === 'priority' ? `risk ${risk}, which priority ${priority} was said to mean` : `risk ${risk}${own}`
}

const CRITERIA: readonly Criterion[] = [
  {
    name: 'status',
    rank: ({ status }) => (status === 'done' ? 1 : 0),
    reason: ({ status, assignee }) =>
      `status ${status}${assignee === null ? ', nobody assigned' : `, assigned to ${assignee}`}`
  },
  {
    name: 'risk',
    rank: ({ risk }) => RANKS[risk],
    reason: riskReason
  },
  {
    name: 'due date',
    // Nothing is due behind everything that is.
    rank: ({ dueBy }) => dueBy ?? '9999-99-99',
    reason: ({ dueBy, dueFrom, isOverdue, risk }) => {
      if (dueBy === null) return 'no due date: none was set, and it follows from the risk, which is unknown'
      const from =
        dueFrom === 'risk'
          ? `by the days for ${risk} risk`
          : dueFrom === 'report'
            ? 'as the report says'
            : 'as set here'
      return `due by ${dueBy}, ${from}${isOverdue ? ': OVERDUE' : ''}`
    }
  },
  {
    name: 'never-seen-before material',
    rank: ({ counts }) => -counts.neverSeen,
    reason: ({ counts }) => `${count(counts.neverSeen, 'item', 'items')} never seen before`
  },
  {
    name: 'victims not identified',
    rank: ({ counts }) => -counts.victimNotIdentified,
    reason: ({ counts }) => `${count(counts.victimNotIdentified, 'item', 'items')} with a victim not yet identified`
  },
  {
    name: 'number of items',
    rank: ({ counts }) => -counts.items,
    reason: ({ counts }) => `${count(counts.items, 'item', 'items')} in all`
  },
  {
    name: 'age',
    rank: ({ received }) => received,
    reason: ({ received, receivedFrom }) =>
      receivedFrom === 'report'
        ? `received ${received.slice(0, 10)}`
        : `first seen ${received.slice(0, 10)}: the report has no date`
  },
  { name: 'report', rank: ({ agency, reportId }) => JSON.stringify([agency, reportId]), reason: () => '' },
  { name: 'path', rank: ({ path }) => path, reason: () => '' }
]

/** Referrals in the order of work, each with its reasons and what puts it before the next. */
export function inOrder(referrals: readonly Unplaced[]): Referral[] {
  const sorted = [...referrals].sort((a, b) => decide(a, b).order)
  return sorted.map((referral, i) => {
    const next = sorted.at(i + 1)
    const reasons = CRITERIA.map(({ reason }) => reason(referral)).filter((text) => text !== '')
    if (next !== undefined) reasons.push(`stands before ${next.reportId} by ${decide(referral, next).by}`)
    return { ...referral, position: i + 1, reasons }
  })
}

function decide(a: Unplaced, b: Unplaced): { readonly order: number; readonly by: string } {
  for (const { name, rank } of CRITERIA) {
    const [left, right] = [rank(a), rank(b)]
    if (left !== right) return { order: left < right ? -1 : 1, by: name }
  }
  return { order: 0, by: 'nothing: they are alike' }
}

/** The day that is so many days after another. */
export function dayAfter(received: string, days: number): string {
  return new Date(Date.parse(received.slice(0, 10)) + days * 86_400_000).toISOString().slice(0, 10)
}
