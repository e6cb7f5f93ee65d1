// An index spoiled in one place at a time, as disks, transfers and forgers do it, and asked for everything it knows.

import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { buildHashSet, HashSet } from 'exhibit-hash'
import { BLOCK_BYTES, decodeHeader, HEADER_BYTES, LEAF_BYTES, LEAVES_PER_NODE } from '../../src/index/layout.js'
import { rootOf, sha256 } from '../../src/index/writer.js'
import { digestHex, writeVics, type VicsRecord } from '../support/vics.js'

/** Enough for tables of search by distance. */
const PDQS = 17_000
const OTHERS = 400

/** A set with every kind of section. */
export async function buildFullSet(folder: string): Promise<string> {
  const source = writeVics(
    join(folder, 'set.json'),
    Array.from({ length: PDQS }, (_, i) => recordOf(i))
  )
  const index = join(folder, 'set.ehx')
  await buildHashSet(index, [source], { maxMemoryBytes: 64 * 2 ** 20 })
  return index
}

const pdqOf = (i: number): string => (i % 5 === 0 ? 'ff'.repeat(31) + '0f' : digestHex('sha256', `pdq ${i}`))
const phashOf = (i: number): string => digestHex('md5', `phash ${i}`).slice(0, 16)
const photoDnaOf = (i: number): Buffer =>
  Buffer.concat(Array.from({ length: 5 }, (_, k) => createHash('sha256').update(`${k} ${i}`).digest())).subarray(0, 144)

function recordOf(i: number): VicsRecord {
  const pdq = { HashName: 'PDQ', HashValue: pdqOf(i) }
  if (i >= OTHERS) return { MediaID: i + 1, AlternativeHashes: [pdq] }
  return {
    MediaID: i % 3 === 0 ? `text ${i}` : i + 1,
    Category: i % 4,
    MD5: digestHex('md5', `${i}`),
    SHA1: digestHex('sha1', `${i}`),
    Series: `series ${i % 7}`,
    MediaSize: i + 1,
    AlternativeHashes: [
      pdq,
      { HashName: 'SHA256', HashValue: digestHex('sha256', `${i}`) },
      { HashName: 'pHash', HashValue: phashOf(i) },
      { HashName: 'PhotoDNA', HashValue: photoDnaOf(i).toString('base64') }
    ]
  }
}

export interface Outcome {
  /** Questions that were answered, and those that were refused with an INDEX_ code. */
  readonly answered: number
  readonly refused: number
  /** Answers that differ from those of the sound file, and failures of any other kind. */
  readonly wrong: readonly string[]
}

/** Everything that can be asked, each with a name. */
function questions(): readonly (readonly [string, (set: HashSet) => unknown])[] {
  const asked = [0, 1, 57, 111, OTHERS - 1]
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
  return [
    ...(['md5', 'sha1', 'sha256'] as const).flatMap((kind) => [
      [`${kind} one`, (set: HashSet) => asked.map((i) => set.find(kind, digestHex(kind, `${i}`)))] as const,
      [
        `${kind} batch`,
        (set: HashSet) => [
          ...set.findBatch(
            kind,
            Buffer.concat(Array.from({ length: OTHERS + 20 }, (_, i) => bytes(digestHex(kind, `${i}`))))
          )
        ]
      ] as const
    ]),
    ['records', (set) => asked.map((i) => set.record(i))],
    ['last record', (set) => set.record(PDQS - 1)],
    ['pdq', (set) => asked.slice(1).map((i) => set.findSimilar('pdq', pdqOf(i), { maxDistanceBits: 31 }))],
    ['flat pdq', (set) => set.findSimilar('pdq', pdqOf(0), { maxDistanceBits: 10 }).length],
    ['phash', (set) => asked.map((i) => set.findSimilar('phash', phashOf(i), { maxDistanceBits: 6 }))],
    ['photoDna', (set) => set.findPhotoDna(Buffer.concat(asked.map(photoDnaOf)))]
  ]
}

export class SpoiledIndex {
  readonly #sound: Buffer
  readonly #expected = new Map<string, string>()
  readonly #questions = questions()

  private constructor(private readonly path: string) {
    this.#sound = readFileSync(path)
  }

  static async of(path: string): Promise<SpoiledIndex> {
    const index = new SpoiledIndex(path)
    await using set = await HashSet.open(path)
    for (const [name, ask] of index.#questions) index.#expected.set(name, JSON.stringify(ask(set)))
    return index
  }

  get bytes(): number {
    return this.#sound.length
  }

  /** Places of every section, of the header and of the tree, so that small ones are met as often as large ones. */
  get places(): readonly { readonly from: number; readonly to: number }[] {
    const header = this.#header()
    const sections = header.sections.filter(({ bytes }) => bytes > 0)
    return [
      { from: 0, to: HEADER_BYTES },
      ...sections.map(({ offset, bytes }) => ({ from: offset, to: offset + bytes })),
      { from: header.leavesOffset, to: this.bytes }
    ]
  }

  /** Other bytes in one place. The digests are left as they are, or made to fit. */
  async withBytes(at: number, bytes: Buffer, fits: boolean, mapping: boolean): Promise<Outcome> {
    const spoiled = Buffer.from(this.#sound)
    bytes.copy(spoiled, at)
    const changed = [at]
    if (fits) changed.push(...this.#reseal(spoiled, at))
    return this.#with((fd) => {
      for (const from of [...changed, 0]) write(fd, spoiled, from)
    }, mapping)
  }

  async cutTo(length: number, mapping: boolean): Promise<Outcome> {
    return this.#with((fd) => ftruncateSync(fd, length), mapping)
  }

  async #with(spoil: (fd: number) => void, mapping: boolean): Promise<Outcome> {
    const fd = openSync(this.path, 'r+')
    try {
      spoil(fd)
      return await this.#ask(mapping)
    } finally {
      writeSync(fd, this.#sound, 0, this.#sound.length, 0)
      closeSync(fd)
    }
  }

  async #ask(mapping: boolean): Promise<Outcome> {
    const wrong: string[] = []
    let [answered, refused] = [0, 0]
    const note = (what: string, error: unknown): void => {
      const { code } = error as { code?: string }
      if (code?.startsWith('INDEX_') === true) refused++
      else wrong.push(`${what}: ${String(error)}`)
    }
    try {
      await using set = await HashSet.open(this.path, { mapping })
      for (const [name, ask] of this.#questions) {
        try {
          const answer = JSON.stringify(ask(set))
          answered++
          if (answer !== this.#expected.get(name)) wrong.push(`${name}: another answer`)
        } catch (error) {
          note(name, error)
        }
      }
    } catch (error) {
      note('open', error)
    }
    return { answered, refused, wrong }
  }

  #header() {
    return decodeHeader(this.#sound.subarray(0, HEADER_BYTES), this.bytes, this.path)
  }

  /** Makes the tree fit what was changed at a place; says where it wrote. */
  #reseal(bytes: Buffer, at: number): number[] {
    const { bodyBytes, leavesOffset, nodesOffset, nodeCount, leafCount } = this.#header()
    const places: number[] = []
    const block = Math.floor((at - HEADER_BYTES) / BLOCK_BYTES)
    if (block >= 0 && block < leafCount) {
      const start = HEADER_BYTES + block * BLOCK_BYTES
      const end = Math.min(start + BLOCK_BYTES, HEADER_BYTES + bodyBytes)
      sha256(bytes.subarray(start, end)).copy(bytes, leavesOffset + block * LEAF_BYTES)
      places.push(leavesOffset + block * LEAF_BYTES)
    }
    for (let node = 0; node < nodeCount; node++) {
      const first = leavesOffset + node * LEAVES_PER_NODE * LEAF_BYTES
      const last = Math.min(first + LEAVES_PER_NODE * LEAF_BYTES, nodesOffset)
      sha256(bytes.subarray(first, last)).copy(bytes, nodesOffset + node * LEAF_BYTES)
      places.push(nodesOffset + node * LEAF_BYTES)
    }
    rootOf(bytes.subarray(0, HEADER_BYTES), bytes.subarray(nodesOffset)).copy(bytes, 96)
    return places
  }
}

/** A page around a place: whatever was changed there lies in it. */
function write(fd: number, bytes: Buffer, at: number): void {
  const length = Math.min(4096, bytes.length - at)
  writeSync(fd, bytes, at, length, at)
}
