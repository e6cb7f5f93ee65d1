// Whether the sections of an index agree with each other: a file with sound digests can still be made to mislead.

import { DIGEST_KINDS, HASH_BYTES, PERCEPTUAL_KINDS, PHOTODNA_BYTES } from '../core/hashes.js'
import { KIND_CODE, SECTION, type Section } from './layout.js'
import { isRowForm } from './row-form.js'
import { GROUP_UNIT_BYTES, NEAR_ROW_BYTES } from './near-sections.js'
import { SKETCH_ITEM_BYTES, sketchItems } from './photo-dna-sketch.js'
import { keyItemBytes } from '../kernels/index-store.js'

/** Bytes of an item of each section that is of no kind. */
const PLAIN_ITEM_BYTES = new Map<number, number>([
  [SECTION.meta, 1],
  [SECTION.stringOffsets, 8],
  [SECTION.stringBytes, 1]
])

const HASH_KINDS: readonly (readonly [string, number, number])[] = [
  ...PERCEPTUAL_KINDS.map((kind) => [kind, KIND_CODE[kind], HASH_BYTES[kind]] as const),
  ['photoDna', KIND_CODE.photoDna, PHOTODNA_BYTES]
]

/** What is wrong with the sections of a set of so many entries, or `null`. Sections of unknown number are passed over. */
export function sectionFault(sections: readonly Section[], entries: number): string | null {
  return overlapFault(sections) ?? plainFault(sections, entries) ?? digestFault(sections) ?? hashFault(sections)
}

function overlapFault(sections: readonly Section[]): string | null {
  const inOrder = sections.filter(({ bytes }) => bytes > 0).sort((a, b) => a.offset - b.offset)
  const overlap = inOrder.findIndex(({ offset }, i) => i > 0 && offset < inOrder[i - 1].offset + inOrder[i - 1].bytes)
  if (overlap !== -1) return `section ${inOrder[overlap].id} lies within another`
  const names = sections.map(({ id, kind }) => `${id} of kind ${kind}`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  return twice === undefined ? null : `section ${twice} is there twice`
}

function plainFault(sections: readonly Section[], entries: number): string | null {
  for (const [id, itemBytes] of PLAIN_ITEM_BYTES) {
    const section = find(sections, id, 0)
    if (section?.itemBytes !== itemBytes) return `section ${id} is missing or of another form`
  }
  const records = find(sections, SECTION.records, 0)
  if (records === undefined || !isRowForm(records.param, records.itemBytes)) return 'its records are of another form'
  return records.count === entries ? null : 'the number of records is not the one it tells'
}

function digestFault(sections: readonly Section[]): string | null {
  for (const kind of DIGEST_KINDS) {
    const code = KIND_CODE[kind]
    const keys = find(sections, SECTION.keys, code)
    const directory = find(sections, SECTION.directory, code)
    if (keys === undefined && directory === undefined) continue
    const sound =
      directory?.itemBytes === 4 &&
      directory.param <= 32 &&
      directory.count === 2 ** directory.param + 1 &&
      keys?.itemBytes === keyItemBytes(HASH_BYTES[kind], directory.param)
    if (!sound) return `its ${kind} sections contradict each other`
  }
  return null
}

/** Of rows, groups and overflow. */
const NEAR_ITEM_BYTES = [NEAR_ROW_BYTES, GROUP_UNIT_BYTES, 4]

function hashFault(sections: readonly Section[]): string | null {
  for (const [name, code, itemBytes] of HASH_KINDS) {
    const hashes = find(sections, SECTION.hashes, code)
    const entries = find(sections, SECTION.hashEntries, code)
    const quality = find(sections, SECTION.hashQuality, code)
    const rows = find(sections, SECTION.nearRows, code)
    const groups = find(sections, SECTION.nearGroups, code)
    const overflow = find(sections, SECTION.nearOverflow, code)
    const sketches = find(sections, SECTION.photoDnaSketches, code)
    const parts = [hashes, entries, quality, rows, groups, overflow, sketches]
    if (parts.every((part) => part === undefined)) continue
    const sound =
      hashes?.itemBytes === itemBytes &&
      entries?.itemBytes === 4 &&
      entries.count === hashes.count &&
      (sketches === undefined || areSketchesOf(sketches, hashes)) &&
      (quality === undefined || (quality.itemBytes === 1 && quality.count === hashes.count)) &&
      [rows, groups, overflow].every((part, i) => part === undefined || part.itemBytes === NEAR_ITEM_BYTES[i])
    if (!sound) return `its ${name} sections contradict each other`
  }
  return null
}

/** Sketches of any kind but PhotoDNA are none that a reader looks at. */
function areSketchesOf({ kind, itemBytes, count }: Section, hashes: Section): boolean {
  return kind !== KIND_CODE.photoDna || (itemBytes === SKETCH_ITEM_BYTES && count === sketchItems(hashes.count))
}

function find(sections: readonly Section[], id: number, kind: number): Section | undefined {
  return sections.find((section) => section.id === id && section.kind === kind)
}
