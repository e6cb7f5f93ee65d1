// An index spoiled in any place is refused or right, and a forged one breaks nothing: a seeded sample of the soak.

import { expect, test } from 'vitest'
import { suiteFolder } from '../support/temp.js'
import { mutate } from './mutate.js'
import { buildFullSet, SpoiledIndex } from './mutations.js'

const folder = suiteFolder()

test('none of many mutations is answered wrongly in silence, or breaks more than the file', async () => {
  const index = await SpoiledIndex.of(await buildFullSet(folder))
  const { refused } = await mutate(index, 120, 1)
  expect(refused).toBeGreaterThan(60)
}, 120_000)
