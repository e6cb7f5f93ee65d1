// `report`: results files in the formats that case files, spreadsheets and other tools read.

import { Command, Option } from '@commander-js/extra-typings'
import { REPORT_FORMAT_NAMES, writeReport } from '../../report/index.js'
import { formatBytes, formatCount, note, printsJson, writeJson, writeOut, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { stoppable } from '../stop.js'

export function reportCommand() {
  return new Command('report')
    .description('results as a summary for the case file, or in the format of another tool')
    .argument('<results...>', 'files that scan or rematch wrote')
    .addOption(new Option('--format <format>', 'format to write').choices(REPORT_FORMAT_NAMES).makeOptionMandatory())
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--matched', 'only files that matched something which is not known-good')
    .option('--photodna', 'CSV and NDJSON: PhotoDNA values too, which can be turned back into blurred pictures')
    .option('--json', 'print what was written as JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', HELP)
    .action(async (results, { format, out, matched, photodna, json, quiet }) => {
      const bar = progressLine(quiet === true || out === undefined)
      const outcome = await stoppable((signal) =>
        writeReport(results, {
          format,
          signal,
          ...(out === undefined ? { write: writeOut } : { out }),
          ...(matched === true && { matchedOnly: true }),
          ...(photodna === true && { photoDna: true }),
          onProgress: (done, total) => bar.update(done, total, `${formatBytes(done)} of results`)
        })
      ).finally(() => bar.stop())
      if (outcome.leftOut > 0) {
        note(`note: ${formatCount(outcome.leftOut)} files are not in it: the format holds files with digests only`)
      }
      if (out === undefined) return
      if (printsJson(json)) await writeJson(outcome)
      else await writeText(`${out}: ${formatCount(outcome.reported)} of ${formatCount(outcome.files)} files`)
    })
}

const HELP = `
Formats:
  html      printable summary for a case file: files and matches by device and category, in all and unique, span of dates
  csv       a row a match, and one for each file without; spreadsheets run nothing of it
  ndjson    the record of a file a line, with case and exhibit
  dfxml     Digital Forensics XML 1.1: files with times and digests
  hashdeep  files and digests, for hashdeep -a -k
  case      CASE/UCO JSON-LD

Several results files make one report. Pictures and previews are in none.

Examples:
  exhibit-hash report AB-1.ndjson AB-2.ndjson --format html --out case.html
  exhibit-hash report AB-1.ndjson --format csv --matched --out AB-1.csv`
