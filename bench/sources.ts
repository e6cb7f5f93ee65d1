// How fast sources are read: `npm run bench:sources -- [--megabytes N] [--rounds N]`. Files that fit the page cache, so
// that reading is measured and not the disk. The best of the rounds counts; the rate a core is by the time that
// all threads of the process took, which does not depend on what else runs.

import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import parserStream from 'stream-json'
import pick from 'stream-json/filters/pick.js'
import streamArray from 'stream-json/streamers/stream-array.js'
import { RecordPacker } from '../src/core/packed-records.js'
import { openSource } from '../src/formats/index.js'
import { kernels } from '../src/kernels/index.js'
import { VicsSpellings } from '../src/formats/vics-keys.js'
import { type Style, writeListFile, writeVicsFile } from './source-files.js'

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '200' }, rounds: { type: 'string', default: '3' } }
})
const bytes = Number(values.megabytes) * 1e6
const rounds = Number(values.rounds)

async function readRecords(path: string): Promise<number> {
  let count = 0
  for await (const batch of (await openSource(path)).records()) count += batch.length
  return count
}

async function readPacked(path: string): Promise<number> {
  let count = 0
  for await (const batch of (await openSource(path)).packed()) count += batch.count
  return count
}

/** The scanner over bytes in memory, from where the list begins; odd records are stepped over, which keeps them few. */
function scanVics(content: Buffer): number {
  const packer = new RecordPacker(8192)
  const scanner = kernels().recordScanner?.(packer.memory)
  if (scanner === undefined) return 0
  const spellings = new VicsSpellings()
  const at = content.indexOf('[') + 1
  for (const [first] of content.toString('latin1', at, at + 20_000).matchAll(/"\w+"(?=:)/g)) {
    const key = first.slice(1, -1)
    spellings.key(key)
    spellings.entryKey(key)
  }
  for (const name of ['PDQ', 'PhotoDNA']) spellings.hashName(name)
  for (const tell of spellings.learned) tell(scanner)
  return scanAll(content, at, packer, (from) => {
    const { end, isOdd } = scanner.scanJson(content, from, content.length)
    return isOdd ? -1 : end
  })
}

function scanList(content: Buffer): number {
  const packer = new RecordPacker(8192)
  const scanner = kernels().recordScanner?.(packer.memory)
  if (scanner === undefined) return 0
  return scanAll(content, 0, packer, (from) => scanner.scanLines(content, from, content.length, 0))
}

function scanAll(content: Buffer, start: number, packer: RecordPacker, scan: (from: number) => number): number {
  let count = 0
  for (let at = start; at >= 0 && at < content.length;) {
    const end = scan(at)
    if (end < 0) throw new Error(`an odd record in the bench's own file, after byte ${at}`)
    packer.noteAppended()
    const taken = packer.take().count
    count += taken
    if (taken === 0) break
    // Behind the comma, of which a list of lines has none.
    at = content[end] === 0x2c ? content.indexOf('{', end) : end
  }
  return count
}

/** JSON.parse of the whole text in slices of records: what any reader by JSON.parse costs at least. */
function parseSlices(content: Buffer): number {
  let count = 0
  let at = content.indexOf('[') + 1
  while (at < content.length - 2) {
    const next = content.lastIndexOf(',{"MediaID"', at + 96 * 1024)
    const end = next <= at ? content.length - 2 : next
    const records = JSON.parse(`[${content.toString('utf8', at, end)}]`) as unknown[]
    count += records.length
    at = end + 1
  }
  return count
}

/** The peer that many readers of large JSON stand on. */
async function streamJson(path: string): Promise<number> {
  const records = createReadStream(path, { highWaterMark: 1 << 20 })
    .pipe(parserStream())
    .pipe(pick.asStream({ filter: 'value' }))
    .pipe(streamArray.asStream())
  let count = 0
  for await (const record of records) if (record !== null) count++
  return count
}

type Engine = readonly [name: string, run: () => number | Promise<number>]

async function measure(title: string, expected: number, engines: readonly Engine[]): Promise<void> {
  console.log(`\n${title}`)
  for (const [name, run] of engines) {
    const wall: number[] = []
    const cpu: number[] = []
    for (let round = 0; round < rounds; round++) {
      const start = process.hrtime.bigint()
      const usage = process.cpuUsage()
      const count = await run()
      const { user, system } = process.cpuUsage(usage)
      cpu.push((user + system) / 1e6)
      wall.push(Number(process.hrtime.bigint() - start) / 1e9)
      if (count !== expected) throw new Error(`${name}: ${count} records in place of ${expected}`)
    }
    const rate = (seconds: number): string => (bytes / seconds / 1e6).toFixed(0).padStart(5)
    const records = (expected / Math.min(...cpu) / 1e6).toFixed(2).padStart(6)
    const rates = `${rate(Math.min(...wall))} MB/s, ${rate(Math.min(...cpu))} MB/s a core, ${records} million records/s a core`
    console.log(`  ${name.padEnd(22)} ${rates}`)
  }
}

const peers = (content: Buffer): Engine[] => [
  ['JSON.parse of slices', () => parseSlices(content)],
  ['stream-json', () => streamJson(path)]
]

const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-bench-'))
const path = join(folder, 'source')
try {
  for (const style of ['plain', 'escaped slashes', 'spaced', 'alternative hashes'] satisfies Style[]) {
    const count = writeVicsFile(path, bytes, style)
    const content = readFileSync(path)
    await measure(`VICS, ${style}: ${(bytes / count).toFixed(0)} bytes a record`, count, [
      ['scanner alone', () => scanVics(content)],
      ['packed()', () => readPacked(path)],
      ['records()', () => readRecords(path)],
      ...(style === 'plain' ? peers(content) : [])
    ])
  }
  const count = writeListFile(path, bytes)
  const content = readFileSync(path)
  await measure('List of MD5', count, [
    ['scanner alone', () => scanList(content)],
    ['packed()', () => readPacked(path)],
    ['records()', () => readRecords(path)]
  ])
} finally {
  rmSync(folder, { recursive: true })
}
