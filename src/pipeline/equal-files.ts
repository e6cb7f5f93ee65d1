// Files of the same bytes are decoded once: what came of it is kept for those that follow, as many as there is room for.

import type { Digests } from '../core/hashes.js'
import type { Advice, Advisor, Decoded } from './advisor.js'

export type IsKnownGood = (digests: Digests) => Promise<boolean>

/** Some 20 MB. The ones that were asked for longest ago make room. */
const MAX_ENTRIES = 16_384

export class EqualFiles implements Advisor {
  /** By SHA-256, the ones asked for last at the end. */
  private readonly decoded = new Map<string, Decoded>()
  /** Being decoded, with those who wait for it. */
  private readonly underWay = new Map<string, ((advice: Advice) => void)[]>()

  /** @param isKnownGood - asked before anything is decoded; `null` where that makes no difference */
  constructor(
    private readonly isKnownGood: IsKnownGood | null,
    private readonly maxEntries = MAX_ENTRIES
  ) {}

  async advise(digests: Digests): Promise<Advice> {
    if (this.isKnownGood !== null && (await this.isKnownGood(digests))) return 'knownGood'
    const key = digests.sha256
    const known = this.decoded.get(key)
    if (known !== undefined) {
      this.keep(key, known)
      return known
    }
    const waiting = this.underWay.get(key)
    if (waiting !== undefined) return new Promise((resolve) => waiting.push(resolve))
    this.underWay.set(key, [])
    return 'decode'
  }

  done({ sha256 }: Digests, decoded: Decoded | null): void {
    const waiting = this.underWay.get(sha256) ?? []
    if (decoded !== null) {
      this.underWay.delete(sha256)
      this.keep(sha256, decoded)
      for (const resolve of waiting) resolve(decoded)
      return
    }
    // The next one tries, and the others wait for that.
    const next = waiting.shift()
    if (next === undefined) this.underWay.delete(sha256)
    else next('decode')
  }

  private keep(key: string, decoded: Decoded): void {
    this.decoded.delete(key)
    this.decoded.set(key, decoded)
    if (this.decoded.size <= this.maxEntries) return
    const [oldest] = this.decoded.keys()
    this.decoded.delete(oldest)
  }
}
