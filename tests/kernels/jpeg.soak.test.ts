// Twenty thousand damaged JPEGs: every path takes the same ones, and gives the same rasters.

import { expect, test } from 'vitest'
import { mutated } from '../support/bad-files.js'
import { built, expectSameLuma, LARGE_PLANS, PLANS, PROGRESSIVE_PLANS } from './jpeg-cases.js'

const COUNT = 20_000
const files = Object.entries({ ...PLANS, ...PROGRESSIVE_PLANS, ...LARGE_PLANS })

test(`${COUNT} damaged files`, () => {
  const taken = [0, 0]
  for (let seed = 0; seed < COUNT; seed++) {
    // One in eight is large: they take longer, and half of the damage to them is within the data.
    const [name, plan] = files[seed % 8 === 0 ? files.length - 1 - ((seed / 8) % 6) : seed % (files.length - 6)]
    const isTaken = expectSameLuma(mutated(built(plan).bytes, seed), `${name}, seed ${seed}`).includes(true)
    taken[Number(isTaken)]++
  }
  // Both outcomes have been compared.
  for (const count of taken) expect(count).toBeGreaterThan(COUNT / 20)
})
