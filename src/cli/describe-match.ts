// Matches in words, with identical, similar and conflict kept apart.

import type { FileRecord, Match, SimilarMatch, SummaryRecord } from '../core/result.js'
import { strongestRelation } from '../results/index.js'
import { formatBytes, formatCount, oneLine, table } from './output.js'

export function describeCategory(category: Match['category'], label: string | null): string {
  if (category === null) return 'no category'
  return label === null ? String(category) : `${category} = ${label}`
}

/** One line about one match. */
export function describeMatch(match: Match): string {
  const what = `${match.set}, ${match.source}, MediaID ${match.mediaId ?? 'none'}, category ${describeCategory(match.category, match.label)}`
  switch (match.relation) {
    case 'identical':
      return `identical (${match.agreeing.join(', ')}) to ${what}${match.knownGood === true ? ' [known-good]' : ''}`
    case 'conflict':
      return `conflict: equal ${match.agreeing.join(', ')} but different ${match.contradicting.join(', ')}: ${what}`
    case 'similar': {
      const unsure = match.by === 'pdq' && match.setQuality === null ? ', quality unknown in the set' : ''
      return `similar (${match.by}, ${distanceWord(match)}${unsure}) to ${what}`
    }
  }
}

/** How far apart, and how turned where it is turned. */
export function distanceWord(match: SimilarMatch): string {
  if (match.by === 'photoDna') return `squared distance ${formatCount(match.squaredDistance)}`
  return `${match.distanceBits} bits${match.variant === 'original' ? '' : `, ${match.variant}`}`
}

/** Lines for people about a file that has something to tell; none for the others. */
export function describeRecord(record: FileRecord): string[] {
  const lines = (record.matches ?? []).map((match) => `  ${describeMatch(match)}`)
  if (record.matchesOmitted !== undefined) lines.push(`  and ${formatCount(record.matchesOmitted)} more records`)
  if (record.error !== null) lines.push(`  ${record.error.code}: ${record.error.message}`)
  else if (record.media?.partial === true) lines.push('  damaged: hashed as far as it could be decoded')
  return lines.length === 0 ? [] : [oneLine(record.path), ...lines]
}

/** The table at the end of a run. */
export function summaryTable(summary: SummaryRecord, seconds: number): string {
  const { files, bytes, images, identical, conflict, similar, knownGood, errors, partial, skipped } = summary
  const rows: [string, string][] = [
    ['files', `${formatCount(files)} (${formatBytes(bytes)}) in ${seconds.toFixed(1)} s`],
    ['pictures hashed', `${formatCount(images)}, ${(images / Math.max(seconds, 0.001)).toFixed(1)} a second`],
    ['identical', formatCount(identical)],
    ['similar only', formatCount(similar)],
    ['conflicting digests', formatCount(conflict)]
  ]
  if (knownGood > 0) rows.push(['known-good', formatCount(knownGood)])
  if (partial > 0) rows.push(['damaged, hashed in part', formatCount(partial)])
  if (skipped > 0) rows.push(['links and special files, not opened', formatCount(skipped)])
  rows.push(['could not be processed', formatCount(errors)])
  const parts = [table(['scan', 'result'], rows)]
  if (summary.categories.length > 0) {
    const categories = summary.categories.map((row) => [
      row.set,
      describeCategory(row.category, row.label),
      ...[row.identical, row.similar, row.conflict].map(formatCount)
    ])
    parts.push(table(['set', 'category', 'identical', 'similar', 'conflict'], categories))
  }
  return parts.join('\n')
}

/** "identical", "similar", "conflict", "known-good" or "-". */
export function relationWord(record: FileRecord): string {
  const relation = strongestRelation(record.matches)
  return relation === 'knownGood' ? 'known-good' : (relation ?? '-')
}
