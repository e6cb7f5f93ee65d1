// `set export`: an index in a format of other tools.

import { Command, Option } from '@commander-js/extra-typings'
import { HASH_KINDS } from '../../core/hashes.js'
import { WRITABLE_FORMAT_NAMES } from '../../formats/index.js'
import { exportHashSet } from '../../index/export.js'
import { formatCount, note, printsJson, writeJson, writeOut, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { NO_MAPPING_HELP } from '../sets.js'
import { stoppable } from '../stop.js'

export function exportCommand() {
  return new Command('export')
    .description('write the records of an index in a format of other tools')
    .argument('<index>')
    .addOption(new Option('--format <format>', 'format to write').choices(WRITABLE_FORMAT_NAMES).makeOptionMandatory())
    .option('--out <file>', 'file to write (default: standard output, where the format is a text)')
    .addOption(
      new Option('--kind <kind>', 'for lists of one kind of hash (default: the first that the set has)').choices(
        HASH_KINDS
      )
    )
    .option('--photodna', 'CSV and VICS: PhotoDNA values too, which can be turned back into blurred pictures')
    .option('--no-mapping', NO_MAPPING_HELP)
    .option('--json', 'print the report as JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      '\nExamples:\n  exhibit-hash set export caid.ehx --format hashdeep --out caid.hashdeep.txt\n  exhibit-hash set export local.ehx --format list --kind sha1 > local.txt'
    )
    .action(async (index, { format, out, kind, photodna, mapping, json, quiet }) => {
      const bar = progressLine(quiet === true || out === undefined)
      const report = await stoppable((signal) =>
        exportHashSet(index, {
          format,
          mapping,
          signal,
          ...(out === undefined ? { write: writeOut } : { out }),
          ...(kind !== undefined && { kind }),
          ...(photodna === true && { photoDna: true }),
          onProgress: (done, total) => bar.update(done, total, `${formatCount(done)} records`)
        })
      ).finally(() => bar.stop())
      if (!report.complete) note(`warning: ${index} is incomplete: it was built from part of its sources`)
      if (report.leftOut > 0) {
        note(
          `note: ${formatCount(report.leftOut)} of ${formatCount(report.entries)} records are not in it: it holds no such hash, or has it already`
        )
      }
      if (out === undefined) return
      if (printsJson(json)) await writeJson(report)
      else await writeText(`${out}: ${formatCount(report.written)} records`)
    })
}
