// An earlier results file against sets as they are now, without the exhibit: its hashes are asked anew, and what the
// earlier records did not have comes out.

import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { RESULTS_SCHEMA_VERSION, type FileRecord, type HeaderRecord, type ResultLine } from '../core/result.js'
import type { NearPolicy } from '../match/index.js'
import { EarlierResults, RematchCounter } from '../results/index.js'
import { askFiles } from './rematch-files.js'
import { findAffected } from './rematch-layers.js'
import { checkRematchOptions, type RematchOptions, type RematchRun } from './rematch-options.js'
import { nearFor, planWays } from './rematch-plan.js'

/**
 * Asks hash sets anew with the hashes that a results file keeps, and gives the record of every file for which they have
 * something that its record did not have: a record, another grading, another relation. `matches` has what is new, each
 * with `news`; `gone` what is no match any more. Copies that were turned or mirrored are found only by a scan, since
 * results keep the PDQ of a picture as stored and not of its turned variants.
 *
 * @param resultsPath - as `scan` writes it, or `rematch` with `all`
 * @throws {ExhibitHashError} USAGE, INPUT_NOT_FOUND, READ_FAILED, FILE_CHANGED, INDEX_DAMAGED, SET_CLOSED, ABORTED;
 * RESULTS_INVALID with the number of the line, where results are incomplete or broken
 *
 * @example
 * await using set = await HashSet.open('caid.ehx')
 * for await (const record of rematch('AB-1.ndjson', { sets: [set] })) console.log(record.path, record.matches)
 */
export async function* rematch(resultsPath: string, options: RematchOptions): AsyncGenerator<FileRecord> {
  for await (const line of rematchLines(resultsPath, options)) if (line.type === 'file') yield line
}

/** The same as the lines of a results file: header, records, summary. */
export async function* rematchLines(resultsPath: string, options: RematchOptions): AsyncGenerator<ResultLine> {
  const run = checkRematchOptions(options)
  const earlier = await EarlierResults.open(resultsPath, { signal: run.signal })
  try {
    const near = nearFor(earlier.header, run.near, resultsPath)
    const ways = planWays(earlier.header, earlier.files, near, run)
    try {
      run.onPlan(ways.plan)
      yield headerOf(earlier, near, run)
      const counter = new RematchCounter(new Set(run.sets.map(({ name }) => name)))
      const affected = ways.layered.length === 0 ? null : await findAffected(earlier, ways, near, run, counter)
      yield* askFiles(earlier, { ...ways, affected }, near, run, counter)
    } finally {
      for (const { newer } of ways.layered) newer.close()
    }
  } catch (error) {
    if (run.signal?.aborted === true) throw new ExhibitHashError('ABORTED', 'the rematch was stopped', { cause: error })
    throw toExhibitHashError(error, 'INTERNAL')
  } finally {
    await earlier.close()
  }
}

function headerOf({ header, name, sha256 }: EarlierResults, near: NearPolicy, run: RematchRun): HeaderRecord {
  const { case: caseNumber, exhibit, organisation, options, sets } = header
  return {
    type: 'header',
    schemaVersion: RESULTS_SCHEMA_VERSION,
    ...(caseNumber !== undefined && { case: caseNumber }),
    ...(exhibit !== undefined && { exhibit }),
    ...(organisation !== undefined && { organisation }),
    options: { ...options, near: { ...near } },
    sets: run.sets.map((set) => set.identity),
    rematchOf: {
      results: name,
      sha256,
      sets,
      near: options.near,
      all: run.all,
      ...(!run.bySource && { ignoreSources: true as const })
    }
  }
}
