// Records that are elements of an XML document, their fields the elements within.

import type { FormatInput } from './format.js'
import { RecordBuilder } from './record-builder.js'
import { type Attributes, readXml } from './xml.js'

export interface RecordElements {
  /** Names of the elements that are records, in lower case. */
  readonly records: ReadonlySet<string>
  /** Lets pass what tools write though XML does not allow it. */
  readonly isTolerant?: boolean
}

/** Called with each element in a record that has ended, and last with the record itself. */
export interface ElementTaker {
  /** `path` is from the record, itself not in it: `fingerprints/md5`. */
  field(builder: RecordBuilder, path: string, text: string, attributes: Attributes): void
  /** Ends the record; it hands out what the builder has, or counts it otherwise. */
  finish(builder: RecordBuilder, name: string): void
}

export async function* readRecordElements(
  input: FormatInput,
  elements: RecordElements,
  taker: ElementTaker
): AsyncGenerator<void> {
  const builder = new RecordBuilder(input.tally)
  const open: { name: string; attributes: Attributes }[] = []
  let record: string | null = null
  yield* readXml(input, {
    open(name, attributes) {
      if (record !== null) {
        open.push({ name: open.length === 0 ? name : `${open[open.length - 1].name}/${name}`, attributes })
      } else if (elements.records.has(name)) {
        record = name
        builder.start(input.tally.counts.records + 1)
      }
    },
    close(_, text) {
      if (record === null) return
      const field = open.pop()
      if (field !== undefined) {
        taker.field(builder, field.name, text.trim(), field.attributes)
        return
      }
      taker.finish(builder, record)
      record = null
    },
    ...(elements.isTolerant === true && {
      tolerate: (reason: string) => builder.warn(`no valid XML (${reason}); read all the same`)
    })
  })
}
