// NCMEC hash sharing XML, version 2, as facebook/ThreatExchange has it (exchanges/clients/ncmec): members list pictures
// and films, say what they think of others' entries, and take their own back.

import { HASH_FIELDS, plainName } from './fields.js'
import type { Format, Head } from './format.js'
import type { RecordBuilder } from './record-builder.js'
import { type Attributes, xmlRoot } from './xml.js'
import { type ElementTaker, readRecordElements } from './xml-records.js'
import type { FormatInput } from './format.js'

const ROOT = 'queryresult'
const NAMESPACE = /hashsharing\.ncmec\.org\/hashsharing\/v(\d+)/
const ELEMENTS = { records: new Set(['image', 'video', 'deletedimage', 'deletedvideo']) }
const FINGERPRINTS = 'fingerprints/'

export const NCMEC: Format<'ncmec'> = {
  name: 'ncmec',
  isOfIllegalMaterial: true,
  withdraws: true,
  recognises: (head: Head) => version(head) !== null,
  async *read(input) {
    input.tally.version = version(input.head)
    if (input.tally.version === null) {
      throw input.fault('SOURCE_UNRECOGNISED', 'the root of the document is not that of NCMEC hash sharing')
    }
    yield* readRecordElements(input, ELEMENTS, new Entries(input))
  }
}

function version(head: Head): string | null {
  const root = xmlRoot(head)
  return root?.name === ROOT ? (NAMESPACE.exec(root.attributes)?.[1] ?? null) : null
}

class Entries implements ElementTaker {
  readonly #input: FormatInput
  #memberId = ''
  #entryId = ''
  /** Members that stand for the entry: who listed it, and who affirmed a hash of it. */
  #supporters: string[] = []
  #objections: string[] = []
  #feedback: string[] = []
  #reasons: string[] = []

  constructor(input: FormatInput) {
    this.#input = input
  }

  field(builder: RecordBuilder, path: string, text: string, attributes: Attributes): void {
    if (path.startsWith(FINGERPRINTS)) {
      const field = HASH_FIELDS.get(plainName(path.slice(FINGERPRINTS.length)))
      if (field !== undefined) builder.put(field, text)
    } else if (path.startsWith('feedback/')) {
      this.#takeFeedback(path, text, attributes)
    } else if (path === 'member') {
      this.#memberId = attributes['id'] ?? ''
      this.#supporters.push(memberName(text, attributes))
    } else if (path === 'id') {
      this.#entryId = text
    } else if (path === 'timestamp') {
      builder.put('updated', text)
    } else if (path === 'classification') {
      builder.put('category', text)
    }
  }

  finish(builder: RecordBuilder, name: string): void {
    // Ids are the members' own, so one of them alone names nothing.
    if (this.#entryId !== '') builder.put('mediaId', `${this.#memberId}-${this.#entryId}`)
    builder.put('gradedBy', [...new Set([...this.#supporters, ...this.#feedback])].join('; '))
    builder.put('tags', this.#objections.join('; '))
    const record = name.startsWith('deleted') ? builder.finishWithdrawn() : builder.finish()
    if (record !== null) this.#input.add(record)
    this.#memberId = this.#entryId = ''
    this.#supporters = []
    this.#objections = []
    this.#feedback = []
  }

  /** Who affirmed a hash counts as a source of its own; who objected is told among the tags. */
  #takeFeedback(path: string, text: string, attributes: Attributes): void {
    if (path.endsWith('/member')) {
      const member = memberName(text, attributes)
      if (path.includes('affirmativefeedback')) this.#feedback.push(member)
      else this.#objections.push(`${member} objects`)
    } else if (path.endsWith('/reason')) {
      this.#reasons.push(attributes['name'] ?? text)
    } else if (path.endsWith('/negativefeedback')) {
      const what = [attributes['type'], ...this.#reasons].filter((each) => each !== undefined && each !== '')
      if (what.length > 0 && this.#objections.length > 0) this.#objections.push(`(${what.join(', ')})`)
      this.#reasons = []
    }
  }
}

function memberName(text: string, attributes: Attributes): string {
  return text === '' ? `member ${attributes['id'] ?? ''}` : text
}
