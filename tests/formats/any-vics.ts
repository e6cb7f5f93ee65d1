// Arbitrary VICS documents: ordinary records among every oddity, damaged now and then.

import fc from 'fast-check'
import { hex64, md5, sha1 } from './read-all.js'
import { ANY, BROKEN, BROKEN_AT, ENTRY_VALUES, FIELDS, HASH_NAMES, OWNERS, SPELLINGS } from './vics-values.js'

const space = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n', ' \ufeff'.trim())
const from = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
const mostly = (usual: fc.Arbitrary<string>, odd: fc.Arbitrary<string>, weight: number): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: odd, weight: 1 })

const entry = fc
  .record(
    {
      MD5: from(OWNERS),
      HashName: fc.oneof(
        from(HASH_NAMES).map((name) => `"${name}"`),
        from(['null', '5', '[]'])
      ),
      HashValue: from(ENTRY_VALUES),
      hashvalue: from(ENTRY_VALUES),
      Extra: from(ANY)
    },
    { requiredKeys: ['HashName', 'HashValue'] }
  )
  .map(
    (facts) =>
      `{${Object.entries(facts)
        .map(([key, value]) => `"${key}":${value}`)
        .join(',')}}`
  )
const alternatives = fc.oneof(
  fc.array(entry, { maxLength: 3 }).map((entries) => `[${entries.join(',')}]`),
  entry,
  from(['null', '[]', '[1]', '{}', '[{}]', '""'])
)

/** Pairs of key and value, with any space around. */
const pairOf = (key: string, oddness: 0 | 1): fc.Arbitrary<string> => {
  const [ordinary, odd] = FIELDS[key]
  const spelling = oddness === 0 ? fc.constant(key) : mostly(fc.constant(key), from(SPELLINGS[key] ?? [key]), 3)
  const value = oddness === 0 ? from(ordinary) : from(odd)
  return fc.tuple(space, spelling, space, space, value).map(([a, b, c, d, e]) => `${a}"${b}"${c}:${d}${e}`)
}

const foreign = fc.oneof(
  fc.tuple(from(['Exifs', 'MediaFiles', 'x', 'é', '', '5', '__proto__', 'odata.id', 'a\\"b']), from(ANY)),
  fc.tuple(from(['CaseID', 'CaseNumber', 'Media', 'media']), from(['"x"', '5', 'null', '[]', `[{"MD5":"${md5(5)}"}]`])),
  fc.tuple(fc.constant('AlternativeHashes'), alternatives),
  fc.tuple(
    fc.constant('deep'),
    fc.integer({ min: 1, max: 60 }).map((n) => '['.repeat(n) + ']'.repeat(n))
  ),
  fc.tuple(fc.constant('Exifs'), fc.json({ maxDepth: 3 }))
)
const foreignPair = foreign.map(([key, value]) => `"${key}":${value}`)

/** A record of some ordinary fields and what else is given. */
const recordWith = (others: fc.Arbitrary<string[]>): fc.Arbitrary<string> =>
  fc
    .subarray(Object.keys(FIELDS), { minLength: 1 })
    .chain((keys) =>
      fc
        .tuple(fc.tuple(...keys.map((key) => pairOf(key, 0))), others, fc.boolean())
        .map(([own, more, isFirst]) => `{${(isFirst ? [...more, ...own] : [...own, ...more]).join(',')}}`)
    )
const anyKey = fc.constantFrom(...Object.keys(FIELDS))
const anyPair = anyKey.chain((key) => pairOf(key, 1))
const noPairs = fc.constant<string[]>([])

const record = fc.oneof(
  { arbitrary: recordWith(noPairs), weight: 8 },
  // One more, which is odd or repeats one that is there.
  { arbitrary: recordWith(fc.tuple(anyPair)), weight: 6 },
  { arbitrary: recordWith(fc.tuple(foreignPair)), weight: 6 },
  { arbitrary: recordWith(fc.array(fc.oneof(anyPair, foreignPair), { maxLength: 4 })), weight: 2 },
  { arbitrary: from(['{}', '5', '"x"', 'null', '[]', '{"MD5":null}', `{"CaseID":"x"}`, `{"Category":1}`]), weight: 1 },
  { arbitrary: fc.json({ maxDepth: 2 }), weight: 1 }
)

/** It has all keys, so that the scanner knows them after it. */
const TEACHER = `{${Object.entries(FIELDS)
  .map(([key, [[value]]]) => `"${key}":${value}`)
  .join(',')},"AlternativeHashes":[{"MD5":null,"HashName":"PDQ","HashValue":null}],"Exifs":[],"x":1}`
/** As many as it takes for the scanner not to be given up. */
const ORDINARY = Array.from({ length: 4 }, () => `{"MD5":"${md5(8)}"}`)

/** A document with every value of every field once, each among ordinary records. */
export function everyValue(): string {
  const odd: string[] = []
  for (const [key, [ordinary, others]] of Object.entries(FIELDS)) {
    const hash = key === 'MD5' ? '' : `"MD5":"${md5(1)}",`
    for (const value of [...ordinary, ...others]) {
      odd.push(`{${hash}"${key}":${value}}`, `{"${key}":${value},"SHA1":"${sha1(5)}","${key}":${ordinary[0]}}`)
      odd.push(`{"PDQ":"${hex64(1)}","${key}":${ordinary[0]},"${key}":${value}}`)
    }
  }
  for (const name of HASH_NAMES) {
    for (const value of ENTRY_VALUES) {
      for (const owner of OWNERS) {
        const entry = `{"HashName":"${name}","HashValue":${value},"MD5":${owner}}`
        odd.push(`{"SHA1":"${sha1(6)}","AlternativeHashes":[${entry}]}`)
        odd.push(`{"AlternativeHashes":[${entry},${entry}],"MD5":"${md5(1)}","PDQ":"${hex64(9)}"}`)
      }
    }
  }
  return `[${[TEACHER, ...odd.flatMap((each) => [...ORDINARY, each])].join(',')}]`
}

/** Documents with one fault each, which the scanner meets in its stride. */
export function everyFault(): string[] {
  const after = ORDINARY.join(',')
  return BROKEN.flatMap((value) =>
    BROKEN_AT.map((key) => {
      const hash = key === 'MD5' ? '' : `"MD5":"${md5(1)}",`
      return `[${TEACHER},${after},{${hash}"${key}":${value},"Tags":""},${after}]`
    })
  )
}

/** The same few records again and again, so that spellings are learned and runs are long. */
const someRecords = fc.oneof(
  fc.array(record, { maxLength: 12 }),
  fc
    .tuple(fc.array(record, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 40 }))
    .map(([some, times]) => Array.from({ length: times }, () => some).flat())
)
const records = fc
  .tuple(someRecords, fc.integer({ min: 0, max: 3 }))
  .map(([some, teachers]) => [...Array.from({ length: teachers }, () => TEACHER), ...some])
const list = fc.tuple(records, space, space).map(([all, a, b]) => `[${a}${all.join(`${b},${a}`)}${b}]`)

const document = fc.oneof(
  { arbitrary: list.map((text) => `{"@odata.context":"x/2.0.xml/UK/$metadata#Media","value":${text}}`), weight: 4 },
  { arbitrary: list, weight: 2 },
  { arbitrary: list.map((text) => `{"value":[{"CaseID":"1","Media":${text}},{"Media":${text},"x":1}]}`), weight: 2 },
  { arbitrary: list.map((text) => `{"value":${text},"value":${text}}`), weight: 1 }
)

const PIECES = [
  '',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  'e',
  '.',
  't',
  '\n',
  '\u0001',
  'é',
  '\\u12',
  '},{'
]
const BYTES = [...PIECES.map((piece) => Buffer.from(piece)), Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0])]

/** A document as bytes: whole, cut off, or with a piece in a place where it does not belong. */
export const anyVics: fc.Arbitrary<Uint8Array> = fc
  .tuple(document, fc.nat(), fc.constantFrom(...BYTES), fc.constantFrom('whole', 'whole', 'cut', 'damaged', 'damaged'))
  .map(([text, seed, piece, how]) => {
    const bytes = Buffer.from(text)
    const at = seed % (bytes.length + 1)
    if (how === 'whole') return bytes
    if (how === 'cut') return bytes.subarray(0, at)
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + (seed % 2))])
  })
