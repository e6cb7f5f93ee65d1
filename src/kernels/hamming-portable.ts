// Bits by which two hashes differ, in portable code.

/**
 * Distance of two hashes, or any number above `most` once it is certain to be above: two random hashes differ in
 * half their bits, so most pairs are decided by their first words.
 */
export function hammingDistance(
  a: Uint32Array,
  atA: number,
  b: Uint32Array,
  atB: number,
  words: number,
  most: number
): number {
  let distance = 0
  for (let i = 0; i < words && distance <= most; i++) {
    let x = a[atA + i] ^ b[atB + i]
    x -= (x >>> 1) & 0x55555555
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333)
    distance += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return distance
}
