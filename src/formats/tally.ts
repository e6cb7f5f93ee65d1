// The report of a source while it is being read: counts, the first warnings, what the marker said.

import { HASH_KINDS } from '../core/hashes.js'
import type { PackedCounts } from '../core/packed-memory.js'
import type { SourceCounts, SourceWarning } from '../core/set-record.js'
import { MAX_WARNINGS, type SourceReport, type SourceRole } from './source.js'

/** Kinds of hashes in counts, one bit each in {@link Tally.take}. */
const KINDS = [...HASH_KINDS, 'photoDna'] as const
export type CountedKind = (typeof KINDS)[number]

/** Kinds whose absence is always reported; others only where a source has some of them. */
const EXPECTED_KINDS: ReadonlySet<CountedKind> = new Set(['md5', 'sha1', 'sha256', 'photoDna', 'pdq'])

export function kindBit(kind: CountedKind): number {
  return 1 << KINDS.indexOf(kind)
}

export class Tally implements SourceReport {
  readonly format: string
  readonly family: string
  readonly impliedRole: SourceRole | null
  profile: string | null = null
  version: string | null = null
  readonly counts: SourceCounts = { records: 0, taken: 0, rejected: 0, emptyFileDigests: 0, lacking: {} }
  readonly warnings: SourceWarning[] = []
  warningCount = 0
  /** Records by the combination of kinds that they have: records of a source have few. */
  readonly #combinations = new Map<number, number>()
  /** Packed records that have a hash of each kind. */
  readonly #packed = new Float64Array(KINDS.length)

  constructor(
    format: { readonly name: string; readonly family?: string; readonly isKnownGood?: true },
    /** Whether every record is one that takes others back. */
    readonly areWithdrawals = false
  ) {
    this.format = format.name
    this.family = format.family ?? format.name
    this.impliedRole = format.isKnownGood === true ? 'known-good' : null
    this.settle()
  }

  warn(position: number, message: string): void {
    this.warningCount++
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push({ position, message })
  }

  reject(position: number, message: string): void {
    this.counts.records++
    this.counts.rejected++
    this.warn(position, message)
  }

  /** Counts a record that is left out by rule, which is worth no warning. */
  skip(): void {
    this.counts.records++
    this.counts.skipped = (this.counts.skipped ?? 0) + 1
  }

  /** Counts a record that takes earlier ones back. */
  withdraw(): void {
    this.counts.records++
    this.counts.withdrawn = (this.counts.withdrawn ?? 0) + 1
  }

  /** Counts a record that has the kinds of these bits. */
  take(kinds: number): void {
    this.counts.records++
    this.counts.taken++
    this.#combinations.set(kinds, (this.#combinations.get(kinds) ?? 0) + 1)
  }

  /** Counts the records packed between two counts of a packer's memory; returns how many. */
  takePacked(before: PackedCounts, after: PackedCounts): number {
    const records = after.records - before.records
    this.counts.records += records
    this.counts.taken += records
    // Its columns stand in the order of KINDS.
    for (let i = 0; i < KINDS.length; i++) this.#packed[i] += after.values[i] - before.values[i]
    return records
  }

  /** Brings `counts.lacking` up to date: once a batch, not once a record. */
  settle(): void {
    const { lacking, taken } = this.counts
    for (const [i, kind] of KINDS.entries()) {
      let having = this.#packed[i]
      for (const [kinds, records] of this.#combinations) if ((kinds & kindBit(kind)) !== 0) having += records
      if (having > 0 || EXPECTED_KINDS.has(kind)) lacking[kind] = taken - having
    }
  }
}
