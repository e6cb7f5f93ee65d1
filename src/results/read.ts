// Reads results files and other NDJSON of records, line by line, in constant memory.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import type { ResultLine } from '../core/result.js'

/** A line longer than this is no record. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024

/**
 * The lines of a results file, header and summary included.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID with the number of the line
 */
export async function* readResults(path: string): AsyncGenerator<ResultLine> {
  let lineNumber = 0
  const input = createReadStream(path, 'utf8')
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      lineNumber++
      if (line.trim() === '') continue
      yield parseLine(line, lineNumber, path)
    }
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  } finally {
    input.destroy()
  }
}

function parseLine(line: string, lineNumber: number, path: string): ResultLine {
  const invalid = (why: string): ExhibitHashError =>
    new ExhibitHashError('RESULTS_INVALID', `${path}, line ${lineNumber}: ${why}`, { path })
  if (line.length > MAX_LINE_CHARACTERS) throw invalid('too long for a record')
  let value: unknown
  try {
    value = JSON.parse(lineNumber === 1 ? line.replace(/^\ufeff/, '') : line)
  } catch {
    throw invalid('not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('not a record')
  return value as ResultLine
}
