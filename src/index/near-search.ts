// Search of one kind of hash by distance: through its tables where that is faster, else one hash after the other.

import type { IndexStore } from '../kernels/index-store.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import { radiiFor } from './near-plan.js'
import { decodeNearRows, GROUP_UNIT_BYTES, PARITY, parityOf, type NearClass } from './near-sections.js'
import type { Sections } from './sections.js'

/** Hashes found: the number of the query, the position of the hash and their distance in bits, of one after the other. */
export interface NearHits {
  readonly queries: Uint32Array
  readonly positions: Uint32Array
  readonly distances: Uint32Array
}

export class NearSearch {
  private readonly groups: Section | null
  private readonly overflow: Section | null
  private readonly classes: readonly NearClass[]
  private readonly whole: NearClass
  /** By class and distance: to work them out takes a tenth of a single query. */
  private readonly radii = new Map<NearClass, Map<number, Uint8Array | null>>()

  /** @throws {ExhibitHashError} INDEX_DAMAGED */
  constructor(
    private readonly store: IndexStore,
    sections: Sections,
    kind: keyof typeof KIND_CODE,
    private readonly hashes: Section
  ) {
    this.whole = scanned(hashes.count)
    this.groups = sections.find(SECTION.nearGroups, KIND_CODE[kind])
    this.overflow = sections.find(SECTION.nearOverflow, KIND_CODE[kind])
    const rows = sections.find(SECTION.nearRows, KIND_CODE[kind])
    const { groups, overflow } = this
    this.classes =
      rows === null
        ? [this.whole]
        : decodeNearRows(store.read(rows.offset, rows.bytes), { hashes, groups, overflow }, sections.path)
  }

  /** Every hash within the distance of each packed query, in no order, some at a time. `exhaustive` compares all, without tables. */
  *find(packed: Uint8Array, maxDistanceBits: number, exhaustive: boolean): Generator<NearHits> {
    if (exhaustive) {
      yield* this.findIn(this.whole, packed, null, maxDistanceBits)
      return
    }
    const queries = new Queries(packed, this.hashes.itemBytes)
    for (const one of this.classes) {
      for (const { bytes, numbers, parity } of queries.split(one.parity !== PARITY.mixed)) {
        // Hashes of one parity are an even distance apart, those of two an odd one.
        const odd = one.parity === PARITY.mixed ? 0 : (maxDistanceBits ^ one.parity ^ parity) & 1
        if (numbers.length > 0 && maxDistanceBits - odd >= 0) {
          yield* this.findIn(one, bytes, numbers, maxDistanceBits - odd)
        }
      }
    }
  }

  private radiiOf(one: NearClass, distance: number): Uint8Array | null {
    const known = this.radii.get(one)?.get(distance)
    if (known !== undefined) return known
    const radii = one.shape === null ? null : radiiFor(one.shape, one.count, distance)
    this.radii.set(one, (this.radii.get(one) ?? new Map<number, Uint8Array | null>()).set(distance, radii))
    return radii
  }

  private *findIn(
    one: NearClass,
    queries: Uint8Array,
    numbers: readonly number[] | null,
    distance: number
  ): Generator<NearHits> {
    const { offset, itemBytes } = this.hashes
    const { firstPosition, count, shape, firstGroupUnit, firstOverflow, overflowCount } = one
    const radii = this.radiiOf(one, distance)
    const table = { offset: offset + firstPosition * itemBytes, count, hashBytes: itemBytes }
    const triples =
      shape === null || radii === null
        ? this.store.scan(table, queries, distance)
        : this.store.near(
            {
              ...shape,
              hashesOffset: offset,
              groupsOffset: (this.groups?.offset ?? 0) + firstGroupUnit * GROUP_UNIT_BYTES,
              overflowOffset: (this.overflow?.offset ?? offset) + firstOverflow * 4,
              overflowCount,
              firstPosition,
              count
            },
            queries,
            radii,
            distance
          )
    // A scan counts positions from its first hash.
    const base = radii === null ? firstPosition : 0
    const found = triples.length / 3
    const hits = {
      queries: new Uint32Array(found),
      positions: new Uint32Array(found),
      distances: new Uint32Array(found)
    }
    for (let i = 0, at = 0; i < found; i++, at += 3) {
      hits.queries[i] = numbers === null ? triples[at] : numbers[triples[at]]
      hits.positions[i] = base + triples[at + 1]
      hits.distances[i] = triples[at + 2]
    }
    yield hits
  }
}

function scanned(count: number): NearClass {
  const nowhere = { firstGroupUnit: 0, firstOverflow: 0, overflowCount: 0 }
  return { firstPosition: 0, count, parity: PARITY.mixed, shape: null, ...nowhere }
}

interface QueryGroup {
  readonly bytes: Uint8Array
  /** Of each query within what was asked. */
  readonly numbers: readonly number[]
  readonly parity: number
}

/** Queries, together or by the parity of their bits. */
class Queries {
  private readonly together: QueryGroup
  private byParity: readonly QueryGroup[] | null = null

  constructor(
    private readonly packed: Uint8Array,
    private readonly width: number
  ) {
    const numbers = Array.from({ length: packed.length / width }, (_, i) => i)
    this.together = { bytes: packed, numbers, parity: 0 }
  }

  split(byParity: boolean): readonly QueryGroup[] {
    if (!byParity) return [this.together]
    this.byParity ??= [0, 1].map((parity) => this.ofParity(parity))
    return this.byParity
  }

  private ofParity(parity: number): QueryGroup {
    const { packed, width } = this
    const numbers = this.together.numbers.filter((i) => hashParity(packed, i * width, width) === parity)
    const bytes = new Uint8Array(numbers.length * width)
    numbers.forEach((from, to) => bytes.set(packed.subarray(from * width, (from + 1) * width), to * width))
    return { bytes, numbers, parity }
  }
}

/** 1 where the number of set bits of a hash is odd. */
function hashParity(bytes: Uint8Array, at: number, width: number): 0 | 1 {
  let folded = 0
  for (let i = at; i < at + width; i++) folded ^= bytes[i]
  return parityOf(folded)
}
