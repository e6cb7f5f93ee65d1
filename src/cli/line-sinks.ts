// Lines of results on standard output: as NDJSON, or in words for people.

import type { ResultLine } from '../core/result.js'
import { describeRecord } from './describe-match.js'
import { writeJson, writeText, type LineSink } from './output.js'

export const JSON_LINES: LineSink = { write: writeJson }

export const PEOPLE: LineSink = {
  async write(line: ResultLine) {
    if (line.type !== 'file') return
    const lines = describeRecord(line)
    if (lines.length > 0) await writeText(lines.join('\n'))
  }
}
