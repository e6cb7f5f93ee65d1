// `set diff`: what one set has that another has not, record by record. The sorted digests of both are walked side by side,
// so that most records find their counterpart without anything being held; what is left is joined by identity in portions.

import { profileIdentity } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'
import { type DigestKind } from '../core/hashes.js'
import { compareBytes, type DiffSide, DiffSide as Side, digestBit, type Placed, type SideEntry } from './diff-side.js'
import { type DiffCounts, type DiffExample, type DiffKind, DiffTally, type GradingChange } from './diff-tally.js'
import type { DigestEntry } from './key-reader.js'
import { mergeMetadata, type SetMetadata } from './metadata.js'
import { openParts, type OpenParts } from './open-parts.js'

export interface DiffOptions {
  /** Examples of each kind of change. Default 10. */
  readonly examples?: number
  /**
   * True takes records of all sources as of one: for releases whose files have other names each time. By default names of
   * sources count where the two sets have one in common.
   */
  readonly ignoreSources?: boolean
  readonly mapping?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface ComparedSet {
  readonly path: string
  readonly name: string
  readonly root: string
  readonly layers: readonly string[]
  readonly profile: string
  readonly entries: number
  readonly complete: boolean
}

export interface SetDiff {
  readonly sets: readonly [ComparedSet, ComparedSet]
  /** Whether records of other sources count as other records. */
  readonly bySource: boolean
  readonly counts: DiffCounts
  /** Re-graded records by what they were and became. */
  readonly regradings: readonly GradingChange[]
  readonly lostByKind: Readonly<Record<string, number>>
  readonly gainedByKind: Readonly<Record<string, number>>
  readonly examples: Readonly<Record<DiffKind, readonly DiffExample[]>>
}

/** The strongest first: a pair that it makes is not to be undone by a weaker one. */
const WALKS: readonly DigestKind[] = ['sha256', 'sha1', 'md5']
/** Entries whose identities are held at once. */
const PORTION = 1_000_000
/** Of many alike, as many are looked through for the likest. */
const CANDIDATES = 16
const ENTRIES_BETWEEN_PAUSES = 50_000

/**
 * Compares two sets, updates included: records are the same by (source, MediaID), or by (source, strongest digest that
 * both have) where they have no MediaID or 0.
 *
 * @throws {ExhibitHashError} USAGE, ABORTED, what `HashSet.open` throws
 */
export async function diffHashSets(a: string, b: string, options: DiffOptions = {}): Promise<SetDiff> {
  const { examples = 10, mapping = true } = options
  if (!Number.isInteger(examples) || examples < 0) {
    throw new ExhibitHashError('USAGE', `examples is a whole number from 0, got ${examples}`)
  }
  const opened: OpenParts[] = []
  try {
    for (const path of [a, b]) opened.push(await openParts(path, { mapping }))
    const [inA, inB] = opened.map(({ parts }) =>
      mergeMetadata(
        parts[0].metadata,
        parts.slice(1).map((p) => p.metadata)
      )
    )
    const bySource = options.ignoreSources !== true && haveSourceInCommon(inA, inB)
    const [sideA, sideB] = opened.map((each) => new Side(each))
    const [ofA, ofB] = [
      { side: sideA, profile: inA.profile },
      { side: sideB, profile: inB.profile }
    ]
    const tally = new DiffTally(ofA, ofB, examples)
    await new Comparison(sideA, sideB, tally, bySource, options).run()
    const { counts, changes, lostByKind, gainedByKind } = tally
    const sets = [describe(a, opened[0], inA), describe(b, opened[1], inB)] as const
    return { sets, bySource, counts, regradings: changes, lostByKind, gainedByKind, examples: tally.examples }
  } finally {
    for (const { parts } of opened) for (const part of parts) part.close()
  }
}

function haveSourceInCommon(a: SetMetadata, b: SetMetadata): boolean {
  const names = new Set(a.sources.map(({ name }) => name))
  return b.sources.some(({ name }) => names.has(name))
}

function describe(path: string, { parts }: OpenParts, { name, profile, entries, complete }: SetMetadata): ComparedSet {
  const [root, ...layers] = parts.map((part) => part.root)
  return { path, name, root, layers, profile: profileIdentity(profile), entries, complete }
}

class Comparison {
  #done = 0
  readonly #total: number

  constructor(
    private readonly a: DiffSide,
    private readonly b: DiffSide,
    private readonly tally: DiffTally,
    private readonly bySource: boolean,
    private readonly options: DiffOptions
  ) {
    this.#total = (a.size + b.size) * (WALKS.length + 1)
  }

  async run(): Promise<void> {
    for (const kind of WALKS) await this.#walk(kind)
    await this.#join()
    for (let entry = 0; entry < this.b.size; entry++) {
      if (this.b.isOpen(entry)) this.tally.alone('added', entry)
      if (this.#isTimeToPause()) await this.#pause()
    }
  }

  /** Pairs what shares a digest of this kind. */
  async #walk(kind: DigestKind): Promise<void> {
    const [walkA, walkB] = [groupsOf(this.a.digests(kind)), groupsOf(this.b.digests(kind))]
    let [groupA, groupB] = [walkA.next(), walkB.next()]
    while (groupA.done !== true && groupB.done !== true) {
      const order = compareBytes(groupA.value.digest, groupB.value.digest)
      if (order === 0) this.#pairGroup(groupA.value.entries, groupB.value.entries, kind)
      if (order <= 0) groupA = walkA.next()
      if (order >= 0) groupB = walkB.next()
      if (this.#isTimeToPause()) await this.#pause()
    }
  }

  #pairGroup(entriesA: readonly number[], entriesB: readonly number[], kind: DigestKind): void {
    if (entriesA.length === 1 && entriesB.length === 1) this.#pairTwo(entriesA[0], entriesB[0], kind)
    else this.#pairMany(entriesA, entriesB, kind)
  }

  /** Most digests are of one record on each side. */
  #pairTwo(inA: number, inB: number, kind: DigestKind): void {
    if (!this.a.isOpen(inA) || !this.b.isOpen(inB)) return
    const [a, b] = [this.a.brief(inA), this.b.brief(inB)]
    if (a.mediaId !== b.mediaId || (this.bySource && a.source !== b.source)) return
    if (likest([{ brief: b }], a, kind) === 0) this.#pair({ entry: inA, brief: a }, { entry: inB, brief: b }, true)
  }

  #pairMany(entriesA: readonly number[], entriesB: readonly number[], kind: DigestKind): void {
    const waiting = new Map<string, Placed[]>()
    for (const entry of entriesB) {
      if (!this.b.isOpen(entry)) continue
      const brief = this.b.brief(entry)
      const key = this.#key(brief)
      const alike = waiting.get(key)
      if (alike === undefined) waiting.set(key, [{ entry, brief }])
      else alike.push({ entry, brief })
    }
    if (waiting.size === 0) return
    for (const entry of entriesA) {
      if (!this.a.isOpen(entry)) continue
      const brief = this.a.brief(entry)
      const alike = waiting.get(this.#key(brief)) ?? []
      const at = likest(alike, brief, kind)
      if (at !== -1) this.#pair({ entry, brief }, alike.splice(at, 1)[0], true)
    }
  }

  /** By source and MediaID; what has none is told apart by the digest that makes the group. */
  #key({ source, mediaId }: SideEntry): string {
    return JSON.stringify([this.bySource ? source : '', mediaId])
  }

  /** Pairs by identity what shares no digest: a MediaID whose digests changed, records of perceptual hashes alone. */
  async #join(): Promise<void> {
    for (let from = 0; from < this.a.size;) {
      const portion = new Map<string, number[]>()
      const open: number[] = []
      for (; from < this.a.size && open.length < PORTION; from++) {
        if (!this.a.isOpen(from)) continue
        open.push(from)
        const key = this.#identity(this.a, from)
        if (key === null) continue
        const alike = portion.get(key)
        if (alike === undefined) portion.set(key, [from])
        else alike.push(from)
        if (this.#isTimeToPause()) await this.#pause()
      }
      for (let entry = 0; entry < this.b.size && portion.size > 0; entry++) {
        if (this.#isTimeToPause()) await this.#pause()
        if (!this.b.isOpen(entry)) continue
        const key = this.#identity(this.b, entry)
        const inA = key === null ? undefined : portion.get(key)?.shift()
        if (inA === undefined) continue
        const [a, b] = [this.a.brief(inA), this.b.brief(entry)]
        this.#pair({ entry: inA, brief: a }, { entry, brief: b }, false)
      }
      for (const entry of open) if (this.a.isOpen(entry)) this.tally.alone('withdrawn', entry)
    }
  }

  /** `null` where only a shared digest could have made a pair. */
  #identity(side: DiffSide, entry: number): string | null {
    const { source, mediaId, digests } = side.brief(entry)
    if (mediaId === null && digests !== 0) return null
    const own = mediaId ?? side.identifyingHash(entry)
    return JSON.stringify([this.bySource ? source : '', own, mediaId === null])
  }

  #pair(a: Placed, b: Placed, isByDigest: boolean): void {
    this.a.paired.add(a.entry)
    this.b.paired.add(b.entry)
    this.tally.pair(a, b, isByDigest)
  }

  #isTimeToPause(): boolean {
    return ++this.#done % ENTRIES_BETWEEN_PAUSES === 0
  }

  async #pause(): Promise<void> {
    const { signal, onProgress } = this.options
    if (signal?.aborted === true) throw new ExhibitHashError('ABORTED', 'the comparison was stopped')
    onProgress?.(Math.min(this.#done, this.#total), this.#total)
    await new Promise(setImmediate)
  }
}

/**
 * The first of the same grading, else the first. Without a MediaID, a stronger digest that both have would have made them
 * a pair before if it were the same.
 */
function likest(
  alike: readonly { readonly brief: SideEntry }[],
  { mediaId, digests, category }: SideEntry,
  kind: DigestKind
) {
  const stronger = WALKS.slice(0, WALKS.indexOf(kind)).reduce((bits, each) => bits | digestBit(each), 0)
  let first = -1
  for (const [i, { brief }] of alike.slice(0, CANDIDATES).entries()) {
    if (mediaId === null && (digests & brief.digests & stronger) !== 0) continue
    if (brief.category === category) return i
    if (first === -1) first = i
  }
  return first
}

/** Entries of each digest, ascending. */
function* groupsOf(walk: Generator<DigestEntry, void>): Generator<{ digest: Uint8Array; entries: number[] }> {
  let digest: Uint8Array | undefined
  let entries: number[] = []
  for (const each of walk) {
    if (digest !== undefined && compareBytes(digest, each.digest) !== 0) {
      yield { digest, entries }
      entries = []
    }
    digest = each.digest
    entries.push(each.entry)
  }
  if (digest !== undefined) yield { digest, entries }
}
