// How far hashes of JPEGs are from those of all their pixels: `npm run bench:jpeg -- FOLDER… [--sides 600,400] [--every 1] [--quarters] [--json FILE]`.
// Pictures of the folders are written as JPEGs of several sizes, qualities and samplings, and read both ways. With
// `--quarters` those of four megapixels and more are cut into four, which are pictures of their own.

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp, { type Sharp } from 'sharp'
import { table } from '../src/cli/output.js'
import { decodeImage, pdq, phash, type Raster } from '../src/index.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sides: { type: 'string' },
    every: { type: 'string', default: '1' },
    quarters: { type: 'boolean', default: false },
    json: { type: 'string' }
  }
})

/** Shorter sides that a picture is written in, beside its own where none are asked for. */
const SIDES = [3000, 2500, 2000, 1700, 1200, 1000, 750, 600, 400]
const QUALITIES = [75, 85, 92, 95]
const SAMPLINGS = ['4:2:0', '4:4:4'] as const
const LEAST_SIDE = 64
/** Both ways make this of larger pictures. */
const RASTER_SIDE = 512
/** Of pictures below, PDQ hashes are not compared by distance. */
const LEAST_QUALITY = 50

/** Of a picture that is worth to be cut. */
const LEAST_CUT_PIXELS = 4e6

interface Measured {
  readonly file: string
  readonly width: number
  readonly height: number
  readonly written: string
  readonly reader: 'coefficients' | 'sharp'
  readonly quality: number
  /** Bits, from all pixels to what is read. */
  readonly pdq: number
  readonly phash: number
}

function* picturesIn(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (entry.isFile() && /\.(jpe?g|png|webp)$/i.test(entry.name)) yield join(entry.parentPath, entry.name)
  }
}

/** One of the sizes in a JPEG, and what both ways make of it. */
async function measure(file: string, pixels: Sharp, width: number, height: number, turn: number) {
  const quality = QUALITIES[turn % QUALITIES.length]
  const chromaSubsampling = SAMPLINGS[Math.floor(turn / QUALITIES.length) % SAMPLINGS.length]
  const jpeg = await pixels
    .clone()
    .resize(width, height, { fit: 'fill' })
    .jpeg({ quality, chromaSubsampling })
    .toBuffer()
  const whole = await rasterOf(sharp(jpeg))
  const isLarge = width > RASTER_SIDE || height > RASTER_SIDE
  const expected = isLarge ? await rasterOf(fromRaster(whole).resize(RASTER_SIDE, RASTER_SIDE, { fit: 'fill' })) : whole
  const found = await decodeImage(jpeg)
  const wanted = pdq(expected)
  const result: Measured = {
    ...{ file, width, height, written: `${quality} ${chromaSubsampling}` },
    reader: found.channels === 1 ? 'coefficients' : 'sharp',
    quality: wanted.quality,
    pdq: bitsApart(wanted.hex, pdq(found).hex),
    phash: bitsApart(phash(expected).hex, phash(found).hex)
  }
  return result
}

async function rasterOf(picture: Sharp): Promise<Raster> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as 1 | 3 }
}

function fromRaster({ data, width, height, channels }: Raster): Sharp {
  return sharp(data, { raw: { width, height, channels } })
}

function bitsApart(a: string, b: string): number {
  const ones = (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '')
  return ones.length
}

interface Picture {
  readonly file: string
  readonly pixels: Raster
}

async function* piecesOf(file: string): AsyncGenerator<Picture> {
  const whole = await rasterOf(
    sharp(file, { limitInputPixels: 2 ** 28 })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
  )
  const [width, height] = [whole.width >> 1, whole.height >> 1]
  if (!values.quarters || whole.width * whole.height < LEAST_CUT_PIXELS) return yield { file, pixels: whole }
  for (const top of [0, height]) {
    for (const left of [0, width]) {
      const pixels = await rasterOf(fromRaster(whole).extract({ left, top, width, height }))
      yield { file: `${file} from ${left}, ${top}`, pixels }
    }
  }
}

async function* measureAll(
  { file, pixels: { width, height, ...data } }: Picture,
  turn: number
): AsyncGenerator<Measured> {
  const shorter = Math.min(width, height)
  const pixels = fromRaster({ width, height, ...data })
  const asked = values.sides?.split(',').map(Number)
  const sides = asked?.filter((side) => side <= shorter) ?? [shorter, ...SIDES.filter((side) => side < shorter * 0.95)]
  for (const [i, side] of sides.filter((side) => side >= LEAST_SIDE).entries()) {
    const scaled = (length: number): number => Math.round((length * side) / shorter)
    yield await measure(file, pixels, scaled(width), scaled(height), turn + i)
  }
}

function classOf({ width, height }: Measured): string {
  const shorter = Math.min(width, height)
  if (width <= RASTER_SIDE && height <= RASTER_SIDE) return 'up to 512 × 512'
  const from = [2500, 2000, 1700, 1200, 1000, 750, 0].find((side) => shorter >= side)
  return from === 0 ? 'less' : `${from} and more`
}

function spread(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return `${at(0.5)} / ${at(0.95)} / ${at(1)}`
}

sharp.cache(false)
const all: Measured[] = []
let files = 0
const pictures = positionals.flatMap((folder) => [...picturesIn(folder)]).sort()
for (let i = 0; i < pictures.length; i += Number(values.every)) {
  try {
    for await (const picture of piecesOf(pictures[i])) {
      for await (const one of measureAll(picture, i + files)) all.push(one)
      files++
    }
  } catch (error) {
    process.stderr.write(`${pictures[i]}: ${String(error)}\n`)
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${pictures.length} pictures `)
}

const compared = all.filter(({ quality }) => quality >= LEAST_QUALITY)
const classes = new Map<string, Measured[]>()
for (const one of compared) classes.set(classOf(one), [...(classes.get(classOf(one)) ?? []), one])
console.log(`${files} pictures, ${all.length} JPEGs of them; ${all.length - compared.length} of low quality left out.`)
console.log(`Distances from all pixels, bits: median / 95 % / most.\n`)
console.log(
  table(
    ['shorter side', 'JPEGs', 'from coefficients', 'PDQ', 'pHash'],
    [...classes].map(([name, rows]) => [
      name,
      String(rows.length),
      `${Math.round((100 * rows.filter(({ reader }) => reader === 'coefficients').length) / rows.length)} %`,
      spread(rows.map((row) => row.pdq)),
      spread(rows.map((row) => row.phash))
    ])
  )
)
const large = compared.filter(({ width, height }) => width * height >= 1e6 && width * height <= 24e6)
console.log(
  `\n${new Set(large.map(({ file }) => file)).size} pictures as ${large.length} JPEGs of 1 to 24 megapixels: PDQ ${spread(
    large.map((row) => row.pdq)
  )}, pHash ${spread(large.map((row) => row.phash))}`
)
console.log('\nFarthest:')
for (const one of compared.toSorted((a, b) => b.pdq - a.pdq).slice(0, 10)) {
  console.log(`${one.pdq} ${one.file} ${one.width} × ${one.height}, ${one.written}, ${one.reader}`)
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(all))
