// All digests of one kind of an index file in ascending order, each with its entry.

import type { DigestKind } from '../core/hashes.js'
import type { IndexStore } from '../kernels/index-store.js'
import { KeyReader, type DigestEntry } from './key-reader.js'
import { KIND_CODE, SECTION } from './layout.js'
import type { Sections } from './sections.js'

export type { DigestEntry }

/** @throws {ExhibitHashError} INDEX_DAMAGED */
export function digestsInOrder(store: IndexStore, sections: Sections, kind: DigestKind): Generator<DigestEntry, void> {
  if (sections.find(SECTION.keys, KIND_CODE[kind]) === null) return nothing()
  return new KeyReader(store, sections, kind).inOrder()
}

function* nothing(): Generator<DigestEntry, void> {
  // A set without digests of a kind.
}
