// Orders fixed-width keys held in one packed array, without making an object a key.

import { keyPrefix } from '../kernels/key-prefix.js'

/**
 * Positions of the keys in ascending order of their bytes; equal keys stay in the order they came.
 * Counting sort on the first two bytes, then a comparison sort in each bucket.
 */
export function sortedOrder(keys: Uint8Array, width: number, count: number): Uint32Array {
  const starts = new Uint32Array(65537)
  const prefix = (i: number): number => (keys[i * width] << 8) | keys[i * width + 1]
  for (let i = 0; i < count; i++) starts[prefix(i) + 1]++
  for (let b = 0; b < 65536; b++) starts[b + 1] += starts[b]
  const order = new Uint32Array(count)
  const next = starts.slice(0, 65536)
  for (let i = 0; i < count; i++) order[next[prefix(i)]++] = i
  const compare = (a: number, b: number): number => compareKeys(keys, a * width, b * width, width) || a - b
  for (let b = 0; b < 65536; b++) {
    if (starts[b + 1] - starts[b] > 1) order.subarray(starts[b], starts[b + 1]).sort(compare)
  }
  return order
}

function compareKeys(keys: Uint8Array, a: number, b: number, width: number): number {
  // The first two bytes are equal within a bucket.
  for (let i = 2; i < width; i++) {
    const difference = keys[a + i] - keys[b + i]
    if (difference !== 0) return difference
  }
  return 0
}

/** Directory bits for a number of keys: about eight keys a bucket, at most 2²⁴ buckets. */
export function directoryBits(count: number): number {
  return Math.max(0, Math.min(24, Math.ceil(Math.log2(Math.max(1, count / 8)))))
}

/** `directory[p]` is the position of the first key whose prefix is `p` or more; one more entry ends the last. */
export function buildDirectory(sortedKeys: Uint8Array, width: number, count: number, bits: number): Uint32Array {
  const directory = new Uint32Array(2 ** bits + 1)
  for (let i = 0; i < count; i++) directory[keyPrefix(sortedKeys, i * width, bits) + 1]++
  for (let p = 0; p < 2 ** bits; p++) directory[p + 1] += directory[p]
  return directory
}
