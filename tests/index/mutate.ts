// A seeded run of mutations, the same for the sample in every run and for the soak.

import { expect } from 'vitest'
import { randomNumbers } from '../support/bad-files.js'
import type { SpoiledIndex } from './mutations.js'

/** Damage: whatever is answered is right. Forgery: whatever is answered, nothing but typed errors comes beside it. */
export async function mutate(index: SpoiledIndex, count: number, seed: number): Promise<{ refused: number }> {
  const random = randomNumbers(seed)
  const { places } = index
  let refused = 0
  for (let i = 0; i < count; i++) {
    const place = places[random(places.length)]
    const at = place.from + random(place.to - place.from)
    const mapping = random(2) === 0
    const isForged = random(3) === 0
    const bytes = Buffer.from(
      Array.from({ length: 1 + random(8) }, () => [0, 255, 0x7f, 0x80, random(256)][random(5)])
    ).subarray(0, index.bytes - at)
    const outcome =
      random(12) === 0 ? await index.cutTo(at, mapping) : await index.withBytes(at, bytes, isForged, mapping)
    const wrong = outcome.wrong.filter((text) => !isForged || !text.endsWith(': another answer'))
    expect(wrong, `mutation ${i} of seed ${seed}, byte ${at}, ${isForged ? 'forged' : 'damaged'}`).toEqual([])
    if (outcome.refused > 0) refused++
  }
  return { refused }
}
