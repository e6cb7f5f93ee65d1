// Which entries of one index file have which kinds of hash, without reading the hashes.

import { PERCEPTUAL_KINDS, type PerceptualKind } from '../core/hashes.js'
import { hashEntries } from './entries.js'
import { EntryBits } from './entry-bits.js'
import type { IndexPart } from './index-part.js'
import { KIND_CODE } from './layout.js'

/** Kinds that stand in sections of their own, apart from the records. */
export const SIDE_KINDS = [...PERCEPTUAL_KINDS, 'photoDna'] as const
export type SideKind = PerceptualKind | 'photoDna'

/** One bit an entry and kind; a kind is read when first asked for. */
export class KindBits {
  readonly #bits = new Map<SideKind, EntryBits | null>()

  constructor(private readonly part: IndexPart) {}

  has(kind: SideKind, entry: number): boolean {
    let bits = this.#bits.get(kind)
    if (bits === undefined) this.#bits.set(kind, (bits = this.#read(kind)))
    return bits?.has(entry) === true
  }

  /** `null` where no entry has one. */
  #read(kind: SideKind): EntryBits | null {
    const { store, sections, size } = this.part
    let bits: EntryBits | null = null
    for (const entry of hashEntries(store, sections, KIND_CODE[kind], size)) (bits ??= new EntryBits(size)).add(entry)
    return bits
  }
}

/** How many of some entries have each kind of hash. */
export function countKinds(part: IndexPart, isCounted: (entry: number) => boolean): Map<string, number> {
  const counts = new Map<string, number>()
  const count = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1)
  let any = false
  for (let entry = 0; entry < part.size; entry++) {
    if (!isCounted(entry)) continue
    any = true
    for (const kind of part.briefs(entry, 1)[0].digests) count(kind)
  }
  if (!any) return counts
  for (const kind of SIDE_KINDS) {
    for (const entry of hashEntries(part.store, part.sections, KIND_CODE[kind], part.size)) {
      if (isCounted(entry)) count(kind)
    }
  }
  return counts
}
