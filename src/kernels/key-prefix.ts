// Which bucket of a directory a key falls in: the same rule for the builder and for look-ups.

/** The first `bits` bits (0–32) of the key that starts at `offset`, as a number. */
export function keyPrefix(keys: Uint8Array, offset: number, bits: number): number {
  if (bits === 0) return 0
  const word = ((keys[offset] << 24) | (keys[offset + 1] << 16) | (keys[offset + 2] << 8) | keys[offset + 3]) >>> 0
  return word >>> (32 - bits)
}
