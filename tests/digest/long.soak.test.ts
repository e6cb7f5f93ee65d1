// Streams past the sizes where counters of 32 bits, of bytes or of bits, begin again.

import { createHash } from 'node:crypto'
import { bytesToHex } from '../../src/core/hex.js'
import { expect } from 'vitest'
import { noise, testEachPath } from './arms.js'

const PART = noise(64 * 1024 * 1024 + 1, 1)
/** Above 4 GiB, and so far above 2^32 bits. */
const PARTS = 65

const hashes = ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind))
for (let i = 0; i < PARTS; i++) for (const hash of hashes) hash.update(PART)
const wanted = hashes.map((hash) => hash.digest('hex')).join('')

testEachPath('a stream of more than 4 GiB', (path) => {
  const stream = path.digestStream()
  for (let i = 0; i < PARTS; i++) stream.update(PART)
  expect(bytesToHex(stream.finish())).toBe(wanted)
})
