// Which kind of hash a run of hex digits is, where the source may not say.

import { HASH_BYTES, HASH_KINDS, type HashKind } from '../core/hashes.js'

const BY_LENGTH = new Map<number, HashKind[]>()
for (const kind of HASH_KINDS)
  BY_LENGTH.set(HASH_BYTES[kind] * 2, [...(BY_LENGTH.get(HASH_BYTES[kind] * 2) ?? []), kind])

/** Kinds that a hash of so many hex digits can be; several where the length does not tell. */
export function kindsOfLength(hexDigits: number): readonly HashKind[] {
  return BY_LENGTH.get(hexDigits) ?? []
}

const WORD =
  /(?<![a-z0-9])(?:md-?5|sha-?1|sha-?(?:2-?)?256|pdq|[pdaw]-?hash(?:[ _-]?vertical)?|block-?hash)(?![a-z0-9])/g

/** Kinds that a text names, as words: a header, a comment, a BSD tag. */
export function kindsNamed(text: string): ReadonlySet<HashKind> {
  const named = new Set<HashKind>()
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    const plain = word.replace(/[^a-z0-9]/g, '')
    const kind = HASH_KINDS.find((each) => each.toLowerCase() === (plain === 'sha2256' ? 'sha256' : plain))
    if (kind !== undefined) named.add(kind)
  }
  return named
}

function kindsInFileName(name: string): ReadonlySet<HashKind> {
  const named = new Set<HashKind>()
  if (/pdq/i.test(name)) named.add('pdq')
  if (/sha-?256/i.test(name)) named.add('sha256')
  return named
}

/**
 * Tells the kind of hashes that carry none: by length where one kind has it, else by the user's word, else by the
 * header, comments and file name, in this order, each only where it names just one kind of that length.
 */
export class KindTeller {
  readonly #given: HashKind | undefined
  readonly #header = new Set<HashKind>()
  readonly #comments = new Set<HashKind>()
  readonly #fileName: ReadonlySet<HashKind>

  constructor(given: HashKind | undefined, fileName: string) {
    this.#given = given
    this.#fileName = kindsInFileName(fileName)
  }

  readHeader(text: string): void {
    for (const kind of kindsNamed(text)) this.#header.add(kind)
  }

  readComment(text: string): void {
    for (const kind of kindsNamed(text)) this.#comments.add(kind)
  }

  /** The kind; `ambiguous` where nothing tells, `unknown` where no kind has that length. */
  tell(hexDigits: number): HashKind | 'ambiguous' | 'unknown' {
    const possible = kindsOfLength(hexDigits)
    if (possible.length < 2) return possible[0] ?? 'unknown'
    if (this.#given !== undefined && possible.includes(this.#given)) return this.#given
    for (const named of [this.#header, this.#comments, this.#fileName]) {
      const fitting = possible.filter((kind) => named.has(kind))
      if (fitting.length === 1) return fitting[0]
    }
    return 'ambiguous'
  }
}

/** True for a first line that names what stands below it: a kind of hash, or `hash` and other columns. */
export function isHeaderText(line: string): boolean {
  return line.length <= 200 && (kindsNamed(line).size > 0 || /^"?hash(?:es)?\b/i.test(line))
}
