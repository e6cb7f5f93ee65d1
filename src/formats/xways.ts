// X-Ways Forensics hash sets as text: the first line names the type, then one hash a line (X-Ways user manual, "Hash Database").

import { DIGEST_KINDS, DIGEST_NAMES, type DigestKind } from '../core/hashes.js'
import type { Format, Head } from './format.js'
import { kindsNamed } from './hash-kinds.js'
import { readHashList } from './list-lines.js'
import { type ExportFacts, type ExportOptions, kindToWrite, type TextWriter } from './writer.js'

const HELD = /^(?:md-?5|sha-?1|sha-?256)$/i
/** Types that are not held here, some of them as long as one that is. */
const OTHER =
  /^(?:md-?4|ed2k|sha-?(?:224|384|512)|ripemd-?(?:128|160)|tiger-?(?:128|160|192)|tth|crc-?(?:16|32|64)|adler-?32)$/i

export const XWAYS: Format<'xways'> = {
  name: 'xways',
  family: 'list',
  isOfIllegalMaterial: false,
  recognises: (head: Head) => HELD.test(firstLine(head)) || OTHER.test(firstLine(head)),
  async *read(input) {
    const type = firstLine(input.head)
    const [kind] = kindsNamed(type)
    if (!HELD.test(type) || kind === undefined) {
      const reason = OTHER.test(type) ? `it holds hashes of type ${type}` : 'its first line names no type of hash'
      throw input.fault('SOURCE_UNRECOGNISED', `${reason}; MD5, SHA-1 and SHA-256 are read`)
    }
    yield* readHashList(input, kind)
  },
  writeText(facts: ExportFacts, options: ExportOptions): TextWriter {
    const kind = kindToWrite(facts, options, DIGEST_KINDS) as DigestKind
    return {
      kinds: [kind],
      head: `${DIGEST_NAMES[kind]}\r\n`,
      row: ({ hashes }) => (hashes[kind] === undefined ? '' : `${hashes[kind].toUpperCase()}\r\n`),
      tail: ''
    }
  }
}

function firstLine({ text }: Head): string {
  return text.split('\n', 1)[0].trim()
}
