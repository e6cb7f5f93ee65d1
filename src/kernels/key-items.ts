// How sorted keys lie in a file: the same rules for the builder and for look-ups.

/** The entry number behind each key. */
export const ENTRY_BYTES = 4
/** Look-ups in batches answer with signed numbers: -1 is none. */
export const MAX_ENTRY = 0x7fffffff

/** Whole bytes at the start of a key that its place in the directory says, and that are not stored again. */
export function droppedBytes(directoryBits: number): number {
  return directoryBits >>> 3
}

/** Bytes of an item: what is left of the key, and its entry. */
export function keyItemBytes(keyBytes: number, directoryBits: number): number {
  return keyBytes - droppedBytes(directoryBits) + ENTRY_BYTES
}

/** Four bytes as a number: the first is the highest. */
export function bigEndian(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
}

/** Four bytes as a number: the first is the lowest. */
export function littleEndian(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/** Which bucket of a directory a key falls in: the first `bits` bits (0–32) of the key at `offset`, as a number. */
export function keyPrefix(keys: Uint8Array, offset: number, bits: number): number {
  return bits === 0 ? 0 : bigEndian(keys, offset) >>> (32 - bits)
}
