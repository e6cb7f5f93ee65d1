// `verify`: do a results file, its manifest, its audit log and the journal still agree?

import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import type { FileRecord, HeaderRecord, ResultLine } from '../core/result.js'
import { isPlainObject } from '../core/plain-object.js'
import { readAudit, type AuditEntry } from './audit-log.js'
import { headerFault, recordFault } from './check-lines.js'
import { startOf } from './made-by.js'
import { companionsOf, readManifest, sha256OfFile } from './manifest.js'
import { readResults } from './read.js'
import { SummaryCounter } from './summary.js'

export type ResultsFindingCode =
  | 'RESULTS_INVALID'
  | 'RESULTS_CHANGED'
  | 'MANIFEST_MISSING'
  | 'MANIFEST_INVALID'
  | 'OUTPUT_MISSING'
  | 'AUDIT_MISSING'
  | 'AUDIT_BROKEN'
  | 'AUDIT_UNFINISHED'
  | 'AUDIT_DIFFERS'
  | 'JOURNAL_LEFT'

export interface ResultsFinding {
  readonly code: ResultsFindingCode
  readonly path: string
  readonly message: string
}

export interface VerifiedResults {
  readonly path: string
  /** True where there is nothing to find fault with. */
  readonly sound: boolean
  readonly sha256: string
  /** File records. */
  readonly files: number
  readonly findings: readonly ResultsFinding[]
  /** The entries of the audit log that follow on what is before them. */
  readonly audit: readonly AuditEntry[]
}

/**
 * Reads a results file and all that lies beside it.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED
 */
export async function verifyResults(path: string): Promise<VerifiedResults> {
  const findings: ResultsFinding[] = []
  const find = (code: ResultsFindingCode, where: string, message: string): void => {
    findings.push({ code, path: where, message })
  }
  const { journal, audit, manifest, review } = companionsOf(path)
  const sha256 = await sha256OfFile(path)
  const { files, header } = await checkLines(path, find)
  if (existsSync(manifest)) await checkManifest(manifest, [path, audit], find)
  else find('MANIFEST_MISSING', manifest, 'there is no manifest, so nothing says what was written')
  const entries = existsSync(audit) ? await checkAudit(audit, sha256, header, find) : []
  if (!existsSync(audit)) find('AUDIT_MISSING', audit, 'there is no audit log')
  if (existsSync(review)) await readChain(review, find)
  if (existsSync(journal)) {
    find('JOURNAL_LEFT', journal, 'a later run to the same results was interrupted: go on with --resume, or remove it')
  }
  return { path, sound: findings.length === 0, sha256, files, findings, audit: entries }
}

type Find = (code: ResultsFindingCode, path: string, message: string) => void

/** Header first, records in order, a summary that counts them last. */
async function checkLines(path: string, find: Find): Promise<{ files: number; header: HeaderRecord | null }> {
  const counter = new SummaryCounter()
  let header: HeaderRecord | null = null
  const seen = { files: 0, seq: -1 }
  let last: ResultLine | null = null
  try {
    for await (const line of readResults(path)) {
      if ((last === null) !== (line.type === 'header')) throw invalid(path, 'a header is the first line and no other')
      if (last?.type === 'summary') throw invalid(path, 'lines follow the summary')
      if (line.type === 'file') countFile(line, seen, counter, path)
      if (line.type === 'header') header = checkedHeader(line, path)
      last = line
    }
    if (last?.type !== 'summary') throw invalid(path, 'it has no summary at its end')
    // What a rematch counts besides is about the earlier results.
    const { rematch: _, ...counts } = last
    const { errorCodes, ...others } = counter.summary
    // Results of earlier versions do not have it.
    const found = counts.errorCodes === undefined || errorCodes === undefined ? others : { ...others, errorCodes }
    if (JSON.stringify(counts) !== JSON.stringify(found)) throw invalid(path, 'its summary counts other records')
  } catch (error) {
    const known = toExhibitHashError(error, 'INTERNAL')
    if (known.code !== 'RESULTS_INVALID') throw known
    find('RESULTS_INVALID', path, known.message)
  }
  return { files: seen.files, header }
}

function checkedHeader(header: HeaderRecord, path: string): HeaderRecord {
  const fault = headerFault(header)
  if (fault !== null) throw invalid(path, `its first line ${fault}`)
  return header
}

function countFile(
  record: FileRecord,
  seen: { files: number; seq: number },
  counter: SummaryCounter,
  path: string
): void {
  const fault = recordFault(record)
  if (fault !== null) throw invalid(path, `a record ${fault}`)
  if (record.seq <= seen.seq) throw invalid(path, `record ${record.seq} is not where it belongs`)
  seen.seq = record.seq
  seen.files++
  counter.add(record)
}

async function checkManifest(manifest: string, outputs: readonly string[], find: Find): Promise<void> {
  let lines
  try {
    lines = await readManifest(manifest)
  } catch (error) {
    find('MANIFEST_INVALID', manifest, toExhibitHashError(error, 'INTERNAL').message)
    return
  }
  for (const output of outputs) {
    if (lines.some(({ path }) => sameFile(path, output))) continue
    find('MANIFEST_INVALID', manifest, `it does not name ${basename(output)}`)
  }
  for (const { path, sha256 } of lines) {
    if (!existsSync(path)) find('OUTPUT_MISSING', path, 'it is named by the manifest and not there')
    else if ((await sha256OfFile(path)) !== sha256) find('RESULTS_CHANGED', path, 'it is not as it was written')
  }
}

function sameFile(a: string, b: string): boolean {
  return resolve(a) === resolve(b)
}

async function checkAudit(
  path: string,
  sha256: string,
  header: HeaderRecord | null,
  find: Find
): Promise<readonly AuditEntry[]> {
  const entries = await readChain(path, find)
  const finished = entries.at(-1)
  if (finished?.event !== 'finished') {
    find('AUDIT_UNFINISHED', path, 'its last entry is not of a run that was finished')
  } else if (finished['sha256'] !== sha256) {
    find('RESULTS_CHANGED', path, 'the run that it tells of made another results file')
  } else if (header !== null) {
    const differing = differingFact(startOf(entries, sha256), header)
    if (differing !== null) find('AUDIT_DIFFERS', path, `it does not say the same ${differing} as the results file`)
  }
  return entries
}

/** What the entry that began the run says otherwise than the header of its results. */
function differingFact(start: AuditEntry | null, header: HeaderRecord): string | null {
  if (start === null) return 'beginning'
  const listed: unknown = start['sets']
  const sets = Array.isArray(listed) ? listed.map(identityIn) : null
  if (!isSame(sets, header.sets)) return 'hash sets'
  // A rematch tells what it was made from in place of options.
  if (header.rematchOf !== undefined) return null
  if (!isSame(start['options'], header.options)) return 'options'
  return LABELS.find((label) => start[label] !== header[label]) ?? null
}

const LABELS = ['case', 'exhibit', 'organisation'] as const

/** A set as headers name it: where its file lay and who signed it stands in the log alone. */
function identityIn(set: unknown): unknown {
  if (!isPlainObject(set)) return set
  const { path: _, signature: __, ...identity } = set
  return identity
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Of an audit log, or one of a review: what was cut off at its end nobody can see. */
async function readChain(path: string, find: Find): Promise<readonly AuditEntry[]> {
  const { entries, broken } = await readAudit(path)
  for (const line of broken) find('AUDIT_BROKEN', path, `line ${line} does not follow on what is before it`)
  return entries
}

function invalid(path: string, why: string): ExhibitHashError {
  return new ExhibitHashError('RESULTS_INVALID', `${path}: ${why}`, { path })
}
