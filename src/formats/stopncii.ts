// StopNCII JSON, pages of FetchHashes as facebook/ThreatExchange has them (exchanges/clients/stopncii): cases of people who
// asked that a picture of them is not spread. What they withdraw must go.

import type { Field } from './fields.js'
import type { Format, FormatInput, Head } from './format.js'
import { JsonSlicer } from './json-slicer.js'
import { RecordBuilder } from './record-builder.js'
import type { SliceHandler } from './slice-handler.js'
import { isPlainObject } from '../core/plain-object.js'

const LIST = new Set(['hashrecords'])
/** A page, or pages in a list. */
const LIMITS = { descend: [LIST, LIST], maxDepth: 32, maxElementBytes: 16 * 1024 * 1024 }
const TELLING_KEY = /"hashRecords"\s*:/i

const SIGNALS = new Map<unknown, Field>([
  ['ImagePDQ', 'pdq'],
  ['VideoMD5', 'md5']
])
const WITHDRAWN = new Set<unknown>(['Withdrawn', 'Deleted'])

export const STOPNCII: Format<'stopncii'> = {
  name: 'stopncii',
  isOfIllegalMaterial: true,
  withdraws: true,
  recognises: ({ text }: Head) => /^\s*[[{]/.test(text) && TELLING_KEY.test(text),
  async *read(input) {
    const reader = new PageReader(input)
    const slicer = new JsonSlicer(LIMITS, reader)
    for await (const chunk of input.chunks()) {
      slicer.feed(chunk)
      yield
    }
    slicer.end()
    reader.end()
  }
}

type JsonObject = Readonly<Record<string, unknown>>

class PageReader implements SliceHandler {
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  #isRecognised = false

  constructor(input: FormatInput) {
    this.#input = input
    this.#builder = new RecordBuilder(input.tally)
  }

  /** Guesses nothing: pages have a thousand records. */
  run(_: Buffer, from: number): number {
    return from
  }

  elements(bytes: Buffer, starts: readonly number[], ends: readonly number[], _: number, offset: number): void {
    for (const [i, start] of starts.entries()) {
      let value: unknown
      try {
        value = JSON.parse(bytes.toString('utf8', start, ends[i]))
      } catch {
        throw this.fault('SOURCE_MALFORMED', 'no valid JSON', offset + start)
      }
      this.#take(value)
    }
  }

  surroundings(json: Buffer): void {
    this.#isRecognised ||= TELLING_KEY.test(json.toString('utf8'))
  }

  fault(code: Parameters<FormatInput['fault']>[0], reason: string, offset: number): Error {
    return this.#input.fault(code, `${reason}, at record ${this.#input.tally.counts.records + 1},`, offset)
  }

  /** Called after the end of the document. */
  end(): void {
    if (!this.#isRecognised) throw this.#input.fault('SOURCE_UNRECOGNISED', 'JSON, but nothing in it is as in StopNCII')
  }

  #take(value: unknown): void {
    const { tally } = this.#input
    const position = tally.counts.records + 1
    if (!isPlainObject(value)) {
      tally.reject(position, 'left out: not a record but another JSON value')
      return
    }
    // A page without records stands where a record would.
    if ('hashRecords' in value) {
      this.#isRecognised = true
      return
    }
    const field = SIGNALS.get(value['signalType'])
    if (field === undefined) {
      tally.skip()
      return
    }
    this.#builder.start(position)
    this.#builder.put(field, value['hashValue'])
    const record = WITHDRAWN.has(value['hashStatus']) ? this.#builder.finishWithdrawn() : this.#finish(value)
    if (record !== null) this.#input.add(record)
  }

  #finish(value: JsonObject) {
    this.#builder.put('updated', timeOf(value['lastModtimestamp']))
    const feedbacks: unknown[] = Array.isArray(value['CSPFeedbacks']) ? value['CSPFeedbacks'] : []
    const supporters: string[] = []
    const remarks: string[] = []
    for (const feedback of feedbacks.filter(isPlainObject)) {
      const source = typeof feedback['source'] === 'string' ? feedback['source'] : ''
      // Reviewed and found to be what it is said to be: a source of its own. Anything else is a remark.
      if (feedback['feedbackValue'] === 'Blocked') supporters.push(source)
      else remarks.push(`${source}: ${String(feedback['feedbackValue'])}`)
      if (Array.isArray(feedback['tags'])) remarks.push(...feedback['tags'].filter((tag) => typeof tag === 'string'))
    }
    this.#builder.put('gradedBy', [...new Set(supporters)].filter((each) => each !== '').join('; '))
    this.#builder.put('tags', [...new Set(remarks)].join(', '))
    return this.#builder.finish()
  }
}

/** Seconds since 1970. */
function timeOf(seconds: unknown): string | undefined {
  if (typeof seconds !== 'number' || !(Math.abs(seconds) <= 8.64e12)) return undefined
  return new Date(seconds * 1000).toISOString()
}
