// DFXML, Digital Forensics XML (dfxml-working-group/dfxml_schema): file objects with the digests of the whole file.

import type { Format, Head } from './format.js'
import { HASH_FIELDS, plainName } from './fields.js'
import { xmlRoot } from './xml.js'
import { readRecordElements } from './xml-records.js'

/** `fiwalk` is the root of documents older than the name. */
const ROOTS = new Set(['dfxml', 'fiwalk'])
const ELEMENTS = { records: new Set(['fileobject']), isTolerant: true }

export const DFXML: Format<'dfxml'> = {
  name: 'dfxml',
  isOfIllegalMaterial: false,
  recognises: (head: Head) => ROOTS.has(xmlRoot(head)?.name ?? ''),
  async *read(input) {
    if (!ROOTS.has(xmlRoot(input.head)?.name ?? '')) {
      throw input.fault('SOURCE_UNRECOGNISED', 'the root of the document is not that of DFXML')
    }
    let hasDigest = false
    yield* readRecordElements(input, ELEMENTS, {
      field(builder, path, text, attributes) {
        // Only those of the file itself: a run of bytes in it has digests of its own.
        if (path === 'filesize') builder.put('sizeBytes', text)
        if (path !== 'hashdigest') return
        const field = HASH_FIELDS.get(plainName(attributes['type'] ?? ''))
        if (field === undefined) return
        hasDigest = true
        builder.put(field, text)
      },
      finish(builder) {
        // Folders, and files that nothing hashed.
        if (!hasDigest) input.tally.skip()
        else {
          const record = builder.finish()
          if (record !== null) input.add(record)
        }
        hasDigest = false
      }
    })
  }
}
