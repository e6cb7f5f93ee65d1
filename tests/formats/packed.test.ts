// Packed records are those that the reader would have made one by one: with the scanner, without it, wherever cut.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type PackedRecords, RecordPacker } from '../../src/core/packed-records.js'
import { openSourceWith } from '../../src/formats/open-source.js'
import { kernels } from '../../src/kernels/index.js'
import { anyList } from './any-list.js'
import { anyVics, everyFault, everyValue } from './any-vics.js'
import { fixture, md5, readPath, sha1 } from './read-all.js'
import { SAMPLES } from './samples.js'
import { type PackedOutcome, readPacked } from './unpack.js'

const RUNS = Number(process.env['EXHIBIT_HASH_PROPERTY_RUNS'] ?? 150)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-packed-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Chunks of sizes that come round again. */
function cut(sizes: readonly number[]): () => number {
  let next = 0
  return () => sizes[next++ % sizes.length]
}

function faultText({ fault }: Pick<PackedOutcome, 'fault'>): string | null {
  return fault === null ? null : `${(fault as { code?: string }).code} ${(fault as Error).message}`
}

interface Cuts {
  readonly sizes: readonly number[]
  readonly otherSizes: readonly number[]
  readonly batchRecords: number
}

const anyCuts: fc.Arbitrary<Cuts> = fc.record({
  sizes: fc.oneof(
    { arbitrary: fc.constant([1 << 20]), weight: 3 },
    { arbitrary: fc.array(fc.integer({ min: 1, max: 6000 }), { minLength: 1, maxLength: 5 }), weight: 6 },
    { arbitrary: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), weight: 1 }
  ),
  otherSizes: fc.constantFrom([1 << 20], [700], [64 * 1024]),
  batchRecords: fc.constantFrom(1, 2, 7, 100, 8192, 8192)
})

/** Compares long lists quickly, and shows the first difference. */
function expectEqual(found: readonly unknown[], expected: readonly unknown[]): void {
  expect(found).toHaveLength(expected.length)
  const at = found.findIndex((each, i) => JSON.stringify(each) !== JSON.stringify(expected[i]))
  if (at >= 0) expect(found[at], `record ${at + 1}`).toEqual(expected[at])
}

function bytesOf({ rows, strings, hashes, photoDna, pdqQuality }: PackedRecords): Buffer {
  const columns = [...hashes, ['photoDna', photoDna] as const].flatMap(([kind, column]) =>
    column === null ? [] : [Buffer.from(kind), column.values, new Uint8Array(column.records)]
  )
  return Buffer.concat([rows, Buffer.from(JSON.stringify(strings)), pdqQuality, ...columns])
}

/** Reads a source packed with the scanner, packed without it, and as objects: all the same. */
async function expectSame(content: Uint8Array, format: string, cuts: Cuts): Promise<void> {
  const path = join(folder, 'source')
  writeFileSync(path, content)
  const options = { format, kind: 'sha256' } as const
  const { batchRecords } = cuts
  const packed = await readPacked(path, options, { chunkBytes: cut(cuts.sizes), batchRecords })
  const portable = await readPacked(path, options, { chunkBytes: cut(cuts.otherSizes), isPortable: true })
  const objects = await readPath(path, options, { chunkBytes: cut(cuts.otherSizes) })
  expect(faultText(packed)).toBe(faultText(objects))
  expect(faultText(portable)).toBe(faultText(objects))
  expectEqual(packed.records, portable.records)
  expect(packed.report).toEqual(objects.report)
  expect(portable.report).toEqual(objects.report)
  expect(packed.records).toHaveLength(objects.records.length)
  // With the same borders not a byte may differ.
  if (packed.batches.length === 1 && portable.batches.length === 1) {
    expect(bytesOf(packed.batches[0]).equals(bytesOf(portable.batches[0]))).toBe(true)
  }
}

test('VICS documents of every kind', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(anyVics, anyCuts, (content, cuts) => expectSame(content, 'vics', cuts)),
    { numRuns: RUNS }
  )
})

test('every value of every VICS field, alone, before another and after one', { timeout: 120_000 }, async () => {
  const content = Buffer.from(everyValue())
  for (const sizes of [[1 << 20], [3001]]) {
    await expectSame(content, 'vics', { sizes, otherSizes: [1 << 20], batchRecords: 8192 })
  }
})

test('every fault in a value, whatever the value is of', { timeout: 120_000 }, async () => {
  const cuts = { sizes: [1 << 20], otherSizes: [1 << 20], batchRecords: 8192 }
  for (const text of everyFault()) await expectSame(Buffer.from(text), 'vics', cuts)
})

test.each(['"Media":[],"Media":"x"', '"Media":"x","Media":[]', '"media":[{}],"Media":null', '"Media":{},"MD5":null'])(
  'records that have %s',
  async (keys) => {
    const records = Array.from({ length: 400 }, (_, i) => `{"MD5":"${md5(i)}","SHA1":"${sha1(i)}",${keys}}`)
    const content = Buffer.from(`{"value":[${records.join(',')}]}`)
    for (const sizes of [[1 << 20], [700]]) {
      for (const otherSizes of [[1 << 20], [700]]) {
        await expectSame(content, 'vics', { sizes, otherSizes, batchRecords: 8192 })
      }
    }
  }
)

test.each([' ', '', '\n', ',,', ' , ,', ';'])(
  'records with %j in place of a comma between two of them',
  async (piece) => {
    const records = Array.from({ length: 60 }, (_, i) => JSON.stringify({ MediaID: i + 1, MD5: md5(i) }))
    const text = `{"value":[${records.slice(0, 30).join(',')}${piece}${records.slice(30).join(',')}]}`
    for (const sizes of [[1 << 20], [700]]) {
      await expectSame(Buffer.from(text), 'vics', { sizes, otherSizes: [1 << 20], batchRecords: 8192 })
    }
  }
)

test('lists of every kind', { timeout: 600_000 }, async () => {
  await fc.assert(fc.asyncProperty(anyList, fc.constantFrom('list', 'pdq'), anyCuts, expectSame), { numRuns: RUNS })
})

test('every sample, packed or refused', async () => {
  for (const { name, format, needsName } of SAMPLES) {
    const path = fixture(name)
    const options = needsName ? {} : { format }
    const reader = await openSourceWith(path, options, {})
    if (!reader.canPack) {
      expect(() => reader.packed()).toThrow(expect.objectContaining({ code: 'USAGE' }))
      continue
    }
    const packed = await readPacked(path, options, { batchRecords: 4 })
    const portable = await readPacked(path, options, { isPortable: true })
    const objects = await readPath(path, options)
    expect(packed.records, name).toEqual(portable.records)
    expect(packed.report, name).toEqual(objects.report)
    expect(packed.records, name).toHaveLength(objects.records.length)
  }
})

test('a source is read once, packed or not', async () => {
  const reader = await openSourceWith(fixture('list-md5.txt'), {}, {})
  reader.packed()
  expect(() => reader.records()).toThrow(expect.objectContaining({ code: 'USAGE' }))
  expect(() => reader.packed()).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('ordinary records are packed by the scanner, not by the reader', async ({ skip }) => {
  if (kernels().recordScanner === null) skip('the portable code has no scanner')
  const add = vi.spyOn(RecordPacker.prototype, 'add')
  const path = join(folder, 'ordinary')
  const records = Array.from({ length: 20_000 }, (_, i) => `{"MediaID":${i},"MD5":"${md5(i)}","Series":"a\\/b"}`)
  const lines = Array.from({ length: 20_000 }, (_, i) => md5(i))
  for (const [format, text] of [
    ['vics', `{"value":[${records.join(',\n')}]}`],
    ['list', `${lines.join('\r\n')}\r\n`]
  ]) {
    writeFileSync(path, text)
    add.mockClear()
    const { records: read } = await readPacked(path, { format }, {})
    expect(read).toHaveLength(20_000)
    // The first, which teach it the spellings, and one a chunk that is cut.
    expect(add.mock.calls.length).toBeLessThan(20)
  }
})
