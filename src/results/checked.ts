// A results file read from its header to its summary, every line held against what it should be, in constant memory.

import { createReadStream } from 'node:fs'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import type { FileRecord, HeaderRecord, ResultLine } from '../core/result.js'
import { endFault, headerFault, orderFault, recordFault } from './check-lines.js'
import { cutLines, invalidLine, isBlank, parseLine } from './lines.js'

export interface CheckedOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes of each piece that was read. */
  readonly onBytes?: (bytes: number) => void
}

/**
 * Header, records and summary of a results file, of a scan or a rematch. A consumer that reads to the end has read a whole
 * file: the summary must be there and count what was.
 *
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, ABORTED; RESULTS_INVALID with the number of the line
 */
export async function* readChecked(path: string, options: CheckedOptions = {}): AsyncGenerator<ResultLine> {
  const check = new LineCheck(path)
  const input = createReadStream(path, { highWaterMark: 1 << 20 })
  try {
    for await (const lines of cutLines(counted(input as AsyncIterable<Buffer>, path, options), path)) {
      for (const line of lines) {
        check.lineNumber++
        if (!isBlank(line)) yield check.take(parseLine(line, check.lineNumber, path))
      }
    }
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  } finally {
    input.destroy()
  }
  check.end()
}

/**
 * The header of a results file, without reading on.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID
 */
export async function readHeader(path: string): Promise<HeaderRecord> {
  for await (const line of readChecked(path)) return line as HeaderRecord
  throw new ExhibitHashError('RESULTS_INVALID', `${path}: is empty`, { path })
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  path: string,
  { signal, onBytes }: CheckedOptions
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (signal?.aborted === true) throw new ExhibitHashError('ABORTED', `${path}: reading was stopped`, { path })
    onBytes?.(chunk.length)
    yield chunk
  }
}

/** Knows what may come next. */
class LineCheck {
  lineNumber = 0
  #place: 'header' | 'records' | 'end' = 'header'
  #files = 0
  #lastSeq = -1

  constructor(private readonly path: string) {}

  take(line: ResultLine): ResultLine {
    if (this.#place === 'header') {
      this.#refuse(headerFault(line))
      this.#place = 'records'
    } else if (this.#place === 'end') {
      this.#refuse('stands after the summary')
    } else if (line.type === 'summary') {
      this.#place = 'end'
      this.#refuse(endFault(line, this.#files))
    } else {
      const record = line as FileRecord
      this.#refuse(recordFault(record) ?? orderFault(record, this.#lastSeq))
      this.#lastSeq = record.seq
      this.#files++
    }
    return line
  }

  end(): void {
    if (this.#place === 'header') {
      throw new ExhibitHashError('RESULTS_INVALID', `${this.path}: is empty`, { path: this.path })
    }
    if (this.#place !== 'end') this.#refuse(endFault(null, this.#files))
  }

  #refuse(fault: string | null): void {
    if (fault !== null) throw invalidLine(this.path, this.lineNumber, fault)
  }
}
