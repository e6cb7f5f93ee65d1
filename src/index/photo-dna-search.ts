// Search of PhotoDNA values by distance: through their sketches where that is faster, else one value after the other.
//
// A squared distance is no metric, and a tree that prunes as if it were misses matches. A sketch gives a number that the
// distance never falls below, so what it sets aside is beyond the distance for certain.

import { ExhibitHashError } from '../core/errors.js'
import { PHOTODNA_BYTES } from '../core/hashes.js'
import { isLowInformation } from '../core/photo-dna.js'
import { littleEndian, SKETCH_GROUP, SKETCH_ROWS, SKETCH_TABLE_BYTES, type IndexStore } from '../kernels/index-store.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import type { SketchPlan } from '../kernels/index.js'
import { decodePlan, SKETCH_ITEM_BYTES } from './photo-dna-sketch.js'
import type { Sections } from './sections.js'

/** What the addon takes. */
const MOST_DISTANCE = 2 ** 31 - 1
/** Sums of a table are bytes, and 255 is what is beyond every limit. */
const MOST_UNITS = 254
/** Items read at once where one in so many or more is wanted. */
const READ_TOGETHER = 512
/** Hits whose distance and number make one key: both fit the 53 bits of a number. */
const SORTED_TOGETHER = 2 ** 28
/** Groups that are asked how many values a sketch lets pass: at most so many, and a share of a small set. */
const SAMPLE_GROUPS = 8
const SAMPLE_SHARE = 1 / 256
/** Numbers of rows that may be asked: fewer let more pass, more cost more. */
const ROW_CHOICES = [4, 5, 6, 7, 8, 10, 12, 15, SKETCH_ROWS]

export interface PhotoDnaNeighbour {
  readonly entry: number
  /** Sum of squared byte differences. */
  readonly distance: number
  /** True where the set's value is of a nearly flat picture, and resembles many. */
  readonly lowInformation: boolean
}

export interface PhotoDnaOptions {
  /** Sum of squared byte differences, inclusive; default 40,000. */
  readonly maxDistance?: number
  /** Compare with every value in place of asking the sketches: the same answer, to hold them to. Default false. */
  readonly exhaustive?: boolean
}

/** Is told of a value that was found for the query of a number. */
type Found = (query: number, neighbour: PhotoDnaNeighbour) => void

interface Way {
  /** 0: the values themselves are compared. */
  readonly rows: number
  readonly cost: number
}

export class PhotoDnaSearch {
  private readonly sketches: { readonly plan: SketchPlan; readonly rowsOffset: number } | null

  /** @throws {ExhibitHashError} INDEX_DAMAGED */
  constructor(
    private readonly store: IndexStore,
    sections: Sections,
    private readonly values: Section,
    private readonly entries: Section
  ) {
    const section = sections.find(SECTION.photoDnaSketches, KIND_CODE.photoDna)
    if (section === null) {
      this.sketches = null
      return
    }
    const plan = decodePlan(store.read(section.offset, SKETCH_ITEM_BYTES))
    if (plan === null) throw sections.damaged('its sketches of PhotoDNA values are of no order')
    this.sketches = { plan, rowsOffset: section.offset + SKETCH_ITEM_BYTES }
  }

  /**
   * Every value within the distance of each packed query, in no order; entry numbers are as the file has them.
   * `exhaustive` compares all values, without sketches.
   * @throws {ExhibitHashError} USAGE, INDEX_DAMAGED
   */
  find(packed: Uint8Array, maxDistance: number, exhaustive: boolean, found: Found): void {
    if (!Number.isInteger(maxDistance) || maxDistance < 0 || maxDistance > MOST_DISTANCE) {
      const message = `a squared distance is a whole number from 0 to ${MOST_DISTANCE}, got ${maxDistance}`
      throw new ExhibitHashError('USAGE', message)
    }
    const all = Array.from({ length: packed.length / PHOTODNA_BYTES }, (_, i) => i)
    if (exhaustive || this.sketches === null || all.length === 0) {
      this.report(this.scan(packed, maxDistance), all, found)
      return
    }
    const question = new Question(this.sketches.plan, packed, maxDistance)
    const ways = this.waysOf(question)
    for (const rows of new Set(ways)) {
      const queries = all.filter((query) => ways[query] === rows)
      const own = picked(packed, queries, PHOTODNA_BYTES)
      const tables = picked(question.tables, queries, SKETCH_TABLE_BYTES)
      const { limit } = question
      const triples =
        rows === 0
          ? this.scan(own, maxDistance)
          : this.store.nearPhotoDna(this.place(), { tables, rows, limit }, own, maxDistance)
      this.report(triples, queries, found)
    }
  }

  private scan(packed: Uint8Array, maxDistance: number): Uint32Array {
    const { offset, count } = this.values
    return this.store.scanPhotoDna({ offset, count, hashBytes: PHOTODNA_BYTES }, packed, maxDistance)
  }

  private report(triples: Uint32Array, queries: readonly number[], found: Found): void {
    for (let from = 0; from < triples.length; from += 3 * SORTED_TOGETHER) {
      this.reportSorted(triples.subarray(from, from + 3 * SORTED_TOGETHER), queries, found)
    }
  }

  /** Tells of hits, nearest first: numbers are sorted many times faster than objects. */
  private reportSorted(triples: Uint32Array, queries: readonly number[], found: Found): void {
    const hits = triples.length / 3
    // Where hits are many, those side by side are read together.
    const together = hits > this.values.count / READ_TOGETHER ? READ_TOGETHER : 1
    const valueAt = reader(this.store, this.values, together)
    const entryAt = reader(this.store, this.entries, together)
    const entries = new Uint32Array(hits)
    const areLow = new Uint8Array(hits)
    for (let i = 0; i < hits; i++) {
      const [bytes, at] = entryAt(triples[3 * i + 1])
      entries[i] = littleEndian(bytes, at)
      const [values, from] = valueAt(triples[3 * i + 1])
      areLow[i] = isLowInformation(values.subarray(from, from + PHOTODNA_BYTES)) ? 1 : 0
    }
    const keys = new Float64Array(hits)
    for (let i = 0; i < hits; i++) keys[i] = triples[3 * i + 2] * SORTED_TOGETHER + i
    for (const key of keys.sort()) {
      const i = key % SORTED_TOGETHER
      const lowInformation = areLow[i] === 1
      found(queries[triples[3 * i]], { entry: entries[i], distance: triples[3 * i + 2], lowInformation })
    }
  }

  /** The rows to ask for each query, 0 where its values are to be compared: the cheapest way by a sample of the set. */
  private waysOf({ tables, limit }: Question): number[] {
    const groups = sampleGroups(Math.ceil(this.values.count / SKETCH_GROUP))
    const sampled = groups.length * SKETCH_GROUP
    const costs = this.store.sketchCosts()
    const best = Array.from({ length: tables.length / SKETCH_TABLE_BYTES }, (): Way => ({ rows: 0, cost: 1 }))
    const candidatesOf = (rows: number): number[] => {
      const passed = this.store.countPhotoDna(this.place(), { tables, rows, limit }, groups)
      return Array.from(passed, (count) => (count / sampled) * costs.candidate)
    }
    // What is left when all rows have been asked, no number of them can save.
    const least = candidatesOf(SKETCH_ROWS)
    for (const rows of ROW_CHOICES) {
      if (best.every(({ cost }, query) => cost <= rows * costs.row + least[query])) break
      candidatesOf(rows).forEach((candidates, query) => {
        const cost = rows * costs.row + candidates
        if (cost < best[query].cost) best[query] = { rows, cost }
      })
    }
    return best.map(({ rows }) => rows)
  }

  private place() {
    const { offset, count } = this.values
    return { valuesOffset: offset, count, rowsOffset: this.sketches?.rowsOffset ?? 0 }
  }
}

/** What queries ask of sketches: for every four bits the least squared differences that they mean, in units. */
class Question {
  readonly tables: Uint8Array
  readonly limit: number

  constructor({ order, boundaries }: SketchPlan, packed: Uint8Array, maxDistance: number) {
    // Rounded down everywhere: a sum of units above the limit is of a distance above the most.
    const unit = Math.ceil((maxDistance + 1) / (MOST_UNITS + 1))
    this.limit = Math.floor(maxDistance / unit)
    const queries = packed.length / PHOTODNA_BYTES
    this.tables = new Uint8Array(queries * SKETCH_TABLE_BYTES)
    const gaps = new Float64Array(2 * PHOTODNA_BYTES)
    for (let query = 0; query < queries; query++) {
      for (let i = 0; i < PHOTODNA_BYTES; i++) {
        const value = packed[query * PHOTODNA_BYTES + order[i]]
        const boundary = boundaries[i]
        // Where the bit is not set, and where it is.
        gaps[2 * i] = value < boundary ? 0 : (value - boundary + 1) ** 2
        gaps[2 * i + 1] = value < boundary ? (boundary - value) ** 2 : 0
      }
      for (let at = 0; at < SKETCH_TABLE_BYTES; at++) {
        const first = (at >> 4) * 4
        let sum = 0
        for (let bit = 0; bit < 4; bit++) sum += gaps[2 * (first + bit) + ((at >> bit) & 1)]
        this.tables[query * SKETCH_TABLE_BYTES + at] = Math.min(MOST_UNITS + 1, Math.floor(sum / unit))
      }
    }
  }
}

/** Groups spread over all there are. */
function sampleGroups(groups: number): number[] {
  const count = Math.min(Math.ceil(groups * SAMPLE_SHARE), SAMPLE_GROUPS)
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * groups) / count))
}

function picked(packed: Uint8Array, items: readonly number[], width: number): Uint8Array {
  if (items.length * width === packed.length) return packed
  const some = new Uint8Array(items.length * width)
  items.forEach((from, to) => some.set(packed.subarray(from * width, (from + 1) * width), to * width))
  return some
}

/** Gives the bytes that hold an item of a section and where it starts in them; some items are read at once. */
function reader(
  store: IndexStore,
  { offset, count, itemBytes }: Section,
  together: number
): (position: number) => readonly [bytes: Uint8Array, at: number] {
  let first = -1
  let bytes: Uint8Array = new Uint8Array(0)
  return (position) => {
    const start = position - (position % together)
    if (start !== first) bytes = store.read(offset + start * itemBytes, Math.min(together, count - start) * itemBytes)
    first = start
    return [bytes, (position - start) * itemBytes]
  }
}
