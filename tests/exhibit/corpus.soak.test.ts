// Thousands of malformed files and the bombs, in several real runs.

import { test } from 'vitest'
import { checkCorpus } from './check-corpus.js'

test.each([1, 2, 3])('malformed files of every format are a record each, and harm nobody (seed %d)', async (seed) => {
  await checkCorpus(1000, seed)
})
