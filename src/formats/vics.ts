// VICS: the JSON of Project VIC and CAID, versions 1.0 to 2.0, hash sets and cases, as tools really write it.

import { isPlainObject } from '../core/plain-object.js'
import type { Format, FormatInput, Head } from './format.js'
import { plainName } from './fields.js'
import { firstJsonFault } from './json-check.js'
import { type Bounds, boundsOfRun } from './json-runs.js'
import { JsonSlicer } from './json-slicer.js'
import { PackedRuns } from './packed-runs.js'
import { RecordBuilder } from './record-builder.js'
import type { PackedTaker, SliceHandler } from './slice-handler.js'
import { isAlsoMedia, isMedia, type Meaning, MEDIA_KEY, VicsSpellings } from './vics-keys.js'
import { writeVics } from './vics-writer.js'

/** Lists with these keys hold the records; a list within a record that has `Media` makes it a case. */
const LISTS = [new Set(['value', 'cases', MEDIA_KEY]), new Set([MEDIA_KEY])]
const LIMITS = { descend: LISTS, maxDepth: 64, maxElementBytes: 64 * 1024 * 1024 }

/** A key that only this format has, or all have that come close: enough to try, and the reading tells. */
const TELLING_KEY = /"(?:@?odata\.[^"]*|value|cases|media|mediaid|md5|sha-?1)"\s*:/i

/** As the marker is written: …/DataModels/2.0.xml/UK/$metadata#Media, …/1.3.xml#Cases. */
const MARKER = /\/(\d+\.\d+)\.xml(?:\/([^/#$]+))?(?:\/\$metadata)?(?:#|$)/i
const VERSIONS = new Set(['1.0', '1.1', '1.2', '1.3', '2.0'])
const MARKER_KEYS = new Set(['odatametadata', 'odatacontext'])

interface Entry {
  meaning: Meaning
  value: unknown
}

type JsonObject = Readonly<Record<string, unknown>>

export const VICS: Format<'vics'> = {
  name: 'vics',
  isOfIllegalMaterial: true,
  recognises: ({ text }: Head) => /^\s*[[{]/.test(text) && TELLING_KEY.test(text),
  async *read(input: FormatInput) {
    const reader = new VicsReader(input)
    const slicer = new JsonSlicer(LIMITS, reader)
    for await (const chunk of input.chunks()) {
      let isDone = slicer.feed(chunk)
      while (!isDone) {
        yield
        isDone = slicer.work()
      }
      yield
    }
    slicer.end()
    reader.end()
  },
  writeText: writeVics
}

class VicsReader implements SliceHandler {
  readonly #input: FormatInput
  readonly #builder: RecordBuilder
  readonly #spellings = new VicsSpellings()
  readonly #runs: PackedRuns | null
  /** Of the record at hand; kept from one to the next. */
  readonly #entries: Entry[] = []
  #isRecognised = false
  /** The marker last read: it is met before its records and again in the whole. */
  #marker: string | undefined

  constructor(input: FormatInput) {
    this.#input = input
    this.#builder = new RecordBuilder(input.tally)
    const { packing, tally } = input
    this.#runs = packing === null ? null : new PackedRuns(packing, tally, this.#spellings)
  }

  get packed(): PackedTaker | null {
    return this.#runs
  }

  get mustPause(): boolean {
    return this.#input.packing?.hasRoom === false
  }

  elements(bytes: Buffer, starts: readonly number[], ends: readonly number[], level: number, offset: number): void {
    const rawOf = (i: number): Buffer => bytes.subarray(starts[i], ends[i])
    const together = parse(`[${bytes.toString('utf8', starts[0], ends[ends.length - 1])}]`)
    const isWhole = Array.isArray(together) && together.length === starts.length
    for (let i = 0; i < starts.length; i++) {
      // One by one where they are not good together: those before the broken one count.
      const value: unknown = isWhole ? together[i] : parse(rawOf(i).toString('utf8'))
      if (value === undefined) {
        const fault = Math.max(0, firstJsonFault(rawOf(i)))
        throw this.fault('SOURCE_MALFORMED', 'no valid JSON', offset + starts[i] + fault)
      }
      this.#takeElement(value, level, () => rawOf(i).toString('utf8'), true)
    }
  }

  run(bytes: Buffer, from: number, to: number, level: number): number {
    const values = parse(`[${bytes.toString('utf8', from, to)}]`)
    if (!Array.isArray(values)) return from
    let known: Bounds | undefined
    const bounds = (): Bounds => (known ??= boundsOfRun(bytes.subarray(from, to)))
    for (let i = 0; i < values.length; i++) {
      const raw: RawText = () => bytes.toString('utf8', from + bounds().starts[i], from + bounds().ends[i])
      // What may be a case, with a list to be descended into: the run ends before it.
      if (!this.#takeElement(values[i], level, raw, false)) return i === 0 ? from : from + bounds().ends[i - 1]
    }
    return to
  }

  surroundings(json: Buffer, level: number, end: number, isWhole: boolean): void {
    const value = parse(json.toString('utf8'))
    if (value === undefined) {
      const fault = Math.max(0, firstJsonFault(json))
      throw this.fault('SOURCE_MALFORMED', 'no valid JSON around the records', end - (json.length - fault))
    }
    this.#isRecognised = true
    if (level === 0) this.#readMarker(value as JsonObject)
    if (isWhole && isAlsoMedia(value as JsonObject)) this.#takeOwn(value as JsonObject, json)
  }

  fault(code: Parameters<FormatInput['fault']>[0], reason: string, offset: number): Error {
    return this.#input.fault(code, `${reason}, at record ${this.#input.tally.counts.records + 1},`, offset)
  }

  /** Called after the end of the document. */
  end(): void {
    if (!this.#isRecognised) throw this.#input.fault('SOURCE_UNRECOGNISED', 'JSON, but nothing in it is as in VICS')
  }

  /** What has hashes is a record, whatever lists are in it besides. */
  #takeOwn(value: JsonObject, json: Buffer): void {
    this.#takeRecord(value, this.#input.tally.counts.records + 1, 0, () => json.toString('utf8'), true)
  }

  /** False where the element may be a case with media and has not been scanned for them: nothing of it is taken. */
  #takeElement(value: unknown, level: number, raw: RawText, isScanned: boolean): boolean {
    const position = this.#input.tally.counts.records + 1
    if (!isPlainObject(value)) {
      this.#isRecognised ||= level > 0
      this.#input.tally.reject(position, 'left out: not a record but another JSON value')
    } else if (level === 0) {
      this.#takeDocument(value, position, raw)
    } else {
      return this.#takeRecord(value, position, level, raw, isScanned)
    }
    return true
  }

  /** A document without any list: one record in place of them, or a marker and nothing else. */
  #takeDocument(document: JsonObject, position: number, raw: RawText): void {
    this.#readMarker(document)
    if (isMedia(document)) this.#takeRecord(document, position, 0, raw, true)
    else if (Object.keys(document).some((key) => LISTS[0].has(key.toLowerCase()))) this.#isRecognised = true
  }

  #takeRecord(record: JsonObject, position: number, level: number, raw: RawText, isScanned: boolean): boolean {
    const entries = this.#entries
    let count = 0
    for (const key in record) {
      const meaning = this.#spellings.key(key)
      if (meaning === null) continue
      const value = record[key]
      // Of a repeated key JSON.parse shows the last value alone: there may be a list before it.
      if (meaning === 'media' && level === 1 && !isScanned) return false
      const entry = (entries[count++] ??= { meaning, value })
      entry.meaning = meaning
      entry.value = meaning === 'mediaId' ? exactIdentity(key, value, raw) : value
    }
    this.#builder.start(position)
    this.#putAll(count)
    if (level === 1 && !this.#builder.hasHash && hasMeaning(entries, count, 'case')) {
      this.#isRecognised = true
      this.#builder.warn('a case without a list of media')
      return true
    }
    const taken = this.#builder.finish()
    if (taken === null) return true
    this.#isRecognised = true
    this.#input.add(taken)
    return true
  }

  #putAll(count: number): void {
    let alternatives: unknown
    for (let i = 0; i < count; i++) {
      const { meaning, value } = this.#entries[i]
      if (meaning === 'alternatives') alternatives = value
      else if (meaning !== 'case' && meaning !== 'media') this.#builder.put(meaning, value)
    }
    // After the record's own hashes, which win.
    if (alternatives !== undefined && alternatives !== null) this.#takeAlternatives(alternatives)
  }

  /** `[{ MD5, HashName, HashValue }]`, or one object in place of the list. */
  #takeAlternatives(alternatives: unknown): void {
    for (const entry of Array.isArray(alternatives) ? (alternatives as unknown[]) : [alternatives]) {
      if (!isPlainObject(entry)) continue
      let name: unknown
      let value: unknown
      let owner: unknown
      for (const key in entry) {
        const about = this.#spellings.entryKey(key)
        if (about === 'name') name = entry[key]
        else if (about === 'value') value = entry[key]
        else if (about === 'owner') owner = entry[key]
      }
      const field = typeof name === 'string' ? this.#spellings.hashName(name) : undefined
      if (field !== undefined) this.#builder.put(field, value)
      // The entry repeats the MD5 of its record, which the record itself may lack.
      if (!this.#builder.has('md5')) this.#builder.put('md5', owner)
    }
  }

  #readMarker(document: JsonObject): void {
    const { tally } = this.#input
    for (const key in document) {
      const text = document[key]
      if (!MARKER_KEYS.has(plainName(key)) || typeof text !== 'string' || text === this.#marker) continue
      this.#marker = text
      this.#isRecognised = true
      const marker = MARKER.exec(text)
      tally.version = marker?.[1] ?? null
      tally.profile = marker?.[2] ?? null
      if (marker === null) tally.warn(1, 'the marker names no version that is known here')
      else if (!VERSIONS.has(marker[1])) {
        tally.warn(
          1,
          `version ${marker[1]} is not known here, and is read as 2.0: look whether its fields are what they were`
        )
      }
    }
  }
}

/** The text of a record as it stands in the source. */
type RawText = () => string

function hasMeaning(entries: readonly Entry[], count: number, meaning: Meaning): boolean {
  return entries.slice(0, count).some((entry) => entry.meaning === meaning)
}

/** `undefined` for broken JSON. The parser's own message is dropped: it quotes the source, which is confidential. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}

/** Strings and numbers of a JSON text. */
const SCALARS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Numbers beyond 2^53 lose digits in JSON.parse, and two identities would become one: the record is then parsed again
 * with its long numbers as strings.
 */
function exactIdentity(key: string, value: unknown, raw: RawText): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  try {
    const quoted = raw().replace(SCALARS, (scalar) => (/^-?\d{16,}$/.test(scalar) ? `"${scalar}"` : scalar))
    return (parse(quoted) as JsonObject | undefined)?.[key] ?? value
  } catch {
    // The pattern runs out of stack in a string of millions of escapes, which no exporter writes.
    return value
  }
}
