// Sketches of PhotoDNA values: a bit a byte of a value, written while values pass by. FORMAT.md has the bytes.

import { PHOTODNA_BYTES } from '../core/hashes.js'
import { SKETCH_GROUP, SKETCH_ROWS } from '../kernels/index-store.js'
import { kernels, type SketchPlan } from '../kernels/index.js'
import { KIND_CODE, SECTION } from './layout.js'
import type { IndexWriter } from './writer.js'

/** A row of a group is an item, and so are the boundaries, which come first. */
export const SKETCH_ITEM_BYTES = SKETCH_GROUP
/** Sets below this are scanned: that takes less than a millisecond. */
const MIN_VALUES = 65_536
/** The first values say where the boundaries are best; others only lose speed where they differ from these. */
const SAMPLE_VALUES = 16_384
const LEVELS = 256

/** Values in their order, some whole ones in each part. */
type ValueParts = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Items of the section of a set of so many values. */
export function sketchItems(count: number): number {
  return 1 + Math.ceil(count / SKETCH_GROUP) * SKETCH_ROWS
}

/** Writes the section where a set has enough values to need it. */
export async function writeSketches(writer: IndexWriter, count: number, parts: ValueParts): Promise<void> {
  if (count < MIN_VALUES) return
  await writer.sectionOf(SECTION.photoDnaSketches, KIND_CODE.photoDna, SKETCH_ITEM_BYTES, sketchParts(parts))
}

/** The section, part by part. No more values are held at once than a sample and a group. */
export async function* sketchParts(parts: ValueParts): AsyncGenerator<Uint8Array> {
  const groups = groupsOf(parts)
  const sample: Uint8Array[] = []
  while (sample.length < SAMPLE_VALUES / SKETCH_GROUP) {
    const next = await groups.next()
    if (next.done === true) break
    sample.push(next.value)
  }
  const plan = planSketches(Buffer.concat(sample))
  yield encodePlan(plan)
  for (const group of sample) yield kernels().sketchGroup(group, plan)
  for await (const group of groups) yield kernels().sketchGroup(group, plan)
}

/** The same values by groups; the last may have fewer. */
async function* groupsOf(parts: ValueParts): AsyncGenerator<Uint8Array, void> {
  const groupBytes = SKETCH_GROUP * PHOTODNA_BYTES
  let group = new Uint8Array(groupBytes)
  let filled = 0
  for await (const part of parts) {
    for (let at = 0; at < part.length;) {
      const piece = part.subarray(at, at + groupBytes - filled)
      group.set(piece, filled)
      filled += piece.length
      at += piece.length
      if (filled < groupBytes) continue
      yield group
      group = new Uint8Array(groupBytes)
      filled = 0
    }
  }
  if (filled > 0) yield group.subarray(0, filled)
}

/**
 * The boundary that on average says most about the difference of two values, byte by byte, and the bytes about which it
 * says most first. Whole numbers below 2^53, so that every machine decides alike.
 */
export function planSketches(values: Uint8Array): SketchPlan {
  const best = Array.from({ length: PHOTODNA_BYTES }, (_, byte) => ({ byte, ...bestBoundary(histogram(values, byte)) }))
  best.sort((a, b) => b.score - a.score || a.byte - b.byte)
  return {
    order: Uint8Array.from(best, ({ byte }) => byte),
    boundaries: Uint8Array.from(best, ({ boundary }) => boundary)
  }
}

function histogram(values: Uint8Array, byte: number): Uint32Array {
  const counts = new Uint32Array(LEVELS)
  for (let at = byte; at < values.length; at += PHOTODNA_BYTES) counts[values[at]]++
  return counts
}

/** Pairs on two sides of a boundary differ by what is between it and the one that is asked for: squares of that add up. */
function bestBoundary(counts: Uint32Array): { boundary: number; score: number } {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let best = { boundary: LEVELS / 2, score: 0 }
  let below = 0
  for (let boundary = 1; boundary < LEVELS; boundary++) {
    below += counts[boundary - 1]
    let [toAbove, toBelow] = [0, 0]
    for (let level = 0; level < boundary; level++) toAbove += counts[level] * (boundary - level) ** 2
    for (let level = boundary; level < LEVELS; level++) toBelow += counts[level] * (level - boundary + 1) ** 2
    const score = below * toBelow + (total - below) * toAbove
    if (score > best.score) best = { boundary, score }
  }
  return best
}

export function encodePlan({ order, boundaries }: SketchPlan): Uint8Array {
  const bytes = new Uint8Array(SKETCH_ITEM_BYTES)
  bytes.set(order)
  bytes.set(boundaries, PHOTODNA_BYTES)
  return bytes
}

/** `null` where the bytes are no plan: a byte of a value in two bits would count twice. */
export function decodePlan(bytes: Uint8Array): SketchPlan | null {
  const order = bytes.slice(0, PHOTODNA_BYTES)
  const isOrder = new Set(order).size === PHOTODNA_BYTES && order.every((byte) => byte < PHOTODNA_BYTES)
  return isOrder ? { order, boundaries: bytes.slice(PHOTODNA_BYTES, 2 * PHOTODNA_BYTES) } : null
}
