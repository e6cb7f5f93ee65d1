// Lines of a stream of text, whatever their ends and however long.

import type { PackedLines } from './packed-lines.js'

/** Characters of one line that are kept; hash-set lines are far shorter, and a binary file may have no line at all. */
export const MAX_LINE_CHARACTERS = 64 * 1024

const NEW_LINE = 0x0a

/** Cuts chunks into lines; numbers them from 1. */
export class LineCutter {
  /** Number of the line last handed over. */
  number = 0
  /** True while a last line is handed over that nothing ends: the file may have been cut in it. */
  isCut = false
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #rest = ''
  #restIsFull = false

  /** Calls `take` with each line that the chunk completes. */
  feed(chunk: Uint8Array, take: (line: string) => void): void {
    const text = this.#decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#keep(text, from, end)
      from = end + 1
      this.#handOver(take)
    }
    this.#keep(text, from, text.length)
  }

  /** Hands over a last line that nothing ends. */
  end(take: (line: string) => void): void {
    if (this.#rest === '') return
    this.isCut = true
    this.#handOver(take)
  }

  #keep(text: string, from: number, end: number): void {
    if (this.#restIsFull) return
    const piece = text.slice(from, end)
    this.#rest = this.#rest === '' ? piece : this.#rest + piece
    if (this.#rest.length < MAX_LINE_CHARACTERS) return
    this.#rest = this.#rest.slice(0, MAX_LINE_CHARACTERS)
    this.#restIsFull = true
  }

  #handOver(take: (line: string) => void): void {
    const line = this.#rest
    this.#rest = ''
    this.#restIsFull = false
    this.number++
    take(line)
  }
}

/** Hands every line of a source to `take`, with what tells of its place, but those that `packed` takes. */
export async function* eachLine(
  chunks: AsyncIterable<Buffer>,
  take: (line: string, place: LineCutter) => void,
  packed: PackedLines | null = null
): AsyncGenerator<void> {
  const cutter = new LineCutter()
  const takeHere = (line: string): void => take(line, cutter)
  let isLineStart = true
  for await (const chunk of chunks) {
    let at = 0
    while (at < chunk.length) {
      if (packed !== null && isLineStart) {
        const { end, lines } = packed.take(chunk, at)
        cutter.number += lines
        at = end
      }
      if (packed?.mustPause === true) {
        yield
      } else if (at < chunk.length) {
        const to = packed?.readersEnd(chunk, at) ?? chunk.length
        cutter.feed(chunk.subarray(at, to), takeHere)
        isLineStart = chunk[to - 1] === NEW_LINE
        at = to
      }
    }
    yield
  }
  cutter.end(takeHere)
}

/** A line without the padding and spaces around it. Recovered files are padded with NULs. */
export function trimmedLine(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', ' ') : text).trim()
}
