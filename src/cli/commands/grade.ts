// `grade`: results and an examiner's grades as a case package for upload.

import { Command, Option } from '@commander-js/extra-typings'
import { type CaseFacts, gradeResults, type GradeOutcome, type VicsVersion } from '../../casework/index.js'
import { describeCategory } from '../../core/display.js'
import { ExhibitHashError } from '../../core/errors.js'
import { formatCount, note, printsJson, table, writeJson, writeText } from '../output.js'
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
      if ((out === undefined) === (dryRun !== true)) {
        throw new ExhibitHashError('USAGE', 'either --out FILE writes the package, or --dry-run says what would go')
      }
      const bar = progressLine(quiet === true)
      const onProgress = (done: number, total: number): void =>
        bar.update(done, total, `${formatCount(done)} files copied`)
      const outcome = await stoppable((signal) =>
        gradeResults(results, { ...askedFor(options), facts: factsOf(options), signal, onProgress })
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

function notesOn({
  unknown,
  unmapped,
  profile,
  withoutTime,
  withoutSource,
  superseded,
  withdrawn
}: GradeOutcome): string[] {
  const notes: [number, string][] = [
    [unknown, 'grades are of files that are not in the results or have no digests there, and were left out'],
    [superseded, 'grades gave way to a later one of the same examiner'],
    [withdrawn, 'grades only take an earlier one back'],
    [unmapped, `files have categories that profile ${profile} does not list`],
    [withoutSource, 'grades do not say who graded (--graded-by)'],
    [withoutTime, 'grades do not say when (--graded-at)']
  ]
  return notes.flatMap(([count, text]) => (count === 0 ? [] : [`note: ${formatCount(count)} ${text}`]))
}

function describe({ path, caseId, caseNumber, media, places, files, unchanged, categories }: GradeOutcome): string {
  return table(
    [path ?? 'would go', ''],
    [
      ['case', `${caseNumber} (${caseId})`],
      ['graded contents', `${formatCount(media)}, found at ${formatCount(places)} places`],
      ['with their files', formatCount(files)],
      ['unchanged, left out', formatCount(unchanged)],
      ...categories.map((row) => [describeCategory(row.category, row.label), formatCount(row.media)])
    ]
  )
}

const HELP = `
A grade is of a file by md5, sha1 or sha256, or by its path (and exhibit); all copies of the content have it. Two grades of
one content that differ are an error, unless a later one is of the same examiner; so is a grade of a file that is not there.
A row that has 'withdrawn' and no category takes back the earlier grades of the same examiner.

Examples:
  exhibit-hash grade AB-1.ndjson --grades grades.csv --dry-run
  exhibit-hash grade AB-1.ndjson --grades grades.csv --files evidence/AB-1 --out case
  exhibit-hash grade AB-1.ndjson --grades grades.csv --since case --out case-2.json`
