// `rematch`: results of earlier scans against hash sets as they are now, without reading an exhibit again.

import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Command, Option } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../../core/errors.js'
import type { HeaderRecord, RematchCounts, ResultLine, SummaryRecord } from '../../core/result.js'
import { realPath } from '../../files/index.js'
import { parseNear, type NearPolicy } from '../../match/index.js'
import {
  auditStart,
  rematchLines,
  type RematchOptions,
  type RematchPlan,
  sealResults,
  setFacts
} from '../../pipeline/index.js'
import { ResultsFile } from '../../results/index.js'
import { rematchTable } from '../describe-match.js'
import { exitOfSummary } from '../exit.js'
import { JSON_LINES, PEOPLE } from '../line-sinks.js'
import { counted, formatCount, note, printsJson, type LineSink, writeJson, writeLines } from '../output.js'
import { progressLine } from '../progress.js'
import { checkTarget } from '../results-target.js'
import { NO_MAPPING_HELP, REQUIRE_SIGNATURE_HELP, signatureOption, withSets } from '../sets.js'
import { stoppable } from '../stop.js'
import { wholeNumber } from '../values.js'

export function rematchCommand(setStatus: (status: number) => void) {
  return new Command('rematch')
    .description('earlier results against new hash sets: what is new since, without reading the exhibit again')
    .argument('<results...>', 'results files as scan writes them')
    .requiredOption('--set <index...>', 'hash set to match against (repeatable)')
    .option('--out <file>', 'write the results here; of several results files, into this folder under their names')
    .option(
      '--near <list>',
      "distances, e.g. pdq=31,phash=6, in place of those of the scan; 'none' for exact matches only",
      parseNear
    )
    .option('--all', 'a record of every file with all of its matches, in place of what is new')
    .option('--ignore-sources', 'know records by MediaID alone: for releases whose files have other names each time')
    .addOption(
      new Option(
        '--way <how>',
        'ask with every file, or with what newer layers of a set bring; the results are the same'
      )
        .choices(['auto', 'files', 'layers'] as const)
        .default('auto' as const)
    )
    .option('--concurrency <n>', 'threads that match (default: the cores)', wholeNumber)
    .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
    .option('--no-mapping', NO_MAPPING_HELP)
    .option('--json', 'print records as NDJSON also on a terminal')
    .option('--quiet', 'no progress bar, no notes and no summary table')
    .addHelpText('after', HELP)
    .action(async (results, options) => {
      const { set, mapping, near, concurrency, out } = options
      const jobs = await jobsOf(results, out)
      const given: Omit<RematchOptions, 'sets'> = {
        way: options.way,
        ...(near !== undefined && { near: { ...near } }),
        ...(options.all === true && { all: true }),
        ...(options.ignoreSources === true && { ignoreSources: true }),
        ...(concurrency !== undefined && { concurrency })
      }
      const counts = await withSets(set, { mapping, ...signatureOption(options.requireSignature) }, (sets) =>
        stoppable(async (signal) => {
          const done: RematchCounts[] = []
          for (const job of jobs) done.push(await run(job, { ...given, sets, signal }, options))
          return done
        })
      )
      setStatus(exitOfSummary(sumOf(counts)))
    })
}

/** A results file, and where its rematch goes; `undefined` is standard output. */
interface Job {
  readonly results: string
  readonly out: string | undefined
}

async function jobsOf(results: readonly string[], out: string | undefined): Promise<Job[]> {
  if (out === undefined) return results.map((path) => ({ results: path, out }))
  const isFolder = (await stat(out).catch(() => null))?.isDirectory() === true
  if (results.length > 1 && !isFolder) {
    throw new ExhibitHashError('USAGE', `--out ${out}: name a folder that is there, for several results files`, {
      path: out
    })
  }
  const jobs = results.map((path) => ({ results: path, out: isFolder ? join(out, basename(path)) : out }))
  const targets = new Set<string>()
  const sources = new Set(await Promise.all(results.map((path) => realPath(path))))
  for (const job of jobs) {
    const target = await realPath(job.out)
    if (sources.has(target)) {
      throw new ExhibitHashError('USAGE', `--out ${job.out} is what is read: name another`, { path: job.out })
    }
    if (targets.has(target)) {
      throw new ExhibitHashError('USAGE', `--out ${out}: two results files are called ${basename(job.out)}`, {
        path: out
      })
    }
    targets.add(target)
    await checkTarget(job.out)
  }
  return jobs
}

interface Shown {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly near?: NearPolicy | undefined
}

async function run(
  { results, out }: Job,
  options: RematchOptions,
  { json, quiet, near }: Shown
): Promise<RematchCounts> {
  const bar = progressLine(quiet === true || (out === undefined && process.stdout.isTTY))
  const started = performance.now()
  const onProgress: RematchOptions['onProgress'] = ({ phase, done, total, matched }) =>
    bar.update(done, total, `${results}: ${PHASES[phase]}, ${formatCount(matched)} files with something new`)
  const told = quiet === true ? () => undefined : note
  const lines = rematchLines(results, {
    ...options,
    onProgress,
    onPlan: (plan) => plan.forEach((one) => told(wayText(one)))
  })
  const into = (sink: LineSink): Promise<SummaryRecord> => writeLines(noting(lines, near, told), sink)
  try {
    const summary = await (out === undefined
      ? into(printsJson(json) ? JSON_LINES : PEOPLE)
      : intoFile(out, into, { rematchOf: results, sets: setFacts(options.sets) }))
    bar.stop()
    const { rematch: counts } = summary
    if (counts === undefined) throw new ExhibitHashError('INTERNAL', 'a rematch ended without its counts')
    // The results are complete on disk; a standard output that is gone takes nothing from them.
    if (out !== undefined && printsJson(json)) await writeJson(summary).catch(() => undefined)
    told(rematchTable(counts, (performance.now() - started) / 1000))
    if (out !== undefined) told(`results: ${out}`)
    return counts
  } finally {
    bar.stop()
  }
}

async function intoFile(
  out: string,
  into: (sink: LineSink) => Promise<SummaryRecord>,
  task: object
): Promise<SummaryRecord> {
  const started = new Date()
  const summary = await ResultsFile.during(out, into)
  await auditStart(out, 'started', task, started)
  await sealResults(out, summary, started)
  return summary
}

const PHASES = { layers: 'comparing with newer layers', files: 'looking up' } as const

function wayText({ set, way, newerLayers, newerRecords }: RematchPlan): string {
  if (newerLayers === null) return `note: ${set}: not a set of that scan: every file is looked up`
  if (newerLayers === 0) return `note: ${set}: as it was at the scan`
  const what = `${counted(newerLayers, 'update', 'updates')} since the scan (${counted(newerRecords, 'record', 'records')})`
  return way === 'layers'
    ? `note: ${set}: ${what}: what changed is looked for among the files`
    : `note: ${set}: ${what}: every file is looked up`
}

/** Hands the lines on, and says what the results cannot be asked for. */
async function* noting(
  lines: AsyncIterable<ResultLine>,
  near: NearPolicy | undefined,
  told: (text: string) => void
): AsyncGenerator<ResultLine> {
  for await (const line of lines) {
    if (line.type === 'header') for (const text of notesOn(line, near)) told(text)
    yield line
  }
}

function notesOn({ options, rematchOf }: HeaderRecord, near: NearPolicy | undefined): string[] {
  const missing = Object.keys(near ?? {}).filter((kind) => options.near[kind] === undefined)
  const lacking =
    missing.length === 0
      ? []
      : [`note: ${rematchOf?.results} has no ${missing.join(', ')}: only a scan can search by that`]
  const isTurnedMissing = options.near.pdq !== undefined
  return isTurnedMissing ? [...lacking, TURNED] : lacking
}

const TURNED = 'note: copies that were turned or mirrored are found only by a scan: results keep no hashes of them'

function sumOf(counts: readonly RematchCounts[]): Parameters<typeof exitOfSummary>[0] {
  const sum = (of: (each: RematchCounts) => number): number => counts.reduce((total, each) => total + of(each), 0)
  return {
    identical: sum(({ identical }) => identical),
    conflict: sum(({ conflict }) => conflict),
    similar: sum(({ similar }) => similar),
    errors: sum(({ errors }) => errors)
  }
}

const HELP = `
Listed are files that match what they did not match before: a record, another grading or relation of one; each such match
has "news", and matches that are gone are counted. What --all writes may be asked again later, what is new alone may not.

Digests and hashes are asked as the results keep them. They keep the PDQ of a picture as stored and not those of its turned
variants: copies that were turned or mirrored are found only by a new scan.

Where a set is the one of the scan with updates on it, only what the updates bring is looked up among the files.

Exit status: 0 nothing new, 1 something new matched, 2 the scan could not process some files, 3 both;
64 wrong usage, 65 unusable hash set or results, 70 a fault of this program, 74 input or output failed, 130 stopped.

Examples:
  exhibit-hash rematch AB-1.ndjson --set caid.ehx --out AB-1.new.ndjson
  exhibit-hash rematch old/*.ndjson --set caid.ehx --set local.ehx --out rematched/`
