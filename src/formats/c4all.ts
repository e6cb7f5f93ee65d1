// C4All / C4P XML: a case's index of pictures or films, as ridders/c4all-json-converter has a sample. It declares UTF-16
// whatever its bytes are, and writes names of files as they are.

import type { Field } from './fields.js'
import type { Format, Head } from './format.js'
import { kindsOfLength } from './hash-kinds.js'
import { xmlRoot } from './xml.js'
import { readRecordElements } from './xml-records.js'

const ROOT = 'reportindex'
const ELEMENTS = { records: new Set(['image', 'movie']), isTolerant: true }
const FIELDS = new Map<string, Field>([
  ['category', 'category'],
  ['id', 'mediaId'],
  ['filesize', 'sizeBytes'],
  ['md5', 'md5'],
  ['sha1hash', 'sha1'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha256hash', 'sha256'],
  ['photodna', 'photoDna'],
  ['notes', 'tags']
])

export const C4ALL: Format<'c4all'> = {
  name: 'c4all',
  isOfIllegalMaterial: true,
  recognises: (head: Head) => xmlRoot(head)?.name === ROOT,
  async *read(input) {
    const root = xmlRoot(input.head)
    if (root?.name !== ROOT) throw input.fault('SOURCE_UNRECOGNISED', 'the root of the document is not ReportIndex')
    input.tally.version = /\bversion\s*=\s*["']([^"']*)["']/.exec(root.attributes)?.[1] ?? null
    yield* readRecordElements(input, ELEMENTS, {
      field(builder, path, text) {
        // Films have their SHA-1 there, in versions that have no element for it.
        if (path === 'hash') builder.put(kindsOfLength(text.length)[0] ?? 'md5', text)
        const field = FIELDS.get(path)
        if (field !== undefined) builder.put(field, text)
      },
      finish(builder) {
        const record = builder.finish()
        if (record !== null) input.add(record)
      }
    })
  }
}
