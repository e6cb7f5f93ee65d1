// NSRL RDS 1.x and 2.x, NSRLFile.txt: "Data Formats of the NSRL Reference Data Set Distribution" (NIST).

import type { Format, Head } from './format.js'
import { headerCells, layoutOf, type OuterColumn, type OuterLayout, readOuterCells } from './outer-cells.js'

const FIELDS = new Map<string, OuterColumn>([
  ['SHA-1', 'sha1'],
  ['MD5', 'md5'],
  ['FileSize', 'sizeBytes']
])
const FREE = new Set(['FileName'])
/** Columns that no other format has together. */
const TELLING = ['SHA-1', 'MD5', 'FileName', 'ProductCode', 'OpSystemCode']

export const NSRL: Format<'nsrl'> = {
  name: 'nsrl',
  family: 'nsrl',
  isOfIllegalMaterial: false,
  isKnownGood: true,
  recognises: (head: Head) => layout(head) !== null,
  async *read(input) {
    const found = layout(input.head)
    if (found === null) throw input.fault('SOURCE_UNRECOGNISED', 'its first line is not the header of an NSRL file')
    input.tally.version = found.left.length === 1 ? '1' : '2'
    // A file that is in many products has a row for each, one after the other.
    yield* readOuterCells(input, { ...found, mergesRepeats: true })
  }
}

function layout({ text }: Head): OuterLayout | null {
  const header = headerCells(text.split('\n', 1)[0])
  if (!TELLING.every((name) => header.includes(name))) return null
  const found = layoutOf(header, FIELDS, FREE)
  return found === null ? null : { ...found, headerLines: 1, isQuoted: true }
}
