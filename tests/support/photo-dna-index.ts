// Indexes of nothing but PhotoDNA values, written section by section: of any number of values, and as no builder would.

import { BUILT_IN_PROFILES } from '../../src/core/category.js'
import { SOURCE_WORD } from '../../src/core/record-row.js'
import { KIND_CODE, SECTION } from '../../src/index/layout.js'
import { encodeMetadata } from '../../src/index/metadata.js'
import { SKETCH_ITEM_BYTES, sketchParts } from '../../src/index/photo-dna-sketch.js'
import { IndexWriter } from '../../src/index/writer.js'

export const VALUE_BYTES = 144

export interface PhotoDnaIndex {
  readonly count: number
  /** Gives the values in order, in parts of some whole values; is asked twice. */
  readonly parts: () => Iterable<Uint8Array>
  /** Values share entries where there are fewer of these. */
  readonly entries?: number
  /** The section of sketches as it is not by itself; `null` for none. */
  readonly sketches?: Iterable<Uint8Array> | AsyncIterable<Uint8Array> | null
  readonly sketchItemBytes?: number
}

export async function writePhotoDnaIndex(path: string, index: PhotoDnaIndex): Promise<void> {
  const { count, parts, entries = count, sketches = sketchParts(parts()), sketchItemBytes = SKETCH_ITEM_BYTES } = index
  const writer = await IndexWriter.create(path)
  const meta = encodeMetadata({
    name: 'drawn',
    role: 'known',
    profile: BUILT_IN_PROFILES.none,
    entries,
    complete: true,
    sources: [],
    hashCounts: { photoDna: count }
  })
  await writer.section(SECTION.meta, 0, 1, meta)
  await writer.sectionOf(SECTION.hashes, KIND_CODE.photoDna, VALUE_BYTES, parts())
  const numbers = new Uint32Array(count).map((_, i) => i % entries)
  await writer.section(SECTION.hashEntries, KIND_CODE.photoDna, 4, numbers)
  if (sketches !== null) {
    await writer.sectionOf(SECTION.photoDnaSketches, KIND_CODE.photoDna, sketchItemBytes, sketches)
  }
  // Rows of nothing but a source.
  await writer.section(SECTION.records, 0, 4, new Uint32Array(entries), 1 << SOURCE_WORD)
  await writer.section(SECTION.stringOffsets, 0, 8, BigUint64Array.of(0n, 0n))
  await writer.section(SECTION.stringBytes, 0, 1, new Uint8Array(0))
  await writer.finish()
}
