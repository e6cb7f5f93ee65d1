// What a run over malformed files must keep: every file is one record with its digests, in order, with a known code where
// something is wrong; the run ends, within its memory, and its results can be verified.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readResults, verifyResults, type FileRecord } from 'exhibit-hash'
import { ERROR_CODES } from '../../src/core/errors.js'
import { startCli } from '../support/cli.js'
import { childrenOf } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'
import { corpus, writeCorpus } from './corpus.js'

const MEMORY_MIB = 1024
/** Between two looks of the child at its own memory it may grow. */
const MARGIN_MIB = 512
const LOOK_MS = 100

/** @param count - files beside the bombs */
export async function checkCorpus(count: number, seed: number): Promise<void> {
  const exhibit = tempFolder()
  const files = corpus(count, seed)
  writeCorpus(exhibit, files)
  const set = await buildSet(tempFolder(), [fixtureRecord('edit-00-original.jpg', 1, 2)])
  const out = join(tempFolder(), 'r.ndjson')
  const limits = [
    '--timeout',
    '60000',
    '--max-memory',
    `${MEMORY_MIB}MiB`,
    '--archive-limits',
    'members=3000,expansion=300'
  ]
  const run = startCli(['scan', exhibit, '--set', set, '--out', out, '--hashes', 'all', '--preview', ...limits])
  let peak = 0
  const looking = setInterval(() => (peak = Math.max(peak, ...childrenOf(run.pid).map(residentMiB))), LOOK_MS)
  const { status, stderr } = await run.result.finally(() => clearInterval(looking))
  expect([0, 1, 2, 3], stderr).toContain(status)
  expect(peak).toBeLessThan(MEMORY_MIB + MARGIN_MIB)

  const records: FileRecord[] = []
  for await (const line of readResults(out)) if (line.type === 'file') records.push(line)
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i))
  const own = records.filter(({ path }) => !path.includes('!'))
  const inOrder = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  expect(own.map(({ path, digests }) => [path, digests?.sha256])).toEqual(
    inOrder.map(({ name, bytes }) => [name, digestHex('sha256', bytes)])
  )
  for (const { path, error, hashes, media } of records) {
    if (error !== null) expect(Object.keys(ERROR_CODES), path).toContain(error.code)
    if (hashes !== null) expect(media?.kind, path).toBe('image')
  }
  const codes = new Set(records.map(({ error }) => error?.code))
  for (const code of ['DECODE_FAILED', 'PIXEL_LIMIT', 'ARCHIVE_DAMAGED', 'ARCHIVE_DEPTH', undefined] as const) {
    expect(codes).toContain(code)
  }
  expect(await verifyResults(out)).toMatchObject({ sound: true, files: records.length })
}

/** 0 where the system does not tell, or the process has ended. */
function residentMiB(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
    return Number(kib) / 1024
  } catch {
    return 0
  }
}
