// Matches in words, with identical, similar and conflict kept apart.

import { describeCategory } from '../core/display.js'
import type { FileRecord, FramesMissing, Match, RematchCounts, SimilarMatch, SummaryRecord } from '../core/result.js'
import { strongestRelation } from '../results/index.js'
import { formatBytes, formatCount, oneLine, table } from './output.js'

/** One line about one match; of a rematch with what is new about it. */
export function describeMatch(match: Match): string {
  return describeFound(match) + describeNews(match)
}

function describeNews({ news, before }: Match): string {
  if (news === undefined) return ''
  if (before === undefined) return ' [new]'
  const was = news === 'grading' ? describeCategory(before.category, before.label) : before.relation
  return ` [new: was ${was}]`
}

function describeFound(match: Match): string {
  const what = recordOf(match)
  switch (match.relation) {
    case 'identical':
      return `identical (${match.agreeing.join(', ')}) to ${what}${match.knownGood === true ? ' [known-good]' : ''}`
    case 'conflict':
      return `conflict: equal ${match.agreeing.join(', ')} but different ${match.contradicting.join(', ')}: ${what}`
    case 'similar': {
      const unsure = match.by === 'pdq' && match.setQuality === null ? ', quality unknown in the set' : ''
      return `similar (${match.by}, ${distanceWord(match)}${unsure}${timesWord(match)}) to ${what}`
    }
  }
}

/** What a plain list has none of is left out. */
function recordOf({ set, source, mediaId, category, label }: Match): string {
  const number = mediaId === null ? [] : [`MediaID ${mediaId}`]
  const grade = category === null ? [] : [`category ${describeCategory(category, label)}`]
  return [set, source, ...number, ...grade].join(', ')
}

const TIMES_SHOWN = 5

/** Where in a video, in minutes and seconds. */
function timesWord(match: SimilarMatch): string {
  if (match.by === 'photoDna' || match.timeSeconds === undefined) return ''
  const { timeSeconds, timesOmitted = 0 } = match
  const more = timeSeconds.length + timesOmitted - TIMES_SHOWN
  const times = timeSeconds.slice(0, TIMES_SHOWN).map(clockTime).join(', ')
  return `, at ${times}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
}

const FRAMES_MISSING: Readonly<Record<FramesMissing, string>> = {
  'no-ffmpeg': 'FFmpeg 5.1 or later is not on PATH',
  'not-a-file': 'frames are taken only of videos that are files by themselves'
}

export function framesMissingText(reason: FramesMissing): string {
  return FRAMES_MISSING[reason]
}

/** 3723.5 → "1:02:03.5" */
export function clockTime(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds))
  const [, fraction = ''] =
    /(\.\d+)$/.exec(
      Math.abs(seconds)
        .toFixed(3)
        .replace(/\.?0+$/, '')
    ) ?? []
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (number: number): string => String(number).padStart(2, '0')
  const clock = hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
  return `${seconds < 0 ? '-' : ''}${clock}${fraction}`
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
  for (const match of record.gone ?? []) lines.push(`  gone: ${describeMatch(match)}`)
  for (const match of record.unasked ?? []) lines.push(`  not asked again: ${describeMatch(match)}`)
  if (record.error !== null) lines.push(`  ${record.error.code}: ${record.error.message}`)
  else if (record.media?.partial === true) lines.push('  damaged: hashed as far as it could be decoded')
  return lines.length === 0 ? [] : [oneLine(record.path), ...lines]
}

/** The table at the end of a run. */
export function summaryTable(summary: SummaryRecord, seconds: number): string {
  const { videos, videosWithoutFrames, errorCodes = {} } = summary
  const { files, bytes, images, identical, conflict, similar, knownGood, errors, partial, skipped } = summary
  const rows: [string, string][] = [
    ['files', `${formatCount(files)} (${formatBytes(bytes)}) in ${seconds.toFixed(1)} s`],
    ['pictures hashed', `${formatCount(images)}, ${(images / Math.max(seconds, 0.001)).toFixed(1)} a second`],
    ['identical', formatCount(identical)],
    ['similar only', formatCount(similar)],
    ['conflicting digests', formatCount(conflict)]
  ]
  if (videos !== undefined) rows.splice(2, 0, ['videos, frames hashed', formatCount(videos)])
  if (videosWithoutFrames !== undefined) {
    rows.push(['videos without frames, digests only', formatCount(videosWithoutFrames)])
  }
  if (knownGood > 0) rows.push(['known-good', formatCount(knownGood)])
  if (partial > 0) rows.push(['damaged, hashed in part', formatCount(partial)])
  if (skipped > 0) rows.push(['links and special files, not opened', formatCount(skipped)])
  rows.push(['could not be processed', formatCount(errors)])
  for (const [code, count] of Object.entries(errorCodes)) rows.push([`  ${code}`, formatCount(count)])
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

/** The table at the end of a rematch. */
export function rematchTable(counts: RematchCounts, seconds: number): string {
  const { news, gone, filesWithGone, unasked, otherSets, unaskedFiles } = counts
  const rows: [string, string][] = [
    ['files', `${formatCount(counts.files)} in ${seconds.toFixed(1)} s`],
    ['newly identical', formatCount(counts.identical)],
    ['newly similar only', formatCount(counts.similar)],
    ['newly in conflict', formatCount(counts.conflict)],
    ['new records', formatCount(news.record)],
    ['other gradings', formatCount(news.grading)],
    ['other relations', formatCount(news.relation)],
    ['matches gone', gone === 0 ? '0' : `${formatCount(gone)} of ${formatCount(filesWithGone)} files`]
  ]
  if (counts.knownGood > 0) rows.push(['newly known-good', formatCount(counts.knownGood)])
  if (unasked > 0) rows.push(['matches that only a scan can ask for', formatCount(unasked)])
  if (otherSets > 0) rows.push(['matches with sets not asked', formatCount(otherSets)])
  if (unaskedFiles > 0) rows.push(['files without digests, not asked', formatCount(unaskedFiles)])
  rows.push(['could not be processed by the scan', formatCount(counts.errors)])
  return table(['rematch', 'result'], rows)
}

/** "identical", "similar", "conflict", "known-good" or "-". */
export function relationWord(record: FileRecord): string {
  const relation = strongestRelation(record.matches)
  return relation === 'knownGood' ? 'known-good' : (relation ?? '-')
}
