// Values that fields of VICS records can have, as they stand in a document.

import { EMPTY_MD5, EMPTY_SHA1, EMPTY_SHA256, hex64, md5, sha1 } from './read-all.js'

/** Values as they stand in a document: the ordinary ones of a field, and others. */
type Values = readonly [ordinary: readonly string[], odd: readonly string[]]

const quoted = (...texts: string[]): string[] => texts.map((text) => `"${text}"`)
const BASE64 = Buffer.from(Array.from({ length: 144 }, (_, i) => (i * 91 + 255) & 255)).toString('base64')
const SLASHES = Buffer.alloc(144, 255).toString('base64')
const PHOTODNA_HEX = Buffer.alloc(144, 171).toString('hex')
const SIDEWAYS = [
  '\\u0020',
  '\\u00a0x',
  'é',
  '\\ud83d\\ude00',
  '\\ud83d',
  '😀',
  '\u00a0',
  '\u3000x',
  '\ufeff',
  '\ufffd'
]
const SCALARS = ['null', 'true', 'false', '0', '-0', '1', '-5', '1e2', '1.0', '0.5', '1e999', '""', '" "']
const NESTED = ['[]', '{}', '[ ]', '["a","b"]', '[1,2]', '{"a":[1,{"b":null}]}', '[[]]', '[null]', '[true]']
export const ANY = [...SCALARS, ...NESTED, ...quoted(...SIDEWAYS)]

const HASH = (one: string, two: string, empty: string): Values => [
  quoted(one, two, one.toUpperCase()),
  [...quoted(empty, empty.toUpperCase(), ` ${one}`, `${one} `, one.slice(1), `${one}0`, one.replace(/^./, 'g')), ...ANY]
]
const FLAG: Values = [
  ['true', 'false', ...quoted('true', 'false', 'True', 'False')],
  [...quoted('yes', 'NO', 'Y', 'n', '1', '0', 'T', 'f', ' true', 'maybe', 'TRUE ', 'tr\\u0075e'), ...ANY]
]
const TEXT: Values = [
  [...quoted('', 'Force 12', 'image\\/jpeg', 'Größe', 'a\\\\b', 'x\\ty', 'серия'), 'null'],
  [
    ...quoted(' ', ' lead', 'trail ', '\\t', '\\u0000', '\\n\\nx', 'a\\u0301', '\\ud800', '\\udc00x', '\ud7ff'),
    ...quoted('x'.repeat(3000), '\\/'.repeat(1500), 'ü'.repeat(900)),
    ...['12', '9007199254740993', '12345678901234567890'],
    ...ANY
  ]
]

export const FIELDS: Readonly<Record<string, Values>> = {
  MD5: HASH(md5(1), md5(77), EMPTY_MD5),
  SHA1: HASH(sha1(2), sha1(78), EMPTY_SHA1),
  SHA256: HASH(hex64(3), hex64(79), EMPTY_SHA256),
  PDQ: HASH(hex64(4), hex64(80), EMPTY_SHA256),
  PHash: HASH('0123456789abcdef', 'fedcba9876543210', '0000000000000000'),
  PdqQuality: [
    ['100', '0', '"50"'],
    ['101', '-1', '"007"', '"+5"', '1.5', ...ANY]
  ],
  PhotoDNA: [
    quoted(BASE64, SLASHES, SLASHES.replaceAll('/', '\\/'), PHOTODNA_HEX),
    [
      ...quoted(BASE64.slice(4), `${BASE64}AAAA`, `${BASE64.slice(1)}=`, ` ${BASE64}`, BASE64.replace(/^../, '-_')),
      ...quoted(BASE64.replace(/^./, '!'), `${BASE64.slice(1)}\\u0041`, PHOTODNA_HEX.replace('a', 'g')),
      ...ANY
    ]
  ],
  Category: [
    ['1', '0', '2', '"2"', '"A"', 'null', '""'],
    [
      ...['-1', '2147483647', '2147483648', '-2147483649', '9007199254740993', '99999999999999999999', '1.5'],
      ...quoted('007', '+5', '-5', ' 3', 'A ', 'B\\/C', '4294967296', '\\u0031', 'é', '1.0', '123456789012345678'),
      ...ANY
    ]
  ],
  MediaID: [
    ['1', '0', '1234567890', '"12"', '"6F9619FF-8B86-D011-B42D-00CF4FC964FF"'],
    [
      ...['9007199254740991', '9007199254740993', '123456789012345', '1234567890123456', '18446744073709551616', '-7'],
      ...quoted('007', '0', '18446744073709551615', '18446744073709551616', ' 5', '{a}', '1e3', '12345678901234567'),
      ...ANY
    ]
  ],
  MediaSize: [
    ['1', '123456', '0', '"77"'],
    ['-1', '9007199254740991', '9007199254740993', '1e3', '"0077"', '" 5"', '"+5"', '"-0"', '"1.5"', '"x"', ...ANY]
  ],
  MimeType: TEXT,
  PrecategorizationSource: TEXT,
  Series: TEXT,
  Tags: TEXT,
  DateUpdated: [
    quoted(
      '2023-06-07T02:31:49.8300Z',
      '2023-06-07T02:31:49Z',
      '2024-02-29T23:59:59+01:00',
      '\\/Date(1700000000000)\\/'
    ),
    [
      ...quoted('2023-02-29T00:00:00Z', '2023-06-31', '2023-06-30', '2023-6-7', '0999-01-01T00:00:00Z'),
      ...quoted('2023-06-07T24:00:00Z', '2023-06-07T23:60:00Z', '2023-06-07 01:02', '2023-06-07T01:02:03.5-0430Z'),
      ...quoted(
        '1600-02-29T01:02:03,5Z',
        '9999-12-31T23:59:59.999-14:00',
        '1000-01-01T00:00:00+14:00',
        '2023-06-07t01:02z'
      ),
      ...quoted(
        '2023-06-07T01:02:03+14:01',
        '2023-06-07T01:02:03+13:99',
        '2023-06-07T01:02:03.Z',
        '6/7/2023 1:02:03 PM'
      ),
      ...quoted(
        '/Date(-5)/',
        '\\/Date(1+0100)\\/',
        '/Date(9999999999999999)/',
        '/Date()/',
        ' 2023-06-07',
        '2023-06-07UTC'
      ),
      ...quoted('1900-02-29', '2000-02-29', '2023-06-07T01:02:03.123456789Z', `2023-06-07T01:02:03.${'1'.repeat(90)}Z`),
      ...ANY
    ]
  ],
  VictimIdentified: FLAG,
  OffenderIdentified: FLAG,
  IsDistributed: FLAG,
  IsPrecategorized: FLAG,
  IsSuspected: FLAG,
  SelfGenerated: FLAG
}

export const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  MD5: ['md5', 'Md5Hash', 'M\\u00445', 'MD5\\/', 'md-5'],
  SHA1: ['SHA-1', 'sha1'],
  Category: ['category', 'CATEGORY ', 'Cat\\u0065gory'],
  MediaID: ['mediaid', 'Media_ID']
}

export const HASH_NAMES = ['PDQ', 'PhotoDNA', 'pdq', 'MD5', 'SHA-1', 'pdqquality', 'TMK', 'P\\u0044Q', '', 'photo dna']
export const ENTRY_VALUES = [
  ...FIELDS['PDQ'][0],
  ...FIELDS['PhotoDNA'][0],
  `"${md5(1)}"`,
  'null',
  '""',
  '"x"',
  '50',
  `"${sha1(9)}"`
]
export const OWNERS = [`"${md5(1)}"`, `"${md5(77)}"`, `"${EMPTY_MD5}"`, 'null', '""']

/** What is no JSON where a value should be. */
export const BROKEN = [
  ...[
    '01',
    '-',
    '-01',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    '0x1',
    'NaN',
    'tru',
    'True',
    'nulll',
    'n',
    '1 2',
    "'x'",
    '',
    ','
  ],
  ...['"\u0001"', '"\n"', '"a\tb"', '"\\x"', '"\\u12g4"', '"\\u00"', '"\\', '"', '\ufeff1', '\u00a01', '//1'],
  ...[
    '[1,]',
    '[,1]',
    '[1 2]',
    '[}',
    '{"a"}',
    '{"a":1,}',
    '{"a":}',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '[[1]',
    '[1}',
    '{"a":1]',
    '[{"a":1]}',
    '{"a":[}',
    '[01]',
    '{"a":01}',
    '["\u0002"]'
  ]
]
/** Keys that such values are given to. */
export const BROKEN_AT = [
  'x',
  'Series',
  'MD5',
  'PhotoDNA',
  'MediaSize',
  'MediaID',
  'IsSuspected',
  'DateUpdated',
  'AlternativeHashes'
]
