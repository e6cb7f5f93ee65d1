// The border of the index: the same look-ups over a file mapped by the addon or read block by block here.

import { kernelFacts } from './index.js'
import { openNativeStore } from './index-store-native.js'
import { PortableStore } from './index-store-portable.js'
import type { IndexStore, SharedBlocks, StoreGeometry } from './index-store-types.js'

export { MAX_RADIUS, SKETCH_GROUP, SKETCH_ROWS, SKETCH_TABLE_BYTES, SKIP_TABLE } from './index-store-types.js'
export type * from './index-store-types.js'
export { bigEndian, droppedBytes, ENTRY_BYTES, keyItemBytes, keyPrefix, littleEndian, MAX_ENTRY } from './key-items.js'
export { groupBytesOf, isNearShape } from './near-portable.js'

export interface StoreOptions {
  /** False reads blocks in place of mapping the file: for network shares, where a mapping can be a SIGBUS. */
  readonly mapping: boolean
  readonly shared?: SharedBlocks | null
}

/**
 * Opens the store over an open file. `identity` names the file's content: mappings of one identity are shared.
 * The store owns the descriptor and closes it.
 */
export function openIndexStore(
  file: { fd: number; path: string; identity: string },
  geometry: StoreGeometry,
  options: StoreOptions
): IndexStore {
  if (options.mapping && kernelFacts().path === 'native') return openNativeStore(file, geometry)
  return new PortableStore(file, geometry, options.shared ?? null)
}
