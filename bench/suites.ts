// What is measured and against whom. A peer is one more row.

import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMD5, createSHA1, createSHA256 } from 'hash-wasm'
import imghash from 'imghash'
import sharp from 'sharp'
import sharpPhash from 'sharp-phash'
import { buildHashSet, hashFile, HashSet, type Raster } from 'exhibit-hash'
import { digestBytes } from '../src/digest/index.js'
import { NATIVE_ISAS, nativeKernels, portableKernels, type Kernels } from '../src/kernels/index.js'
import type { Engine, Suite } from './suite.js'

/** Its types describe another export than the one it has. */
const phash = sharpPhash as unknown as (picture: Buffer) => Promise<string>

/** A picture that is not flat and not noise: waves with some grain, the same at every run. */
function drawRaster(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3)
  let seed = 1
  for (let i = 0; i < data.length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    const x = Math.floor(i / 3) % width
    const y = Math.floor(i / 3 / width)
    const wave = Math.sin(x / 37) + Math.cos(y / 23 + (i % 3)) + Math.sin((x + y) / 91)
    data[i] = 128 + 38 * wave + (seed >>> 27)
  }
  return { data, width, height, channels: 3 }
}

function pdqSuite(width: number, height: number): Suite {
  const { data, channels } = drawRaster(width, height)
  const all: Kernels[] = [portableKernels()]
  for (const isa of NATIVE_ISAS) {
    const kernels = nativeKernels(isa)
    if (kernels !== null) all.push(kernels)
  }
  const engines = all.flatMap((kernels): Engine[] => [
    { name: kernels.isa, run: () => kernels.pdq(data, width, height, channels) },
    { name: `${kernels.isa}, eight variants`, run: () => kernels.pdqDihedral(data, width, height, channels) }
  ])
  return { name: 'PDQ of a raster', input: `${width} × ${height} RGB`, engines }
}

async function digestSuite(bytes: number): Promise<Suite> {
  const data = randomFillSync(Buffer.alloc(bytes))
  const wasm = [await createMD5(), await createSHA1(), await createSHA256()]
  return {
    name: 'MD5, SHA-1 and SHA-256',
    input: `${bytes / 1e6} MB in memory`,
    bytes,
    engines: [
      {
        name: 'node:crypto, three passes',
        run: () => ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(data).digest())
      },
      { name: 'hash-wasm, three passes', run: () => wasm.map((hasher) => hasher.init().update(data).digest()) },
      { name: 'exhibit-hash', run: () => digestBytes(data) }
    ]
  }
}

async function fileSuite(): Promise<Suite> {
  const { data, width, height, channels } = drawRaster(4000, 3000)
  const jpeg = await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 85 }).toBuffer()
  return {
    name: 'A 12-megapixel JPEG in memory',
    input: `${(jpeg.length / 1e6).toFixed(1)} MB, quality 85`,
    engines: [
      {
        name: 'sharp, decode to 512 × 512 alone',
        run: () => sharp(jpeg).resize(512, 512, { fit: 'fill' }).raw().toBuffer()
      },
      { name: 'exhibit-hash: three digests and PDQ', run: () => hashFile(jpeg, { hashes: ['pdq'] }) },
      { name: 'exhibit-hash: every hash', run: () => hashFile(jpeg) },
      { name: 'sharp-phash: one 64-bit hash', run: () => phash(jpeg) },
      { name: 'imghash: one 64-bit hash', run: () => imghash.hash(jpeg, 8) }
    ]
  }
}

/** Builds a set of random digests and PDQs in a folder that is removed by `close`. */
async function openSet(entries: number): Promise<{ set: HashSet; md5s: Buffer; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-bench-'))
  const md5s = randomFillSync(Buffer.alloc(16 * entries))
  const pdqs = randomFillSync(Buffer.alloc(32 * entries))
  const lines = Array.from({ length: entries }, (_, i) => {
    const [md5, pdq] = [md5s.toString('hex', i * 16, i * 16 + 16), pdqs.toString('hex', i * 32, i * 32 + 32)]
    return `${i + 1},${md5},${pdq}\n`
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
  const queries = randomFillSync(Buffer.alloc(16 * count))
  // Every second one is a hit.
  for (let i = 0; i < count; i += 2)
    md5s.copy(queries, i * 16, (i * 7 * 16) % md5s.length, ((i * 7 * 16) % md5s.length) + 16)
  const map = new Map(Array.from({ length: set.size }, (_, i) => [md5s.toString('latin1', i * 16, i * 16 + 16), i]))
  const throughMap = (): number => {
    let hits = 0
    for (let i = 0; i < count; i++) if (map.has(queries.toString('latin1', i * 16, i * 16 + 16))) hits++
    return hits
  }
  return {
    name: 'Exact look-up of an MD5',
    input: `${count} in a batch, half of them hits, in ${set.size} entries`,
    items: count,
    engines: [
      { name: 'JavaScript Map', run: throughMap },
      { name: 'exhibit-hash', run: () => set.findBatch('md5', queries) }
    ]
  }
}

function nearSuite(set: HashSet): Suite {
  const queries = randomFillSync(Buffer.alloc(32 * 8))
  return {
    name: 'PDQ within 31 bits, all eight variants of a picture',
    input: `${set.size} entries, brute force`,
    engines: [{ name: 'exhibit-hash', run: () => set.findSimilarBatch('pdq', queries, { maxDistanceBits: 31 }) }]
  }
}

/** Makes the suites one after the other, so that the memory of one is gone before the next. */
export async function* allSuites(entries: number): AsyncGenerator<Suite> {
  yield pdqSuite(512, 512)
  yield await digestSuite(5_000_000)
  yield await fileSuite()
  const { set, md5s, close } = await openSet(entries)
  try {
    yield lookupSuite(set, md5s)
    yield nearSuite(set)
  } finally {
    await close()
  }
}
