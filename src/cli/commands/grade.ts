// `grade`: results and an examiner's grades as a case package for upload.

import { Command, Option } from '@commander-js/extra-typings'
import { type CaseFacts, gradeResults, type GradeOutcome, type VicsVersion } from '../../casework/index.js'
import { UNMAPPED_LABEL } from '../../core/category.js'
import { describeCategory } from '../../core/display.js'
import { ExhibitHashError } from '../../core/errors.js'
import { counted, formatCount, note, oneLine, printsJson, table, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { stoppable } from '../stop.js'

export function gradeCommand() {
  return new Command('grade')
    .description("an examiner's grades of files in results, as a VICS case for upload")
    .argument('<results...>', 'results files of one case')
    .requiredOption(
      '--grades <file>',
      'CSV with a header, JSON or NDJSON: digest or path, category, gradedBy, gradedAt …'
    )
    .option('--out <file>', 'package to write: a JSON file, or with --files a folder')
    .option('--dry-run', 'say what would go, and write nothing')
    .addOption(
      new Option('--vics <version>', 'version to write').choices(['2.0', '1.3'] as const).default('2.0' as const)
    )
    .option('--profile <profile>', 'category profile of the grades (default: that of all sets of the results)')
    .option(
      '--files <folder...>',
      'the folders that were scanned, one for each results file: graded files go into the package'
    )
    .option('--since <package...>', 'packages that were uploaded before: only what has changed since goes')
    .option('--allow-unknown', 'leave out grades of files that are not in the results')
    .option(
      '--graded-by <name>',
      'for grades that do not say whose they are (default: the organisation of the results)'
    )
    .option('--graded-at <time>', 'for grades that do not say of when')
    .option('--case <number>', 'case number (default: that of the results)')
    .option('--case-id <guid>', 'identity of the case (default: made of organisation and number)')
    .option('--organisation <name>', 'default: that of the results')
    .option('--contact-name <name>')
    .option('--contact-email <address>')
    .option('--contact-phone <number>')
    .option('--contact-title <title>')
    .option('--seized <date>', 'when the exhibits were seized')
    .option('--json', 'print JSON also on a terminal')
    .option('--quiet', 'no progress bar and no notes')
    .addHelpText('after', HELP)
    .action(async (results, options) => {
      const { out, dryRun, quiet } = options
      if (out === undefined && dryRun !== true) {
        throw new ExhibitHashError('USAGE', 'either --out FILE writes the package, or --dry-run says what would go')
      }
      const bar = progressLine(quiet === true)
      const onProgress = (done: number, total: number): void =>
        bar.update(done, total, `${formatCount(done)} files copied`)
      const outcome = await stoppable((signal) =>
        gradeResults(results, {
          ...askedFor(dryRun === true ? { ...options, out: undefined } : options),
          facts: factsOf(options),
          signal,
          onProgress
        })
      ).finally(() => bar.stop())
      if (quiet !== true) for (const text of notesOn(outcome)) note(text)
      if (printsJson(options.json)) await writeJson(outcome)
      else await writeText(describe(outcome))
    })
}

interface Asked {
  readonly grades: string
  readonly vics: VicsVersion
  readonly out?: string | undefined
  readonly profile?: string | undefined
  readonly files?: string[] | undefined
  readonly since?: string[] | undefined
  readonly allowUnknown?: true | undefined
  readonly gradedBy?: string | undefined
  readonly gradedAt?: string | undefined
}

function askedFor({ grades, vics, out, profile, files, since, allowUnknown, gradedBy, gradedAt }: Asked) {
  return { grades, version: vics, ...defined({ out, profile, files, since, allowUnknown, gradedBy, gradedAt }) }
}

interface AskedFacts {
  readonly case?: string | undefined
  readonly caseId?: string | undefined
  readonly organisation?: string | undefined
  readonly contactName?: string | undefined
  readonly contactEmail?: string | undefined
  readonly contactPhone?: string | undefined
  readonly contactTitle?: string | undefined
  readonly seized?: string | undefined
}

function factsOf({ case: caseNumber, seized: seizureDate, ...asked }: AskedFacts): Partial<CaseFacts> {
  const { caseId, organisation, contactName, contactEmail, contactPhone, contactTitle } = asked
  const contact = { contactName, contactEmail, contactPhone, contactTitle }
  return defined({ caseNumber, caseId, organisation, ...contact, seizureDate })
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without what was not given. */
function defined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>
}

function notesOn(outcome: GradeOutcome): string[] {
  const { unknown, unmapped, profile, withoutTime, withoutSource, superseded, withdrawn, stillSent } = outcome
  const { againstSets, ignored, media, unchanged, categories, idleWithdrawals } = outcome
  const codes = categories.filter(({ label }) => label === UNMAPPED_LABEL).map(({ category }) => String(category))
  const notes: [number, 'file' | 'grade', string][] = [
    [unknown, 'grade', 'of files that are not in the results or have no digests there left out'],
    [superseded, 'grade', 'left out for a later one of the same examiner'],
    [withdrawn, 'grade', 'taken back by the examiner'],
    [stillSent, 'file', 'of earlier packages whose grade was taken back: tell whoever has those packages'],
    [againstSets, 'file', 'graded otherwise than every identical record of the sets'],
    [
      unmapped,
      'file',
      `of categories that profile ${profile} does not list: ${codes.slice(0, 5).map(oneLine).join(', ')}`
    ],
    [withoutSource, 'grade', 'without who graded (--graded-by)'],
    [withoutTime, 'grade', 'without a time (--graded-at)']
  ]
  return [
    ...notes.flatMap(([count, what, text]) =>
      count === 0 ? [] : [`note: ${counted(count, what, `${what}s`)} ${text}`]
    ),
    ...idleWithdrawals.slice(0, 10).map(({ gradedBy, path, md5, sha1, sha256 }) => {
      const name = path ?? md5 ?? sha1 ?? sha256 ?? ''
      return oneLine(
        `note: ${name}: ${gradedBy ?? 'nobody named'} takes back a grade that is not here: is the name right?`
      )
    }),
    ...(ignored.length === 0
      ? []
      : [`note: columns that mean nothing here: ${ignored.slice(0, 10).map(oneLine).join(', ')}`]),
    ...(media === 0 ? [`note: nothing ${unchanged > 0 ? 'new ' : ''}to upload: no grade is in the package`] : [])
  ]
}

function describe({ path, caseId, caseNumber, media, places, files, unchanged, categories }: GradeOutcome): string {
  return table(
    [path ?? 'would go', ''],
    [
      ['case', `${caseNumber} (${caseId})`],
      ['graded contents', `${formatCount(media)}, found at ${counted(places, 'place', 'places')}`],
      ['with their files', formatCount(files)],
      ['unchanged, left out', formatCount(unchanged)],
      ...categories.map((row) => [describeCategory(row.category, row.label), formatCount(row.media)])
    ]
  )
}

const HELP = `
Columns of a CSV, or fields in JSON:
  md5, sha1, sha256      of the file; or
  path, exhibit          as the results name it: within the folder that was scanned
  category               code of the profile, or its label (2, B or Category B)
  gradedBy, gradedAt     who and when (2026-11-01T10:00:00Z); also examiner, time
  withdrawn              yes, and no category: takes back what the same examiner said of the file before
  series, tags, comments texts
  victimIdentified, offenderIdentified, isDistributed, isPrecategorized, isSuspected, selfGenerated  true or false

All copies of a content have its grade. Of one examiner the last grade counts; grades of several that differ are an error,
and so is one of a file that is not in the results.

Examples:
  exhibit-hash grade AB-1.ndjson --grades grades.csv --dry-run
  exhibit-hash grade AB-1.ndjson --grades grades.csv --files evidence/AB-1 --out case
  exhibit-hash grade AB-1.ndjson --grades grades.csv --since case --out case-2.json`
