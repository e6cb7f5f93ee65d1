// What a comparison of two sets found: counts of everything, and the first few of each as examples.

import { type CategoryProfile, categoryLabel } from '../core/category.js'
import type { DigestKind } from '../core/hashes.js'
import { type DiffSide, KINDS, type Placed } from './diff-side.js'
import type { SideKind } from './kind-bits.js'

export type DiffKind = 'added' | 'withdrawn' | 'regraded' | 'lostHashes' | 'gainedHashes' | 'otherDigests'

export interface DiffExample {
  readonly source: string
  readonly mediaId: string | null
  readonly category: number | string | null
  readonly label: string | null
  readonly digests: { readonly [K in DigestKind]?: string }
  /** Of a record that was re-graded: as it was in the first set. */
  readonly from?: { readonly category: number | string | null; readonly label: string | null }
  /** Kinds of hashes that were lost or gained. */
  readonly kinds?: readonly (DigestKind | SideKind)[]
}

export interface GradingChange {
  readonly from: number | string | null
  readonly to: number | string | null
  readonly count: number
}

export interface DiffCounts {
  readonly unchanged: number
  readonly added: number
  readonly withdrawn: number
  readonly regraded: number
  /** Records that have fewer kinds of hash than they had; a record can count here and elsewhere. */
  readonly lostHashes: number
  readonly gainedHashes: number
  /** Records of one MediaID that no longer share a digest. */
  readonly otherDigests: number
}

/** Combinations of categories that are counted apart: a set of free texts has too many. */
const MAX_CHANGES = 1000

export class DiffTally {
  readonly counts: Record<keyof DiffCounts, number> = {
    unchanged: 0,
    added: 0,
    withdrawn: 0,
    regraded: 0,
    lostHashes: 0,
    gainedHashes: 0,
    otherDigests: 0
  }
  readonly lostByKind: Record<string, number> = {}
  readonly gainedByKind: Record<string, number> = {}
  readonly examples: Record<DiffKind, DiffExample[]> = {
    added: [],
    withdrawn: [],
    regraded: [],
    lostHashes: [],
    gainedHashes: [],
    otherDigests: []
  }
  readonly #changes = new Map<string, { from: number | string | null; to: number | string | null; count: number }>()

  constructor(
    private readonly a: { readonly side: DiffSide; readonly profile: CategoryProfile },
    private readonly b: { readonly side: DiffSide; readonly profile: CategoryProfile },
    private readonly maxExamples: number
  ) {}

  /** Ascending by categories. */
  get changes(): GradingChange[] {
    return [...this.#changes.values()].sort((x, y) => compareText(x.from, y.from) || compareText(x.to, y.to))
  }

  alone(kind: 'added' | 'withdrawn', entry: number): void {
    this.counts[kind]++
    this.#example(kind, kind === 'added' ? this.b : this.a, entry)
  }

  /** @param isByDigest - true where the two share a digest */
  pair({ entry: inA, brief: a }: Placed, { entry: inB, brief: b }: Placed, isByDigest: boolean): void {
    const kindsA = this.a.side.kinds(inA, a.digests)
    const kindsB = this.b.side.kinds(inB, b.digests)
    let changed = false
    if (a.category !== b.category) {
      changed = true
      this.#regrade(a.category, b.category)
      const from = { category: a.category, label: categoryLabel(this.a.profile, a.category) }
      this.#example('regraded', this.b, inB, { from })
    }
    for (const [kind, bits, byKind] of [
      ['lostHashes', kindsA & ~kindsB, this.lostByKind],
      ['gainedHashes', kindsB & ~kindsA, this.gainedByKind]
    ] as const) {
      if (bits === 0) continue
      changed = true
      const kinds = KINDS.filter((_, i) => (bits & (1 << i)) !== 0)
      for (const each of kinds) byKind[each] = (byKind[each] ?? 0) + 1
      this.counts[kind]++
      this.#example(kind, this.b, inB, { kinds })
    }
    if (!isByDigest && (a.digests & b.digests) !== 0) {
      changed = true
      this.counts.otherDigests++
      this.#example('otherDigests', this.b, inB)
    }
    if (!changed) this.counts.unchanged++
  }

  #regrade(from: number | string | null, to: number | string | null): void {
    this.counts.regraded++
    const key = JSON.stringify([from, to])
    const change = this.#changes.get(key)
    if (change !== undefined) change.count++
    else if (this.#changes.size < MAX_CHANGES) this.#changes.set(key, { from, to, count: 1 })
  }

  #example(
    kind: DiffKind,
    { side, profile }: { readonly side: DiffSide; readonly profile: CategoryProfile },
    entry: number,
    more: Pick<DiffExample, 'from' | 'kinds'> = {}
  ): void {
    if (this.examples[kind].length >= this.maxExamples) return
    const { source, mediaId, category, digests } = side.record(entry)
    this.examples[kind].push({ source, mediaId, category, label: categoryLabel(profile, category), digests, ...more })
  }
}

function compareText(a: number | string | null, b: number | string | null): number {
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}
