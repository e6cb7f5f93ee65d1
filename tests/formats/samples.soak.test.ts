// Samples of every format cut at every byte, and mutated thousands of times.

import { readFileSync } from 'node:fs'
import { describe, test } from 'vitest'
import { checkCuts, checkMutations, someLengths } from './damaged-samples.js'
import { fixture } from './read-all.js'
import { SAMPLES } from './samples.js'

describe.each(SAMPLES)('$name', (sample) => {
  const content = readFileSync(fixture(sample.name))

  test('cut at any byte gives records that it has, and a typed fault', async () => {
    await checkCuts(sample, content, someLengths(content.length, content.length))
  })

  test('damaged in any way gives records or a typed fault', async () => {
    await checkMutations(content, 5000)
  })
})
