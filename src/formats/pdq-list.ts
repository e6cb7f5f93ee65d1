// Lists of PDQ hashes as ThreatExchange's tools exchange them (facebook/ThreatExchange, pdq/README): `hash,quality,identity`.

import type { Format, Head } from './format.js'
import { kindOfFirstHash, readHashList } from './list-lines.js'
import type { SourceOptions } from './source.js'
import { type ExportFacts, type ExportOptions, kindToWrite, onOneLine, type TextWriter } from './writer.js'

export const PDQ_LIST: Format<'pdq'> = {
  name: 'pdq',
  family: 'list',
  isOfIllegalMaterial: false,
  recognises: (head: Head, options: SourceOptions) => kindOfFirstHash(head, options) === 'pdq',
  async *read(input) {
    // Whoever names the format has said what its hashes are.
    yield* readHashList({ ...input, options: { ...input.options, kind: 'pdq' } })
  },
  writeText(facts: ExportFacts, options: ExportOptions): TextWriter {
    kindToWrite(facts, options, ['pdq'])
    return {
      kinds: ['pdq'],
      head: '# pdq\n',
      row: ({ hashes, pdqQuality, mediaId }) => {
        if (hashes.pdq === undefined) return ''
        const cells = [hashes.pdq, pdqQuality ?? '', mediaId === null ? '' : onOneLine(mediaId)]
        while (cells.at(-1) === '') cells.pop()
        return `${cells.join(',')}\n`
      },
      tail: ''
    }
  }
}
