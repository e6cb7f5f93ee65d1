// Samples of formats cut short and mutated: what a reader makes of them are records that are there, and typed faults.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { mutated } from '../support/bad-files.js'
import { fixture, type Outcome, readPath } from './read-all.js'
import type { Sample } from './samples.js'

export const TYPED = /^(SOURCE_(UNRECOGNISED|MALFORMED|TRUNCATED)|DIGEST_AMBIGUOUS)$/
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

/** At most so many lengths below the whole, spread evenly, and the last of all. */
export function someLengths(wholeBytes: number, count: number): number[] {
  const step = Math.max(1, wholeBytes / count)
  const spread = Array.from({ length: Math.floor(wholeBytes / step) }, (_, i) => Math.floor(i * step))
  return [...new Set([...spread, wholeBytes - 1])]
}

export async function checkCuts(
  { name, showsCuts }: Pick<Sample, 'name' | 'showsCuts'>,
  content: Buffer,
  lengths: readonly number[]
): Promise<void> {
  const whole = await readPath(fixture(name))
  const known = new Set(whole.records.flatMap((record) => Object.values(record.hashes)))
  await readEach(
    lengths.map((bytes) => content.subarray(0, bytes)),
    ({ fault, records: read }, number) => {
      if (fault !== null) expect(fault.code, String(fault.stack)).toMatch(TYPED)
      if (showsCuts && !isPadding(content.subarray(lengths[number]))) {
        expect(fault, `cut at ${lengths[number]}`).not.toBeNull()
      }
      // Half a hash is none, where there is another to compare it with.
      if (lengths[number] > content.indexOf('\n'))
        for (const record of read) for (const hash of Object.values(record.hashes)) expect(known).toContain(hash)
    }
  )
}

export async function checkMutations(content: Buffer, count: number): Promise<void> {
  await readEach(
    Array.from({ length: count }, (_, seed) => mutated(content, seed)),
    ({ fault }, seed) => {
      if (fault !== null) expect(fault.code, `seed ${seed}: ${String(fault.stack)}`).toMatch(TYPED)
    }
  )
}
