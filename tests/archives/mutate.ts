// Seeded damage to archives, and what every one of them must keep: no crash, an end, records that make sense, and the
// same ones wherever they are made.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { FileRecord } from 'exhibit-hash'
import { mutated } from '../support/bad-files.js'
import { image } from '../support/fixtures.js'
import { scanPath } from '../support/scan-bytes.js'
import { longName, pax, tar } from '../support/tar-builder.js'
import { tempFolder } from '../support/temp.js'
import { zip } from '../support/zip-builder.js'

const picture = readFileSync(image('scene-03-100x75.png')).subarray(0, 3000)
const text = Buffer.from('some text, some text, some text')
const inner = zip([
  { name: 'x', bytes: text, method: 8 },
  { name: 'y.png', bytes: picture }
])
const members = [
  { name: 'a.txt', bytes: text },
  { name: 'p.png', bytes: picture },
  { name: 'inner.zip', bytes: inner }
]
const mixed = zip([
  { ...members[0], method: 8 },
  { ...members[1], method: 8, descriptor: true },
  members[2],
  { ...members[0], name: 'z', zip64: true }
])
const plain = tar([longName('n'.repeat(150)), members[0], pax({ path: 'ü', mtime: '5.5' }), members[1], members[2]])

export const ARCHIVES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['zip', mixed],
  ['zip64', zip(members, { zip64: true })],
  ['tar', plain],
  ['tar.gz', gzipSync(plain)],
  ['zip in tar.gz', gzipSync(tar([{ name: 'm.zip', bytes: mixed }]))]
]

/** Fields of headers that are larger than all there is: sizes, counts and offsets. */
function extremes(bytes: Buffer, seed: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE([0, 1, 0x7fffffff, 0xffffffff, 0xfffffffe][seed % 5], (seed * 7919) % (copy.length - 4))
  return copy
}

const CODES = [
  'ARCHIVE_DAMAGED',
  'ARCHIVE_DEPTH',
  'ARCHIVE_EXPANSION',
  'ARCHIVE_OVERLAP',
  'MEMBER_DAMAGED',
  'MEMBER_ENCRYPTED',
  'MEMBER_UNSUPPORTED',
  'NOT_AN_IMAGE',
  'DECODE_FAILED',
  'EMPTY_FILE',
  'FORMAT_UNSUPPORTED',
  'PIXEL_LIMIT'
]

export async function checkMutations(bytes: Buffer, from: number, count: number): Promise<void> {
  const folder = tempFolder()
  for (let seed = from; seed < from + count; seed++) {
    const damaged = seed % 3 === 0 ? extremes(bytes, seed) : mutated(bytes, seed)
    writeFileSync(join(folder, String(seed).padStart(8, '0')), damaged)
  }
  const records = await scanPath(folder)
  for (const { path, error } of records)
    if (error !== null) expect(CODES, `${path} ${error.message}`).toContain(error.code)
  expect(records.filter(({ path }) => !path.includes('!'))).toHaveLength(count)
  const here = await scanPath(folder, { isolation: 'none', concurrency: 1 })
  expect(records.map(withoutTimes)).toEqual(here.map(withoutTimes))
}

/** Reading changes the time of access. */
function withoutTimes({ times: _, ...record }: FileRecord) {
  return record
}
