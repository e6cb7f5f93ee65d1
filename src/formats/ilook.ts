// ILook hash sets (.hsh), versions 1, 3 and 4: headers and samples as jessek/hashdeep has them (sample-hashes, files.cpp).

import type { Format, Head } from './format.js'
import { headerCells, layoutOf, type OuterColumn, type OuterLayout, readOuterCells } from './outer-cells.js'

const FIELDS = new Map<string, OuterColumn>([
  ['V1Hash', 'digest'],
  ['V3Hash', 'md5'],
  ['V4Hash', 'md5'],
  ['HashSHA1', 'sha1'],
  ['HashSHA256', 'sha256'],
  ['FileSize', 'sizeBytes']
])
/** Values are not quoted, so any of these may have commas in it. */
const FREE = new Set(['SetDescription', 'FileName', 'FilePath'])
const FIRST_COLUMN = /^V([134])Hash$/

export const ILOOK: Format<'ilook'> = {
  name: 'ilook',
  isOfIllegalMaterial: false,
  recognises: (head: Head) => layout(head) !== null,
  async *read(input) {
    const found = layout(input.head)
    if (found === null) throw input.fault('SOURCE_UNRECOGNISED', 'its first line is not the header of an ILook set')
    input.tally.version = found.version
    yield* readOuterCells(input, found)
  }
}

function layout({ text }: Head): (OuterLayout & { version: string }) | null {
  const header = headerCells(text.split('\n', 1)[0])
  const version = FIRST_COLUMN.exec(header[0])?.[1]
  const found = layoutOf(header, FIELDS, FREE)
  return version === undefined || found === null ? null : { ...found, headerLines: 1, version }
}
