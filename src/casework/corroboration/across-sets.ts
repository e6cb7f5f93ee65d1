// `corroborate --set`: what the records of hash sets say of each other, without an exhibit.

import { ExhibitHashError } from '../../core/errors.js'
import { DIGEST_KINDS, EMPTY_FILE_DIGESTS } from '../../core/hashes.js'
import { EntryBits, type HashSet, type SetEntry } from '../../index/index.js'
import { featuresFromHex, matchFiles, type MatchFeatures, packDigests } from '../../match/index.js'
import { EvidenceReader } from './evidence.js'
import { VerdictCounter } from './verdict-counter.js'
import { verdictOn } from './verdict.js'
import type { CorroborationSummary, Verdict } from './verdict-types.js'
import { weighingOf, type WeighingOptions } from './weighing.js'

export interface CorroborateSetsOptions extends WeighingOptions {
  readonly onProgress?: (progress: { readonly entries: number; readonly totalEntries: number }) => void
}

const BATCH = 4096
/** Records of one digest beyond which they are told as one. */
const MAX_GROUP = 1000

/**
 * A verdict for each content that several records have, be they in one set or in several, in the order of sets and their
 * entries; a summary at the end. Records are of one content where a digest is equal. Sets of harmless files are asked, and
 * not read: what only they have is nothing to disagree about.
 *
 * @throws {ExhibitHashError} RULE_INVALID, MAPPING_INVALID, INDEX_DAMAGED, SET_CLOSED, ABORTED
 */
export async function* corroborateSets(
  sets: readonly HashSet[],
  options: CorroborateSetsOptions = {}
): AsyncGenerator<Verdict | CorroborationSummary> {
  const { rule, mappings } = weighingOf(options)
  const reader = new EvidenceReader({ sets: sets.map(({ identity }) => identity) }, rule, mappings)
  const counter = new VerdictCounter()
  const contents = new Contents(sets)
  for await (const suspects of suspectsIn(sets, options)) {
    const records = suspects.flatMap((suspect) => contents.newWith(suspect))
    const found = matchFiles(sets, records.map(featuresOf), {})
    for (const [i, { matches, omitted }] of found.entries()) {
      const { digests, sizeBytes } = records[i]
      const verdict = verdictOn(
        {
          sha256: digests.sha256 ?? null,
          digests,
          sizeBytes,
          files: [],
          filesOmitted: 0,
          evidence: matches.map((match) => reader.read(match)),
          evidenceOmitted: omitted
        },
        rule
      )
      counter.add(verdict)
      yield verdict
    }
  }
  yield counter.summary
}

function featuresOf({ digests, sizeBytes }: SetEntry): MatchFeatures {
  // A size of 0 beside other digests is an exporter's way of saying that it does not know.
  return featuresFromHex(digests, { sizeBytes: sizeBytes === 0 ? null : sizeBytes, pdqQuality: null })
}

interface Suspect {
  readonly set: HashSet
  readonly record: SetEntry
}

/** Records that may not be the only ones of their content, a batch at a time. */
async function* suspectsIn(
  sets: readonly HashSet[],
  { signal, onProgress }: CorroborateSetsOptions
): AsyncGenerator<Suspect[]> {
  const read = sets.filter(isRead)
  const totalEntries = read.reduce((sum, { size }) => sum + size, 0)
  let entries = 0
  for (const set of read) {
    const { path } = set
    for (const numbers of inBatches(set.entryNumbers())) {
      if (signal?.aborted === true) {
        throw new ExhibitHashError('ABORTED', `${path}: reading was stopped`, { path, cause: signal.reason })
      }
      const records = numbers.map((entry) => set.record(entry))
      yield notAlone(records, set, sets).map((record) => ({ set, record }))
      onProgress?.({ entries: (entries += numbers.length), totalEntries })
      await new Promise(setImmediate)
    }
  }
}

function isRead({ metadata }: HashSet): boolean {
  return metadata.role !== 'known-good'
}

function* inBatches(numbers: Iterable<number>): Generator<number[]> {
  let batch: number[] = []
  for (const number of numbers) {
    batch.push(number)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Those with a digest that another set has, or another record of their own: nearly all others are done with here. */
function notAlone(records: readonly SetEntry[], own: HashSet, sets: readonly HashSet[]): SetEntry[] {
  const features = records.map(featuresOf)
  const isShared = records.map(() => false)
  for (const kind of DIGEST_KINDS) {
    const { packed, owners } = packDigests(features, kind)
    if (owners.length === 0) continue
    for (const set of sets) {
      set.findBatch(kind, packed).forEach((entry, i) => {
        // Of several in one set the later ones are told by the first, which is not they.
        if (entry !== -1 && (set !== own || entry !== records[owners[i]].entry)) isShared[owners[i]] = true
      })
    }
  }
  return records.filter((_, i) => isShared[i])
}

type Group = ReadonlyMap<HashSet, ReadonlySet<number>>

/** Which contents were told: by bits, one an entry. */
class Contents {
  readonly #told = new Map<HashSet, EntryBits>()

  constructor(private readonly sets: readonly HashSet[]) {}

  /**
   * A record for each content that a record is of and that was not told: of those with the same records beside them the first,
   * and none whose records another one has, and more.
   */
  newWith({ set, record }: Suspect): SetEntry[] {
    if (this.#bits(set).has(record.entry) || isOfEmptyFile(record)) return []
    const group = this.#equalTo(record)
    // A digest of so many is no content: zeros, most likely.
    if (sizeOf(group) > MAX_GROUP) {
      for (const [one, entries] of group) for (const entry of entries) this.#bits(one).add(entry)
      return [record]
    }
    const larger: Suspect[] = []
    for (const [digests, alike] of this.#byDigests(group)) {
      const other = digests === digestsOf(record) ? group : this.#equalTo(alike[0].record)
      if (isWithin(other, group)) this.#tell(alike)
      else if (isWithin(group, other)) larger.push(alike[0])
    }
    return larger.length === 0 ? [record] : larger.flatMap((one) => this.newWith(one))
  }

  #tell(alike: readonly Suspect[]): void {
    for (const { set, record } of alike) this.#bits(set).add(record.entry)
  }

  #bits(set: HashSet): EntryBits {
    const bits = this.#told.get(set) ?? new EntryBits(set.numbered)
    this.#told.set(set, bits)
    return bits
  }

  /** Entries that have a digest of a record, its own among them. */
  #equalTo({ digests }: SetEntry): Group {
    const found = new Map<HashSet, Set<number>>()
    for (const set of this.sets) {
      const entries = DIGEST_KINDS.flatMap((kind) => {
        const digest = digests[kind]
        return digest === undefined ? [] : [...set.findEntries(kind, Buffer.from(digest, 'hex'))]
      })
      if (entries.length > 0) found.set(set, new Set(entries))
    }
    return found
  }

  /** Records of the group that are read, those of the same digests together. */
  #byDigests(group: Group): Map<string, Suspect[]> {
    const all = new Map<string, Suspect[]>()
    for (const [set, entries] of group) {
      if (!isRead(set)) continue
      for (const entry of entries) {
        const record = set.record(entry)
        const digests = digestsOf(record)
        all.set(digests, [...(all.get(digests) ?? []), { set, record }])
      }
    }
    return all
  }
}

function digestsOf({ digests }: SetEntry): string {
  return DIGEST_KINDS.map((kind) => digests[kind] ?? '').join()
}

function isOfEmptyFile({ digests }: SetEntry): boolean {
  return DIGEST_KINDS.some((kind) => digests[kind] === EMPTY_FILE_DIGESTS[kind])
}

function sizeOf(group: Group): number {
  return [...group.values()].reduce((sum, { size }) => sum + size, 0)
}

function isWithin(inner: Group, outer: Group): boolean {
  return [...inner].every(([set, entries]) => [...entries].every((entry) => outer.get(set)?.has(entry) === true))
}
