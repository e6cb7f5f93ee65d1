// Ten thousand mutations of an index; EXHIBIT_HASH_SEED starts another run.

import { expect, test } from 'vitest'
import { suiteFolder } from '../support/temp.js'
import { mutate } from './mutate.js'
import { buildFullSet, SpoiledIndex } from './mutations.js'

const folder = suiteFolder()
const seed = Number(process.env['EXHIBIT_HASH_SEED'] ?? 2)

test('none of 10,000 mutations is answered wrongly in silence, or breaks more than the file', async () => {
  const index = await SpoiledIndex.of(await buildFullSet(folder))
  const { refused } = await mutate(index, 10_000, seed)
  expect(refused).toBeGreaterThan(5_000)
})
