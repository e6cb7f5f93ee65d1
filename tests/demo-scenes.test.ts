// The demo's pictures tell what the product can do, so what is said of them is measured here.

import { describe, expect, test } from 'vitest'
import { EDITS, encodeScene, type Expected } from '../src/cli/demo/edits.js'
import { drawScene } from '../src/cli/demo/scenes.js'
import { decodeImage } from '../src/decode/index.js'
import { pdq, pdqDihedral, type PdqDihedral } from '../src/perceptual/pdq.js'

const MAX_SIMILAR_BITS = 31
const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1)

function distanceBits(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (const [i, byte] of a.entries()) for (let rest = byte ^ b[i]; rest > 0; rest &= rest - 1) bits++
  return bits
}

/** Distance of the nearest of the eight ways to turn and mirror a picture. */
function nearestBits(hash: Uint8Array, picture: PdqDihedral): number {
  return Math.min(...Object.values(picture.variants).map((variant) => distanceBits(hash, variant.hash)))
}

describe('scenes', () => {
  test('a seed always gives the same picture, and another seed another', () => {
    const first = drawScene(7, 160, 120)
    expect(first).toMatchObject({ width: 160, height: 120, channels: 3 })
    expect(first.data).toHaveLength(160 * 120 * 3)
    expect(drawScene(7, 160, 120).data).toEqual(first.data)
    expect(drawScene(8, 160, 120).data).not.toEqual(first.data)
  })

  test('a seed gives the same picture at every size', () => {
    for (const seed of SEEDS.slice(0, 8)) {
      const small = pdq(drawScene(seed, 320, 240))
      const large = pdqDihedral(drawScene(seed, 512, 384))
      expect(nearestBits(small.hash, large), `seed ${seed}`).toBeLessThanOrEqual(MAX_SIMILAR_BITS)
    }
  })

  test('every picture has a hash of good quality, and no two are alike, however turned', () => {
    const pictures = SEEDS.map((seed) => pdqDihedral(drawScene(seed, 400, 300)))
    for (const [i, picture] of pictures.entries()) {
      expect(picture.quality, `seed ${SEEDS[i]}`).toBeGreaterThanOrEqual(80)
      for (const [j, other] of pictures.slice(0, i).entries()) {
        const bits = nearestBits(picture.variants.original.hash, other)
        expect(bits, `seeds ${SEEDS[j]} and ${SEEDS[i]}`).toBeGreaterThan(90)
      }
    }
  })

  test('shapes of every size are drawn: wide, tall and tiny', () => {
    for (const [width, height] of [
      [1, 1],
      [5, 9],
      [640, 60],
      [60, 640]
    ] as const) {
      expect(drawScene(3, width, height).data).toHaveLength(width * height * 3)
    }
  })
})

describe('edits', () => {
  test('names are distinct and fit for file names', () => {
    const names = EDITS.map((edit) => edit.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/)
  })

  const originals = SEEDS.slice(0, 8).map(async (seed) => {
    const bytes = await encodeScene(drawScene(seed, 800, 600))
    return { seed, bytes, hash: pdq(await decodeImage(bytes)).hash }
  })

  test.each(EDITS)('$name is $expected', async (edit) => {
    for (const original of originals) {
      const { seed, bytes, hash } = await original
      const edited = await edit.apply(bytes)
      const bits = nearestBits(hash, pdqDihedral(await decodeImage(edited)))
      const found: Expected = bytes.equals(edited) ? 'identical' : bits <= MAX_SIMILAR_BITS ? 'similar' : 'not found'
      expect(found, `seed ${seed}, ${bits} bits away`).toBe(edit.expected)
    }
  })
})
