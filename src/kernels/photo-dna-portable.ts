// Search of PhotoDNA values by their sketches in portable code: the same hits as native/photodna.

import { ExhibitHashError } from '../core/errors.js'
import {
  SKETCH_GROUP,
  SKETCH_ROWS,
  SKETCH_TABLE_BYTES,
  type SketchedValues,
  type SketchQuestion
} from './index-store-types.js'

const VALUE_BYTES = 144

/** Checked bytes of the file. */
type Reader = (offset: number, length: number) => Uint8Array

/** Calls `passed` with query and position of every value that passes, in the order of groups. */
export function filterSketches(
  read: Reader,
  values: SketchedValues,
  question: SketchQuestion,
  groups: Iterable<number>,
  passed: (query: number, position: number) => void
): void {
  const { tables, rows, limit } = question
  checkQuestion(question)
  const queries = tables.length / SKETCH_TABLE_BYTES
  for (const group of groups) {
    const first = group * SKETCH_GROUP
    const offset = values.rowsOffset + first * SKETCH_ROWS
    const bytes = read(offset, rows * SKETCH_GROUP)
    const count = Math.min(SKETCH_GROUP, values.count - first)
    for (let query = 0; query < queries; query++) {
      const start = query * SKETCH_TABLE_BYTES
      for (let v = 0; v < count; v++) {
        let sum = 0
        for (let at = v, table = start; at < bytes.length && sum <= limit; at += SKETCH_GROUP, table += 32) {
          sum += tables[table + (bytes[at] & 15)] + tables[table + 16 + (bytes[at] >> 4)]
        }
        if (sum <= limit) passed(query, first + v)
      }
    }
  }
}

/** Hits as query number, position, distance. */
export function findBySketch(
  read: Reader,
  values: SketchedValues,
  question: SketchQuestion,
  packedQueries: Uint8Array,
  maxDistance: number
): number[] {
  if (packedQueries.length * SKETCH_TABLE_BYTES !== question.tables.length * VALUE_BYTES) {
    throw new ExhibitHashError('USAGE', 'tables must be those of the queries')
  }
  const hits: number[] = []
  const groups = Array.from({ length: Math.ceil(values.count / SKETCH_GROUP) }, (_, i) => i)
  filterSketches(read, values, question, groups, (query, position) => {
    const value = read(values.valuesOffset + position * VALUE_BYTES, VALUE_BYTES)
    const distance = squaredDistance(value, 0, packedQueries, query * VALUE_BYTES, VALUE_BYTES, maxDistance)
    if (distance <= maxDistance) hits.push(query, position, distance)
  })
  return hits
}

export function countBySketch(
  read: Reader,
  values: SketchedValues,
  question: SketchQuestion,
  groups: readonly number[]
): Uint32Array {
  const counts = new Uint32Array(question.tables.length / SKETCH_TABLE_BYTES)
  filterSketches(read, values, question, groups, (query) => counts[query]++)
  return counts
}

/** Sum of squared differences, or any number above `most` once it is certain to be above. */
export function squaredDistance(
  a: Uint8Array,
  atA: number,
  b: Uint8Array,
  atB: number,
  bytes: number,
  most: number
): number {
  let sum = 0
  for (let i = 0; i < bytes && sum <= most; i++) {
    const difference = a[atA + i] - b[atB + i]
    sum += difference * difference
  }
  return sum
}

function checkQuestion({ tables, rows, limit }: SketchQuestion): void {
  const inRange = Number.isInteger(rows) && rows >= 1 && rows <= SKETCH_ROWS && limit >= 0 && limit <= 254
  if (tables.length % SKETCH_TABLE_BYTES === 0 && inRange) return
  throw new ExhibitHashError('USAGE', 'a question that sketches cannot be asked')
}
