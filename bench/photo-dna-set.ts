// Sets of nothing but PhotoDNA values for the bench: drawn from a seed, some of them near to queries, written as indexes.

import { createCipheriv, type Cipher } from 'node:crypto'
import { photoDnaDistance } from '../src/core/photo-dna.js'
import { VALUE_BYTES, writePhotoDnaIndex } from '../tests/support/photo-dna-index.js'

const VALUES_AT_ONCE = 1 << 16
/** Rows are not what is measured: values share them, so that a large set fits the memory. */
const MOST_ENTRIES = 1 << 20

export type Distribution = 'uniform' | 'exponential'

/** The mean of exponential bytes; what is above 255 is 255. */
const MEAN = 14

/** Random bytes, the same for every seed. */
export class Random {
  private readonly cipher: Cipher

  constructor(seed: number) {
    this.cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  }

  numbers(count: number): Uint16Array {
    const bytes = this.cipher.update(Buffer.alloc(count * 2))
    return new Uint16Array(bytes.buffer, bytes.byteOffset, count)
  }

  below(limit: number): number {
    return Math.floor((this.numbers(1)[0] / 2 ** 16) * limit)
  }
}

/** Bytes by 16 random bits: a table of the inverse of their distribution. */
function bytesByDraw(distribution: Distribution): Uint8Array {
  return Uint8Array.from({ length: 1 << 16 }, (_, draw) => {
    const share = (draw + 0.5) / (1 << 16)
    return distribution === 'uniform' ? draw >> 8 : Math.min(255, Math.floor(-MEAN * Math.log1p(-share)))
  })
}

export class PhotoDnaSet {
  /** One for each planted neighbour. */
  readonly queries: Uint8Array
  /** Where the neighbours stand. */
  readonly positions: Uint32Array
  readonly distances: readonly number[]
  private readonly neighbours: Uint8Array
  private readonly bytes: Uint8Array

  constructor(
    readonly distribution: Distribution,
    readonly count: number,
    planted: number,
    mostDistance: number
  ) {
    this.bytes = bytesByDraw(distribution)
    const random = new Random(7)
    this.queries = this.draw(random, planted)
    this.neighbours = this.queries.slice()
    this.positions = Uint32Array.from({ length: planted }, (_, i) => Math.floor(((i + 0.5) * count) / planted))
    // In an order that has all distances in every batch.
    for (let i = 0; i < planted; i++) {
      const distance = (((i * 379) % planted) / (planted - 1)) * mostDistance
      moveAway(this.neighbours, this.queries, i * VALUE_BYTES, distance, random)
    }
    const of = (values: Uint8Array, i: number): Uint8Array => values.subarray(i * VALUE_BYTES, (i + 1) * VALUE_BYTES)
    this.distances = Array.from(this.positions, (_, i) => photoDnaDistance(of(this.queries, i), of(this.neighbours, i)))
  }

  entryOf(position: number): number {
    return position % this.entries
  }

  get entries(): number {
    return Math.min(this.count, MOST_ENTRIES)
  }

  /** Writes the index. */
  async write(path: string): Promise<void> {
    const { count, entries } = this
    await writePhotoDnaIndex(path, { count, entries, parts: () => this.parts() })
  }

  private *parts(): Generator<Uint8Array> {
    const random = new Random(11)
    let planted = 0
    for (let first = 0; first < this.count; first += VALUES_AT_ONCE) {
      const part = this.draw(random, Math.min(VALUES_AT_ONCE, this.count - first))
      for (; planted < this.positions.length && this.positions[planted] - first < VALUES_AT_ONCE; planted++) {
        const from = planted * VALUE_BYTES
        part.set(this.neighbours.subarray(from, from + VALUE_BYTES), (this.positions[planted] - first) * VALUE_BYTES)
      }
      yield part
    }
  }

  private draw(random: Random, count: number): Uint8Array {
    const { bytes } = this
    const numbers = random.numbers(count * VALUE_BYTES)
    const values = new Uint8Array(numbers.length)
    for (let i = 0; i < values.length; i++) values[i] = bytes[numbers[i]]
    return values
  }
}

/** Changes bytes by little steps, until a value is so far from the one it was. */
function moveAway(values: Uint8Array, from: Uint8Array, at: number, distance: number, random: Random): void {
  for (let moved = 0; moved < distance;) {
    const i = at + random.below(VALUE_BYTES)
    const away = values[i] > from[i] || (values[i] === from[i] && from[i] < 128) ? 1 : -1
    const next = values[i] + away * (1 + random.below(8))
    if (next < 0 || next > 255) continue
    moved += (next - from[i]) ** 2 - (values[i] - from[i]) ** 2
    values[i] = next
  }
}
