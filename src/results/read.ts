// Reads results files and other NDJSON of records, line by line, in constant memory.

import { createReadStream } from 'node:fs'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import type { ResultLine } from '../core/result.js'
import { NO_SUMMARY } from './check-lines.js'
import { cutLines, isBlank, parseLine } from './lines.js'

/**
 * The lines of a results file, header and summary included.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID with the number of the line
 */
export async function* readResults(path: string): AsyncGenerator<ResultLine> {
  let lineNumber = 0
  const input = createReadStream(path)
  try {
    for await (const lines of cutLines(input as AsyncIterable<Buffer>, path)) {
      for (const line of lines) {
        lineNumber++
        if (!isBlank(line)) yield parseLine(line, lineNumber, path)
      }
    }
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  } finally {
    input.destroy()
  }
}

/**
 * Lines of records, with a header and summary or without. What begins as results must end as they do: of those that were cut
 * off, nobody may take the part for the whole.
 *
 * @throws {ExhibitHashError} as {@link readResults}
 */
export async function* readFinished(path: string): AsyncGenerator<ResultLine> {
  let isOpen = false
  for await (const line of readResults(path)) {
    if (line.type === 'header') isOpen = true
    if (line.type === 'summary') isOpen = false
    yield line
  }
  if (isOpen) throw new ExhibitHashError('RESULTS_INVALID', `${path}: ${NO_SUMMARY}`, { path })
}
