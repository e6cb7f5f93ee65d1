// Samples of every format: recognised by content, read as they are, and never a crash or a wrong record however damaged.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FORMAT_NAMES } from '../../src/formats/index.js'
import { checkCuts, checkMutations, someLengths, TYPED } from './damaged-samples.js'
import { fixture, readContent, readPath } from './read-all.js'
import { SAMPLES } from './samples.js'

test('there is a sample of every format', () => {
  expect(new Set(SAMPLES.map(({ format }) => format))).toEqual(new Set(FORMAT_NAMES))
})

describe.each(SAMPLES)('$name', (sample) => {
  const { name, format, version, counts, records, needsName } = sample
  const content = readFileSync(fixture(name))

  test('is recognised and read', async () => {
    const outcome = await readPath(fixture(name))
    expect(outcome.fault).toBeNull()
    expect(outcome.report).toMatchObject({ format, version: version ?? null, counts })
    expect(outcome.records.slice(0, records.length)).toMatchObject(records)
    const { records: all, taken, rejected, skipped = 0, withdrawn = 0 } = outcome.report!.counts
    expect(taken + rejected + skipped + withdrawn).toBe(all)
    expect(outcome.records).toHaveLength(taken + withdrawn)
  })

  test('is recognised by its content alone, and by no other name', async () => {
    for (const other of needsName ? ['pdq', 'my-PDQ.csv'] : ['source', 'x.csv', 'x.json', 'x.sql', 'x.hash']) {
      expect((await readContent(content, {}, { name: other })).report?.format).toBe(format)
    }
  })

  test('gives the same in chunks of any size, and counts its bytes', async () => {
    const whole = await readPath(fixture(name))
    for (const bytes of [1, 7, 1000]) {
      const seen: number[] = []
      const onProgress = (read: number): void => void seen.push(read)
      const cut = await readPath(fixture(name), { onProgress }, { chunkBytes: () => bytes })
      expect(cut.records).toEqual(whole.records)
      expect(cut.report).toEqual(whole.report)
      expect(seen.at(-1)).toBe(content.length)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
    }
  })

  test('of no other format is read as it', async () => {
    for (const other of SAMPLES) {
      if (other.format === format) continue
      const { fault, records: read } = await readPath(fixture(other.name), { format })
      // A list or CSV reader finds lines that it can read in other texts; what has a header of its own refuses.
      if (fault !== null) expect(fault.code).toMatch(TYPED)
      else if (!['list', 'pdq', 'csv', 'vics', 'hashkeeper'].includes(format)) expect(read).toEqual([])
    }
  })

  test('cut anywhere gives records that it has, and a typed fault', async () => {
    await checkCuts(sample, content, someLengths(content.length, 300))
  }, 120_000)

  test('damaged in any way gives records or a typed fault', async () => {
    await checkMutations(content, 100)
  }, 120_000)
})
