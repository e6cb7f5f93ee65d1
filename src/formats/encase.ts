// EnCase hash sets (.hash): the layout as the Forensics Wiki ("EnCase hash files") and The Sleuth Kit (encase.cpp) have it.

import type { Format, Head } from './format.js'
import { RecordBuilder } from './record-builder.js'

const MAGIC = Buffer.from('HASH\r\n\xff\0', 'latin1')
const VERSION_AT = 8
const COUNT_AT = 16
const CATEGORY_AT = 1112
const CATEGORY_BYTES = 2 * 19
const HEADER_BYTES = 1152
/** An MD5 and two bytes that are zero. */
const ENTRY_BYTES = 18
const MD5_BYTES = 16

export const ENCASE: Format<'encase'> = {
  name: 'encase',
  isOfIllegalMaterial: false,
  isBinary: true,
  recognises: ({ bytes }: Head) => MAGIC.equals(bytes.subarray(0, MAGIC.length)),
  async *read(input) {
    const header = Buffer.from(input.head.bytes.subarray(0, HEADER_BYTES))
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) {
      throw input.fault('SOURCE_UNRECOGNISED', 'it does not begin as an EnCase hash set')
    }
    if (header.length < HEADER_BYTES) throw input.fault('SOURCE_TRUNCATED', 'it ends within its header')
    input.tally.version = String(header.readUInt32LE(VERSION_AT))
    const category = utf16Text(header.subarray(CATEGORY_AT, CATEGORY_AT + CATEGORY_BYTES))
    const builder = new RecordBuilder(input.tally)
    let rest = Buffer.alloc(0)
    let toSkip = HEADER_BYTES
    for await (const chunk of input.rawChunks()) {
      const skipped = Math.min(toSkip, chunk.length)
      toSkip -= skipped
      const bytes = Buffer.concat([rest, chunk.subarray(skipped)])
      let at = 0
      for (; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
        builder.start(input.tally.counts.records + 1)
        builder.put('md5', bytes.toString('hex', at, at + MD5_BYTES))
        builder.put('tags', category)
        const record = builder.finish()
        if (record !== null) input.add(record)
      }
      rest = bytes.subarray(at)
      yield
    }
    const { records } = input.tally.counts
    const announced = header.readUInt32LE(COUNT_AT)
    if (rest.length > 0 || records < announced) {
      throw input.fault('SOURCE_TRUNCATED', `it ends after ${records} of ${announced} hashes`)
    }
    if (announced > 0 && records > announced) {
      input.tally.warn(records, `the header announces ${announced} hashes, and ${records} are there`)
    }
  }
}

/** Text up to the first NUL. */
function utf16Text(bytes: Buffer): string {
  return bytes.toString('utf16le').split('\0', 1)[0]
}
