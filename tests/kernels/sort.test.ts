// Sorting of packed items: every path puts them in the order of their bytes.

import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { testEachPath } from './paths.js'

const WIDTHS = [4, 8, 12, 20, 24, 36, 40, 64]

describe('items', () => {
  testEachPath('come out in the order of their bytes', async (kernels) => {
    const items = fc.constantFrom(...WIDTHS).chain((width) =>
      fc.record({
        width: fc.constant(width),
        // Few different bytes, so that many items share their beginning and some are equal.
        bytes: fc.oneof(
          fc.uint8Array({ maxLength: 60 * width }),
          fc.array(fc.constantFrom(0, 1, 255), { maxLength: 60 * width }).map((bytes) => Uint8Array.from(bytes))
        )
      })
    )
    await fc.assert(
      fc.asyncProperty(items, async ({ width, bytes }) => {
        const packed = bytes.slice(0, bytes.length - (bytes.length % width))
        const expected = Buffer.concat(itemsOf(packed, width).sort((a, b) => Buffer.compare(a, b)))
        await kernels.sortItems(packed, width)
        expect(Buffer.from(packed).equals(expected)).toBe(true)
      })
    )
  })

  testEachPath('of more than fit a bucket too', async (kernels) => {
    const width = 20
    const packed = new Uint8Array(30_000 * width)
    let state = 1
    for (let i = 0; i < packed.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      // Half of the items begin alike.
      packed[i] = i % (2 * width) < 3 ? 7 : state >>> 24
    }
    const expected = Buffer.concat(itemsOf(packed, width).sort((a, b) => Buffer.compare(a, b)))
    await kernels.sortItems(packed, width)
    expect(Buffer.from(packed).equals(expected)).toBe(true)
  })
})

function itemsOf(packed: Uint8Array, width: number): Buffer[] {
  const copy = Buffer.from(packed)
  return Array.from({ length: packed.length / width }, (_, i) => copy.subarray(i * width, (i + 1) * width))
}
