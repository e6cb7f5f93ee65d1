// Rows as they lie in a file: without the words that no record of the set needs.

import { DEFAULT_ROW, ROW_BYTES, ROW_WORDS } from '../core/record-row.js'

/** True where rows of so many bytes have just the words of a mask. */
export function isRowForm(mask: number, rowBytes: number): boolean {
  return mask > 0 && mask < 2 ** ROW_WORDS && wordsOfMask(mask).length * 4 === rowBytes
}

/** Numbers of the words that a mask names, ascending. */
export function wordsOfMask(mask: number): number[] {
  return Array.from({ length: ROW_WORDS }, (_, word) => word).filter((word) => (mask & (1 << word)) !== 0)
}

/** The whole row of what a file has of it. */
export function wholeRow(stored: Uint8Array, words: readonly number[]): DataView {
  const from = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  const row = new DataView(new ArrayBuffer(ROW_BYTES))
  DEFAULT_ROW.forEach((value, word) => row.setUint32(word * 4, value, true))
  words.forEach((word, i) => row.setUint32(word * 4, from.getUint32(i * 4, true), true))
  return row
}
