// Hashes within a distance: which pictures resemble which, how they were turned, and which are too poor to say.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  buildHashSet,
  DIHEDRAL_VARIANTS,
  hashFile,
  HashSet,
  scan,
  type FileRecord,
  type ScanOptions,
  type SimilarHashMatch
} from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { conformance, image } from '../support/fixtures.js'
import { buildSet } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { pdqRecord } from '../support/vics.js'

const ORIGINAL = 'edit-00-original.jpg'
/** A hash to count bits from. */
const AA = 'a'.repeat(64)

async function scanned(names: readonly string[], options: ScanOptions): Promise<FileRecord[]> {
  const records: FileRecord[] = []
  const run = scan(names.map(image), { isolation: 'none', ...options })
  for await (const record of run) records.push(record)
  return records
}

const similar = ({ matches }: FileRecord): SimilarHashMatch[] =>
  (matches ?? []).filter((match): match is SimilarHashMatch => match.relation === 'similar')

/** A set of one CSV, with qualities where the rows have them. */
async function csvSet(...lines: string[]): Promise<HashSet> {
  const folder = tempFolder()
  writeFileSync(join(folder, 'set.csv'), `${lines.join('\n')}\n`)
  await buildHashSet(join(folder, 'set.ehx'), [join(folder, 'set.csv')])
  return HashSet.open(join(folder, 'set.ehx'))
}

describe('edits of a picture that a set knows', () => {
  const folder = suiteFolder()
  let set: HashSet
  let byName: ReadonlyMap<string, FileRecord>
  const edits = conformance('pdq-files.csv')
    .map(({ file }) => file)
    .filter((file) => file.startsWith('edit-'))

  beforeAll(async () => {
    const { hash } = conformance('pdq-files.csv').find(({ file }) => file === ORIGINAL) ?? {}
    set = await HashSet.open(await buildSet(folder, [pdqRecord(1, hash, 2)]))
    byName = new Map((await scanned(edits, { sets: [set] })).map((record) => [record.path, record]))
    return () => set.close()
  })

  const of = (name: string): SimilarHashMatch[] => similar(byName.get(name) ?? expect.fail(`no record of ${name}`))
  const SURVIVED = /q30|half|thumb|blur|brighter|grey|png|webp|caption|original/

  test.each(edits.filter((name) => SURVIVED.test(name)))('%s is similar, not turned', (name) => {
    expect(of(name)).toMatchObject([{ by: 'pdq', variant: 'original', mediaId: '1', category: 2, setQuality: null }])
    expect(of(name)[0].distanceBits).toBeLessThanOrEqual(31)
  })

  // Variants have the reference's names, which are of the axis: flipX mirrors at the x axis, top to bottom. These files
  // are named after the direction in which their columns or rows run the other way.
  test.each([
    ['edit-09-flip-x.jpg', 'flipY'],
    ['edit-10-flip-y.jpg', 'flipX'],
    ['edit-11-rotate-90.jpg', /^rotate(90|270)$/],
    ['edit-12-rotate-180.jpg', 'rotate180']
  ])('%s is similar by its variant %s', (name, variant) => {
    expect(of(name)).toMatchObject([{ by: 'pdq', variant: expect.stringMatching(variant) as string }])
  })

  test.each(['edit-07-crop-2pc.jpg', 'edit-08-crop-10pc.jpg', 'edit-13-rotate-5.jpg'])(
    '%s is beyond the distance and not similar',
    (name) => expect(of(name)).toEqual([])
  )

  test('a crop of 2 % is found by a distance that allows it, and told with its bits', async () => {
    const [record] = await scanned(['edit-07-crop-2pc.jpg'], { sets: [set], near: { pdq: 45 } })
    expect(similar(record)).toMatchObject([{ variant: 'original' }])
    const [{ distanceBits }] = similar(record)
    expect(distanceBits).toBeGreaterThan(31)
    expect(distanceBits).toBeLessThanOrEqual(45)
  })
})

describe('a picture turned in each of the eight ways', () => {
  test.each(DIHEDRAL_VARIANTS)('is found by the variant %s', async (variant) => {
    const row = conformance('pdq-pixels.csv').find(({ file }) => file === 'scene-10-512x512.png') ?? {}
    await using set = await HashSet.open(await buildSet(tempFolder(), [pdqRecord(9, row[variant.toLowerCase()])]))
    const [record] = await scanned(['scene-10-512x512.png'], { sets: [set] })
    expect(similar(record)).toMatchObject([{ mediaId: '9', variant, distanceBits: 0 }])
  })

  test('that is the same turned and not is told as not turned', async () => {
    const { hashes } = await hashFile(image('checker-01-256x256.png'))
    await using set = await HashSet.open(await buildSet(tempFolder(), [pdqRecord(1, hashes?.pdq ?? '')]))
    const [record] = await scanned(['checker-01-256x256.png'], { sets: [set] })
    expect(similar(record)).toMatchObject([{ variant: 'original', distanceBits: 0 }])
  })
})

describe('quality', () => {
  test('below 50 in the file keeps it from resembling anything, its own hash included', async () => {
    const names = ['flat-01-128x128.png', 'gradient-01-256x256.png', 'scene-09-512x384.png']
    const hashes = await Promise.all(names.map(async (name) => (await hashFile(image(name))).hashes))
    expect(hashes.map((one) => one?.pdqQuality)).toEqual([0, 44, 73])
    const records = hashes.map((one, i) => pdqRecord(i + 1, one?.pdq ?? ''))
    await using set = await HashSet.open(await buildSet(tempFolder(), records))
    const found = (await scanned(names, { sets: [set], near: { pdq: 64 } })).map((record) => similar(record).length)
    expect(found).toEqual([0, 0, 1])
  })

  test('below 50 in the set keeps that hash from matching; 50 does not, and unknown is said', async () => {
    const { hashes } = await hashFile(image(ORIGINAL))
    await using set = await csvSet(
      'id,pdq,pdqQuality',
      ...[49, 50, '', 0, 100].map((q, i) => `${i},${hashes?.pdq},${q}`)
    )
    const [record] = await scanned([ORIGINAL], { sets: [set] })
    expect(similar(record).map(({ mediaId, setQuality }) => [mediaId, setQuality])).toEqual([
      ['1', 50],
      ['2', null],
      ['4', 100]
    ])
  })

  test('that a question does not know is no reason to refuse it', async () => {
    await using set = await csvSet('pdq', AA)
    const rows = join(tempFolder(), 'rows.csv')
    writeFileSync(rows, ['pdq,pdqQuality', `${AA},`, `${AA},49`, `${AA},50`].join('\n'))
    const { records } = await runCli(['match', '--set', set.path, '--from', rows])
    expect(records<{ matches: unknown[] }>().map(({ matches }) => matches.length)).toEqual([1, 0, 1])
  })
})

test('similar records come nearest first, then as the set has them, each once', async () => {
  const flip = (bits: number): string =>
    Buffer.from(Array.from({ length: 32 }, (_, i) => (i < bits ? 0xab : 0xaa))).toString('hex')
  const rows = [9, 0, 9, 31, 32].map((bits, i) => `${'abcde'[i]},${flip(bits)}`)
  await using set = await csvSet('id,pdq', ...rows)
  const { records } = await runCli(['match', '--set', set.path, '--pdq', AA])
  const [{ matches }] = records<{ matches: SimilarHashMatch[] }>()
  expect(matches.map(({ mediaId, distanceBits }) => [mediaId, distanceBits])).toEqual([
    ['b', 0],
    ['a', 9],
    ['c', 9],
    ['d', 31]
  ])
})

describe('the 64-bit hashes', () => {
  test('are compared only when asked for, each by itself', async () => {
    const { hashes } = await hashFile(image('edit-02-half.jpg'))
    await using set = await csvSet('id,phash,dhash,pdq', `1,${hashes?.phash},${hashes?.dhash},`, `2,,,${hashes?.pdq}`)
    const found = async (near?: Record<string, number>) => {
      const [record] = await scanned([ORIGINAL], { sets: [set], ...(near && { near }) })
      return similar(record).map(({ by, mediaId }) => `${by} ${mediaId}`)
    }
    expect(await found()).toEqual(['pdq 2'])
    expect(await found({ phash: 6 })).toEqual(['phash 1'])
    expect(await found({ pdq: 31, phash: 6, dhash: 6 })).toEqual(['pdq 2', 'phash 1', 'dhash 1'])
    expect(await found({})).toEqual([])
  })
})

test('a known-good set is not compared by distance', async () => {
  const folder = tempFolder()
  const { hashes } = await hashFile(image(ORIGINAL))
  writeFileSync(join(folder, 'good.csv'), `pdq\n${hashes?.pdq}\n`)
  await buildHashSet(join(folder, 'good.ehx'), [join(folder, 'good.csv')], { role: 'known-good' })
  await using set = await HashSet.open(join(folder, 'good.ehx'))
  expect((await scanned([ORIGINAL], { sets: [set] }))[0].matches).toEqual([])
})
