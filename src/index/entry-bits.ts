// A set of entries as one bit an entry: such as those of all parts that layers take out.

import type { IndexPart } from './index-part.js'
import { SECTION } from './layout.js'
import { numbersIn } from './numbers.js'

export class EntryBits {
  readonly #bits: Uint8Array
  #count = 0

  constructor(entries: number) {
    this.#bits = new Uint8Array(Math.ceil(entries / 8))
  }

  get count(): number {
    return this.#count
  }

  has(entry: number): boolean {
    return (this.#bits[entry >>> 3] & (1 << (entry & 7))) !== 0
  }

  /** False where the entry was in it already. */
  add(entry: number): boolean {
    if (this.has(entry)) return false
    this.#bits[entry >>> 3] |= 1 << (entry & 7)
    this.#count++
    return true
  }

  /** Ascending. */
  numbers(): Uint32Array {
    const numbers = new Uint32Array(this.#count)
    let at = 0
    for (const [i, byte] of this.#bits.entries()) {
      for (let bit = 0; byte >> bit !== 0; bit++) if (((byte >> bit) & 1) === 1) numbers[at++] = i * 8 + bit
    }
    return numbers
  }
}

/**
 * What the layers among the parts hide; the first part is the base.
 * @throws {ExhibitHashError} INDEX_DAMAGED where a layer hides what does not lie before it
 */
export function hiddenIn(parts: readonly IndexPart[]): EntryBits {
  const hidden = new EntryBits(parts.reduce((sum, { size }) => sum + size, 0))
  let before = parts[0].size
  for (const layer of parts.slice(1)) {
    for (const entry of hiddenBy(layer, before)) hidden.add(entry)
    before += layer.size
  }
  return hidden
}

function* hiddenBy(layer: IndexPart, before: number): Generator<number> {
  const section = layer.sections.find(SECTION.hiddenEntries, 0)
  if (section === null) return
  if (section.itemBytes !== 4) throw layer.sections.damaged('its hidden entries are of another form')
  let last = -1
  for (const entry of numbersIn(layer.store, section)) {
    if (entry <= last || entry >= before) {
      throw layer.sections.damaged(`it hides entry ${entry} of ${before}, after entry ${last}`)
    }
    yield (last = entry)
  }
}
