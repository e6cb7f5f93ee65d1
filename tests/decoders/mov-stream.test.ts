// MP4 in the order of reading: the table before the samples, its places moved with them, and nothing else changed.

import { describe, expect, test } from 'vitest'
import { inReadingOrder } from '../../src/decode/mov-stream.js'
import { mutated } from '../support/bad-files.js'

const box = (name: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8)
  head.write(name, 4, 'latin1')
  return Buffer.concat([head, body])
}
const largeBox = (name: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(16)
  head.writeUInt32BE(1)
  head.write(name, 4, 'latin1')
  head.writeBigUInt64BE(BigInt(content.length + 16), 8)
  return Buffer.concat([head, content])
}
const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4))
  return bytes
}
const longs = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 8)
  values.forEach((value, i) => bytes.writeBigUInt64BE(BigInt(value), i * 8))
  return bytes
}
const places = (...at: number[]): Buffer => box('stco', numbers(0, at.length, ...at))
const widePlaces = (...at: number[]): Buffer => box('co64', numbers(0, at.length), longs(...at))
const table = (...lists: Buffer[]): Buffer =>
  box('moov', box('mvhd'), ...lists.map((list) => box('trak', box('mdia', box('minf', box('stbl', list))))))

async function reordered(file: Buffer): Promise<Buffer | null> {
  const read = async (at: number, length: number) => Buffer.from(file.subarray(at, at + length))
  const pieces = await inReadingOrder(read, file.length)
  return (
    pieces &&
    Buffer.concat(pieces.map((piece) => ('bytes' in piece ? piece.bytes : file.subarray(piece.from, piece.to))))
  )
}

const KIND = box('ftyp', Buffer.from('isom'))
const SAMPLES = Buffer.from('samples of a video')
const AFTER = box('free', Buffer.from('more'))

describe('a table behind the samples', () => {
  test.each<[string, (content: Buffer) => Buffer, number]>([
    ['of a usual size', (content) => box('mdat', content), 8],
    ['with a size of 64 bits', (content) => largeBox('mdat', content), 16]
  ])('%s is put before them', async (_, samples, headBytes) => {
    const first = KIND.length + headBytes
    const [mdat, behind] = [samples(SAMPLES), KIND.length + headBytes + SAMPLES.length]
    const tableBytes = table(places(0), widePlaces(0, 0)).length
    const afterTable = behind + tableBytes
    // One place in each part of the file: before the samples, in them, and after the table.
    const moov = table(places(first), widePlaces(2, afterTable))
    const file = Buffer.concat([KIND, mdat, moov, AFTER])
    const moved = table(places(first + tableBytes), widePlaces(2, afterTable))
    expect(await reordered(file)).toEqual(Buffer.concat([KIND, moved, mdat, AFTER]))
  })

  test.each<[string, Buffer]>([
    ['whose places would not fit any more', table(places(2 ** 32 - 10))],
    ['that is compressed', box('moov', box('cmov'))]
  ])('%s is left to whoever can go back', async (_, moov) => {
    const mdat = Buffer.alloc(16)
    mdat.writeUInt32BE(1)
    mdat.write('mdat', 4, 'latin1')
    mdat.writeBigUInt64BE(2n ** 32n, 8)
    // A file of 4 GiB that is nothing but zeros between its head and its table.
    const size = KIND.length + 2 ** 32 + moov.length
    const read = async (at: number, length: number) => {
      if (at === 0) return Buffer.concat([KIND, mdat]).subarray(0, length)
      if (at === KIND.length) return mdat.subarray(0, length)
      const from = at - KIND.length - 2 ** 32
      return Buffer.from(moov.subarray(from, from + length))
    }
    expect(await inReadingOrder(read, size)).toBeNull()
  })
})

test.each<[string, Buffer]>([
  ['before the samples', Buffer.concat([KIND, table(places(9)), box('mdat', SAMPLES)])],
  ['that is not there', Buffer.concat([KIND, box('mdat', SAMPLES)])],
  ['behind samples without an end', Buffer.concat([KIND, Buffer.from('\0\0\0\0mdat'), SAMPLES, table()])],
  ['behind a box of no size that can be', Buffer.concat([KIND, Buffer.from('\0\0\0\x03mdat'), SAMPLES, table()])]
])('a table %s leaves the file as it is', async (_, file) => {
  expect(await reordered(file)).toEqual(file)
})

test('a table that is nested without an end is left to whoever can go back', async () => {
  const depth = 10_000
  const nested = Buffer.alloc(depth * 8)
  for (let i = 0; i < depth; i++) {
    nested.writeUInt32BE((depth - i) * 8, i * 8)
    nested.write('trak', i * 8 + 4, 'latin1')
  }
  expect(await reordered(Buffer.concat([KIND, box('mdat', SAMPLES), box('moov', nested)]))).toBeNull()
})

test('whatever is damaged keeps its size', async () => {
  const mdat = box('mdat', SAMPLES)
  const file = Buffer.concat([KIND, mdat, table(places(30, 31), widePlaces(30, 31)), AFTER])
  for (let seed = 1; seed <= 2000; seed++) {
    const damaged = mutated(file, seed)
    const out = await reordered(damaged)
    if (out !== null) expect(out.length, `seed ${seed}`).toBe(damaged.length)
  }
  for (let cut = 0; cut < file.length; cut++) expect((await reordered(file.subarray(0, cut)))?.length).toBe(cut)
})
