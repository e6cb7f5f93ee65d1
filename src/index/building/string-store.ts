// Strings of a set, numbered from 1 in the order of first use, in bounded memory.

import type { MemoryBudget } from './memory.js'
import { Spool, type SpoolFile } from './spool.js'

/** Strings that are looked for before a new one is stored. Beyond it all are forgotten, and may be stored once more. */
const MAX_KNOWN = 1 << 20
const MAX_KNOWN_CHARACTERS = 1 << 26
const PART_STRINGS = 8192

export class StringStore {
  /** String 0 is empty. */
  count = 1
  readonly #bytes: Spool
  readonly #lengths: Spool
  readonly #known = new Map<string, number>()
  #knownCharacters = 0
  #texts: string[] = ['']

  constructor(file: SpoolFile, budget: MemoryBudget) {
    this.#bytes = budget.add(new Spool(file))
    this.#lengths = budget.add(new Spool(file))
  }

  intern(text: string): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    if (this.#known.size >= MAX_KNOWN || this.#knownCharacters > MAX_KNOWN_CHARACTERS) {
      this.#known.clear()
      this.#knownCharacters = 0
    }
    this.#known.set(text, this.count)
    this.#knownCharacters += text.length
    this.#texts.push(text)
    if (this.#texts.length === PART_STRINGS) this.#pack()
    return this.count++
  }

  /** Where each string starts, and the end of the last: parts of u64. */
  async *offsets(): AsyncGenerator<Uint8Array> {
    this.#pack()
    let next = 0
    for await (const part of this.#lengths.parts()) {
      const lengths = new Uint32Array(part.buffer, part.byteOffset, part.byteLength / 4)
      const offsets = new BigUint64Array(lengths.length)
      for (let i = 0; i < lengths.length; i++) {
        offsets[i] = BigInt(next)
        next += lengths[i]
      }
      yield bytesOf(offsets)
    }
    yield bytesOf(BigUint64Array.of(BigInt(next)))
  }

  /** UTF-8 of all strings. */
  parts(): AsyncGenerator<Uint8Array> {
    this.#pack()
    return this.#bytes.parts()
  }

  #pack(): void {
    if (this.#texts.length === 0) return
    const encoded = this.#texts.map((text) => Buffer.from(text, 'utf8'))
    this.#bytes.append(Buffer.concat(encoded))
    this.#lengths.append(bytesOf(Uint32Array.from(encoded, ({ length }) => length)))
    this.#texts = []
  }
}

function bytesOf(numbers: Uint32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}
