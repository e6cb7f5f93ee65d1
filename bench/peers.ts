// Engines of others for the suites of `exhibit-hash bench`. A peer is one more row.

import { createMD5, createSHA1, createSHA256 } from 'hash-wasm'
import imghash from 'imghash'
import sharpPhash from 'sharp-phash'
import type { Peers } from '../src/cli/bench/suites.js'

/** Its types describe another export than the one it has. */
const phash = sharpPhash as unknown as (picture: Buffer) => Promise<string>

export const PEERS: Peers = {
  async digests(data) {
    const hashers = [await createMD5(), await createSHA1(), await createSHA256()]
    const run = (): unknown => hashers.map((hasher) => hasher.init().update(data).digest())
    return [{ name: 'hash-wasm, three passes', run }]
  },
  file: (jpeg) =>
    Promise.resolve([
      { name: 'sharp-phash: one 64-bit hash', run: () => phash(jpeg) },
      { name: 'imghash: one 64-bit hash', run: () => imghash.hash(jpeg, 8) }
    ])
}
