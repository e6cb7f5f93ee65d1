// hashdeep: the format of FILEFORMAT in jessek/hashdeep, version 1.0. No value is quoted; further commas belong to the name.

import { DIGEST_KINDS, type DigestKind } from '../core/hashes.js'
import type { SetRecord } from '../core/set-record.js'
import type { Format, Head } from './format.js'
import { headerCells, layoutOf, type OuterColumn, type OuterLayout, readOuterCells } from './outer-cells.js'
import { type ExportFacts, type ExportOptions, kindToWrite, onOneLine, type TextWriter } from './writer.js'

const MARK = '%%%% '
const FIRST_LINE = /^%%%% HASHDEEP-(\d+\.\d+)\s*$/
const FIELDS = new Map<string, OuterColumn>([
  ['size', 'sizeBytes'],
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha-1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha-256', 'sha256']
])
const FREE = new Set(['filename'])

export const HASHDEEP: Format<'hashdeep'> = {
  name: 'hashdeep',
  isOfIllegalMaterial: false,
  recognises: ({ text }: Head) => FIRST_LINE.test(text.split('\n', 1)[0]),
  async *read(input) {
    const lines = input.head.text.split('\n', 2)
    input.tally.version = FIRST_LINE.exec(lines[0])?.[1] ?? null
    const found = layout(lines[1] ?? '')
    if (found !== null) yield* readOuterCells(input, found)
    else if (lines.length < 2) throw input.fault('SOURCE_TRUNCATED', 'it ends before the line that names the columns')
    else throw input.fault('SOURCE_UNRECOGNISED', 'line 2 does not name columns of hashes that are held here')
  },
  writeText
}

function layout(line: string): OuterLayout | null {
  if (!line.startsWith(MARK)) return null
  const found = layoutOf(headerCells(line.slice(MARK.length)), FIELDS, FREE)
  const hasDigest = found?.left.some((column) => column !== null && column !== 'sizeBytes') === true
  return found !== null && hasDigest ? { ...found, headerLines: 2, hasComments: true } : null
}

/** A row without one of the columns would be refused by hashdeep, so the columns are those that all entries have. */
function columnsToWrite(facts: ExportFacts, options: ExportOptions): readonly DigestKind[] {
  const complete = DIGEST_KINDS.filter((kind) => facts.hashCounts[kind] === facts.entries)
  if (options.kind === undefined && complete.length > 0) return complete
  return [kindToWrite(facts, options, DIGEST_KINDS) as DigestKind]
}

function writeText(facts: ExportFacts, options: ExportOptions): TextWriter {
  const kinds = columnsToWrite(facts, options)
  return {
    kinds,
    head: hashdeepHead(kinds),
    row: ({ hashes, sizeBytes, mediaId }: SetRecord) => {
      const digests = kinds.map((kind) => hashes[kind])
      // No names are held; a size of 0 is read again as unknown.
      const name = mediaId ?? digests[0]
      return digests.includes(undefined) ? '' : hashdeepRow(sizeBytes ?? 0, digests, name ?? '')
    },
    tail: ''
  }
}

/** The first lines of a file that has these columns. */
export function hashdeepHead(kinds: readonly DigestKind[]): string {
  return `${MARK}HASHDEEP-1.0\n${MARK}size,${kinds.join(',')},filename\n##\n`
}

/** A row; nothing in the format quotes a line end, so a name loses its own. */
export function hashdeepRow(sizeBytes: number, digests: readonly (string | undefined)[], name: string): string {
  return `${sizeBytes},${digests.join(',')},${onOneLine(name)}\n`
}
