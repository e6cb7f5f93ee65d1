// `duplicates`: files of equal content within and across exhibits, from their results files alone.

import { Command } from '@commander-js/extra-typings'
import { findDuplicates, type DuplicateFile, type DuplicateGroup } from '../../results/index.js'
import { formatBytes, formatCount, note, printable, printsJson, writeJson, writeText } from '../output.js'
import { stoppable } from '../stop.js'

export function duplicatesCommand() {
  return new Command('duplicates')
    .description('group files of equal content, within and across exhibits, from results files')
    .argument('<results...>', 'files that scan --out wrote')
    .option('--across', 'only what is in more than one of the results files')
    .option('--json', 'print a group a line as JSON also on a terminal')
    .option('--quiet', 'no summary')
    .addHelpText('after', HELP)
    .action(async (paths, { across, json, quiet }) => {
      const counts = { groups: 0, files: 0 }
      await stoppable(async (signal) => {
        for await (const group of findDuplicates(paths, { across: across === true, signal })) {
          counts.groups++
          counts.files += group.files.length
          if (printsJson(json)) await writeJson(group)
          else await writeText(describe(group, paths.length > 1))
        }
      })
      if (quiet !== true) note(`${formatCount(counts.files)} files in ${formatCount(counts.groups)} groups`)
    })
}

function describe({ sha256, sizeBytes, files }: DuplicateGroup, ofSeveral: boolean): string {
  const size = sizeBytes === null ? '' : `, ${formatBytes(sizeBytes)}`
  return [
    `${sha256}${size}`,
    ...files.map((file) => `  ${printable(`${whereOf(file, ofSeveral)}: ${file.path}`)}`)
  ].join('\n')
}

/** Several results may be of one exhibit. */
function whereOf({ results, exhibit }: DuplicateFile, ofSeveral: boolean): string {
  if (exhibit === undefined) return results
  return ofSeveral ? `${exhibit} (${results})` : exhibit
}

const HELP = `
Equal means an equal SHA-256. Empty files are left out.

Examples:
  exhibit-hash duplicates AB-1.ndjson
  exhibit-hash duplicates AB-1.ndjson AB-2.ndjson --across`
