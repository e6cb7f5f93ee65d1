// From evidence to a grade: who is independent of whom, which of several gradings of one grader counts, and what that
// comes to. Where nobody can tell, the answer is the less sure one.

import { UNMAPPED_LABEL } from '../../core/category.js'
import type { Weighed } from './evidence.js'
import { plainName, type Rule } from './rule.js'
import type { Grade, NotCounted, Opinion, Standing } from './verdict-types.js'

export interface GradeResult {
  readonly grade: Grade
  /** Opinions in profiles that cannot be compared with that of the grade. */
  readonly incomparable: readonly Opinion[]
  readonly reasons: readonly string[]
}

/** Marks in place what is not counted, so that evidence says so itself. */
export function markNotCounted(all: readonly Weighed[], rule: Rule): void {
  const mark = (one: Weighed, notCounted: NotCounted): void => {
    one.evidence = { ...one.evidence, notCounted }
  }
  const graded: Weighed[] = []
  for (const one of all) {
    if (one.isKnownGood) mark(one, 'known-good')
    else if (rule.isUngraded(one.evidence.category)) mark(one, 'ungraded')
    else graded.push(one)
  }
  for (const one of superseded(graded)) mark(one, 'superseded')
}

/** Of each database the newest release that knows the item speaks; of one record in several sets its newest copy. */
function superseded(graded: readonly Weighed[]): Set<Weighed> {
  const old = new Set<Weighed>()
  for (const releases of groupBy(graded, ({ lineage }) => lineage).map((own) =>
    groupBy(own, (one) => one.releaseKey)
  )) {
    const newest = releases.reduce((best, each) => (isNewer(each, best) ? each : best))
    for (const release of releases) if (release !== newest) release.forEach((one) => old.add(one))
  }
  const counted = graded.filter((one) => !old.has(one) && isIdentity(one.evidence.mediaId))
  for (const copies of groupBy(counted, ({ evidence: { source, mediaId } }) => JSON.stringify([source, mediaId]))) {
    const newest = copies.reduce((best, each) => (isNewer([each], [best]) ? each : best))
    // Records of one set are different records, whatever their numbers.
    for (const copy of copies) if (copy.evidence.set !== newest.evidence.set) old.add(copy)
  }
  return old
}

/** By the names of releases where both have one, else by the last grading; what comes later otherwise. */
function isNewer(a: readonly Weighed[], b: readonly Weighed[]): boolean {
  const [left, right] = [a[0].release, b[0].release]
  if (left !== null && right !== null && left !== right) return left > right
  return lastOf(a) >= lastOf(b)
}

function lastOf(group: readonly Weighed[]): number {
  return Math.max(...group.map(({ updatedMs }) => updatedMs ?? -Infinity))
}

/** A MediaID of 0 occurs and identifies nothing. */
function isIdentity(mediaId: string | null): boolean {
  return mediaId !== null && mediaId !== '' && mediaId !== '0'
}

/** One category of one profile, as it is being counted. */
interface Tally {
  readonly compared: Weighed['compared']
  label: string | null
  readonly graders: Map<string, { readonly organisation: string; readonly updated: string | null }>
  unnamed: boolean
  readonly sets: Set<string>
  isTrusted: boolean
}

/** The grade of what `all` is evidence of; evidence that is not counted must have been marked. */
export function gradeOf(all: readonly Weighed[], rule: Rule): GradeResult {
  const byProfile = groupBy(
    all.filter(({ evidence }) => evidence.notCounted === undefined),
    ({ compared }) => String(compared.profile)
  ).map((own) => tallies(own))
  if (byProfile.length === 0) {
    return { grade: EMPTY_GRADE, incomparable: [], reasons: ['none of the records has a grade'] }
  }
  const [main, ...others] = byProfile.sort((a, b) => graderCount(b) - graderCount(a))
  return weigh(main, others.flat(), rule)
}

const EMPTY_GRADE: Grade = {
  standing: 'ungraded',
  category: null,
  label: null,
  profile: null,
  graders: 0,
  opinions: []
}

function graderCount(opinions: readonly Tally[]): number {
  return opinions.reduce((sum, one) => sum + strengthOf(one), 0)
}

/** Sources that do not say who graded may all be one, and may be one that is named: they count only where nobody else does. */
function strengthOf({ graders, unnamed }: Tally): number {
  return graders.size > 0 ? graders.size : unnamed ? 1 : 0
}

/** Opinions in one profile, the strongest first. */
function tallies(evidence: readonly Weighed[]): Tally[] {
  const byCode = new Map<string, Tally>()
  const current = currentVotes(evidence)
  for (const one of evidence) {
    const code = String(one.compared.category)
    const { gradedBy, updated, set } = one.evidence
    const votes = gradedBy.filter((name) => current.has(voteKey(name, code)))
    if (gradedBy.length > 0 && votes.length === 0) continue // each of its graders has said something else since
    const { compared } = one
    const kept = byCode.get(code) ?? newTally(compared)
    byCode.set(code, kept)
    kept.label ??= compared.label
    kept.sets.add(set)
    kept.isTrusted ||= one.isTrusted
    kept.unnamed ||= gradedBy.length === 0
    for (const organisation of votes) {
      const known = kept.graders.get(plainName(organisation))
      if (known === undefined || (updated ?? '') > (known.updated ?? '')) {
        kept.graders.set(plainName(organisation), { organisation: known?.organisation ?? organisation, updated })
      }
    }
  }
  return [...byCode.values()].sort((a, b) => strengthOf(b) - strengthOf(a))
}

function newTally(compared: Weighed['compared']): Tally {
  return { compared, label: compared.label, graders: new Map(), unnamed: false, sets: new Set(), isTrusted: false }
}

function voteKey(organisation: string, code: string): string {
  return JSON.stringify([plainName(organisation), code])
}

/** A grader's last word. Where its gradings have no order in time all of them stand, and it contradicts itself. */
function currentVotes(evidence: readonly Weighed[]): Set<string> {
  const byGrader = new Map<string, Weighed[]>()
  for (const one of evidence) {
    for (const name of new Set(one.evidence.gradedBy.map(plainName))) {
      byGrader.set(name, [...(byGrader.get(name) ?? []), one])
    }
  }
  const votes = new Set<string>()
  for (const [name, own] of byGrader) {
    const last = lastOf(own)
    for (const { updatedMs, compared } of own) {
      if (updatedMs === null || updatedMs === last) votes.add(voteKey(name, String(compared.category)))
    }
  }
  return votes
}

function weigh(opinions: readonly Tally[], incomparable: readonly Tally[], rule: Rule): GradeResult {
  const [first, second] = opinions
  const isTied = second !== undefined && strengthOf(second) === strengthOf(first)
  const reasons: string[] = []
  const standing = standingOf(opinions, incomparable, rule, reasons)
  const opinion = opinionOf(first)
  return {
    grade: {
      standing,
      category: isTied ? null : opinion.category,
      label: isTied ? null : opinion.label,
      profile: opinion.profile,
      graders: isTied ? 0 : strengthOf(first),
      opinions: opinions.map(opinionOf)
    },
    incomparable: incomparable.map(opinionOf),
    reasons
  }
}

function standingOf(
  opinions: readonly Tally[],
  incomparable: readonly Tally[],
  rule: Rule,
  reasons: string[]
): Standing {
  const [first, second] = opinions
  const named = first.graders.size
  const isDisputed = second !== undefined
  if (isDisputed) reasons.push(`graders differ: ${opinions.map(opinionText).join('; ')}`)
  else reasons.push(opinionText(first))
  if (incomparable.length > 0) {
    reasons.push(`not comparable without a mapping: ${incomparable.map(opinionText).join('; ')}`)
  }
  const isSure = first.isTrusted || named >= rule.graders
  if (isSure && incomparable.length === 0 && isMeaningful(first, reasons)) {
    // A trusted set speaks for itself only where nobody says otherwise.
    if (!isDisputed || (!rule.undisputed && named >= rule.graders && named > strengthOf(second))) {
      reasons.push(first.isTrusted ? 'its source is trusted' : `${rule.graders} independent graders make it trusted`)
      return 'trusted'
    }
  }
  if (isDisputed) return 'disputed'
  return named >= 2 ? 'agreed' : 'indicative'
}

/** Graders may agree on a number of which nobody here knows what it means. */
function isMeaningful({ label, compared }: Tally, reasons: string[]): boolean {
  if (label === null ? compared.isMapped : label !== UNMAPPED_LABEL) return true
  reasons.push('the profile does not say what this code means, so the grade is not trusted')
  return false
}

function opinionOf({ compared, label, graders, unnamed, sets }: Tally): Opinion {
  const { category, profile } = compared
  // Ungraded records are no opinions.
  return { category: category ?? '', label, profile, graders: [...graders.values()], unnamed, sets: [...sets] }
}

/** `2 = Category B by Force 12, Force 14` */
function opinionText(tally: Tally): string {
  const names = [...tally.graders.values()].map(({ organisation }) => organisation)
  const unnamed = tally.unnamed ? ['a source that names no grader'] : []
  const what = tally.label === null ? String(tally.compared.category) : `${tally.compared.category} = ${tally.label}`
  return `${what} by ${[...names, ...unnamed].join(', ')}`
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}
