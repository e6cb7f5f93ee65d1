// Hash sets measured: `npm run bench:sets -- [--exact 1e6,1e7,1e8] [--near 1e6,1e7,2e7] [--crowded 1e7] [--folder DIR] [--json FILE] [--readme]`.
// Exact look-up against engines of others, each in a process of its own; search by distance against comparing all.

import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from '../src/cli/bench/measure.js'
import { describeMachine, machineText } from '../src/cli/bench/report.js'
import { randomBytes } from '../src/cli/bench/random.js'
import { HashSet } from '../src/index/index.js'
import { blocks, blocksOf, buildOf, crowdedHashes, pdqHashes } from './set-data.js'
import type { EngineTask } from './set-engines.js'

const README = new URL('../README.md', import.meta.url)
const SEED = 7
const ROUNDS = 5
const QUERIES = 200_000
const DISTANCE = 31
/** Beyond these sizes an engine takes longer to fill than anyone waits, or more memory than a process has. */
const MOST_ENTRIES: Readonly<Record<string, number>> = { 'JavaScript Map': 1e7, SQLite: 1e7, lmdb: 2e7 }

type Row = readonly string[]

const { values } = parseArgs({
  options: {
    exact: { type: 'string', default: '1e6,1e7,1e8' },
    near: { type: 'string', default: '1e6,1e7,2e7' },
    crowded: { type: 'string', default: '1e7' },
    folder: { type: 'string' },
    json: { type: 'string' },
    readme: { type: 'boolean' }
  }
})

interface Reply {
  readonly seconds?: number
  readonly sum?: number
  readonly memory?: { readonly own: number; readonly mapped: number }
}

async function ask(child: ChildProcess, message: object): Promise<Reply> {
  child.send(message)
  const [reply] = (await once(child, 'message')) as [Reply]
  return reply
}

async function exactRows(folder: string, entries: number): Promise<Row[]> {
  const index = join(folder, 'exact.ehx')
  const built = await buildOf(index, 'md5', entries, (first, count) => blocks(SEED, first, count))
  progress(`${entries} MD5s built in ${built.seconds.toFixed(1)} s`)
  const queries = join(folder, 'queries')
  const numbers = numbersBelow(entries, QUERIES / 2, 1)
  const hits = blocksOf(SEED, numbers)
  const misses = randomBytes(hits.length, 99)
  const mixed = Buffer.alloc(QUERIES * 16)
  for (let i = 0; i < QUERIES; i++)
    mixed.set((i % 2 === 0 ? hits : misses).subarray((i >> 1) * 16, (i >> 1) * 16 + 16), i * 16)
  writeFileSync(queries, mixed)
  const expected = numbers.reduce((sum, entry) => sum + entry, 0) - QUERIES / 2
  const names = ['exhibit-hash', 'JavaScript Map', 'SQLite', 'lmdb'].filter(
    (n) => entries <= (MOST_ENTRIES[n] ?? Infinity)
  )
  const engines: { name: string; child: ChildProcess; filled: number }[] = []
  for (const name of names) {
    progress(`${entries} MD5s: ${name}`)
    const child = fork(fileURLToPath(new URL('./set-engine.mjs', import.meta.url)), { serialization: 'advanced' })
    const task: EngineTask = { engine: name, folder, index, entries, seed: SEED }
    engines.push({ name, child, filled: (await ask(child, { prepare: task })).seconds ?? NaN })
  }
  const modes = [false, true] as const
  const rows: Row[] = []
  for (const one of modes) {
    const times = engines.map((): number[] => [])
    const last: Reply[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, { child, name }] of engines.entries()) {
        const reply = await ask(child, { queries, one })
        last[i] = reply
        if (reply.seconds === undefined) continue
        if (reply.sum !== expected) throw new Error(`${name} found other entries than were put in`)
        // The first round touches the file for the first time.
        if (round > 0) times[i].push(reply.seconds)
      }
    }
    for (const [i, { name, filled }] of engines.entries()) {
      if (times[i].length === 0) continue
      const perLookup = median(times[i]) / QUERIES
      const ratio = median(times[0].map((own, round) => times[i][round] / own))
      const seconds = i === 0 ? built.seconds : filled
      rows.push([
        count(entries),
        i === 0 ? `${name}, ${one ? 'one by one' : 'in batches'}` : name,
        `${(1 / perLookup / 1e6).toPrecision(3)} million/s`,
        i === 0 ? '1' : `1/${ratio.toPrecision(3)}`,
        i === 0 ? `${(built.sizeBytes / entries).toFixed(1)} B` : '',
        `${(last[i].memory?.own ?? 0).toFixed(0)} + ${(last[i].memory?.mapped ?? 0).toFixed(0)} MiB`,
        `${seconds.toFixed(1)} s`
      ])
    }
  }
  for (const { child } of engines) child.kill()
  for (const name of ['exact.ehx', 'peer.sqlite', 'peer.lmdb'])
    rmSync(join(folder, name), { recursive: true, force: true })
  return rows
}

type HashesAt = typeof pdqHashes

/** Queries that are there, near what is there, and neither, a third each. */
function nearQueries(entries: number, count: number, hashesAt: HashesAt): Uint8Array {
  const queries = new Uint8Array(count * 32)
  const flips = randomBytes(count * 32, 5)
  for (const [i, number] of numbersBelow(entries, count, 3).entries()) {
    const query = queries.subarray(i * 32, i * 32 + 32)
    query.set(i % 3 === 2 ? randomBytes(32, 100 + (i % 100)) : hashesAt(SEED, number, 1))
    if (i % 3 !== 1) continue
    for (let f = 0; f < 20; f++) query[flips[i * 32 + f] >> 3] ^= 1 << (flips[i * 32 + f] & 7)
  }
  return queries
}

async function nearRows(folder: string, entries: number, hashesAt: HashesAt): Promise<Row[]> {
  const index = join(folder, 'near.ehx')
  const built = await buildOf(index, 'pdq', entries, (first, n) => hashesAt(SEED, first, n))
  progress(`${entries} PDQ hashes built in ${built.seconds.toFixed(1)} s`)
  const set = await HashSet.open(index)
  await set.verify()
  const queries = nearQueries(entries, 3000, hashesAt)
  const options = { maxDistanceBits: DISTANCE }
  const of = (from: number, n: number): Uint8Array => queries.subarray(from * 32, (from + n) * 32)
  const few = 16
  const engines: { name: string; queries: number; run: () => unknown }[] = [
    {
      name: 'every hash compared',
      queries: few,
      run: () => set.findSimilarBatch('pdq', of(0, few), { ...options, exhaustive: true })
    },
    {
      name: 'exhibit-hash, one by one',
      queries: 500,
      run: () => eachOf(500, (i) => set.findSimilar('pdq', of(i, 1), options))
    },
    {
      name: 'exhibit-hash, eight at once',
      queries: 800,
      run: () => eachOf(100, (i) => set.findSimilarBatch('pdq', of(i * 8, 8), options))
    },
    { name: 'exhibit-hash, in batches', queries: 3000, run: () => set.findSimilarBatch('pdq', queries, options) }
  ]
  const exhaustive = set.findSimilarBatch('pdq', of(0, 96), { ...options, exhaustive: true })
  const tables = set.findSimilarBatch('pdq', of(0, 96), options)
  if (JSON.stringify(exhaustive) !== JSON.stringify(tables)) throw new Error('the tables missed a hash')
  const found = set.findSimilarBatch('pdq', queries, options).reduce((sum, list) => sum + list.length, 0)
  const times = engines.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, engine] of engines.entries()) {
      const start = performance.now()
      engine.run()
      if (round > 0) times[i].push((performance.now() - start) / engine.queries)
    }
  }
  await set.close()
  rmSync(index)
  return engines.map(({ name }, i) => [
    `${count(entries)}${hashesAt === crowdedHashes ? ', crowded' : ''}`,
    name,
    `${median(times[i]).toPrecision(3)} ms`,
    (found / 3000).toFixed(found < 3e4 ? 2 : 0),
    median(times[0].map((all, round) => all / times[i][round])).toPrecision(3),
    i === 0 ? '' : `${(built.sizeBytes / entries).toFixed(0)} B`,
    i === 0 ? '' : `${built.seconds.toFixed(1)} s`
  ])
}

function eachOf(times: number, run: (i: number) => unknown): void {
  for (let i = 0; i < times; i++) run(i)
}

/** Seeded numbers below a limit. */
function numbersBelow(limit: number, count: number, seed: number): number[] {
  const bytes = randomBytes(count * 6, seed)
  return Array.from({ length: count }, (_, i) => bytes.readUIntBE(i * 6, 6) % limit)
}

function count(entries: number): string {
  return `${entries / 1e6} million`
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}

function sizes(text: string): number[] {
  return text.split(',').filter(Boolean).map(Number)
}

const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'exhibit-hash-bench-'))
try {
  const exact: Row[] = []
  for (const entries of sizes(values.exact)) exact.push(...(await exactRows(folder, entries)))
  const near: Row[] = []
  for (const entries of sizes(values.near)) near.push(...(await nearRows(folder, entries, pdqHashes)))
  for (const entries of sizes(values.crowded)) near.push(...(await nearRows(folder, entries, crowdedHashes)))
  const report = [
    `Measured on ${machineText(describeMachine())}. One thread; medians of ${ROUNDS} rounds, ratios of the same rounds.`,
    '',
    'Exact look-up of MD5s, half of them hits. Memory is that of the process and that of mapped files.',
    '',
    table(['entries', 'engine', 'look-ups', 'ratio', 'file, an entry', 'memory', 'filled in'], exact),
    '',
    `Search for PDQ hashes within ${DISTANCE} bits: a third are there, a third near what is there, a third neither. Every answer is`,
    'complete; a sample of them is held against comparing every hash. Crowded: a fifth of the hashes lie in series of a thousand',
    'near-copies, the others have rows that depend on each other as those of photographs do.',
    '',
    table(['entries', 'engine', 'a query', 'found by each', 'times faster', 'file, an entry', 'built in'], near)
  ].join('\n')
  console.log(report)
  if (values.json !== undefined)
    writeFileSync(values.json, JSON.stringify({ machine: describeMachine(), exact, near }, null, 2))
  if (values.readme === true) {
    const text = readFileSync(README, 'utf8')
    const section = /(<!-- bench-sets:begin -->\n).*?(<!-- bench-sets:end -->)/s
    writeFileSync(
      README,
      text.replace(section, (_, begin: string, end: string) => `${begin}\n${report}\n\n${end}`)
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
