// `set update`: a small layer on an index, of what was added, replaced and taken back.

import { Command, Option } from '@commander-js/extra-typings'
import { HASH_KINDS } from '../../core/hashes.js'
import { FORMAT_NAMES } from '../../formats/index.js'
import { updateHashSet, type SourceFacts, type UpdateReport } from '../../index/index.js'
import { counted, formatCount, note, printsJson, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { readingOptions } from '../reading-options.js'
import { DROP_SIGNATURE_HELP, KEY_HELP, signingOptions } from '../signing-options.js'
import { stoppable } from '../stop.js'
import { pairOption } from '../values.js'

export function updateCommand() {
  return new Command('update')
    .description('add, replace and take back records of an index, in a small file (layer) beside it')
    .argument('<index>')
    .option('--add <source...>', 'files whose records are added, or replace those of the same identity')
    .option('--withdraw <source...>', 'files that name what to take back, by MediaID or by hashes; applied first')
    .option(
      '--source <name...>',
      "sources of the set that these files speak for, or 'all' (default: the source of the file's own name)"
    )
    .option('--profile <profile>', 'what categories mean, where a file says otherwise; only the profile of the set')
    .addOption(new Option('--known-good', 'the files are of harmless files, as the set is').conflicts('known'))
    .option('--known', 'the files list what is to be found, as the set does, also where they are of NSRL')
    .addOption(new Option('--kind <kind>', 'kind of the digests of a list that does not tell').choices(HASH_KINDS))
    .addOption(new Option('--format <format>', 'format of the files (default: by content)').choices(FORMAT_NAMES))
    .option('--column <header=field>', 'CSV: what an odd header means (repeatable)', pairOption)
    .option('--allow-incomplete', 'keep what can be read of a broken file; the set says that it is incomplete')
    .option('--key <private.pem>', KEY_HELP)
    .option('--drop-signature', DROP_SIGNATURE_HELP)
    .option('--json', 'print the report as JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', HELP)
    .action(async (index, options) => {
      const bar = progressLine(options.quiet)
      const report = await stoppable((signal) =>
        updateHashSet(index, {
          ...(options.add !== undefined && { add: options.add }),
          ...(options.withdraw !== undefined && { withdraw: options.withdraw }),
          ...(options.source !== undefined && { source: options.source }),
          ...readingOptions(options),
          ...signingOptions(options),
          signal,
          onProgress: ({ phase, source, done, total }) => bar.update(done, total, `${phase} ${source}`)
        })
      ).finally(() => bar.stop())
      warnAbout(report)
      if (printsJson(options.json)) await writeJson(report)
      else await writeText(describe(report))
    })
}

function warnAbout({ files, withdrawals, newSources, missedWithdrawals, missedExamples }: UpdateReport): void {
  for (const file of [...files, ...withdrawals]) warnAboutFile(file.file, file)
  for (const name of newSources) {
    note(`note: ${name} is a new source of the set and replaces nothing (--source: to speak for one that is there)`)
  }
  if (missedWithdrawals === 0) return
  const more = missedWithdrawals > missedExamples.length ? ', …' : ''
  const missed = counted(missedWithdrawals, 'withdrawal', 'withdrawals')
  note(`note: ${missed} took nothing back: ${missedExamples.join(', ')}${more}`)
}

function warnAboutFile(name: string, { fault, warnings, warningCount }: SourceFacts): void {
  if (fault !== undefined) note(`warning: ${name} is incomplete: ${fault}`)
  for (const { position, message } of warnings.slice(0, 5)) note(`warning: ${name}, record ${position}: ${message}`)
  if (warningCount > 5) note(`warning: ${name}: ${formatCount(warningCount)} warnings in all; set info --json has more`)
}

function describe({ path, layer, added, replaced, withdrawn, entries, signed }: UpdateReport): string {
  if (layer === null) return `${path}: nothing changed, so there is no update`
  const counts = [
    `${counted(added, 'record', 'records')} added`,
    `${formatCount(replaced)} replaced`,
    `${formatCount(withdrawn)} taken back`
  ]
  return [
    `${path}: update ${layer.number}, ${counts.join(', ')}; ${formatCount(entries)} entries now`,
    `${layer.path}: root ${layer.root}${signed ? ', signed' : ''}`
  ].join('\n')
}

const HELP = `
The index is not changed: keep it, its .head and its .layer files together. A record is known by its source and MediaID,
or by its source and strongest digest where it has no MediaID or 0; no file touches records of a source that it does not
speak for.

Examples:
  exhibit-hash set update caid.ehx --add caid-1.json
  exhibit-hash set update caid.ehx --add caid-2026-11.json --withdraw withdrawn.csv --source all --key private.pem`
