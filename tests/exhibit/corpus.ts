// Malformed files by the thousand, the same ones for a seed: mutations, cuts, spliced heads, bombs of every format, archives
// that nest, lie, and name paths outside of themselves.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { bitmap, mutated, pngClaiming, randomBytes, randomNumbers } from '../support/bad-files.js'
import { FIXTURE_PICTURES, image, IMAGES } from '../support/fixtures.js'
import { tar } from '../support/tar-builder.js'
import { zip } from '../support/zip-builder.js'

/** Larger ones say nothing that smaller ones do not, and take long. */
const MAX_SAMPLE_BYTES = 200_000

export interface CorpusFile {
  readonly name: string
  readonly bytes: Buffer
}

/** Sound pictures and archives of every format that is read. */
function samples(): CorpusFile[] {
  const folders = [IMAGES, FIXTURE_PICTURES]
  const pictures = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(jpg|png|webp|gif|tif|avif|heic|jxl|jp2|j2k|psd|psb)$/.test(name))
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
  )
  const small = readFileSync(image('scene-03-100x75.png')).subarray(0, 3000)
  const members = [
    { name: 'a.png', bytes: small },
    { name: 'b.txt', bytes: Buffer.from('text') }
  ]
  const archives = [
    { name: 'plain.zip', bytes: zip(members.map((one) => ({ ...one, method: 8 }))) },
    { name: 'plain.tar', bytes: tar(members) },
    { name: 'packed.tar.gz', bytes: gzipSync(tar(members)) }
  ]
  return [...pictures, ...archives, { name: 'plain.bmp', bytes: bitmap(90, 70) }]
    .filter(({ bytes }) => bytes.length <= MAX_SAMPLE_BYTES)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

type Making = (sample: CorpusFile, other: CorpusFile, seed: number) => Buffer

const MAKINGS: Readonly<Record<string, Making>> = {
  mutated: ({ bytes }, _, seed) => mutated(bytes, seed),
  worse: ({ bytes }, _, seed) => Array.from({ length: 20 }).reduce<Buffer>((b, __, i) => mutated(b, seed + i), bytes),
  cut: ({ bytes }, _, seed) => bytes.subarray(0, randomNumbers(seed)(bytes.length)),
  beheaded: ({ bytes }, _, seed) => bytes.subarray(randomNumbers(seed)(Math.min(200, bytes.length))),
  spliced: ({ bytes }, other, seed) => {
    const head = 8 + randomNumbers(seed)(400)
    return Buffer.concat([bytes.subarray(0, head), other.bytes.subarray(head)])
  },
  followed: ({ bytes }, other) => Buffer.concat([bytes, other.bytes]),
  random: ({ bytes }, _, seed) => Buffer.concat([bytes.subarray(0, 32), randomBytes(seed, 2000)]),
  extreme: ({ bytes }, _, seed) => extreme(bytes, seed)
}

/** A field of four bytes, wherever it is, has a value that nobody expects. */
function extreme(bytes: Buffer, seed: number): Buffer {
  const next = randomNumbers(seed)
  const copy = Buffer.from(bytes)
  const value = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x0000ffff][next(6)]
  const at = next(Math.min(600, copy.length - 4))
  if (next(2) === 0) copy.writeUInt32LE(value, at)
  else copy.writeUInt32BE(value, at)
  return copy
}

const sample = (name: string): Buffer => readFileSync(join(FIXTURE_PICTURES, name))

/** The picture with 16 or 32 bits written at places that are found by what stands before them. */
function patched(bytes: Buffer, patches: readonly (readonly [find: Buffer, offset: number, value: Buffer])[]): Buffer {
  const copy = Buffer.from(bytes)
  for (const [find, offset, value] of patches) {
    const found = copy.indexOf(find)
    if (found < 0) throw new Error('the place to patch is missing')
    value.copy(copy, found + offset)
  }
  return copy
}

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer).swap32()
const HUGE_SIDES = Buffer.concat([u32(60_000), u32(60_000)])

/** Pictures that claim to be enormous, and archives that are or never end. */
export function bombs(): CorpusFile[] {
  const jpeg = readFileSync(image('edit-03-thumb.jpg'))
  const gif = readFileSync(image('gif-01-320x240.gif'))
  const zeros = Buffer.alloc(2 ** 26)
  const packed = deflateRawSync(zeros)
  let nested = zip([{ name: 'x.txt', bytes: Buffer.from('deep') }])
  for (let depth = 0; depth < 40; depth++) nested = zip([{ name: `${depth}.zip`, bytes: nested, method: 8 }])
  const wide = (inner: Buffer): Buffer =>
    zip(Array.from({ length: 12 }, (_, i) => ({ name: `${i}.zip`, bytes: inner, method: 8 })))
  const same = Array.from({ length: 300 }, (_, i) => ({ name: `${i}`, bytes: zeros.subarray(0, 2 ** 16), method: 8 }))
  const all: Record<string, Buffer> = {
    'bomb.png': pngClaiming(60_000, 60_000),
    'bomb-full.png': pngClaiming(16_000, 16_000),
    'bomb.jpg': patched(jpeg, [[Buffer.from([0xff, 0xc0]), 5, Buffer.from([0xff, 0xdc, 0xff, 0xdc])]]),
    'bomb.gif': patched(gif, [[Buffer.from('GIF8'), 6, Buffer.from([0xff, 0xff, 0xff, 0xff])]]),
    'bomb.bmp': patched(bitmap(8, 8), [[Buffer.from('BM'), 18, Buffer.from([0, 0, 1, 0, 0, 0, 1, 0])]]),
    'bomb.psd': patched(sample('rgb.psd'), [[Buffer.from('8BPS'), 14, Buffer.concat([u32(30_000), u32(30_000)])]]),
    'bomb.heic': patched(sample('grey.heic'), [[Buffer.from('ispe'), 8, HUGE_SIDES]]),
    'bomb.avif': patched(readFileSync(image('avif-01-640x480.avif')), [[Buffer.from('ispe'), 8, HUGE_SIDES]]),
    'bomb.jp2': patched(sample('grey.jp2'), [[Buffer.from('ihdr'), 4, HUGE_SIDES]]),
    'zeros.zip': zip([{ name: 'zeros.bmp', bytes: zeros, method: 8 }]),
    'zeros.tar.gz': gzipSync(tar([{ name: 'zeros', bytes: zeros }])),
    'lie.zip': zip([{ name: 'a.bmp', bytes: zeros, method: 8, claim: { expandedBytes: 10 } }]),
    'deep.zip': nested,
    'wide.zip': wide(wide(wide(zip([{ name: 'z', bytes: zeros.subarray(0, 2 ** 17), method: 8 }])))),
    'overlap.zip': zip(same.map((one) => ({ ...one, claim: { headerAt: 0 } }))),
    'outside.zip': zip(
      ['../../etc/passwd', '/etc/passwd', 'C:\\Windows\\x.jpg', '..\\x', 'a/../../b', ''].map((name) => ({ name }))
    ),
    'outside.tar': tar(['../../x.jpg', '/etc/shadow'].map((name) => ({ name, bytes: Buffer.from('x') }))),
    'deflate.gz': gzipSync(packed),
    'cut.tar.gz': gzipSync(tar([{ name: 'zeros', bytes: zeros }])).subarray(0, 20_000)
  }
  return Object.entries(all).map(([name, bytes]) => ({ name, bytes }))
}

/** So many files by damage to the samples, in turn, and the bombs. */
export function corpus(count: number, seed: number): CorpusFile[] {
  const all = samples()
  const makings = Object.entries(MAKINGS)
  const damaged = Array.from({ length: count }, (_, i) => {
    const [how, make] = makings[i % makings.length]
    const [one, other] = [all[(i * 7 + seed) % all.length], all[(i * 13 + 5 + seed) % all.length]]
    const name = `${String(i).padStart(5, '0')}-${how}-${one.name}`
    return { name, bytes: make(one, other, seed * 1_000_003 + i) }
  })
  return [...damaged, ...bombs()]
}

export function writeCorpus(folder: string, files: readonly CorpusFile[]): void {
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes)
}
