// `set compact`: an index and its updates folded to one index.

import { Command } from '@commander-js/extra-typings'
import { compactHashSet } from '../../index/index.js'
import { formatBytes, formatCount, printsJson, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { DROP_SIGNATURE_HELP, KEY_HELP, signingOptions } from '../signing-options.js'
import { stoppable } from '../stop.js'

export function compactCommand() {
  return new Command('compact')
    .description('fold an index and its updates to one index that answers the same')
    .argument('<index>')
    .option('--out <file>', 'write the new index here and leave the old one as it is (default: in its place)')
    .option('--key <private.pem>', KEY_HELP)
    .option('--drop-signature', DROP_SIGNATURE_HELP)
    .option('--json', 'print the report as JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      '\nExamples:\n  exhibit-hash set compact caid.ehx\n  exhibit-hash set compact caid.ehx --out caid-2026-12.ehx'
    )
    .action(async (index, { out, json, quiet, ...signing }) => {
      const bar = progressLine(quiet)
      const report = await stoppable((signal) =>
        compactHashSet(index, {
          ...(out !== undefined && { out }),
          ...signingOptions(signing),
          signal,
          onProgress: (done, total) => bar.update(done, total, `${formatCount(done)} records`)
        })
      ).finally(() => bar.stop())
      if (printsJson(json)) await writeJson(report)
      else {
        const { path, folded, entries, removed, sizeBytes, root } = report
        const what = folded === 0 ? 'no updates to fold' : `${formatCount(folded)} updates folded`
        const counts = `${formatCount(entries)} entries, ${formatCount(removed)} removed, ${formatBytes(sizeBytes)}`
        await writeText(`${path}: ${what}; ${counts}, root ${root}`)
      }
    })
}
