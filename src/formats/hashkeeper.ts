// HashKeeper: .hsh lists files and .hke describes the set, headers and samples as jessek/hashdeep has them (sample-hashes).

import { type CsvColumn, columnNames, fixedHeader } from './csv-header.js'
import { readCsv } from './csv-rows.js'
import type { Format, FormatInput, Head } from './format.js'
import { eachLine, trimmedLine } from './lines.js'

const DELIMITER = ','
const COLUMNS = new Map<string, CsvColumn>([
  ['fileid', 'mediaId'],
  ['hash', 'md5'],
  ['filesize', 'sizeBytes']
])
const FILES = ['fileid', 'hashsetid', 'filename', 'directory', 'hash']
const SETS = ['hashsetid', 'name', 'vendor', 'package']

export const HASHKEEPER: Format<'hashkeeper'> = {
  name: 'hashkeeper',
  isOfIllegalMaterial: false,
  recognises: (head: Head) => beginsWith(head, FILES) || beginsWith(head, SETS),
  async *read(input) {
    if (beginsWith(input.head, FILES)) yield* readCsv(input, fixedHeader(input.head, DELIMITER, COLUMNS))
    else if (beginsWith(input.head, SETS)) yield* readDescription(input)
    else throw input.fault('SOURCE_UNRECOGNISED', 'its first line is not a header of HashKeeper')
  }
}

function beginsWith(head: Head, columns: readonly string[]): boolean {
  const names = columnNames(head, DELIMITER)
  return columns.every((name, i) => names[i] === name)
}

/** A description has no hashes; that it is here is no fault where the files of the set are here too. */
async function* readDescription(input: FormatInput): AsyncGenerator<void> {
  yield* eachLine(input.chunks(), (text, { number }) => {
    if (number === 1 || trimmedLine(text) === '') return
    input.tally.skip()
    input.tally.warn(number, 'describes a set and lists no files: its .hsh file does')
  })
}
