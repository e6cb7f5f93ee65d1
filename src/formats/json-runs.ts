// Runs of records: many records taken by one call of JSON.parse, which proves that they are what they seem.
//
// If `[text]` is valid JSON, then `text` is a row of whole values, wherever it was cut from the front of a list: the
// bytes of a list are read from left to right, and nothing that follows can change what came before. So a guess where
// a record ends needs no scan of the bytes before it. A wrong guess is no valid JSON, and costs time only.

import { ByteWindow } from './byte-window.js'
import { COMMA, ENDS_LITERAL, IS_SPACE, JsonScan, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json-scan.js'

const CLOSE_OBJECT = 0x7d
const SEPARATES = IS_SPACE.slice()
SEPARATES[COMMA] = 1

/** Longer runs would make strings too large for the young generation of the heap, shorter ones are not worth a guess. */
const MAX_RUN_BYTES = 96 * 1024
const MIN_RUN_BYTES = 16 * 1024
const MAX_FIRST_KEY_BYTES = 100

/** Records that are scanned where there was no run, and after a wrong guess; twice as many after the next. */
const MIN_SCANS = 64
const MAX_SCANS = 64 * 1024

/** Guesses runs, and does so seldom in a document where guesses are wrong. */
export class RunGuesser {
  #scansLeft = 0
  #scansDue = MIN_SCANS

  /** Where the run of records that begins at `from` probably ends; -1 where there is none, or no guess is due. */
  runEnd(bytes: Buffer, from: number, to: number): number {
    if (this.#scansLeft > 0) {
      this.#scansLeft--
      return -1
    }
    const end = probableRunEnd(bytes, from, to)
    if (end < 0) this.#scansLeft = MIN_SCANS
    return end
  }

  /** Takes note whether a guess was right. */
  learn(isRight: boolean): void {
    this.#scansLeft = isRight ? 0 : this.#scansDue
    this.#scansDue = isRight ? MIN_SCANS : Math.min(2 * this.#scansDue, MAX_SCANS)
  }
}

/**
 * Where a run of records from `from` on probably ends; -1 where no guess is worth while. Records of one writer begin
 * alike, so the run ends before the last place that looks like the beginning of the first record.
 */
function probableRunEnd(bytes: Buffer, from: number, to: number): number {
  if (to - from < MIN_RUN_BYTES) return -1
  let keyEnd = from + 1
  while (keyEnd < from + MAX_FIRST_KEY_BYTES && IS_SPACE[bytes[keyEnd]] === 1) keyEnd++
  if (bytes[keyEnd] !== QUOTE) return -1
  keyEnd = bytes.indexOf(QUOTE, keyEnd + 1)
  if (keyEnd < 0 || keyEnd >= from + MAX_FIRST_KEY_BYTES) return -1
  const beginning = bytes.subarray(from, keyEnd + 1)
  let at = bytes.lastIndexOf(beginning, Math.min(to, from + MAX_RUN_BYTES) - beginning.length)
  if (at < from + MIN_RUN_BYTES) return -1
  at = spaceBefore(bytes, at)
  if (bytes[at - 1] !== COMMA) return -1
  at = spaceBefore(bytes, at - 1)
  return bytes[at - 1] === CLOSE_OBJECT ? at : -1
}

function spaceBefore(bytes: Buffer, end: number): number {
  let at = end
  while (at > 0 && IS_SPACE[bytes[at - 1]] === 1) at--
  return at
}

export interface Bounds {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Where each value of a run stands. The run must be valid. */
export function boundsOfRun(run: Uint8Array): Bounds {
  const window = new ByteWindow()
  window.append(run)
  const scan = new JsonScan(run.length)
  const starts: number[] = []
  const ends: number[] = []
  for (;;) {
    while (window.at < window.to && SEPARATES[window.bytes[window.at]] === 1) window.at++
    if (window.at >= window.to) return { starts, ends }
    starts.push(window.at)
    const byte = window.bytes[window.at]
    if (byte === QUOTE || byte === OPEN_OBJECT || byte === OPEN_LIST) {
      scan.begin()
      scan.run(window, undefined)
    } else {
      while (window.at < window.to && ENDS_LITERAL[window.bytes[window.at]] === 0) window.at++
    }
    ends.push(window.at)
  }
}
