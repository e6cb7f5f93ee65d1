// Seeded damage to archives of every kind. `npm run test:soak` tries many more.

import { test } from 'vitest'
import { ARCHIVES, checkMutations } from './mutate.js'

const SEED = 1

test.each(ARCHIVES)(
  `mutations of a %s, seeds from ${SEED}, are told of and harm nobody`,
  { timeout: 120_000 },
  async (_, bytes) => {
    await checkMutations(bytes, SEED, 80)
  }
)
