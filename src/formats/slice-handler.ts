// What the slicer of JSON documents is told, and what it tells.

import type { ErrorCode } from '../core/errors.js'

export interface SlicerOptions {
  /**
   * Keys, in lower case, whose list holds the elements of the next level: first those of the document, then those of
   * its elements. An element with such a key is never held whole.
   */
  readonly descend: readonly ReadonlySet<string>[]
  /** Brackets within brackets of one element, where it is scanned: a bound for memory, not a rule of the format. */
  readonly maxDepth: number
  /** Bytes of one element, or of what surrounds the lists that are descended into. */
  readonly maxElementBytes: number
}

/** How the next element of a list is to be taken: from its bytes, alone, or in a run by JSON.parse. */
export type Way = 'packed' | 'element' | 'run'

/** Takes elements from their bytes, without JSON.parse. */
export interface PackedTaker {
  /** How the element to come is to be taken. */
  next(): Way
  /** Takes elements from `from` on; returns where those end that it has taken. */
  take(bytes: Buffer, from: number, to: number): number
}

export interface SliceHandler {
  /** Takes what elements it can; absent or `null` where there is no such thing. */
  readonly packed?: PackedTaker | null
  /** True where nothing more should be handed over before what there is has been fetched. */
  readonly mustPause?: boolean
  /**
   * What probably is a row of elements; `from` is the start of the first. Returns where those end that it has taken:
   * `from` if none, since the guess was wrong.
   */
  run(bytes: Buffer, from: number, to: number, level: number): number
  /** Elements in a row: number i is `bytes` from `starts[i]` to `ends[i]`, only during the call. */
  elements(bytes: Buffer, starts: readonly number[], ends: readonly number[], level: number, offset: number): void
  /**
   * An element with `null` for its lists: up to a list, before the elements of that list, and at last whole. Its last
   * byte stands before offset `end`.
   */
  surroundings(json: Buffer, level: number, end: number, isWhole: boolean): void
  /** Makes the error of a fault at an offset in the document. */
  fault(code: ErrorCode, reason: string, offset: number): Error
}
