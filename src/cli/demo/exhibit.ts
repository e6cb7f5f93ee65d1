// The demo's exhibit and hash set: drawn landscapes, edited copies of some, and a few files that are trouble.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from '../../pipeline/index.js'
import { EDITS, encodeScene, type Edit } from './edits.js'
import { drawScene } from './scenes.js'

const WIDTH = 1000
const HEIGHT = 750
/** Scenes that the hash set knows. */
const KNOWN_SEEDS = [1, 2, 3, 4, 5, 6]
/** Scenes that it does not. */
const OTHER_SEEDS = [11, 12, 13, 14]

/** What a reader should expect of a file, before the scan says what it found. */
export interface DemoFile {
  readonly path: string
  readonly what: string
  readonly expected: Edit['expected'] | 'conflict' | 'error'
}

export interface DemoExhibit {
  readonly files: readonly DemoFile[]
  /** The VICS document about the known scenes. */
  readonly vics: string
}

/** Draws everything into `folder`; `onStep` hears of each file. */
export async function makeDemoExhibit(
  folder: string,
  onStep: (done: number, total: number) => void
): Promise<DemoExhibit> {
  const total = EDITS.length + OTHER_SEEDS.length + TROUBLE.length
  const files: DemoFile[] = []
  const write = async (file: DemoFile, bytes: Buffer): Promise<void> => {
    const path = join(folder, file.path)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, bytes)
    files.push(file)
    onStep(files.length, total)
  }
  const known = new Map<number, Buffer>()
  for (const seed of KNOWN_SEEDS) known.set(seed, await encodeScene(drawScene(seed, WIDTH, HEIGHT)))
  for (const [i, edit] of EDITS.entries()) {
    const seed = KNOWN_SEEDS[i % KNOWN_SEEDS.length]
    const file = {
      path: `DCIM/IMG_${1000 + i}.${edit.extension}`,
      what: `known picture ${seed}, ${edit.describe}`,
      expected: edit.expected
    }
    await write(file, await edit.apply(bytesOf(known, seed)))
  }
  const others = new Map<number, Buffer>()
  for (const seed of OTHER_SEEDS) {
    const bytes = await encodeScene(drawScene(seed, WIDTH, HEIGHT))
    others.set(seed, bytes)
    const forged = seed === FORGED_SEED
    const what = forged ? 'another picture; a record claims its MD5 with another SHA-1' : 'another picture'
    await write({ path: `Pictures/holiday-${seed}.jpg`, what, expected: forged ? 'conflict' : 'not found' }, bytes)
  }
  for (const { path, what, expected, bytes } of TROUBLE) await write({ path, what, expected }, bytes(bytesOf(known, 2)))
  return { files, vics: await describeSet(known, bytesOf(others, FORGED_SEED)) }
}

const FORGED_SEED = 12

interface Trouble extends DemoFile {
  readonly bytes: (known: Buffer) => Buffer
}

const TROUBLE: readonly Trouble[] = [
  {
    path: 'recovered/f0001.jpg',
    what: 'known picture 2, its last bytes lost',
    expected: 'similar',
    bytes: (known) => known.subarray(0, Math.floor(known.length * 0.97))
  },
  {
    path: 'recovered/f0002.jpg',
    what: 'a text that calls itself a picture',
    expected: 'error',
    bytes: () => Buffer.from('This is no picture.\n')
  },
  { path: 'recovered/f0003.jpg', what: 'an empty file', expected: 'error', bytes: () => Buffer.alloc(0) },
  { path: 'notes.txt', what: 'a text', expected: 'not found', bytes: () => Buffer.from('Just a text file.\n') }
]

async function describeSet(known: ReadonlyMap<number, Buffer>, forged: Buffer): Promise<string> {
  const value: object[] = []
  for (const [seed, bytes] of known) {
    const { digests, hashes } = await hashFile(bytes, { hashes: ['pdq'] })
    value.push({
      MediaID: 1000 + seed,
      Category: (seed % 3) + 1,
      MD5: digests?.md5.toUpperCase(),
      SHA1: digests?.sha1.toUpperCase(),
      MediaSize: bytes.length,
      MimeType: 'image/jpeg',
      DateUpdated: '2026-01-02T03:04:05Z',
      IsPrecategorized: 'true',
      PrecategorizationSource: `Force ${(seed % 4) + 1}`,
      Series: seed % 2 === 0 ? 'Demo landscapes' : '',
      AlternativeHashes: [{ HashName: 'PDQ', HashValue: hashes?.pdq }]
    })
  }
  const { digests } = await hashFile(forged, { hashes: [] })
  value.push({ MediaID: 1099, Category: 1, MD5: digests?.md5.toUpperCase(), SHA1: 'F'.repeat(40) })
  const context = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media'
  return JSON.stringify({ '@odata.context': context, value }, null, 1)
}

function bytesOf(scenes: ReadonlyMap<number, Buffer>, seed: number): Buffer {
  const bytes = scenes.get(seed)
  if (bytes === undefined) throw new RangeError(`no scene ${seed}`)
  return bytes
}
