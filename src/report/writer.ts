// What a report is made from and what a format of reports does with it: the contract behind the table of formats.

import type { FileRecord, HeaderRecord } from '../core/result.js'

/** A results file that a report is about. */
export interface ReportSource {
  readonly path: string
  /** Its exhibit, or its file name where it names none or another has the same. */
  readonly name: string
  readonly header: HeaderRecord
  /** SHA-256 of the results file, hex; only where the format says it. */
  readonly sha256?: string
}

export interface WriterOptions {
  /** PhotoDNA values of files too, which can be turned back into blurred pictures. */
  readonly photoDna: boolean
}

export interface ReportWriter {
  readonly head: string
  /** Before the records of each source. */
  beginSource?(source: ReportSource): string
  /** What the format holds of a record; `null` for nothing. */
  row(record: FileRecord, source: ReportSource): string | null
  endSource?(source: ReportSource): string
  tail(): string | Promise<string>
}

export interface ReportFormat<Name extends string = string> {
  readonly name: Name
  /** Says which results files it was made from, by their digests. */
  readonly namesDigests?: true
  write(sources: readonly ReportSource[], options: WriterOptions): ReportWriter
}

/** The name of a file as a report of several sources has it. */
export function nameAmong(sources: readonly ReportSource[], { name }: ReportSource, path: string): string {
  return sources.length === 1 ? path : `${name}/${path}`
}
