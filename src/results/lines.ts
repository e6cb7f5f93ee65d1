// Lines of NDJSON and what each holds: numbered, bounded in length, told by their number where they are broken.

import { ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import type { ResultLine } from '../core/result.js'

/** A line longer than this is no record. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024
const NEW_LINE = 0x0a

/** A fault of a results file, with the number of the line. */
export function invalidLine(path: string, lineNumber: number, why: string): ExhibitHashError {
  return new ExhibitHashError('RESULTS_INVALID', `${path}, line ${lineNumber}: ${why}`, { path })
}

/**
 * Cuts bytes into lines, many at a time; a chunk may be written over when the next one is asked for.
 * @throws {ExhibitHashError} RESULTS_INVALID where a line is longer than a record can be
 */
export async function* cutLines(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<string[]> {
  let rest: Buffer[] = []
  let restBytes = 0
  let number = 0
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const first = chunk.indexOf(NEW_LINE)
    if (restBytes + (first === -1 ? chunk.length : first) > MAX_LINE_BYTES) {
      throw invalidLine(path, number + 1, 'too long for a record')
    }
    const last = first === -1 ? -1 : chunk.lastIndexOf(NEW_LINE)
    if (last !== -1) {
      const whole = rest.length === 0 ? chunk.subarray(0, last) : Buffer.concat([...rest, chunk.subarray(0, last)])
      const lines = whole.toString('utf8').split('\n')
      number += lines.length
      yield lines
      rest = []
      restBytes = 0
    }
    if (last + 1 < chunk.length) rest.push(Buffer.from(chunk.subarray(last + 1)))
    restBytes += chunk.length - last - 1
  }
  if (restBytes > 0) yield [Buffer.concat(rest).toString('utf8')]
}

/** True for a line with nothing on it: it is passed over. */
export function isBlank(line: string): boolean {
  // Records begin with a brace, and looking at all of a long line for that would cost more than its brace.
  return line.charCodeAt(0) !== 0x7b && line.trim() === ''
}

/** @throws {ExhibitHashError} RESULTS_INVALID */
export function parseLine(line: string, lineNumber: number, path: string): ResultLine {
  let value: unknown
  try {
    value = JSON.parse(lineNumber === 1 ? line.replace(/^\ufeff/, '') : line)
  } catch {
    throw invalidLine(path, lineNumber, 'not JSON')
  }
  if (!isPlainObject(value)) throw invalidLine(path, lineNumber, 'not a record')
  return value as unknown as ResultLine
}
