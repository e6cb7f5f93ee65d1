// Whether a key may be one of many, in two bytes a key: what was added is never missed, and few others pass.

const BITS_A_KEY = 16
const MOST_BITS = 2 ** 31

export class KeySieve {
  readonly #bits: Uint8Array
  readonly #mask: number

  /** @param keys - as many as will be added, about */
  constructor(keys: number) {
    const bits = Math.min(MOST_BITS, 2 ** Math.ceil(Math.log2(Math.max(8, keys * BITS_A_KEY))))
    this.#bits = new Uint8Array(bits / 8)
    this.#mask = bits - 1
  }

  add(key: string): void {
    const bit = this.#bitOf(key)
    this.#bits[bit >>> 3] |= 1 << (bit & 7)
  }

  mayHave(key: string): boolean {
    const bit = this.#bitOf(key)
    return (this.#bits[bit >>> 3] & (1 << (bit & 7))) !== 0
  }

  #bitOf(key: string): number {
    // FNV-1a over code units, its halves folded by murmur3's finish.
    let hash = 0x811c9dc5
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return ((hash ^ (hash >>> 16)) & this.#mask) >>> 0
  }
}
