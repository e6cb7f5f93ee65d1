// What a format reader is given and what it must do: the contract behind the table of formats.

import type { ErrorCode } from '../core/errors.js'
import type { SetRecord } from '../core/set-record.js'
import type { Packing } from './packing.js'
import type { SourceOptions } from './source.js'
import type { Tally } from './tally.js'
import type { DatabaseWriter, ExportFacts, ExportOptions, TextWriter } from './writer.js'

/** The beginning of a source, decoded. */
export interface Head {
  readonly text: string
  /** True where `text` is the whole source. */
  readonly isWhole: boolean
  /** The same as it stands in the file. */
  readonly bytes: Uint8Array
  readonly path: string
  /** Name of the file without its folders. */
  readonly fileName: string
}

export interface FormatInput {
  readonly head: Head
  readonly options: SourceOptions
  readonly tally: Tally
  /** The source as UTF-8 without a byte-order mark, in chunks that are valid until the next is asked for. */
  chunks(): AsyncIterable<Buffer>
  /** The source as it stands in the file, likewise. */
  rawChunks(): AsyncIterable<Buffer>
  /** Where records may be packed straight from bytes; `null` where they are wanted as objects. */
  readonly packing: Packing | null
  /** Hands out a record. */
  add(record: SetRecord): void
  /** The fault, with the file's path put in front; `offset` counts bytes of the chunks. */
  fault(code: ErrorCode, message: string, offset?: number): Error
}

export interface Format<Name extends string = string> {
  readonly name: Name
  /** Formats of one family say the same of a file: what one of them takes back, another may have listed. */
  readonly family?: string
  /** Its sets describe illegal material and may not be used to leave files out. */
  readonly isOfIllegalMaterial: boolean
  /** Its sets list harmless files, which is what they are for. */
  readonly isKnownGood?: true
  /** It has records that take others back, and those cannot be packed. */
  readonly withdraws?: true
  /** Its files are no text, so control characters in them are no sign of a foreign file. */
  readonly isBinary?: true
  recognises(head: Head, options: SourceOptions): boolean | Promise<boolean>
  /**
   * Reads the source: `add`s records and yields now and then, so that what was added can be handed out. Throws
   * `fault`s after adding every record before them.
   */
  read(input: FormatInput): AsyncGenerator<void>
  /** Makes a text of records. */
  writeText?(facts: ExportFacts, options: ExportOptions): TextWriter
  /** Makes a database of records, in a file that is not there yet. */
  writeDatabase?(path: string): Promise<DatabaseWriter>
}
