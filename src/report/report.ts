// Results files as a report in one of the formats, streaming: what is held is at most a digest a file.

import { stat } from 'node:fs/promises'
import type { FileRecord } from '../core/result.js'
import { writingText } from '../files/index.js'
import { readChecked, strongestRelation } from '../results/index.js'
import { REPORT_FORMAT_NAMES, REPORT_FORMATS, type ReportFormatName } from './registry.js'
import { describeSources, refuseOverwriting, usage } from './sources.js'
import type { ReportFormat, ReportSource, ReportWriter } from './writer.js'

export interface ReportOptions {
  readonly format: ReportFormatName
  /** File to write, which appears when it is complete. */
  readonly out?: string
  /** Takes the text where there is no file. */
  readonly write?: (text: string) => Promise<void>
  /** Only files that something matched which is not known-good. Default false. */
  readonly matchedOnly?: boolean
  /** CSV and NDJSON: PhotoDNA values of files too, which can be turned back into blurred pictures. Default false. */
  readonly photoDna?: boolean
  readonly signal?: AbortSignal
  /** Called with bytes read of bytes in all. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface ReportOutcome {
  readonly format: ReportFormatName
  readonly path: string | null
  /** Files in the results. */
  readonly files: number
  /** Files of which the report has something. */
  readonly reported: number
  /** Files that were asked for and of which the format holds nothing: without digests, in hashdeep. */
  readonly leftOut: number
}

/**
 * Makes a report of one or several results files: `csv`, `ndjson`, `html` (a printable summary of the case), `dfxml`,
 * `hashdeep`, or `case` (CASE/UCO JSON-LD). The same results make the same report.
 *
 * @throws {ExhibitHashError} USAGE, INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID naming file and line, WRITE_FAILED, ABORTED
 *
 * @example
 * await writeReport(['AB-1.ndjson', 'AB-2.ndjson'], { format: 'html', out: 'case.html' })
 */
export async function writeReport(results: readonly string[], options: ReportOptions): Promise<ReportOutcome> {
  const { out, write, signal, onProgress } = options
  const format: ReportFormat | undefined = REPORT_FORMATS.find(({ name }) => name === options.format)
  if (format === undefined) throw usage(`format '${options.format}' is not one of ${REPORT_FORMAT_NAMES.join(', ')}`)
  if (results.length === 0) throw usage('a report needs a results file')
  if (out === undefined && write === undefined) throw usage('a report needs a file (out) or a function (write)')
  if (out !== undefined) await refuseOverwriting(out, results)
  const sources = await describeSources(results, format.namesDigests === true)
  const total = onProgress === undefined ? 0 : await sizeOfAll(results)
  let read = 0
  const onBytes = (bytes: number): void => onProgress?.((read += bytes), total)
  const target = { ...(out !== undefined && { out }), ...(write !== undefined && { write }) }
  const counts = await writingText(target, (put) => {
    const writer = format.write(sources, { photoDna: options.photoDna === true })
    return writeAll(writer, sources, { put, matchedOnly: options.matchedOnly === true, signal, onBytes })
  })
  return { format: options.format, path: out ?? null, ...counts }
}

interface Job {
  readonly put: (text: string) => Promise<void>
  readonly matchedOnly: boolean
  readonly signal: AbortSignal | undefined
  readonly onBytes: (bytes: number) => void
}

async function writeAll(
  writer: ReportWriter,
  sources: readonly ReportSource[],
  { put, matchedOnly, signal, onBytes }: Job
): Promise<Pick<ReportOutcome, 'files' | 'reported' | 'leftOut'>> {
  const counts = { files: 0, reported: 0, leftOut: 0 }
  await put(writer.head)
  for (const source of sources) {
    await put(writer.beginSource?.(source) ?? '')
    for await (const line of readChecked(source.path, { signal, onBytes })) {
      if (line.type !== 'file') continue
      counts.files++
      if (matchedOnly && !isMatched(line)) continue
      const row = writer.row(line, source)
      counts[row === null ? 'leftOut' : 'reported']++
      if (row !== null && row !== '') await put(row)
    }
    await put(writer.endSource?.(source) ?? '')
  }
  await put(await writer.tail())
  return counts
}

function isMatched({ matches }: FileRecord): boolean {
  const strongest = strongestRelation(matches)
  return strongest !== null && strongest !== 'knownGood'
}

async function sizeOfAll(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => null)))
  return sizes.reduce((sum, status) => sum + (status?.size ?? 0), 0)
}
