// Sorts packed items without making an object an item.

/** Counting sort on the first two bytes, then a comparison sort in each bucket; equal items are alike. */
export function sortItemsPortable(items: Uint8Array, itemBytes: number): void {
  const order = orderOf(items, itemBytes)
  const sorted = new Uint8Array(items.length)
  for (let to = 0; to < order.length; to++) {
    const from = order[to] * itemBytes
    const at = to * itemBytes
    for (let i = 0; i < itemBytes; i++) sorted[at + i] = items[from + i]
  }
  items.set(sorted)
}

/** Numbers of the items in ascending order of their bytes. */
function orderOf(items: Uint8Array, width: number): Uint32Array {
  const count = items.length / width
  const starts = new Uint32Array(65537)
  const prefix = (i: number): number => (items[i * width] << 8) | items[i * width + 1]
  for (let i = 0; i < count; i++) starts[prefix(i) + 1]++
  for (let b = 0; b < 65536; b++) starts[b + 1] += starts[b]
  const order = new Uint32Array(count)
  const next = starts.slice(0, 65536)
  for (let i = 0; i < count; i++) order[next[prefix(i)]++] = i
  const compare = (a: number, b: number): number => compareItems(items, a * width, b * width, width)
  for (let b = 0; b < 65536; b++) {
    if (starts[b + 1] - starts[b] > 1) order.subarray(starts[b], starts[b + 1]).sort(compare)
  }
  return order
}

function compareItems(items: Uint8Array, a: number, b: number, width: number): number {
  // The first two bytes are equal within a bucket.
  for (let i = 2; i < width; i++) {
    const difference = items[a + i] - items[b + i]
    if (difference !== 0) return difference
  }
  return 0
}
