// Arbitrary lists of hashes: long runs of bare lines among everything else that a line can be.

import fc from 'fast-check'
import { digest, EMPTY_MD5, EMPTY_SHA1, hex64, md5, sha1 } from './read-all.js'

const NAMED = [
  `${md5(1)}  a file.jpg`,
  `${md5(1)} *x`,
  `MD5 (x) = ${md5(9)}`,
  `SHA256 (y) = ${hex64(9)}`,
  `\\${md5(1)}  a\\nb`
]
const ODD = [
  ...NAMED,
  ...['', ' ', '#', '# md5', '# pdq', 'hash', 'nothing', '\0', 'é', '\u2028', 'x'.repeat(70_000)],
  ...[
    ` ${md5(2)}`,
    `${md5(2)} `,
    `\t${md5(2)}`,
    md5(2).slice(1),
    `${md5(2)}0`,
    md5(2).replace(/^./, 'g'),
    `${md5(2)}\r`
  ],
  ...[
    EMPTY_MD5,
    EMPTY_MD5.toUpperCase(),
    EMPTY_SHA1,
    `${hex64(3)},50,id`,
    `${hex64(3)},x`,
    `${md5(3)},5`,
    `  1000  ${md5(4)}  x`
  ]
]

const bareOf = (digits: number): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(1000), fc.boolean()).map(([number, isUpper]) => {
    const text = digest(digits, number)
    return isUpper ? text.toUpperCase() : text
  })

const line = (digits: number): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: bareOf(digits), weight: 30 },
    { arbitrary: fc.constantFrom(...ODD), weight: 2 },
    { arbitrary: fc.constantFrom(md5(5), sha1(5), hex64(5), digest(16, 5)), weight: 1 }
  )
const ends = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\r')

export const anyList: fc.Arbitrary<Uint8Array> = fc
  .constantFrom(16, 32, 40, 64)
  .chain((digits) => fc.array(fc.tuple(line(digits), ends), { minLength: 1, maxLength: 120 }))
  .chain((lines) => fc.tuple(fc.constant(lines), ends, fc.nat(), fc.constantFrom('whole', 'whole', 'cut', 'one end')))
  .map(([lines, end, seed, how]) => {
    const text = lines.map(([text, own]) => text + (how === 'one end' ? end : own)).join('')
    const bytes = Buffer.from(text)
    return how === 'cut' ? bytes.subarray(0, seed % (bytes.length + 1)) : bytes
  })
