// Published answers: RFC 1321, RFC 3174, FIPS 180-4 examples, and the digests of the conformance images.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EMPTY_FILE_DIGESTS } from '../../src/core/hashes.js'
import { digestBatch, digestBytes, DigestStream } from '../../src/digest/index.js'
import { conformance, image } from '../support/fixtures.js'
import { batchHex, testEachPath } from './arms.js'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'
const PARTS = { md5: [0, 32], sha1: [32, 72], sha256: [72, 136] } as const

type Vectors = readonly (readonly [kind: keyof typeof PARTS, text: string, hex: string])[]

const PUBLISHED: Vectors = [
  ['md5', '', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['md5', 'a', '0cc175b9c0f1b6a831c399e269772661'],
  ['md5', 'abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['md5', 'message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['md5', ALPHABET, 'c3fcd3d76192e4007dfb496cca67e13b'],
  ['md5', ALPHABET.toUpperCase() + ALPHABET + '0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
  ['md5', '1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
  ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha1', 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
  [
    'sha1',
    '0123456701234567012345670123456701234567012345670123456701234567'.repeat(10),
    'dea356a2cddd90c7a7ecedc5ebb563934f460452'
  ],
  ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'sha256',
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'
  ],
  ['sha1', 'a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ['sha256', 'a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0']
]

testEachPath('published answers', (path) => {
  const answers = batchHex(
    path,
    PUBLISHED.map(([, text]) => Buffer.from(text))
  )
  PUBLISHED.forEach(([kind, text, hex], i) => {
    expect(answers[i].slice(...PARTS[kind]), `${kind} of ${text.slice(0, 40)}`).toBe(hex)
  })
})

testEachPath('conformance images', (path) => {
  const rows = conformance('digests.csv')
  const answers = batchHex(
    path,
    rows.map(({ file }) => readFileSync(image(file)))
  )
  expect(rows.length).toBeGreaterThan(0)
  rows.forEach(({ file, md5, sha1, sha256 }, i) => expect(answers[i], file).toBe(md5 + sha1 + sha256))
})

describe('the room digest', () => {
  const rows = conformance('digests.csv')
  const files = rows.map(({ file }) => readFileSync(image(file)))
  const wanted = rows.map(({ md5, sha1, sha256 }) => ({ md5, sha1, sha256 }))

  test('of a batch', () => {
    expect(digestBatch(files)).toEqual(wanted)
    expect(digestBatch([])).toEqual([])
  })

  test('of one file after the other', () => {
    expect(files.map(digestBytes)).toEqual(wanted)
    expect(digestBytes(new Uint8Array(0))).toEqual(EMPTY_FILE_DIGESTS)
  })

  test('of a stream', () => {
    const streamed = files.map((file) => {
      const stream = new DigestStream()
      for (let at = 0; at < file.length; at += 1000) stream.update(file.subarray(at, at + 1000))
      return stream.finish()
    })
    expect(streamed).toEqual(wanted)
  })
})
