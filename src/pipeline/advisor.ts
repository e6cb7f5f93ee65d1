// What is asked between the digests of a file and its decoding: whether that is to be done, since its bytes may be known.

import type { Digests } from '../core/hashes.js'
import type { FileFeatures } from './features.js'

/** What decoding gave, for all files of the same bytes. */
export type Decoded = Pick<FileFeatures, 'media' | 'hashes' | 'preview' | 'pdqVariants'>

export type Advice = 'decode' | 'knownGood' | Decoded

export interface Advisor {
  /** Whoever is told to decode must say how it went: others may wait for it. */
  advise(digests: Digests): Promise<Advice>
  /** @param decoded - `null` where it failed, which may not happen again */
  done(digests: Digests, decoded: Decoded | null): void
}

/** For work that nobody else can take over. */
export async function isKnownGood(digests: Digests, advisor: Advisor): Promise<boolean> {
  const advice = await advisor.advise(digests)
  if (advice === 'decode') advisor.done(digests, null)
  return advice === 'knownGood'
}

/** For one file by itself. */
export const DECODE_ALL: Advisor = { advise: () => Promise.resolve('decode'), done: () => undefined }
