// One verdict for an item of all its evidence.

import type { Weighed } from './evidence.js'
import { gradeOf, markNotCounted, type GradeResult } from './grade.js'
import type { Rule } from './rule.js'
import type { Disagreement, Grade, ItemFile, SetRecordDigests, Standing, Verdict } from './verdict-types.js'

/** All that is known of an item. */
export interface Item {
  readonly sha256: string | null
  readonly digests?: SetRecordDigests
  readonly sizeBytes: number | null
  readonly files: readonly ItemFile[]
  readonly filesOmitted: number
  readonly evidence: readonly Weighed[]
  readonly evidenceOmitted: number
}

export function verdictOn(item: Item, rule: Rule): Verdict {
  const { evidence: all, evidenceOmitted, filesOmitted, sha256, digests, sizeBytes, files } = item
  markNotCounted(all, rule)
  const of = (match: Weighed['evidence']['match']): Weighed[] => all.filter(({ evidence }) => evidence.match === match)
  const [exact, contradicted, near] = [of('exact'), of('contradicted'), of('near')]
  const known = exact.filter(({ isKnownGood }) => !isKnownGood)
  const judged = known.length > 0 ? exact : contradicted.length > 0 ? contradicted : nearest(near)
  const result = gradeOf(judged, rule)
  const disagreements = disagreementsIn(judged, contradicted, result)
  const facts = {
    type: 'verdict' as const,
    sha256,
    ...(digests !== undefined && { digests }),
    sizeBytes,
    files,
    ...(filesOmitted > 0 && { filesOmitted })
  }
  const rest = {
    disagreements,
    evidence: all.map(({ evidence }) => evidence),
    ...(evidenceOmitted > 0 && { evidenceOmitted })
  }
  if (known.length > 0) {
    const doubts = doubtsOn(disagreements, evidenceOmitted)
    const grade = doubts.length > 0 ? untrusted(result.grade) : result.grade
    const reasons = ['its digests are those of a record', ...result.reasons, ...doubts]
    return { ...facts, relation: 'identical', grade, lookAgain: grade.standing !== 'trusted', reasons, ...rest }
  }
  if (contradicted.length > 0) {
    const reasons = ['one digest is that of a record, and other facts differ: a person must look', ...result.reasons]
    return { ...facts, relation: 'conflict', claimed: untrusted(result.grade), lookAgain: true, reasons, ...rest }
  }
  const reasons = ['it only looks like a record, which identifies nothing: a person must look', ...result.reasons]
  return { ...facts, relation: 'similar', similarTo: untrusted(result.grade), lookAgain: true, reasons, ...rest }
}

/** Records at the least distance; those further away may well be of other pictures, whose grades say nothing of this one. */
function nearest(near: readonly Weighed[]): Weighed[] {
  const distance = ({ evidence }: Weighed): number => evidence.distanceBits ?? evidence.squaredDistance ?? Infinity
  // Distances of different hashes are no common measure: the first kind that was compared speaks.
  const ofKind = near.filter(({ evidence }) => evidence.by === near[0].evidence.by)
  const least = Math.min(...ofKind.map(distance))
  return ofKind.filter((one) => distance(one) === least)
}

function untrusted(grade: Grade): Grade<Exclude<Standing, 'trusted'>> {
  const { standing, graders, opinions } = grade
  if (standing !== 'trusted') return { ...grade, standing }
  return { ...grade, standing: opinions.length > 1 ? 'disputed' : graders > 1 ? 'agreed' : 'indicative' }
}

/** What keeps a grade from being trusted though its graders agree. */
function doubtsOn(disagreements: readonly Disagreement[], evidenceOmitted: number): string[] {
  const doubts = disagreements.filter(({ kind }) => kind === 'facts' || kind === 'known-good')
  return [
    ...doubts.map(({ message }) => message),
    ...(evidenceOmitted > 0 ? ['more records match than are listed, and they may say something else'] : [])
  ]
}

function disagreementsIn(
  judged: readonly Weighed[],
  contradicted: readonly Weighed[],
  { grade, incomparable }: GradeResult
): Disagreement[] {
  const found: Disagreement[] = []
  const { opinions } = grade
  const words = (sets: readonly string[]): string => sets.join(', ')
  if (opinions.length > 1) {
    const sets = unique(opinions.flatMap((one) => one.sets))
    const message = opinions.map((one) => `${one.label ?? one.category} in ${words(one.sets)}`).join('; ')
    found.push({ kind: 'graders', sets, message })
  }
  if (incomparable.length > 0) {
    const all = [...opinions, ...incomparable]
    const message = all.map(({ profile, category }) => `${category} of ${profile ?? 'an unknown profile'}`).join('; ')
    found.push({ kind: 'profiles', sets: unique(all.flatMap((one) => one.sets)), message })
  }
  const regraded = judged.filter((one) => isRegraded(one, judged))
  if (regraded.length > 0) {
    const message = regraded
      .map(({ evidence }) => `${evidence.label ?? evidence.category} in ${evidence.set}`)
      .join('; ')
    found.push({ kind: 'regraded', sets: setsOf(regraded), message: `an older release says: ${message}` })
  }
  const harmless = judged.filter(({ isKnownGood }) => isKnownGood)
  if (harmless.length > 0) {
    const sets = setsOf(harmless)
    found.push({ kind: 'known-good', sets, message: `listed as harmless in ${words(sets)}` })
  }
  if (contradicted.length > 0) {
    const sets = setsOf(contradicted)
    const facts = unique(contradicted.flatMap(({ evidence }) => evidence.contradicting ?? []))
    found.push({ kind: 'facts', sets, message: `${words(facts)} differ from a record of ${words(sets)}` })
  }
  return found
}

/** Superseded, by evidence of the same database that says something else. */
function isRegraded(one: Weighed, all: readonly Weighed[]): boolean {
  if (one.evidence.notCounted !== 'superseded') return false
  const successors = all.filter(
    ({ lineage, evidence }) =>
      evidence.notCounted === undefined &&
      (lineage === one.lineage ||
        (evidence.source === one.evidence.source && evidence.mediaId === one.evidence.mediaId))
  )
  return !successors.some(({ compared }) => String(compared.category) === String(one.compared.category))
}

function setsOf(evidence: readonly Weighed[]): string[] {
  return unique(evidence.map(({ evidence: { set } }) => set))
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)]
}
