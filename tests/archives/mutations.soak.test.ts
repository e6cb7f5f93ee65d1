// The same damage as in mutations.test.ts, in thousands.

import { test } from 'vitest'
import { ARCHIVES, checkMutations } from './mutate.js'

test.each(ARCHIVES)('thousands of mutations of a %s are told of and harm nobody', async (_, bytes) => {
  for (let from = 1000; from < 9000; from += 500) await checkMutations(bytes, from, 500)
})
