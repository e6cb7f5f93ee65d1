// `set diff`: what changed from one hash set to another.

import { Command } from '@commander-js/extra-typings'
import { type DiffExample, diffHashSets, type SetDiff } from '../../index/index.js'
import { formatCount, printsJson, table, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { NO_MAPPING_HELP } from '../sets.js'
import { stoppable } from '../stop.js'
import { countOption } from '../values.js'

export function diffCommand() {
  return new Command('diff')
    .description('what changed from one hash set to another: added, withdrawn, re-graded, hashes lost and gained')
    .argument('<a>', 'the earlier set')
    .argument('<b>', 'the later set')
    .option('--examples <n>', 'examples of each kind of change', countOption, 10)
    .option(
      '--ignore-sources',
      'compare without regard to sources: for releases whose files have other names each time'
    )
    .option('--no-mapping', NO_MAPPING_HELP)
    .option('--json', 'print JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', '\nExample:\n  exhibit-hash set diff caid-2026-10.ehx caid-2026-11.ehx --examples 3')
    .action(async (a, b, { examples, ignoreSources, mapping, json, quiet }) => {
      const bar = progressLine(quiet)
      const diff = await stoppable((signal) =>
        diffHashSets(a, b, {
          examples,
          mapping,
          signal,
          ...(ignoreSources === true && { ignoreSources }),
          onProgress: (done, total) => bar.update(done, total, 'comparing')
        })
      ).finally(() => bar.stop())
      if (printsJson(json)) await writeJson(diff)
      else await writeText(describe(diff))
    })
}

const TITLES = {
  added: 'added',
  withdrawn: 'withdrawn',
  regraded: 're-graded',
  lostHashes: 'lost hashes',
  gainedHashes: 'gained hashes',
  otherDigests: 'other digests'
} as const

function describe({ sets, bySource, counts, regradings, lostByKind, gainedByKind, examples }: SetDiff): string {
  const byKind = (kinds: Readonly<Record<string, number>>): string =>
    Object.entries(kinds)
      .map(([kind, count]) => `${kind} ${formatCount(count)}`)
      .join(', ')
  const details: Partial<Record<keyof typeof TITLES, string>> = {
    regraded: regradings.map(({ from, to, count }) => `${from} → ${to}: ${formatCount(count)}`).join(', '),
    lostHashes: byKind(lostByKind),
    gainedHashes: byKind(gainedByKind)
  }
  const kinds = Object.keys(TITLES) as (keyof typeof TITLES)[]
  const rows = kinds.map((kind) => [TITLES[kind], formatCount(counts[kind]), details[kind] ?? ''])
  const shown = kinds.flatMap((kind) => examples[kind].map((each) => `${TITLES[kind]}: ${describeExample(each)}`))
  return [
    ...sets.map(({ path, name, entries }) => `${path}: ${name}, ${formatCount(entries)} entries`),
    ...(bySource ? [] : ['compared without regard to sources']),
    table(['change', 'records', ''], [['none', formatCount(counts.unchanged), ''], ...rows]),
    ...shown
  ].join('\n')
}

function describeExample({ source, mediaId, category, label, digests, from, kinds }: DiffExample): string {
  const grading = (value: number | string | null, text: string | null): string => text ?? String(value ?? 'ungraded')
  const change = from === undefined ? '' : `${grading(from.category, from.label)} → `
  const which =
    mediaId === null ? Object.entries(digests).map(([kind, hex]) => `${kind} ${hex}`)[0] : `MediaID ${mediaId}`
  const lost = kinds === undefined ? '' : ` (${kinds.join(', ')})`
  return `${source} ${which ?? 'without digests'}, ${change}${grading(category, label)}${lost}`
}
