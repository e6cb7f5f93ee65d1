// What `bench` measures: each suite makes its own data, and takes the peers that whoever runs it has at hand.

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Raster } from '../../core/raster.js'
import { digestBytes } from '../../digest/index.js'
import { buildHashSet, HashSet } from '../../index/index.js'
import { NATIVE_ISAS, nativeKernels, portableKernels, wasmKernels, type Kernels } from '../../kernels/index.js'
import { hashFile } from '../../pipeline/index.js'
import { encodeScene } from '../demo/edits.js'
import { drawScene } from '../demo/scenes.js'
import { decodeSuites } from './decode-suites.js'
import { jpegSuites } from './jpeg-suites.js'
import { measure, type Engine, type Measured, type Suite } from './measure.js'
import { randomBytes } from './random.js'

/** Engines of others, as rows to add: functions of the input that the suite has made. */
export interface Peers {
  readonly digests?: (data: Buffer) => Promise<Engine[]>
  readonly file?: (jpeg: Buffer) => Promise<Engine[]>
}

interface Effort {
  readonly rounds: number
  /** Given to each engine in each round. */
  readonly seconds: number
  /** Of the hash set. */
  readonly entries: number
  /** Bytes of the largest file of a batch. */
  readonly largestFile: number
}

/** Sizes as users meet them, and such as give a first impression in a minute or two. */
const FULL: Effort = { rounds: 5, seconds: 1, entries: 1_000_000, largestFile: 20_000_000 }
const QUICK: Effort = { rounds: 3, seconds: 0.2, entries: 50_000, largestFile: 1_000_000 }

/** Measures everything; `onSuite` hears the name of what is next. */
export async function measureAll(
  quick: boolean,
  onSuite: (name: string) => void,
  peers: Peers = {}
): Promise<Measured[]> {
  const effort = quick ? QUICK : FULL
  const results: Measured[] = []
  for await (const suite of allSuites(effort, peers)) {
    onSuite(suite.name)
    results.push(...(await measure(suite, effort.rounds, effort.seconds)))
  }
  return results
}

/** All suites, made one after the other, so that the memory of one is gone before the next. */
async function* allSuites({ entries, largestFile }: Effort, peers: Peers): AsyncGenerator<Suite> {
  yield pdqSuite(drawScene(1, 512, 512))
  yield await digestSuite(5_000_000, peers)
  yield digestBatchSuite(64, largestFile)
  yield await fileSuite('A 12-megapixel JPEG in memory', drawScene(1, 4000, 3000), peers)
  yield await fileSuite('A thumbnail JPEG in memory', drawScene(1, 200, 150), peers)
  yield* decodeSuites(drawScene(1, 4000, 3000))
  yield* jpegSuites(drawScene(1, 4000, 3000))
  const random = await openRandomSet(entries)
  try {
    yield lookupSuite(random.set, random.md5s)
    yield nearSuite(random.set)
  } finally {
    await random.close()
  }
}

function pdqSuite({ data, width, height, channels }: Raster): Suite {
  const available = NATIVE_ISAS.map((isa) => nativeKernels(isa)).filter((kernels) => kernels !== null)
  const all: readonly Kernels[] = [portableKernels(), wasmKernels(), ...available].filter((one) => one !== null)
  const engines = all.flatMap((kernels): Engine[] => [
    { name: kernels.isa, run: () => kernels.pdq(data, width, height, channels) },
    { name: `${kernels.isa}, eight variants`, run: () => kernels.pdqDihedral(data, width, height, channels) }
  ])
  return { name: 'PDQ of a raster', input: `${width} × ${height} RGB`, engines }
}

async function digestSuite(bytes: number, peers: Peers): Promise<Suite> {
  const data = randomBytes(bytes, 1)
  const openssl = (): unknown => ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(data).digest())
  return {
    name: 'MD5, SHA-1 and SHA-256',
    input: `${bytes / 1e6} MB in memory`,
    bytes,
    engines: [
      { name: 'node:crypto, three passes', run: openssl },
      { name: 'exhibit-hash', run: () => digestBytes(data) },
      ...((await peers.digests?.(data)) ?? [])
    ]
  }
}

const SMALLEST_FILE = 100_000

/** Files of lengths as uneven as those of an exhibit: logarithms evenly spread from 0.1 MB up, in shuffled order. */
function digestBatchSuite(count: number, largestFile: number): Suite {
  const files = Array.from({ length: count }, (_, i) => {
    const share = ((i * 37) % count) / (count - 1)
    return randomBytes(Math.round(SMALLEST_FILE * (largestFile / SMALLEST_FILE) ** share), i + 10)
  })
  const bytes = files.reduce((sum, file) => sum + file.length, 0)
  const openssl = (): unknown =>
    files.map((file) => ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(file).digest()))
  const available = NATIVE_ISAS.map((isa) => nativeKernels(isa)).filter((kernels) => kernels !== null)
  return {
    name: 'MD5, SHA-1 and SHA-256 of a batch',
    input: `${count} files of 0.1 to ${largestFile / 1e6} MB, ${(bytes / 1e6).toFixed(0)} MB`,
    bytes,
    engines: [
      { name: 'node:crypto, three passes', run: openssl },
      ...available.map((kernels) => ({ name: kernels.isa, run: () => kernels.digestBatch(files) }))
    ]
  }
}

async function fileSuite(name: string, scene: Raster, peers: Peers): Promise<Suite> {
  const jpeg = await encodeScene(scene)
  const { default: sharp } = await import('sharp')
  const decode = (): Promise<Buffer> => {
    const image = sharp(jpeg)
    return (scene.width > 512 ? image.resize(512, 512, { fit: 'fill' }) : image).raw().toBuffer()
  }
  return {
    name,
    input: `${scene.width} × ${scene.height}, ${(jpeg.length / 1000).toFixed(0)} kB`,
    engines: [
      { name: 'sharp, decode alone', run: decode },
      { name: 'exhibit-hash: three digests and PDQ', run: () => hashFile(jpeg, { hashes: ['pdq'] }) },
      { name: 'exhibit-hash: every hash', run: () => hashFile(jpeg) },
      ...((await peers.file?.(jpeg)) ?? [])
    ]
  }
}

interface RandomSet {
  readonly set: HashSet
  readonly md5s: Buffer
  close(): Promise<void>
}

/** A set of random digests and PDQs in a folder that `close` removes. */
async function openRandomSet(entries: number): Promise<RandomSet> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-bench-'))
  const md5s = randomBytes(16 * entries, 2)
  const pdqs = randomBytes(32 * entries, 3)
  const lines = Array.from({ length: entries }, (_, i) => {
    return `${i + 1},${md5s.toString('hex', i * 16, i * 16 + 16)},${pdqs.toString('hex', i * 32, i * 32 + 32)}\n`
  })
  writeFileSync(join(folder, 'set.csv'), `id,md5,pdq\n${lines.join('')}`)
  await buildHashSet(join(folder, 'set.ehx'), [join(folder, 'set.csv')])
  const set = await HashSet.open(join(folder, 'set.ehx'))
  const close = async (): Promise<void> => {
    await set.close()
    rmSync(folder, { recursive: true })
  }
  return { set, md5s, close }
}

function lookupSuite(set: HashSet, md5s: Buffer): Suite {
  const count = 100_000
  const queries = randomBytes(16 * count, 4)
  // Every second one is a hit.
  for (let i = 0; i < count; i += 2) {
    const from = (i * 7 * 16) % md5s.length
    md5s.copy(queries, i * 16, from, from + 16)
  }
  const key = (bytes: Buffer, i: number): string => bytes.toString('latin1', i * 16, i * 16 + 16)
  const map = new Map(Array.from({ length: set.size }, (_, i) => [key(md5s, i), i]))
  const throughMap = (): number => {
    let hits = 0
    for (let i = 0; i < count; i++) if (map.has(key(queries, i))) hits++
    return hits
  }
  return {
    name: 'Exact look-up of an MD5',
    input: `batches of ${count}, half of them hits, in ${set.size} entries`,
    items: count,
    engines: [
      { name: 'JavaScript Map', run: throughMap },
      { name: 'exhibit-hash', run: () => set.findBatch('md5', queries) }
    ]
  }
}

function nearSuite(set: HashSet): Suite {
  const queries = randomBytes(32 * 8, 5)
  const search = (exhaustive: boolean) => (): unknown =>
    set.findSimilarBatch('pdq', queries, { maxDistanceBits: 31, exhaustive })
  return {
    name: 'PDQ within 31 bits, the eight variants of a picture',
    input: `${set.size} entries`,
    engines: [
      { name: 'every hash compared', run: search(true) },
      { name: 'exhibit-hash', run: search(false) }
    ]
  }
}
