// Digests in an index, whatever their number: all are found, and none costs more bytes than it may.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildHashSet, HashSet } from 'exhibit-hash'
import { tempFolder } from '../support/temp.js'

/** Of FORMAT.md. */
const SECTION = { keys: 5, directory: 7 }

/** Bytes of all sections of that number. */
function sectionBytes(index: Buffer, number: number): number {
  const entries = Array.from({ length: index.readUInt32LE(68) }, (_, i) => 128 + 64 * i)
  return entries
    .filter((at) => index.readUInt32LE(at) === number)
    .reduce((sum, at) => sum + Number(index.readBigUInt64LE(at + 16)), 0)
}

const COUNTS = [1, 17, 300, 1023, 1024, 4000, 131_071, 131_072, 140_000]

// Where a directory becomes finer, it may be finer than a digest has room for: on both sides of such numbers. Uneven are
// those of a set that was dealt out by first bytes: all of them have one prefix, and the rest of the directory is a gap.
test.each([...COUNTS.map((count) => ({ count, isEven: true })), { count: 140_000, isEven: false }])(
  '$count digests, even: $isEven',
  async ({ count, isEven }) => {
    const folder = tempFolder()
    const [list, path] = [join(folder, 'md5.txt'), join(folder, 'set.ehx')]
    const digests = Array.from({ length: count }, (_, i) => createHash('md5').update(`${i}`).digest())
    if (!isEven) for (const digest of digests) digest.fill(0x77, 0, 3)
    writeFileSync(list, digests.map((digest) => `${digest.toString('hex')}\n`).join(''))
    await buildHashSet(path, [list], { format: 'list', maxMemoryBytes: 16 * 2 ** 20 })

    const index = readFileSync(path)
    const directory = sectionBytes(index, SECTION.directory)
    expect(sectionBytes(index, SECTION.keys)).toBeGreaterThanOrEqual(count * 16)
    if (count >= 1024) expect(sectionBytes(index, SECTION.keys) + directory).toBeLessThanOrEqual(count * 20 + 4)

    const set = await HashSet.open(path)
    const absent = digests.map((digest) => Buffer.from(digest.map((byte, i) => (i === 15 ? byte ^ 1 : byte))))
    const found = [...set.findBatch('md5', Buffer.concat(digests.flatMap((digest, i) => [digest, absent[i]])))]
    expect(found).toEqual(digests.flatMap((_, i) => [i, -1]))
    await set.close()
  }
)
