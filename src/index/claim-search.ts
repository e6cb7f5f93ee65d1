// Finds the entries of a set that an update replaces or takes back. MediaIDs have no order in an index, so where any is
// claimed every record is looked at once; hashes are looked up.

import { ExhibitHashError } from '../core/errors.js'
import { HASH_BYTES, isDigestKind, PHOTODNA_BYTES, type HashKind } from '../core/hashes.js'
import { hexToBytes } from '../core/hex.js'
import { agree, type Claims, type ClaimedSource, covers, type UpdateClaims } from './claims.js'
import type { EntryBits } from './entry-bits.js'
import type { IndexPart } from './index-part.js'
import { KindBits, SIDE_KINDS } from './kind-bits.js'
import { IDENTIFYING_KINDS } from './record-identity.js'

const RECORDS_AT_ONCE = 4096
/** Hashes that are looked up by distance at once. */
const HASHES_AT_ONCE = 1024

export interface ClaimedEntries {
  /** Entries that were there and are replaced. */
  readonly replaced: number
  /** Entries that were there and are taken back. */
  readonly withdrawn: number
}

export interface SearchOptions {
  readonly sourcesOf: (part: IndexPart) => readonly ClaimedSource[]
  /** What is hidden already. */
  readonly hidden: EntryBits
  /** Takes what is to be hidden. */
  readonly found: EntryBits
  readonly signal: AbortSignal | undefined
  readonly onProgress: (done: number, total: number) => void
}

/** Withdrawals first, so that an entry which is taken back and listed anew counts as taken back. */
export async function findClaimed(
  parts: readonly IndexPart[],
  claims: UpdateClaims,
  options: SearchOptions
): Promise<ClaimedEntries> {
  const total = parts.reduce((sum, { size }) => sum + size, 0)
  let withdrawn = 0
  let replaced = 0
  let first = 0
  for (const part of parts) {
    const search = new PartSearch(part, first, options)
    const before = first
    const onRecords = (done: number): void => options.onProgress(before + done, total)
    const byId = await search.byId([...claims.withdrawals.values()], [...claims.adds.values()], onRecords)
    withdrawn += byId.withdrawn
    replaced += byId.replaced
    for (const each of claims.withdrawals.values()) withdrawn += search.byHashes(each)
    for (const each of claims.adds.values()) replaced += search.byIdentity(each)
    first += part.size
  }
  return { replaced, withdrawn }
}

class PartSearch {
  readonly #sources: readonly ClaimedSource[]
  readonly #kinds: KindBits

  constructor(
    private readonly part: IndexPart,
    private readonly first: number,
    private readonly options: SearchOptions
  ) {
    this.#sources = options.sourcesOf(part)
    this.#kinds = new KindBits(part)
  }

  async byId(
    withdrawals: readonly Claims[],
    adds: readonly Claims[],
    onRecords: (done: number) => void
  ): Promise<ClaimedEntries> {
    const asked = [...withdrawals, ...adds].filter(({ ids }) => ids.size > 0)
    const isWithdrawal = new Set(withdrawals)
    const counts = { replaced: 0, withdrawn: 0 }
    const covered = new Map(asked.map((each) => [each, this.#sources.map((source) => covers(each.scope, source))]))
    if ([...covered.values()].every((sources) => !sources.includes(true))) return counts
    for (let from = 0; from < this.part.size; from += RECORDS_AT_ONCE) {
      const count = Math.min(RECORDS_AT_ONCE, this.part.size - from)
      for (const [i, { source, mediaId }] of this.part.briefs(from, count).entries()) {
        if (mediaId === null || mediaId === 0) continue
        for (const each of asked) {
          if (!each.ids.has(mediaId) || covered.get(each)?.[source] !== true) continue
          if (!this.#isVisible(from + i)) break
          each.idsHit.add(mediaId)
          if (this.#hide(from + i)) counts[isWithdrawal.has(each) ? 'withdrawn' : 'replaced']++
        }
      }
      const { path } = this.part
      if (this.options.signal?.aborted === true)
        throw new ExhibitHashError('ABORTED', `${path}: the search was stopped`)
      onRecords(from + count)
      await new Promise(setImmediate)
    }
    return counts
  }

  /** Entries that have a hash by which a withdrawal without MediaID names them. */
  byHashes({ scope, hashes }: Claims): number {
    let hidden = 0
    for (const { key, entry } of this.#entriesWith(hashes.keys())) {
      if (!this.#isVisible(entry) || !this.#isCovered(scope, entry)) continue
      const { digests } = this.part.record(entry)
      for (const named of hashes.get(key) ?? []) {
        if (!agree(named, digests)) continue
        named.isHit = true
        if (this.#hide(entry)) hidden++
      }
    }
    return hidden
  }

  /** Entries without MediaID whose identifying hash is that of an added record. */
  byIdentity({ scope, identities }: Claims): number {
    let hidden = 0
    for (const { key, entry } of this.#entriesWith(identities.keys())) {
      if (!this.#isVisible(entry) || !this.#isCovered(scope, entry)) continue
      if (this.#identifiedBy(entry) === key.slice(0, key.indexOf(' ')) && this.#hide(entry)) hidden++
    }
    return hidden
  }

  /** Kind of the hash that an entry is known by; `null` where it has a MediaID. */
  #identifiedBy(entry: number): string | null {
    const [{ mediaId, digests }] = this.part.briefs(entry, 1)
    if (mediaId !== null && mediaId !== 0) return null
    const kind = IDENTIFYING_KINDS.find((each) =>
      isDigestKind(each) ? digests.includes(each) : this.#kinds.has(each, entry)
    )
    return kind ?? 'photoDna'
  }

  #isCovered(scope: Claims['scope'], entry: number): boolean {
    return covers(scope, this.#sources[this.part.briefs(entry, 1)[0].source])
  }

  /** What an earlier claim of this update has hidden counts as visible: a second one hits it too. */
  #isVisible(entry: number): boolean {
    return !this.options.hidden.has(this.first + entry)
  }

  #hide(entry: number): boolean {
    return this.options.found.add(this.first + entry)
  }

  /** The entries that have each of these hashes. */
  *#entriesWith(keys: Iterable<string>): Generator<{ key: string; entry: number }> {
    const later = new Map<string, string[]>(SIDE_KINDS.map((kind) => [kind, []]))
    for (const key of keys) {
      const kind = key.slice(0, key.indexOf(' '))
      const hex = key.slice(kind.length + 1)
      if (isDigestKind(kind)) {
        for (const entry of this.part.findEntries(kind, hexToBytes(hex, HASH_BYTES[kind]))) yield { key, entry }
        continue
      }
      const waiting = later.get(kind)!
      waiting.push(hex)
      if (waiting.length === HASHES_AT_ONCE) yield* this.#entriesNear(kind, waiting.splice(0))
    }
    for (const [kind, waiting] of later) if (waiting.length > 0) yield* this.#entriesNear(kind, waiting)
  }

  /** At distance 0: equal. */
  *#entriesNear(kind: string, hashes: readonly string[]): Generator<{ key: string; entry: number }> {
    const packed = hexToBytes(hashes.join(''), hashes.length * bytesOf(kind))
    const found: { key: string; entry: number }[] = []
    const take = (query: number, { entry }: { readonly entry: number }): void => {
      found.push({ key: `${kind} ${hashes[query]}`, entry })
    }
    if (kind === 'photoDna') this.part.findPhotoDna(packed, { maxDistance: 0, exhaustive: false }, take)
    else this.part.findSimilar(kind as Parameters<IndexPart['findSimilar']>[0], packed, { maxDistanceBits: 0 }, take)
    yield* found
  }
}

function bytesOf(kind: string): number {
  return kind === 'photoDna' ? PHOTODNA_BYTES : HASH_BYTES[kind as HashKind]
}
