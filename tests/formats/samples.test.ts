// Samples of every format: recognised by content, read as they are, and never a crash or a wrong record however damaged.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FORMAT_NAMES } from '../../src/formats/index.js'
import { mutated } from '../support/bad-files.js'
import { fixture, type Outcome, readContent, readPath } from './read-all.js'
import { SAMPLES } from './samples.js'

const TYPED = /^(SOURCE_(UNRECOGNISED|MALFORMED|TRUNCATED)|DIGEST_AMBIGUOUS)$/
const MUTATIONS = 200

/** Contents that are read at the same time: each waits for the disk most of the time. */
const AT_ONCE = 32

async function readEach(contents: readonly Uint8Array[], check: (outcome: Outcome, number: number) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-samples-'))
  try {
    for (let from = 0; from < contents.length; from += AT_ONCE) {
      const outcomes = contents.slice(from, from + AT_ONCE).map(async (content, i) => {
        const path = join(folder, `source-${i}`)
        writeFileSync(path, content)
        return readPath(path, {}, { chunkBytes: () => 16_384 })
      })
      for (const [i, outcome] of (await Promise.all(outcomes)).entries()) check(outcome, from + i)
    }
    // Nothing was made beside them.
    expect(readdirSync(folder).filter((name) => !/^source-\d+$/.test(name))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What may be missing unnoticed: line ends after the last record. */
function isPadding(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1').replaceAll('\0', '').trim() === ''
}

test('there is a sample of every format', () => {
  expect(new Set(SAMPLES.map(({ format }) => format))).toEqual(new Set(FORMAT_NAMES))
})

describe.each(SAMPLES)('$name', ({ name, format, version, counts, records, needsName, showsCuts }) => {
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

  test('cut at any byte gives records that it has, and a typed fault', async () => {
    const whole = await readPath(fixture(name))
    // Every byte, but of the largest.
    const step = Math.ceil(content.length / 6000)
    const lengths = Array.from({ length: Math.floor(content.length / step) }, (_, i) => i * step)
    await readEach(
      lengths.map((bytes) => content.subarray(0, bytes)),
      ({ fault, records: read }, number) => {
        if (fault !== null) expect(fault.code, String(fault.stack)).toMatch(TYPED)
        if (showsCuts && !isPadding(content.subarray(lengths[number]))) {
          expect(fault, `cut at ${lengths[number]}`).not.toBeNull()
        }
        // Half a hash is none, where there is another to compare it with.
        const known = new Set(whole.records.flatMap((record) => Object.values(record.hashes)))
        if (lengths[number] > content.indexOf('\n'))
          for (const record of read) for (const hash of Object.values(record.hashes)) expect(known).toContain(hash)
      }
    )
  }, 120_000)

  test('damaged in any way gives records or a typed fault', async () => {
    await readEach(
      Array.from({ length: MUTATIONS }, (_, seed) => mutated(content, seed)),
      ({ fault }, seed) => {
        if (fault !== null) expect(fault.code, `seed ${seed}: ${String(fault.stack)}`).toMatch(TYPED)
      }
    )
  }, 120_000)
})
