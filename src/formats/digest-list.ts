// Plain lists: one digest a line, bare, as md5sum (coreutils manual, "md5 output format") and BSD tools write them.

import type { Format, Head } from './format.js'
import { hashLine, readHashList } from './list-lines.js'
import { type ExportFacts, type ExportOptions, kindToWrite, type TextWriter } from './writer.js'

export const DIGEST_LIST: Format<'list'> = {
  name: 'list',
  family: 'list',
  isOfIllegalMaterial: false,
  recognises: ({ text }: Head) => text.split('\n').some((line) => hashLine(line.trim()) !== null),
  read: readHashList,
  writeText(facts: ExportFacts, options: ExportOptions): TextWriter {
    const kind = kindToWrite(facts, options)
    // The kind alone: a set's name may name another.
    return {
      kinds: [kind],
      head: `# ${kind}\n`,
      row: ({ hashes }) => (hashes[kind] === undefined ? '' : `${hashes[kind]}\n`),
      tail: ''
    }
  }
}
