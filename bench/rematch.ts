// A rematch measured: `npm run bench:rematch -- [--results 1e6] [--layer 5e5] [--base 1e6] [--ways layers,files] [--folder DIR]`.
// Results of files that nobody has, a set, and an update of it of which some records are those of the files or near them.

import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { RematchOptions, SummaryRecord } from '../src/index.js'
import { describeMachine, machineText } from '../src/cli/bench/report.js'
import { blocks, pdqHashes } from './set-data.js'

const { values } = parseArgs({
  options: {
    results: { type: 'string', default: '1e6' },
    layer: { type: 'string', default: '5e5' },
    base: { type: 'string', default: '1e6' },
    ways: { type: 'string', default: 'layers,files' },
    folder: { type: 'string' }
  }
})

/** As installed: matching threads are files of dist/. */
const built = new URL('../dist/index.js', import.meta.url).href
const { buildHashSet, HashSet, rematchLines, updateHashSet } = (await import(built)) as typeof import('../src/index.js')

const FILES_SEED = 1
const SET_SEED = 2
/** One record in so many is of a file of the results, and one more is near one. */
const ONE_IN = 100
const AT_ONCE = 10_000

interface Item {
  readonly md5: string
  readonly sha1: string
  readonly sha256: string
  readonly pdq: string
}

/** Item `number` of a seed is the same at every run. */
function* items(seed: number, first: number, count: number): Generator<Item> {
  for (let from = first; from < first + count; from += AT_ONCE) {
    const n = Math.min(AT_ONCE, first + count - from)
    const hex = Buffer.from(blocks(seed, from * 5, n * 5)).toString('hex')
    const pdqs = Buffer.from(pdqHashes(seed + 100, from, n)).toString('hex')
    for (let i = 0; i < n; i++) {
      const own = hex.slice(i * 160, (i + 1) * 160)
      yield {
        md5: own.slice(0, 32),
        sha1: own.slice(32, 72),
        sha256: own.slice(72, 136),
        pdq: pdqs.slice(i * 64, (i + 1) * 64)
      }
    }
  }
}

/** Some bits of the last bytes turned: as far away as an edited copy. */
function nearTo(pdq: string): string {
  return pdq.slice(0, 58) + Array.from(pdq.slice(58), (digit) => (15 - parseInt(digit, 16)).toString(16)).join('')
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  const out = createWriteStream(path)
  let text = ''
  for (const line of lines) {
    text += `${line}\n`
    if (text.length < 1 << 20) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'finish')
}

function* source(first: number, count: number, files: number): Generator<string> {
  yield 'md5,sha1,pdq,category,mediaId'
  let number = first
  for (const item of items(SET_SEED, first, count)) {
    const place = (number * 7) % files
    const [file] = number % ONE_IN < 2 ? items(FILES_SEED, place, 1) : [null]
    const { md5, sha1 } = file !== null && number % ONE_IN === 0 ? file : item
    const pdq = file === null ? item.pdq : nearTo(file.pdq)
    yield `${md5},${sha1},${pdq},${1 + (number % 3)},${number + 1}`
    number++
  }
}

function* results(files: number): Generator<string> {
  const options = { hashes: ['md5', 'sha1', 'sha256', 'pdq'], near: { pdq: 31 }, preview: false }
  yield JSON.stringify({ type: 'header', schemaVersion: 1, case: '2026/17', options, sets: [] })
  let seq = 0
  for (const { md5, sha1, sha256, pdq } of items(FILES_SEED, 0, files)) {
    yield JSON.stringify({
      type: 'file',
      seq,
      path: `DCIM/${100 + (seq % 900)}MEDIA/IMG_${String(seq).padStart(7, '0')}.JPG`,
      sizeBytes: 1_000_000 + seq,
      times: { created: '2026-03-01T10:00:00.000Z', modified: '2026-03-01T10:00:00.000Z' },
      digests: { md5, sha1, sha256 },
      media: { kind: 'image', format: 'jpeg', width: 4000, height: 3000, orientation: 1, frames: 1, partial: false },
      hashes: { pdq, pdqQuality: 100 },
      error: null
    })
    seq++
  }
  yield JSON.stringify({ type: 'summary', files })
}

async function timed(label: string, path: string, options: RematchOptions): Promise<void> {
  const started = performance.now()
  const before = process.cpuUsage()
  let summary: SummaryRecord | undefined
  const phases: string[] = []
  let phase = ''
  const onProgress: RematchOptions['onProgress'] = (progress) => {
    if (progress.phase === phase) return
    phase = progress.phase
    phases.push(`${phase} from ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  for await (const line of rematchLines(path, { ...options, onProgress })) if (line.type === 'summary') summary = line
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(before)
  const { rss } = process.memoryUsage()
  console.log(
    `${label}: ${seconds.toFixed(1)} s, of processors ${((user + system) / 1e6).toFixed(1)} s (${phases.join(', ')}), ${Math.round(rss / 1e6)} MB at the end`
  )
  console.log(`  ${JSON.stringify(summary?.rematch)}`)
}

const [files, layer, base] = [values.results, values.layer, values.base].map(Number)
const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'exhibit-hash-rematch-'))
try {
  const set = join(folder, 'set.ehx')
  const [first, later] = [join(folder, 'records.csv'), join(folder, 'later', 'records.csv')]
  const [raw, old] = [join(folder, 'raw.ndjson'), join(folder, 'old.ndjson')]
  await write(first, source(0, base, files))
  await buildHashSet(set, [first], { name: 'Set' })
  await write(raw, results(files))
  {
    const opened = await HashSet.open(set)
    const started = performance.now()
    const out = createWriteStream(old)
    for await (const line of rematchLines(raw, { sets: [opened], near: { pdq: 31 }, all: true })) {
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain')
    }
    out.end()
    await once(out, 'finish')
    console.log(`all files, written anew: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  mkdirSync(join(folder, 'later'))
  await write(later, source(base, layer, files))
  await updateHashSet(set, { add: [later] })
  const opened = await HashSet.open(set)
  console.log(`${files} results, ${base} records and an update of ${layer}`)
  for (const way of values.ways.split(',') as ('layers' | 'files')[]) {
    await timed(`${way}, exact`, old, { sets: [opened], near: {}, way })
    await timed(`${way}, exact and PDQ at 31`, old, { sets: [opened], way })
  }
  console.log(machineText(describeMachine()))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
