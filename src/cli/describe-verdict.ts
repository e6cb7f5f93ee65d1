// Verdicts and shared material in words, with identical, similar and conflict kept apart.

import type { CorroborationSummary, Evidence, GradeOfVerdict, SharedMaterial, Verdict } from '../casework/index.js'
import { describeCategory } from '../core/display.js'
import { DIGEST_KINDS, DIGEST_NAMES, type DigestKind } from '../core/hashes.js'
import { formatCount, oneLine, table } from './output.js'

const FILES_SHOWN = 3

/** A verdict on one line, with the evidence under it. */
export function describeVerdict(verdict: Verdict): string {
  const { files, filesOmitted = 0, reasons, disagreements, evidence } = verdict
  const names = files
    .slice(0, FILES_SHOWN)
    .map(({ exhibit, results, path }) => oneLine(`${exhibit ?? results}: ${path}`))
  const more = files.length + filesOmitted - names.length
  return [
    headline(verdict),
    ...names.map((name) => `  ${name}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more files`] : []),
    ...digestsOf(verdict).map(([kind, hex]) => `  ${DIGEST_NAMES[kind]} ${oneLine(hex)}`),
    ...reasons.map((reason) => `  because ${oneLine(reason)}`),
    ...disagreements.map(({ kind, message }) => `  disagreement (${kind}): ${oneLine(message)}`),
    ...evidence.map((one) => `  evidence: ${oneLine(describeEvidence(one))}`)
  ].join('\n')
}

function digestsOf({ sha256, digests }: Verdict): (readonly [DigestKind, string])[] {
  const known = digests ?? (sha256 === null ? {} : { sha256 })
  return DIGEST_KINDS.flatMap((kind) => (known[kind] === undefined ? [] : [[kind, known[kind]] as const]))
}

function headline(verdict: Verdict): string {
  switch (verdict.relation) {
    case 'identical':
      return `IDENTICAL, ${gradeWords(verdict.grade)}${verdict.lookAgain ? '' : ': nobody needs to look again'}`
    case 'conflict':
      return `CONFLICT, not identified; the contradicted record says ${gradeWords(verdict.claimed)}`
    case 'similar':
      return `SIMILAR, not identified; the nearest record says ${gradeWords(verdict.similarTo)}`
  }
}

function gradeWords({ standing, category, label, graders }: GradeOfVerdict): string {
  if (category === null) return standing
  const count = graders === 1 ? '1 grader' : `${formatCount(graders)} independent graders`
  return `${standing}: ${describeCategory(category, label)}, ${count}`
}

function describeEvidence(evidence: Evidence): string {
  const { match, by, distanceBits, squaredDistance, set, source, mediaId, category, label, gradedBy, updated } =
    evidence
  const distance = distanceBits ?? squaredDistance
  const how = `${match} (${by}${distance === undefined ? '' : `, distance ${formatCount(distance)}`})`
  const who = gradedBy.length === 0 ? 'no grader named' : `graded by ${gradedBy.join(', ')}`
  const when = updated === null ? '' : ` on ${updated}`
  const counted = evidence.notCounted === undefined ? '' : ` [not counted: ${evidence.notCounted}]`
  return `${how} ${set}, ${source}, MediaID ${mediaId ?? 'none'}: ${describeCategory(category, label)}, ${who}${when}${counted}`
}

/** The table at the end of a corroboration. */
export function verdictsTable({
  items,
  files,
  relations,
  standings,
  disagreements,
  lookAgain
}: CorroborationSummary): string {
  const rows: [string, number][] = [
    ['items matched', items],
    ...(files === 0 ? [] : [['files of them', files] satisfies [string, number]]),
    ['identical, trusted', standings.trusted],
    ['identical, agreed', standings.agreed],
    ['identical, indicative', standings.indicative],
    ['identical, disputed', standings.disputed],
    ['identical, ungraded', standings.ungraded],
    ['conflict, not identified', relations.conflict],
    ['similar only, not identified', relations.similar],
    ['to be looked at', lookAgain],
    ...Object.entries(disagreements).map(([kind, count]): [string, number] => [`disagreements: ${kind}`, count])
  ]
  const shown = rows.filter(([name, count]) => count > 0 || !name.startsWith('disagreements'))
  return table(
    ['corroboration', 'items'],
    shown.map(([name, count]) => [name, formatCount(count)])
  )
}

export function describeShared({ between, sha256, token, holders }: SharedMaterial): string {
  const what = sha256 === null ? `HMAC ${token ?? ''}` : `SHA-256 ${sha256}`
  const lines = holders.map(({ input, organisation, case: number, exhibit, files, paths, relation }) => {
    const where = [organisation, number, exhibit].filter((part) => part !== undefined).join(', ')
    const count = files === null ? 'in its keyed manifest' : `${formatCount(files)} files, ${relation ?? 'not matched'}`
    return oneLine(`  ${where === '' ? input : where}: ${count}${paths.length === 0 ? '' : `, e.g. ${paths[0]}`}`)
  })
  return [`shared between ${between}: ${what}`, ...lines].join('\n')
}
