// Files of equal content in one or several results files, grouped.
//
// Exhibits have millions of files, so only their digests are held, sorted. The names come from reading
// the files once more, and only those of groups are kept.

import { ExhibitHashError } from '../core/errors.js'
import { areTexts, usage } from '../core/options.js'
import type { FileRecord, HeaderRecord, ResultLine } from '../core/result.js'
import { newsOnlyFault } from './check-lines.js'
import { DigestItems } from './digest-items.js'
import { refuseTwice } from './only-once.js'
import { readFinished } from './read.js'

export interface DuplicateFile {
  /** The results file, as it was named. */
  readonly results: string
  readonly case?: string
  readonly exhibit?: string
  readonly seq: number
  readonly path: string
  readonly pathBase64?: string
}

export interface DuplicateGroup {
  readonly type: 'duplicates'
  readonly sha256: string
  readonly sizeBytes: number | null
  /** In the order of results files, and of discovery within each. */
  readonly files: readonly DuplicateFile[]
}

export interface DuplicatesOptions {
  /** Only groups with files of more than one results file. Default false. */
  readonly across?: boolean
  readonly signal?: AbortSignal
}

/**
 * Groups of two files and more with equal SHA-256, in the order in which the first file of each was found. Empty files are
 * alike and say nothing: they are left out.
 *
 * @throws {ExhibitHashError} USAGE, INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID
 */
export async function* findDuplicates(
  paths: readonly string[],
  { across = false, signal }: DuplicatesOptions = {}
): AsyncGenerator<DuplicateGroup> {
  if (!areTexts(paths)) throw usage('paths', 'a list of results files', paths)
  await refuseTwice(paths)
  const wanted = await repeated(paths, across, signal)
  if (wanted.size === 0) return
  const groups = new Map<string, { sizeBytes: number | null; files: DuplicateFile[] }>()
  for await (const { record, header, results } of filesOf(paths, signal)) {
    const sha256 = record.digests!.sha256
    if (!wanted.has(sha256)) continue
    const group = groups.get(sha256) ?? { sizeBytes: record.sizeBytes, files: [] }
    group.files.push(describe(record, header, results))
    groups.set(sha256, group)
  }
  for (const [sha256, group] of groups) yield { type: 'duplicates', sha256, ...group }
}

function describe(record: FileRecord, header: HeaderRecord | null, results: string): DuplicateFile {
  return {
    results,
    ...(header?.case !== undefined && { case: header.case }),
    ...(header?.exhibit !== undefined && { exhibit: header.exhibit }),
    seq: record.seq,
    path: record.path,
    ...(record.pathBase64 !== undefined && { pathBase64: record.pathBase64 })
  }
}

/** Digests that several files have. */
async function repeated(paths: readonly string[], across: boolean, signal?: AbortSignal): Promise<Set<string>> {
  const items = new DigestItems()
  for await (const { record, number } of filesOf(paths, signal)) items.add(record.digests!.sha256, number)
  const wanted = new Set<string>()
  for await (const run of items.runs()) {
    if (run.count > 1 && (run.isAcross || !across)) wanted.add(run.sha256)
  }
  return wanted
}

interface Found {
  readonly record: FileRecord
  readonly header: HeaderRecord | null
  readonly results: string
  /** Of the results file. */
  readonly number: number
}

/** File records that have digests and bytes. */
async function* filesOf(paths: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<Found> {
  for (const [number, results] of paths.entries()) {
    let header: HeaderRecord | null = null
    for await (const line of readFinished(results)) {
      signal?.throwIfAborted()
      refuseForeign(line, results)
      if (line.type === 'header') header = line
      else if (isCounted(line)) yield { record: line, header, results, number }
    }
  }
}

const TYPES: readonly unknown[] = ['header', 'file', 'summary'] satisfies ResultLine['type'][]

/** What has no such files must not read as an exhibit without duplicates. */
function refuseForeign(line: ResultLine, path: string): void {
  const isForeign = !TYPES.includes(line.type)
  const fault = line.type === 'header' ? newsOnlyFault(line) : isForeign ? 'is not a results file' : null
  if (fault !== null) throw new ExhibitHashError('RESULTS_INVALID', `${path}: ${fault}`, { path })
}

function isCounted(line: ResultLine): line is FileRecord {
  if (line.type !== 'file' || line.sizeBytes === 0) return false
  const sha256: unknown = line.digests?.sha256
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
}
