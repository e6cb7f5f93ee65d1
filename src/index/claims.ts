// What the files of one update replace and take back, gathered before a record of it is written: later files count more.

import { DIGEST_KINDS, HASH_KINDS, PERCEPTUAL_KINDS, type DigestKind, type HashKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import type { SetRecord } from '../core/set-record.js'
import { hashKey, identifyingHash, idKeyOf, type IdKey } from './record-identity.js'

/** Of a source: what says whether a file speaks for it. */
export interface ClaimedSource {
  readonly name: string
  /** Of its format: a format that takes records back by itself takes back what others of its family list. */
  readonly family: string
}

/** Sources that a file speaks for. */
export interface Scope {
  /** `null` for all. */
  readonly names: ReadonlySet<string> | null
  /** All sources of this family too. */
  readonly family: string | null
}

export function covers({ names, family }: Scope, source: ClaimedSource): boolean {
  return names === null || names.has(source.name) || family === source.family
}

/** A withdrawal that names no MediaID. */
export interface NamedByHashes {
  /** Number of the record that says so. */
  readonly order: number
  readonly digests: { readonly [K in DigestKind]?: string }
  isHit: boolean
}

/** What records of one scope claim: identity → the last step (of adds) or record (of withdrawals) that does. */
export class Claims {
  readonly ids = new Map<IdKey, number>()
  readonly idsHit = new Set<IdKey>()
  /** Adds only: the hash that a record without MediaID is known by. */
  readonly identities = new Map<string, number>()
  /** Withdrawals only: hash → who names it. */
  readonly hashes = new Map<string, NamedByHashes[]>()
  readonly #named: NamedByHashes[] = []

  constructor(readonly scope: Scope) {}

  add(record: SetRecord, step: number): void {
    const id = idKeyOf(record.mediaId)
    if (id !== null) this.ids.set(id, step)
    else {
      const hash = identifyingHash(record)
      if (hash !== null) this.identities.set(hash, step)
    }
  }

  /** A MediaID says which record it was; without one, its hashes do. */
  withdraw(record: SetRecord, order: number): void {
    const id = idKeyOf(record.mediaId)
    if (id !== null) {
      this.ids.set(id, order)
      return
    }
    const named = { order, digests: record.hashes, isHit: false }
    this.#named.push(named)
    for (const hash of namingHashes(record)) {
      const others = this.hashes.get(hash)
      if (others === undefined) this.hashes.set(hash, [named])
      else others.push(named)
    }
  }

  /** Withdrawals that took nothing back. */
  get missed(): number {
    return this.ids.size - this.idsHit.size + this.#named.filter(({ isHit }) => !isHit).length
  }

  /** The same by MediaID or digest. */
  *missedNames(): Generator<string> {
    for (const id of this.ids.keys()) if (!this.idsHit.has(id)) yield `MediaID ${id}`
    for (const named of this.#named) if (!named.isHit) yield nameOf(named)
  }
}

/** What a person knows a withdrawal by. */
function nameOf({ digests }: NamedByHashes): string {
  const kind = DIGEST_KINDS.find((each) => digests[each] !== undefined)
  return kind === undefined ? 'a perceptual hash' : `${kind} ${digests[kind]}`
}

/** Digests where the withdrawal has any: a picture that only looks alike is another file. */
function namingHashes({ hashes, photoDna }: SetRecord): string[] {
  for (const kinds of [DIGEST_KINDS, PERCEPTUAL_KINDS] as const) {
    const found = hashKeys(hashes, kinds)
    if (found.length > 0) return found
  }
  return photoDnaKeys(photoDna)
}

/** True unless a digest that both have says that they are of two files. */
export function agree(named: NamedByHashes, digests: { readonly [K in DigestKind]?: string }): boolean {
  return DIGEST_KINDS.every((kind) => {
    const [ours, theirs] = [named.digests[kind], digests[kind]]
    return ours === undefined || theirs === undefined || ours === theirs
  })
}

/** All claims of an update, by what kind they are of and for whom they speak. */
export class UpdateClaims {
  readonly adds = new Map<string, Claims>()
  readonly withdrawals = new Map<string, Claims>()

  static #of(claims: Map<string, Claims>, scope: Scope): Claims {
    const key = JSON.stringify([scope.names === null ? null : [...scope.names].sort(), scope.family])
    let own = claims.get(key)
    if (own === undefined) claims.set(key, (own = new Claims(scope)))
    return own
  }

  addsOf(scope: Scope): Claims {
    return UpdateClaims.#of(this.adds, scope)
  }

  withdrawalsOf(scope: Scope): Claims {
    return UpdateClaims.#of(this.withdrawals, scope)
  }

  /**
   * Whether a record of this very update is replaced by a later file of it, or taken back by a later record.
   * @param place.step - number of its file
   * @param place.order - its own number
   */
  isTakenBack(
    record: SetRecord,
    source: ClaimedSource,
    place: { readonly step: number; readonly order: number }
  ): boolean {
    const id = idKeyOf(record.mediaId)
    const identity = id === null ? identifyingHash(record) : null
    for (const { scope, ids, identities } of this.adds.values()) {
      const last = id !== null ? ids.get(id) : identity !== null ? identities.get(identity) : undefined
      if (last !== undefined && last > place.step && covers(scope, source)) return true
    }
    let isTakenBack = false
    for (const claims of this.withdrawals.values()) {
      if (covers(claims.scope, source) && withdraws(claims, record, id, place.order)) isTakenBack = true
    }
    return isTakenBack
  }
}

function withdraws(claims: Claims, record: SetRecord, id: IdKey | null, order: number): boolean {
  let isTaken = false
  if (id !== null && (claims.ids.get(id) ?? -1) > order) {
    claims.idsHit.add(id)
    isTaken = true
  }
  if (claims.hashes.size === 0) return isTaken
  for (const hash of allHashes(record)) {
    for (const named of claims.hashes.get(hash) ?? []) {
      if (named.order <= order || !agree(named, record.hashes)) continue
      named.isHit = true
      isTaken = true
    }
  }
  return isTaken
}

function allHashes({ hashes, photoDna }: SetRecord): string[] {
  return [...hashKeys(hashes, HASH_KINDS), ...photoDnaKeys(photoDna)]
}

function hashKeys(hashes: SetRecord['hashes'], kinds: readonly HashKind[]): string[] {
  return kinds.flatMap((kind) => {
    const hex = hashes[kind]
    return hex === undefined ? [] : [hashKey(kind, hex)]
  })
}

function photoDnaKeys(photoDna: Uint8Array | undefined): string[] {
  return photoDna === undefined ? [] : [hashKey('photoDna', bytesToHex(photoDna))]
}
