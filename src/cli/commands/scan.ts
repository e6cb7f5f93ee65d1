// `scan`: an exhibit against hash sets, the main job.

import { existsSync } from 'node:fs'
import { Command, Option } from '@commander-js/extra-typings'
import { NEAR_KINDS, type NearKind } from '../../core/hashes.js'
import { ExhibitHashError } from '../../core/errors.js'
import type { SummaryRecord } from '../../core/result.js'
import type { HashSet } from '../../index/index.js'
import { DEFAULT_NEAR, parseNear, type NearPolicy } from '../../match/index.js'
import { scanLines, scanToFile, type ScanInput, type ScanOptions } from '../../pipeline/index.js'
import { companionsOf } from '../../results/index.js'
import { ARCHIVE_LIMITS_HELP, archivesOption, parseArchiveLimits } from '../archive-options.js'
import { summaryTable } from '../describe-match.js'
import { exitOfSummary } from '../exit.js'
import { HASHING_HELP, hashingOptions } from '../hashing-options.js'
import { JSON_LINES, PEOPLE } from '../line-sinks.js'
import { note, printsJson, writeJson, writeLines } from '../output.js'
import { progressLine, showRun } from '../progress.js'
import { checkTarget } from '../results-target.js'
import {
  NO_MAPPING_HELP,
  noteMissingHashes,
  noteNoKnownGood,
  REQUIRE_SIGNATURE_HELP,
  signatureOption,
  withSets
} from '../sets.js'
import { stoppable } from '../stop.js'
import { byteSize, listOption, scanInput, wholeNumber } from '../values.js'
import { framesPerSecond, parseVideoLimits } from '../video-options.js'

export function scanCommand(setStatus: (status: number) => void) {
  return new Command('scan')
    .description('hash every file of an exhibit and match it against hash sets')
    .argument('<path...>', 'files, folders, archives and patterns; - reads names from standard input')
    .requiredOption('--set <index...>', 'hash set to match against (repeatable)')
    .option('--out <results>', 'write the results file here (appears when complete)')
    .option('--resume', 'go on where a run with the same --out was interrupted; begin where none was')
    .option('--case <number>', 'case number, for the header of the results')
    .option('--exhibit <ref>', 'exhibit reference, for the header of the results')
    .option('--organisation <name>', 'organisation, for the header of the results')
    .option(
      '--near <list>',
      "distances, e.g. pdq=31,phash=6, in place of the default pdq=31 (with hashers also photoDna=40000); 'none' for exact matches only",
      parseNear
    )
    .option('--hashes <list>', "perceptual hashes to compute: 'all' or e.g. pdq,phash (default: pdq)", listOption)
    .option('--preview', 'add a BlurHash of a raster of 16 pixels to each picture')
    .option('--exact', HASHING_HELP.exact)
    .addOption(new Option('--heic <how>', HASHING_HELP.heic).choices(['wasm', 'native'] as const))
    .option('--no-video', HASHING_HELP.noVideo)
    .option('--video-fps <n>', HASHING_HELP.videoFps, framesPerSecond)
    .option('--video-scenes', HASHING_HELP.videoScenes)
    .option('--video-limits <list>', HASHING_HELP.videoLimits, parseVideoLimits)
    .option('--hasher <module...>', HASHING_HELP.hasher)
    .option('--first <pattern...>', "names that go before all others, e.g. 'referral/**' (repeatable)")
    .option('--as-done', 'print each record as soon as it is there, in no fixed order (not with --out)')
    .option('--skip-known', 'do not decode files that known-good sets have and no other')
    .option('--no-archives', 'leave ZIP and TAR archives closed (default: their members are files of their own)')
    .option('--archive-limits <list>', ARCHIVE_LIMITS_HELP, parseArchiveLimits)
    .option('--concurrency <n>', 'files in flight (default: one more than the cores)', wholeNumber)
    .option('--timeout <ms>', HASHING_HELP.timeout, wholeNumber)
    .option('--max-pixels <n>', HASHING_HELP.maxPixels, wholeNumber)
    .option('--max-decode-size <size>', HASHING_HELP.maxDecodeSize, byteSize)
    .option('--max-memory <size>', HASHING_HELP.maxMemory, byteSize)
    .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
    .option('--no-mapping', NO_MAPPING_HELP)
    .option('--null', 'names on standard input are separated by NUL')
    .option('--json', 'print records as NDJSON also on a terminal')
    .option('--quiet', 'no progress bar and no summary table')
    .addHelpText('after', HELP)
    .action(async (paths, options) => {
      const { set, out, json, quiet, mapping, null: nul, near, resume } = options
      const given: ScanOptions = {
        ...hashingOptions(options),
        ...(near !== undefined && { near: { ...near } }),
        ...(options.first !== undefined && { first: options.first }),
        ...(options.asDone === true && { order: 'completion' as const }),
        ...(options.skipKnown === true && { skipKnown: true }),
        ...archivesOption(options.archives, options.archiveLimits),
        ...(options.case !== undefined && { case: options.case }),
        ...(options.exhibit !== undefined && { exhibit: options.exhibit }),
        ...(options.organisation !== undefined && { organisation: options.organisation })
      }
      const input = scanInput(paths, nul)
      await checkOut(options)
      const started = performance.now()
      const summary = await withSets(set, { mapping, ...signatureOption(options.requireSignature) }, (sets) => {
        noteMissingHashes(sets, kindsAskedFor(options))
        if (options.skipKnown === true) noteNoKnownGood(sets)
        return stoppable((signal) => run(input, sets, { ...given, signal }, { out, json, quiet, resume }))
      })
      if (summary.files === 0) note(`note: no file was found in ${placesOf(paths)}: nothing was looked at`)
      if (quiet !== true) note(summaryTable(summary, (performance.now() - started) / 1000))
      if (out !== undefined && quiet !== true) note(`results: ${out}`)
      setStatus(exitOfSummary(summary))
    })
}

interface OutOptions {
  readonly out?: string | undefined
  readonly resume?: true | undefined
  readonly asDone?: true | undefined
}

async function checkOut({ out, resume, asDone }: OutOptions): Promise<void> {
  if (out === undefined) {
    if (resume !== true) return
    throw new ExhibitHashError('USAGE', '--resume needs the --out of the run that is to go on')
  }
  if (asDone === true) throw new ExhibitHashError('USAGE', '--as-done is not for --out: results files have one order')
  await checkTarget(out)
}

/** Kinds that are computed and compared. */
function kindsAskedFor({ near, hasher }: { near?: NearPolicy | undefined; hasher?: unknown }): NearKind[] {
  const kinds = NEAR_KINDS.filter((kind) => (near ?? DEFAULT_NEAR)[kind] !== undefined)
  return hasher === undefined ? kinds.filter((kind) => kind !== 'photoDna') : kinds
}

interface Where {
  readonly out: string | undefined
  readonly json: boolean | undefined
  readonly quiet: boolean | undefined
  readonly resume: boolean | undefined
}

async function run(
  input: ScanInput,
  sets: readonly HashSet[],
  options: ScanOptions,
  { out, json, quiet, resume }: Where
): Promise<SummaryRecord> {
  // Where lines for people go to the same terminal, a bar would run through them.
  const bar = progressLine(quiet === true || (out === undefined && process.stdout.isTTY))
  const given = { ...options, sets, onProgress: showRun(bar) }
  try {
    if (out === undefined) return await writeLines(scanLines(input, given), printsJson(json) ? JSON_LINES : PEOPLE)
    const onEarlier = (earlier: keyof typeof EARLIER): void => {
      if (quiet !== true) note(EARLIER[earlier](out))
    }
    const summary = await scanToFile(input, out, { ...given, resume: resume === true, onEarlier }).catch(
      (error: unknown) => {
        noteJournal(out, error)
        throw error
      }
    )
    // The results are complete on disk; a standard output that is gone takes nothing from them.
    if (printsJson(json)) await writeJson(summary).catch(() => undefined)
    return summary
  } finally {
    bar.stop()
  }
}

function placesOf(paths: readonly string[]): string {
  return paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ')
}

const EARLIER = {
  complete: (out: string) =>
    `${out} was complete already, of the same inputs, options and sets: nothing was read again`,
  replaced: (out: string) => `note: ${out} held results of other inputs, options or sets, which these replaced`
}

/** An interrupted run has not been in vain, and whoever sees its end should know. */
function noteJournal(out: string, error: unknown): void {
  const { journal } = companionsOf(out)
  if (error instanceof ExhibitHashError && error.code.startsWith('JOURNAL_')) return
  if (existsSync(journal)) note(`what was done is kept in ${journal}: the same command with --resume goes on`)
}

const HELP = `
Without a hash set: exhibit-hash hash.

Exit status: 0 nothing to report, 1 something matched, 2 some files could not be processed, 3 both;
64 wrong usage, 65 unusable hash set or results, 70 a fault of this program, 74 input or output failed, 130 stopped.

Examples:
  exhibit-hash scan /evidence/AB-1 --set caid.ehx --out AB-1.ndjson --case 2026/17 --exhibit AB-1
  exhibit-hash scan '/evidence/AB-1/**/*.jpg' --set caid.ehx > AB-1.ndjson
  find /evidence -name '*.jpg' -print0 | exhibit-hash scan - --null --set caid.ehx --set local.ehx`
