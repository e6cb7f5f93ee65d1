// `referrals`: bundles of agencies matched, compared with each other and put in order of work.

import { ExhibitHashError, toExhibitHashError } from '../../core/errors.js'
import type { HashSet } from '../../index/index.js'
import type { ScanOptions } from '../../pipeline/index.js'
import { groupBy } from '../corroboration/grade.js'
import { weighingOf, type WeighingOptions } from '../corroboration/weighing.js'
import { assessBundles, idOf, type Assessment } from './assess.js'
import { findBundles, type Bundle } from './bundle.js'
import { dayAfter, DEFAULT_RISK_DAYS, inOrder, type RiskDays, type Unplaced } from './order.js'
import {
  type Referral,
  type ReferralCounts,
  type ReferralItem,
  type ReferralLine,
  type ReferralProblem,
  type Risk,
  RISKS
} from './types.js'
import { keyOf, type ReferralChanges, Worklist } from './worklist.js'

export interface ReferralsOptions extends Pick<WeighingOptions, 'rule' | 'signal'> {
  readonly sets: readonly HashSet[]
  /** File in which decisions are kept; made where it is not there. Without one nothing is kept. */
  readonly worklist?: string
  readonly changes?: ReferralChanges
  /** Days from receipt to the due date, by risk. Default 7, 14 and 30. */
  readonly days?: Partial<RiskDays>
  /** What priorities of agencies mean for the risk, such as `{ E: 'high' }`; of others the risk stays unknown. */
  readonly priorities?: Readonly<Record<string, Risk>>
  /** For what is overdue and when a referral was first seen. Default now. */
  readonly today?: Date
  readonly concurrency?: number
  readonly onProgress?: NonNullable<ScanOptions['onProgress']>
}

/**
 * The worklist of referral bundles: referrals in the order of work, then bundles that cannot be worked with, then a
 * summary. The bundles are only read.
 *
 * @example
 * for (const line of await referrals(['referrals/'], { sets: [set], worklist: 'worklist.json' })) {
 *   if (line.type === 'referral') console.log(line.position, line.reportId, line.reasons)
 * }
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, WORKLIST_INVALID, RULE_INVALID, USAGE, WRITE_FAILED, INDEX_DAMAGED, ABORTED
 */
export async function referrals(paths: readonly string[], options: ReferralsOptions): Promise<ReferralLine[]> {
  const { rule } = weighingOf(options)
  const priorities = checkPriorities(options.priorities ?? {})
  const { concurrency, signal, onProgress, sets, today = new Date() } = options
  return Worklist.during(options.worklist ?? null, async (worklist) => {
    const bundles: Bundle[] = []
    const problems: ReferralProblem[] = []
    for await (const found of findBundles(paths)) {
      if ('type' in found) problems.push(found)
      else bundles.push(found)
    }
    const assessed: Assessment[] = []
    const scanOptions = {
      sets,
      ...(concurrency !== undefined && { concurrency }),
      ...(signal !== undefined && { signal }),
      ...(onProgress !== undefined && { onProgress })
    }
    // Before the long part: a misspelt name must not cost it.
    keepFirstSight(worklist, bundles, today)
    worklist.change(options.changes ?? {})
    for await (const one of assessBundles(bundles, scanOptions, rule)) assessed.push(one)
    const terms = { days: { ...DEFAULT_RISK_DAYS, ...options.days }, priorities, today }
    const placed = inOrder(withAlsoIn(withTwins(assessed)).map((one) => referralOf(one, worklist, terms)))
    return [...placed, ...problems, summaryOf(placed, problems, worklist)]
  }).catch((error: unknown) => {
    throw toExhibitHashError(error, 'INTERNAL')
  })
}

function keepFirstSight(worklist: Worklist, bundles: readonly Bundle[], today: Date): void {
  for (const { report } of bundles) {
    const { agency, reportId } = report
    if (worklist.get(agency, reportId) === undefined) {
      worklist.set({ reportId, agency, firstSeen: today.toISOString() })
    }
  }
}

/** Two bundles of one report are two copies, or an addition to the first: each says that the other is there. */
function withTwins(assessed: readonly Assessment[]): Assessment[] {
  const groups = groupBy(assessed, ({ bundle }) => keyOf(bundle.report))
  const pathsOf = new Map(groups.flatMap((group) => group.map((one) => [one, group.map(({ bundle }) => bundle.path)])))
  return assessed.map((one) => {
    const others = (pathsOf.get(one) ?? []).filter((path) => path !== one.bundle.path)
    const isFirst = others.every((path) => one.bundle.path < path)
    const warnings = others.map((path) => `${path} has the same report id of the same agency`)
    return { ...one, isFirst, warnings: [...one.warnings, ...warnings] }
  })
}

/** A content that stands in several referrals is shown in each, with the others named. */
function withAlsoIn(assessed: readonly Assessment[]): Assessment[] {
  const holders = new Map<string, Set<number>>()
  for (const [number, { items }] of assessed.entries()) {
    // Reports name contents by any of their digests.
    for (const item of items) {
      for (const id of digestsOf(item)) holders.set(id, (holders.get(id) ?? new Set()).add(number))
    }
  }
  return assessed.map((assessment, number) => {
    const items = assessment.items.map((item): ReferralItem => {
      const others = new Set(digestsOf(item).flatMap((id) => [...(holders.get(id) ?? [])]))
      others.delete(number)
      const alsoIn = [...others].sort((a, b) => a - b).map((other) => assessed[other].bundle.report.reportId)
      return { ...item, alsoIn }
    })
    return { ...assessment, items }
  })
}

function digestsOf({ digests }: ReferralItem): string[] {
  return Object.values(digests)
}

interface Terms {
  readonly days: RiskDays
  readonly priorities: ReadonlyMap<string, Risk>
  readonly today: Date
}

/** @throws {ExhibitHashError} USAGE */
function checkPriorities(given: Readonly<Record<string, Risk>>): Map<string, Risk> {
  for (const [priority, risk] of Object.entries(given)) {
    if (RISKS.includes(risk)) continue
    const message = `priority ${priority} is ${risk as string}: a risk is one of ${RISKS.join(', ')}`
    throw new ExhibitHashError('USAGE', message)
  }
  return new Map(Object.entries(given).map(([priority, risk]) => [priority.toLowerCase(), risk]))
}

function referralOf(
  { bundle, items, warnings, isFirst = true }: Assessment,
  worklist: Worklist,
  terms: Terms
): Unplaced {
  const { days, priorities, today } = terms
  const { reportId, agency, received, risk: reported, priority, dueBy: reportedDue } = bundle.report
  const kept = worklist.get(agency, reportId) ?? { reportId, agency, firstSeen: today.toISOString() }
  const implied = priority === null ? undefined : priorities.get(priority.toLowerCase())
  const risk = kept.risk ?? reported ?? implied ?? 'unknown'
  const since = received ?? kept.firstSeen
  const given = kept.dueBy ?? reportedDue
  const dueBy = given ?? (risk === 'unknown' ? null : dayAfter(since, days[risk]))
  const status = kept.status ?? 'new'
  const counts = countsOf(items)
  if (isFirst) worklist.set({ ...kept, seen: counts })
  return {
    type: 'referral',
    reportId,
    agency,
    path: bundle.path,
    risk,
    riskFrom: riskSource(kept.risk, reported, implied),
    priority,
    dueBy,
    dueFrom: kept.dueBy !== undefined ? 'set here' : reportedDue !== null ? 'report' : dueBy === null ? null : 'risk',
    isOverdue: status !== 'done' && dueBy !== null && dueBy < today.toISOString().slice(0, 10),
    assignee: kept.assignee ?? null,
    status,
    received: since,
    receivedFrom: received === null ? 'first seen' : 'report',
    counts,
    changed: kept.seen === undefined || !isFirst ? [] : changesIn(kept.seen, counts),
    warnings,
    items: [...items].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  }
}

function riskSource(here: Risk | undefined, reported: Risk | null, implied: Risk | undefined): Referral['riskFrom'] {
  if (here !== undefined) return 'set here'
  if (reported !== null) return 'report'
  return implied === undefined ? null : 'priority'
}

function countsOf(items: readonly ReferralItem[]): ReferralCounts {
  const count = (is: (item: ReferralItem) => boolean): number => items.filter(is).length
  return {
    items: items.length,
    // Of what there is but a name nobody can say whether it was seen.
    neverSeen: count((item) => item.relation === null && item.error === null && digestsOf(item).length > 0),
    identical: count(({ relation }) => relation === 'identical'),
    trusted: count(({ standing }) => standing === 'trusted'),
    conflict: count(({ relation }) => relation === 'conflict'),
    similar: count(({ relation }) => relation === 'similar'),
    knownGood: count(({ relation }) => relation === 'known-good'),
    victimNotIdentified: count(({ victimIdentified }) => victimIdentified === false),
    lookAgain: count(({ lookAgain }) => lookAgain),
    notThere: count(({ present }) => !present),
    unread: count(({ error }) => error !== null)
  }
}

function changesIn(before: ReferralCounts, now: ReferralCounts): string[] {
  const names = Object.keys(now) as (keyof ReferralCounts)[]
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? 0} → ${now[name]}`)
}

function summaryOf(
  placed: readonly Referral[],
  problems: readonly ReferralProblem[],
  worklist: Worklist
): ReferralLine {
  const sum = (of: (counts: ReferralCounts) => number): number =>
    placed.reduce((all, { counts }) => all + of(counts), 0)
  return {
    type: 'summary',
    referrals: placed.length,
    problems: problems.length,
    overdue: placed.filter(({ isOverdue }) => isOverdue).length,
    unknownRisk: placed.filter(({ risk }) => risk === 'unknown').length,
    notNamed: worklist.others(placed),
    items: sum(({ items }) => items),
    neverSeen: sum(({ neverSeen }) => neverSeen),
    matched: sum(({ identical, conflict, similar }) => identical + conflict + similar),
    unread: sum(({ unread }) => unread)
  }
}
