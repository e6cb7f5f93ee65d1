// `verify`: does a results file still agree with its manifest, audit log and journal?

import { Command } from '@commander-js/extra-typings'
import { verifyResults, type VerifiedResults } from '../../results/index.js'
import { EXIT } from '../exit.js'
import { reportFailure } from '../failure.js'
import { formatCount, note, printsJson, table, writeJson, writeText } from '../output.js'

export function verifyCommand(setStatus: (status: number) => void) {
  return new Command('verify')
    .description('check results against their manifest, audit log and journal')
    .argument('<results...>', 'files that scan --out wrote')
    .option('--json', 'print JSON also on a terminal')
    .addHelpText('after', HELP)
    .action(async (paths, { json }) => {
      let failed: number = EXIT.ok
      for (const path of paths) {
        try {
          const verified = await verifyResults(path)
          if (printsJson(json)) await writeJson(verified)
          else await writeText(describe(verified))
          for (const { code, path: where, message } of verified.findings) note(`${code} ${where}: ${message}`)
          if (!verified.sound && failed === EXIT.ok) failed = EXIT.unusableSet
        } catch (error) {
          const status = reportFailure(error)
          if (failed === EXIT.ok) failed = status
        }
      }
      setStatus(failed)
    })
}

function describe({ path, sound, sha256, files, findings, audit }: VerifiedResults): string {
  const last = audit.at(-1)
  const rows = [
    ['state', sound ? 'sound' : `NOT SOUND: ${formatCount(findings.length)} findings`],
    ['files', formatCount(files)],
    ['SHA-256', sha256],
    ['audit log', `${formatCount(audit.length)} entries`],
    ...(last === undefined ? [] : [['last entry', `${last.event}, ${last.time}`]])
  ]
  return table([path, ''], rows)
}

const HELP = `
A results file AB-1.ndjson has beside it AB-1.ndjson.audit, which says who made it, when, with what and of what, and
AB-1.ndjson.sha256, which sha256sum --check reads too.

Exit status: 0 all agrees, 65 something does not, 74 a file cannot be read.

Example:
  exhibit-hash verify AB-1.ndjson`
