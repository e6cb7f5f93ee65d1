// Search of PhotoDNA values by their sketches in portable code: the same hits as native/photodna.

import { ExhibitHashError } from '../core/errors.js'
import {
  SKETCH_GROUP,
  SKETCH_ROWS,
  SKETCH_TABLE_BYTES,
  type SketchedValues,
  type SketchQuestion
} from './index-store-types.js'
import type { SketchPlan } from './types.js'

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

/** The sketches of a group, as Kernels has it. */
export function sketchGroupPortable(packedValues: Uint8Array, { order, boundaries }: SketchPlan): Uint8Array {
  const count = packedValues.length / VALUE_BYTES
  if (!Number.isInteger(count) || count > SKETCH_GROUP) {
    throw new ExhibitHashError('USAGE', 'values of a group that cannot be')
  }
  const isOrder = order.length === VALUE_BYTES && order.every((byte) => byte < VALUE_BYTES)
  if (!isOrder || boundaries.length !== VALUE_BYTES) {
    throw new ExhibitHashError('USAGE', 'order and boundaries must have a number for every byte of a value')
  }
  const bits = bitTables(boundaries)
  const rows = new Uint8Array(SKETCH_ROWS * SKETCH_GROUP)
  for (let v = 0, from = 0; v < count; v++, from += VALUE_BYTES) {
    for (let row = 0, i = 0; row < SKETCH_ROWS; row++) {
      let byte = 0
      for (const end = i + 8; i < end; i++) byte |= bits[(i << 8) | packedValues[from + order[i]]]
      rows[row * SKETCH_GROUP + v] = byte
    }
  }
  return rows
}

/** For each bit of a sketch and each level of its byte: the bit where it belongs in its row, or nothing. */
function bitTables(boundaries: Uint8Array): Uint8Array {
  const tables = new Uint8Array(VALUE_BYTES << 8)
  boundaries.forEach((boundary, i) => tables.fill(1 << (i & 7), (i << 8) + boundary, (i + 1) << 8))
  return tables
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
