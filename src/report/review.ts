// Results as a page for review: written as one file, or served to this machine with pictures at hand.

import { BUILT_IN_PROFILES, type CategoryProfile, profileIdentity } from '../core/category.js'
import { GradeBook } from '../casework/grading/grade-book.js'
import type { Grade } from '../casework/grading/grades.js'
import { canBeCopied, rootsOf } from '../casework/grading/media-copies.js'
import type { FileRecord } from '../core/result.js'
import { companionsOf } from '../results/index.js'
import { writingText } from '../files/index.js'
import { loadProfile } from '../index/index.js'
import { describeSources, refuseOverwriting } from './sources.js'
import { paceCharts } from './pace-charts.js'
import { type CollectOptions, collectReview, type ReviewData } from './review-data.js'
import { GradeFile } from './review-grades.js'
import { type ReviewFacts, reviewPage } from './review-page.js'
import type { ReportSource } from './writer.js'

export interface ReviewOptions {
  /** Category profile that grades follow. Default: that of all sets of the results, where they have one built-in profile. */
  readonly profile?: string | CategoryProfile
  readonly signal?: AbortSignal
}

export interface ServeReviewOptions extends ReviewOptions {
  /** The folders that were scanned, in the order of the results: pictures of theirs can be asked for. */
  readonly files?: readonly string[]
  /** Where grades are kept, an object a line. Default: `….grades.ndjson` beside the first results. */
  readonly grades?: string
  /** Default 0: any that is free. */
  readonly port?: number
}

export interface ReviewOutcome {
  readonly path: string
  readonly files: number
  /** Files without a match, or known-good, beyond the first 200,000 rows: counted, and not listed. */
  readonly unlisted: number
}

/** A page that is being served. */
export interface RunningReview {
  /** To be opened once, on this machine. */
  readonly address: string
  readonly grades: string
  readonly log: string
  stop(): Promise<void>
}

/**
 * Writes the review page as one HTML file, which loads nothing and has no picture.
 *
 * @throws {ExhibitHashError} USAGE, PROFILE_UNKNOWN, INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID, WRITE_FAILED, ABORTED
 */
export async function writeReview(
  results: readonly string[],
  out: string,
  options: ReviewOptions = {}
): Promise<ReviewOutcome> {
  await refuseOverwriting(out, results)
  const sources = await describeSources(results, false)
  // A profile that cannot be read is told of before the results are.
  const facts = await factsOf(sources, options)
  const data = await reviewDataOf(sources, { signal: options.signal })
  await writingText({ out }, async (put) => {
    for (const piece of reviewPage(data, facts, false)) await put(piece)
  })
  return { path: out, files: data.files, unlisted: data.unlisted }
}

/**
 * Serves the review page on 127.0.0.1, with grades kept as they are made, and pictures where `files` says where they are. Looks
 * at pictures are written to `….review` beside the first results. Grades and log are those of one server at a time.
 *
 * @throws {ExhibitHashError} USAGE, PROFILE_UNKNOWN, GRADES_INVALID, INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID, WRITE_FAILED
 */
export async function serveReview(
  results: readonly string[],
  options: ServeReviewOptions = {}
): Promise<RunningReview> {
  const { port } = options
  const files = rootsOf(results, options.files)
  const sources = await describeSources(results, false)
  const facts = await factsOf(sources, options)
  const { review: log } = companionsOf(results[0])
  const kept = await GradeFile.open(options.grades ?? `${results[0]}.grades.ndjson`, log, results)
  try {
    const data = await gradedDataOf(sources, kept.earlier, options)
    const roots = results.map((_, i) => files[i] ?? null)
    // Whoever serves nothing loads no server.
    const { ReviewServer } = await import('./review-server.js')
    const server = await ReviewServer.start({ data, facts, roots, kept, log }, port)
    return { address: server.address, grades: kept.path, log, stop: () => server.stop().finally(() => kept.close()) }
  } catch (error) {
    await kept.close()
    throw error
  }
}

async function gradedDataOf(
  sources: readonly ReportSource[],
  earlier: readonly Grade[],
  { files = [], signal }: ServeReviewOptions
): Promise<ReviewData> {
  const book = new GradeBook(earlier)
  const isViewable = (record: FileRecord, source: number): boolean =>
    files.length > 0 &&
    record.digests !== null &&
    record.media?.kind === 'image' &&
    record.pathBase64 === undefined &&
    canBeCopied(record, files[source])
  const data = await reviewDataOf(sources, { isViewable, book, signal })
  return { ...data, unplaced: book.unused.length }
}

async function reviewDataOf(sources: readonly ReportSource[], options: CollectOptions): Promise<ReviewData> {
  const data = await collectReview(sources, options)
  return { ...data, charts: [...data.charts, ...(await paceCharts(sources))] }
}

async function factsOf(sources: readonly ReportSource[], options: ReviewOptions): Promise<ReviewFacts> {
  const profile = options.profile === undefined ? profileOfSets(sources) : await loadProfile(options.profile)
  const { labels, note } = profile
  return { sources, labels: Object.entries(labels), profile: profileIdentity(profile), note }
}

function profileOfSets(sources: readonly ReportSource[]): CategoryProfile {
  const named = new Set(sources.flatMap(({ header }) => header.sets.map(({ profile }) => profile)))
  const known = Object.values(BUILT_IN_PROFILES).find((profile) => named.has(profileIdentity(profile)))
  return named.size === 1 && known !== undefined ? known : BUILT_IN_PROFILES.none
}
