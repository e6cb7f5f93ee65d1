// A whole exhibit through the pipeline: rate and memory from the first file to the last, beside sharp alone on the same
// files. `npm run bench:exhibit -- [--files N] [--kind thumbnail|photo] [--entries N] [--json FILE] [--svg FILE]`
//
// Each file is its own: a picture with some bytes behind it, so that every one is decoded, and its digests are new.

import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { drawRun, type RunSample } from './run-plot.js'
import { blocks, buildOf } from './set-data.js'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    kind: { type: 'string', default: 'thumbnail' },
    entries: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
    svg: { type: 'string' }
  }
})
const files = Number(values.files)
const entries = Number(values.entries)
const SIZES: Readonly<Record<string, readonly [number, number]>> = { thumbnail: [200, 150], photo: [4000, 3000] }
const size = SIZES[values.kind] ?? [200, 150]
const PICTURES = values.kind === 'photo' ? 4 : 50
const FOLDER_FILES = 1000

/** A picture with edges, areas and noise, such as no two of are alike. */
async function picture(seed: number): Promise<Buffer> {
  const [width, height] = size
  const noise = blocks(seed + 1, 0, Math.ceil((64 * 48 * 3) / 16)).subarray(0, 64 * 48 * 3)
  const rough = { raw: { width: 64, height: 48, channels: 3 as const } }
  return sharp(noise, rough).resize(width, height, { kernel: 'cubic' }).jpeg({ quality: 85 }).toBuffer()
}

async function makeExhibit(folder: string): Promise<void> {
  const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, i) => picture(i)))
  for (let i = 0; i < files; i++) {
    const sub = join(folder, String(Math.floor(i / FOLDER_FILES)).padStart(4, '0'))
    if (i % FOLDER_FILES === 0) mkdirSync(sub)
    const own = Buffer.concat([pictures[i % PICTURES], blocks(99, i, 1)])
    writeFileSync(join(sub, `${String(i).padStart(7, '0')}.jpg`), own)
  }
}

interface Run {
  readonly seconds: number
  readonly samples: readonly RunSample[]
}

/** In a process of its own, which says how far it is. */
function scanOnce(exhibit: string, index: string, out: string): Promise<Run> {
  const child = fork(fileURLToPath(new URL('./exhibit-run.mjs', import.meta.url)), [exhibit, index, out])
  return new Promise((resolve, reject) => {
    const samples: RunSample[] = []
    child.on('message', (message: { seconds: number; files: number; done?: boolean }) => {
      if (message.done === true) resolve({ seconds: message.seconds, samples })
      else samples.push({ ...message, memoryBytes: memoryOfTree(child.pid ?? 0) })
    })
    child.on('exit', (code) => code !== 0 && reject(new Error(`the scan ended with ${code}`)))
  })
}

/** Resident memory of a process and all below it, without the pages of mapped files. Linux only. */
function memoryOfTree(pid: number): number {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry))) {
    const parent = Number(/^PPid:\s+([0-9]+)/m.exec(statusOf(name))?.[1])
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const sum = (process: number): number =>
    Number(/^RssAnon:\s+([0-9]+)/m.exec(statusOf(String(process)))?.[1] ?? 0) * 1024 +
    (parents.get(process) ?? []).reduce((total, child) => total + sum(child), 0)
  return sum(pid)
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

/** As many pictures at once as the pipeline has, each shrunk on load to 512 px. */
async function sharpAlone(exhibit: string): Promise<number> {
  sharp.concurrency(1)
  sharp.cache(false)
  const names = readdirSync(exhibit, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  const start = performance.now()
  let next = 0
  const work = async (): Promise<void> => {
    while (next < names.length) {
      const path = join(exhibit, names[next++])
      await sharp(path).resize(512, 512, { fit: 'fill', withoutEnlargement: true }).raw().toBuffer()
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, work))
  return (performance.now() - start) / 1000
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-bench-'))
try {
  const exhibit = join(folder, 'exhibit')
  const index = join(folder, 'set.ehx')
  mkdirSync(exhibit)
  process.stderr.write(`${files} files of ${size.join(' × ')}, a set of ${entries} MD5s …\n`)
  await makeExhibit(exhibit)
  await buildOf(index, 'md5', entries, (first, count) => blocks(7, first, count))
  const rounds: { ours: Run; sharp: number }[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const alone = await sharpAlone(exhibit)
    const ours = await scanOnce(exhibit, index, join(folder, `${round}.ndjson`))
    rounds.push({ ours, sharp: alone })
    const ratio = (ours.seconds / alone).toFixed(2)
    console.log(`scan ${ours.seconds.toFixed(1)} s, sharp alone ${alone.toFixed(1)} s: ${ratio} times its time`)
  }
  const ratios = rounds.map(({ ours, sharp: alone }) => ours.seconds / alone)
  const rate = files / median(rounds.map(({ ours }) => ours.seconds))
  const memory = rounds.flatMap(({ ours }) => ours.samples.map(({ memoryBytes }) => memoryBytes))
  console.log(`${rate.toFixed(1)} files a second, ${median(ratios).toFixed(2)} times the time of sharp alone (median)`)
  console.log(`memory beside mapped files: most ${(Math.max(...memory, 0) / 2 ** 20).toFixed(0)} MiB`)
  const { samples } = rounds[0].ours
  if (values.svg !== undefined) writeFileSync(values.svg, drawRun(samples, files))
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ files, size, entries, ratios, rounds }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
