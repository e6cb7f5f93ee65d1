// Malformed files and the bombs in one real run. `npm run test:soak` takes thousands.

import { test } from 'vitest'
import { checkCorpus } from './check-corpus.js'

test('malformed files of every format are a record each, and harm nobody', { timeout: 240_000 }, async () => {
  await checkCorpus(160, 1)
})
