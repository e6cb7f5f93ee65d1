// Sketches of PhotoDNA values: every path writes what FORMAT.md says of a bit.

import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { testEachPath } from './paths.js'

const USAGE = expect.objectContaining({ code: 'USAGE' }) as unknown
const VALUE_BYTES = 144
const GROUP = 4096
const ROWS = VALUE_BYTES / 8

const orders = fc.shuffledSubarray(
  Array.from({ length: VALUE_BYTES }, (_, i) => i),
  { minLength: VALUE_BYTES }
)
const boundaries = fc.uint8Array({ minLength: VALUE_BYTES, maxLength: VALUE_BYTES })

describe('the sketches of a group', () => {
  testEachPath('have bit i of a value where its byte order[i] reaches boundary i', (kernels) => {
    const groups = fc.integer({ min: 0, max: 20 }).chain((count) =>
      fc.record({
        values: fc.uint8Array({ minLength: count * VALUE_BYTES, maxLength: count * VALUE_BYTES }),
        order: orders.map((order) => Uint8Array.from(order)),
        boundaries
      })
    )
    fc.assert(
      fc.property(groups, ({ values, ...plan }) => {
        const rows = kernels.sketchGroup(values, plan)
        expect(rows.length).toBe(ROWS * GROUP)
        const count = values.length / VALUE_BYTES
        const expected = new Uint8Array(ROWS * GROUP)
        for (let v = 0; v < count; v++) {
          for (let i = 0; i < VALUE_BYTES; i++) {
            const isSet = values[v * VALUE_BYTES + plan.order[i]] >= plan.boundaries[i]
            if (isSet) expected[Math.floor(i / 8) * GROUP + v] |= 1 << (i % 8)
          }
        }
        expect(Buffer.compare(rows, expected)).toBe(0)
      }),
      { numRuns: 30 }
    )
  })

  testEachPath('are those of a full group too', (kernels) => {
    const values = new Uint8Array(GROUP * VALUE_BYTES).map((_, i) => i * 31)
    const order = new Uint8Array(VALUE_BYTES).map((_, i) => VALUE_BYTES - 1 - i)
    const rows = kernels.sketchGroup(values, { order, boundaries: new Uint8Array(VALUE_BYTES).fill(128) })
    const last = values.subarray(-VALUE_BYTES)
    const bits = Array.from({ length: VALUE_BYTES }, (_, i) => (rows[(i >> 3) * GROUP + GROUP - 1] >> (i & 7)) & 1)
    expect(bits).toEqual(Array.from(order, (byte) => Number(last[byte] >= 128)))
  })

  const plan = { order: new Uint8Array(VALUE_BYTES), boundaries: new Uint8Array(VALUE_BYTES) }
  const refused = [
    { name: 'half a value', values: new Uint8Array(72), plan },
    { name: 'more values than a group has', values: new Uint8Array((GROUP + 1) * VALUE_BYTES), plan },
    { name: 'a short order', values: new Uint8Array(VALUE_BYTES), plan: { ...plan, order: new Uint8Array(143) } },
    {
      name: 'a byte that no value has',
      values: new Uint8Array(VALUE_BYTES),
      plan: { ...plan, order: new Uint8Array(VALUE_BYTES).fill(144) }
    },
    { name: 'no boundaries', values: new Uint8Array(VALUE_BYTES), plan: { ...plan, boundaries: new Uint8Array(0) } }
  ]
  for (const { name, values, plan: given } of refused) {
    testEachPath(`are refused for ${name}`, (kernels) => {
      expect(() => kernels.sketchGroup(values, given)).toThrow(USAGE)
    })
  }
})
