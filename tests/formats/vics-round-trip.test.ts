// Records written as VICS in any legal way are read back as they were.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RECORD_FLAGS, type SetRecord } from '../../src/core/set-record.js'
import { md5, readGood, utf16 } from './read-all.js'

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.match(/./g)!), minLength: digits, maxLength: digits })
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((each) => each.trim() !== '')
const time = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

function withoutAbsent<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}

const records: fc.Arbitrary<SetRecord> = fc
  .record({
    mediaId: fc.option(fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String), fc.uuid())),
    category: fc.option(fc.oneof(fc.nat(), fc.constantFrom('A', 'B-2'))),
    md5: hex(32),
    sha1: maybe(hex(40)),
    pdq: maybe(hex(64)),
    phash: maybe(hex(16)),
    photoDna: maybe(fc.uint8Array({ minLength: 144, maxLength: 144 })),
    sizeBytes: maybe(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
    grading: fc
      .record({ gradedBy: maybe(text), series: maybe(text), tags: maybe(text), updated: maybe(time) })
      .chain((facts) =>
        fc
          .record(Object.fromEntries(RECORD_FLAGS.map((flag) => [flag, maybe(fc.boolean())])))
          .map((flags) => withoutAbsent({ ...facts, updated: facts.updated?.toISOString(), ...flags }))
      )
  })
  .map(
    ({ md5, sha1, pdq, phash, ...rest }) =>
      withoutAbsent({ ...rest, hashes: withoutAbsent({ md5, sha1, pdq, phash }) }) as SetRecord
  )

/** How a document is written: a stream of small numbers that every choice takes the next of. */
class Hand {
  #i = 0
  constructor(readonly choices: readonly number[]) {}

  pick<T>(of: readonly T[]): T {
    return of[this.choices[this.#i++ % this.choices.length] % of.length]
  }

  space(): string {
    return this.pick(['', '', '', ' ', '\n', '\r\n\t', '    '])
  }

  /** A string, some characters of it escaped though they need not be. */
  string(value: string): string {
    const plain = JSON.stringify(value).slice(1, -1)
    if (this.pick([true, true, false])) return `"${plain}"`
    return `"${Array.from(value, (char) => this.#escaped(char)).join('')}"`
  }

  #escaped(char: string): string {
    const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i).toString(16).padStart(4, '0'))
    return this.pick([true, false]) ? units.map((unit) => `\\u${unit}`).join('') : JSON.stringify(char).slice(1, -1)
  }

  value(value: unknown): string {
    if (typeof value === 'string') return this.string(value)
    if (typeof value === 'bigint') return value.toString()
    if (Array.isArray(value)) return `[${value.map((each) => this.#spaced(this.value(each))).join(',')}]`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const entries = Object.entries(value).map(
      ([key, each]) => `${this.string(key)}${this.space()}:${this.space()}${this.value(each)}`
    )
    const from = this.pick([0, 1, 2, 3, 4, 5])
    const turned = [...entries.slice(from), ...entries.slice(0, from)]
    return `{${turned.map((entry) => this.#spaced(entry)).join(',')}}`
  }

  #spaced(text: string): string {
    return this.space() + text + this.space()
  }
}

function mediaOf(record: SetRecord, hand: Hand): object {
  const { hashes, grading } = record
  const cased = (digits: string | undefined) => (hand.pick([true, false]) ? digits?.toUpperCase() : digits)
  const flag = (state: boolean | undefined) =>
    state === undefined ? hand.pick([null, '', undefined]) : hand.pick([state, String(state), state ? 'True' : 'False'])
  const others = [{ MD5: hashes.md5, HashName: hand.pick(['PDQ', 'pdq']), HashValue: cased(hashes.pdq) }]
  const dna = record.photoDna && Buffer.from(record.photoDna).toString(hand.pick(['base64', 'hex']))
  const id =
    record.mediaId !== null && /^\d+$/.test(record.mediaId) && hand.pick([true, false])
      ? BigInt(record.mediaId)
      : record.mediaId
  return withoutAbsent({
    MediaID: id,
    Category:
      hand.pick([true, false]) && typeof record.category === 'number' ? String(record.category) : record.category,
    MD5: cased(hashes.md5),
    SHA1: cased(hashes.sha1) ?? null,
    PhotoDNA: dna,
    'Exifs@odata.navigationLinkUrl': 'Media(1)/Exifs',
    Exifs: [{ PropertyName: 'Media', PropertyValue: '{"Media":[' }],
    AlternativeHashes: hashes.pdq === undefined ? null : hand.pick([others, others[0]]),
    pHash: hashes.phash,
    MediaSize: hand.pick([true, false]) ? record.sizeBytes : record.sizeBytes?.toString(),
    PrecategorizationSource: grading.gradedBy,
    Series: grading.series ?? '',
    Tags: grading.tags ?? null,
    DateUpdated: grading.updated,
    ...Object.fromEntries(RECORD_FLAGS.map((name) => [name[0].toUpperCase() + name.slice(1), flag(grading[name])]))
  })
}

function documentOf(all: readonly SetRecord[], hand: Hand): string {
  const media = all.map((record) => mediaOf(record, hand))
  const half = media.length >> 1
  const marker = { '@odata.context': 'http://x/DataModels/2.0.xml/UK/$metadata#Media' }
  const forms = [
    { ...marker, value: media },
    { value: media, ...marker },
    { media },
    media,
    {
      ...marker,
      value: [
        { CaseID: '1', Media: media.slice(0, half) },
        { Media: media.slice(half), CaseNumber: '2' }
      ]
    },
    { Cases: { Media: media, CaseMetadata: [{ PropertyName: '"' }] } }
  ]
  return hand.value(hand.pick<unknown>(forms))
}

const hands = fc.array(fc.nat({ max: 59 }), { minLength: 5, maxLength: 200 }).map((choices) => new Hand(choices))

test('any records, written in any way, in any encoding, cut anywhere, are read as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(records, { minLength: 1, maxLength: 12 }),
      hands,
      fc.integer({ min: 7, max: 500 }),
      async (all, hand, bytes) => {
        const json = documentOf(all, hand)
        const content = hand.pick([json, `\ufeff${json}`, utf16(json, 'le', true), utf16(json, 'be', true)])
        const { records: read, report } = await readGood(content, { format: 'vics' }, { chunkBytes: () => bytes })
        expect(read).toEqual(all)
        expect(report.counts).toMatchObject({ records: all.length, taken: all.length, rejected: 0 })
        expect(report.warnings).toEqual([])
      }
    ),
    { numRuns: 100, endOnFailure: true }
  )
})

test('many records are read alike, whether they are taken in runs or one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(records, { minLength: 3, maxLength: 6 }), hands, async (few, hand) => {
      const all = Array.from({ length: 400 }, (_, i) => ({ ...few[i % few.length], hashes: { md5: md5(i) } }))
      const json = documentOf(all, hand)
      const whole = await readGood(json, { format: 'vics' })
      const cut = await readGood(json, { format: 'vics' }, { chunkBytes: () => 4000 })
      expect(whole.records).toEqual(all)
      expect(cut.records).toEqual(all)
      expect(cut.report).toEqual(whole.report)
    }),
    { numRuns: 5, endOnFailure: true }
  )
})

test('cases among records are descended into, also within a run of records', async () => {
  const record = (i: number): string => `{"MediaID":${i},"MD5":"${md5(i)}"}`
  const row = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => record(from + i)).join(',')
  const text = `[${row(0, 2000)},{"MediaID":7,"Media":[${row(2000, 2003)}]},${row(2003, 5000)},{"MediaID":8,"Media":${record(5000)}},${row(5001, 6000)}]`
  for (const bytes of [1 << 20, 1000]) {
    const { records: read, report } = await readGood(text, {}, { chunkBytes: () => bytes })
    expect(read.map(({ mediaId }) => Number(mediaId))).toEqual(Array.from({ length: 6000 }, (_, i) => i))
    expect(report.counts).toMatchObject({ records: 6000, rejected: 0 })
  }
})
