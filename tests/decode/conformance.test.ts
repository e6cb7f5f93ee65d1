// Whole files against the references' own tools, whose decoders and resizers differ from ours: by how many bits.

import { beforeAll, describe, expect, test } from 'vitest'
import { hashFile, PERCEPTUAL_KINDS, type FileHashes, type PerceptualKind } from 'exhibit-hash'
import { conformance, hexDistance, image } from '../support/fixtures.js'

const FILES = conformance('pdq-files.csv')
const LARGE = conformance('imagehash-large.csv')

/** The reference's own tolerance, for hashes of this quality or better. */
const MAX_PDQ_BITS = 10
const MIN_QUALITY = 80

/** Files below that quality that may be further off, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'flat-01-128x128.png':
    'one colour: quality 0, every bit is rounding noise, and the tool resizes to 512 × 512 first; ' +
    'bit for bit equal on the same pixels (pdq-pixels.csv)'
}

const COLUMNS: Readonly<Record<string, PerceptualKind>> = {
  average_hash: 'ahash',
  phash: 'phash',
  dhash: 'dhash',
  dhash_vertical: 'dhashVertical',
  whash_haar: 'whash'
}

let hashes: ReadonlyMap<string, FileHashes>

beforeAll(async () => {
  const names = [...new Set([...FILES, ...LARGE].map(({ file }) => file))]
  const found = new Map<string, FileHashes>()
  for (const name of names) {
    const { hashes: made, error } = await hashFile(image(name), { hashes: PERCEPTUAL_KINDS })
    expect(error, name).toBeNull()
    found.set(name, made ?? {})
  }
  hashes = found
})

const distance = (file: string, kind: PerceptualKind, reference: string): number =>
  hexDistance(hashes.get(file)?.[kind] ?? '', reference)

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

describe('PDQ of whole files', () => {
  test.each(FILES)('$file is within tolerance of the reference tool, its quality too', ({ file, hash, quality }) => {
    const bits = distance(file, 'pdq', hash)
    const own = hashes.get(file)?.pdqQuality ?? -1
    expect(Math.abs(own - Number(quality)), 'quality').toBeLessThanOrEqual(5)
    if (Number(quality) >= MIN_QUALITY || !(file in EXCEPTIONS)) expect(bits).toBeLessThanOrEqual(MAX_PDQ_BITS)
    else expect(bits, `no exception is needed any more: ${EXCEPTIONS[file]}`).toBeGreaterThan(MAX_PDQ_BITS)
  })

  test('are 2 bits off at most in the median', () => {
    const bits = FILES.map(({ file, hash }) => distance(file, 'pdq', hash))
    console.log(`PDQ of ${bits.length} files: ${tally(bits)}`)
    expect(median(bits)).toBeLessThanOrEqual(2)
  })
})

describe.each(Object.entries(COLUMNS))('%s of large JPEGs, made from the shrunk raster,', (column, kind) => {
  test.each(LARGE)('of $file is at most 4 of 64 bits off', (row) => {
    expect(distance(row.file, kind, row[column])).toBeLessThanOrEqual(4)
  })

  test('is equal in the median', () => {
    const bits = LARGE.map((row) => distance(row.file, kind, row[column]))
    console.log(`${kind} of ${bits.length} large files: ${tally(bits)}`)
    expect(median(bits)).toBe(0)
  })
})

/** How many files are how many bits off. */
function tally(bits: readonly number[]): string {
  const counts = new Map<number, number>()
  for (const one of [...bits].sort((a, b) => a - b)) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].map(([distanceBits, files]) => `${distanceBits} bits: ${files}`).join(', ')
}
