// Sections of u32, read a piece at a time.

import type { IndexStore } from '../kernels/index-store.js'
import type { Section } from './layout.js'

const NUMBERS_AT_ONCE = 8192

/** All numbers of a section, in their order. */
export function* numbersIn(store: IndexStore, { offset, count }: Section): Generator<number> {
  for (let from = 0; from < count; from += NUMBERS_AT_ONCE) {
    const numbers = Math.min(NUMBERS_AT_ONCE, count - from)
    const bytes = store.read(offset + from * 4, numbers * 4)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let i = 0; i < numbers; i++) yield view.getUint32(i * 4, true)
  }
}
