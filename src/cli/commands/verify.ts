// `verify`: does a results file still agree with its manifest, audit log and journal?

import { existsSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import { companionsOf, verifyResults, type ResultsFinding, type VerifiedResults } from '../../results/index.js'
import { EXIT } from '../exit.js'
import { reportFailure } from '../failure.js'
import { counted, formatCount, note, printsJson, table, writeJson, writeText } from '../output.js'

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
          for (const finding of verified.findings) note(told(finding))
          if (!verified.sound && failed === EXIT.ok) failed = EXIT.unusableSet
        } catch (error) {
          const status = reportFailure(error)
          noteInterrupted(path)
          if (failed === EXIT.ok) failed = status
        }
      }
      setStatus(failed)
    })
}

function told({ code, path, message }: ResultsFinding): string {
  return message.startsWith(path) ? `${code} ${message}` : `${code} ${path}: ${message}`
}

/** Results appear when they are complete. */
function noteInterrupted(path: string): void {
  const { journal } = companionsOf(path)
  if (existsSync(path) || !existsSync(journal)) return
  note(`  ${journal} is there: the run was interrupted, or is going on. The same scan with --resume completes it.`)
}

function describe({ path, sound, sha256, files, findings, audit }: VerifiedResults): string {
  const last = audit.at(-1)
  const rows = [
    ['state', sound ? 'sound' : `NOT SOUND: ${counted(findings.length, 'finding', 'findings')}`],
    ['files', formatCount(files)],
    ['SHA-256', sha256],
    ['audit log', counted(audit.length, 'entry', 'entries')],
    ...(last === undefined ? [] : [['last entry', `${last.event}, ${last.time}`]])
  ]
  return table([path, ''], rows)
}

const HELP = `
A results file AB-1.ndjson has beside it AB-1.ndjson.audit, which says who made it, when, with what and of what, and
AB-1.ndjson.sha256, which sha256sum --check reads too.

What may be found, each with the file that it is about:
  RESULTS_INVALID    a line is no record, is missing or out of place, or the summary counts others
  RESULTS_CHANGED    the file is not the one that was written: fetch it again, or scan again
  MANIFEST_MISSING, MANIFEST_INVALID, OUTPUT_MISSING
                     the manifest is not there or broken, or names a file that is not there: copy results with all
                     that lies beside them; what went to standard output never had any
  AUDIT_MISSING, AUDIT_BROKEN, AUDIT_UNFINISHED
                     the audit log is not there, was edited or cut, or tells of no end of the run
  JOURNAL_LEFT       a later run to the same results was interrupted: scan --resume, or remove the journal

Exit status: 0 all agrees, 65 something does not, 74 a file cannot be read.

Example:
  exhibit-hash verify AB-1.ndjson`
