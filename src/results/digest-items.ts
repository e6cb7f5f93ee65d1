// Digests of very many files with a number each, 36 bytes a file, sorted so that equal ones stand together.

import { HASH_BYTES } from '../core/hashes.js'
import { hexToBytes } from '../core/hex.js'
import { kernels } from '../kernels/index.js'

const DIGEST_BYTES = HASH_BYTES.sha256
/** A digest and its number, big-endian. */
const ITEM_BYTES = DIGEST_BYTES + 4
const FIRST_ITEMS = 4096

/** A run of equal digests. */
export interface DigestRun {
  /** SHA-256, hex; made when it is asked for. */
  readonly sha256: string
  readonly count: number
  /** True where it was added with several numbers. */
  readonly isAcross: boolean
  /** The numbers of the items, each as often as it was added, in rising order. */
  numbers(): Generator<number>
}

export class DigestItems {
  #items = new Uint8Array(FIRST_ITEMS * ITEM_BYTES)
  #used = 0

  /**
   * @param sha256 - hex or bytes
   * @param number - from 0 to 2^32 − 1
   */
  add(sha256: string | Uint8Array, number: number): void {
    if (this.#used === this.#items.length) {
      const larger = new Uint8Array(this.#items.length * 2)
      larger.set(this.#items)
      this.#items = larger
    }
    this.#items.set(typeof sha256 === 'string' ? hexToBytes(sha256, DIGEST_BYTES) : sha256, this.#used)
    new DataView(this.#items.buffer).setUint32(this.#used + DIGEST_BYTES, number)
    this.#used += ITEM_BYTES
  }

  /** Runs of equal digests, in the order of digests. */
  async *runs(): AsyncGenerator<DigestRun> {
    const sorted = this.#items.subarray(0, this.#used)
    await kernels().sortItems(sorted, ITEM_BYTES)
    const bytes = Buffer.from(sorted.buffer, sorted.byteOffset, sorted.byteLength)
    for (let at = 0; at < bytes.length;) {
      let end = at + ITEM_BYTES
      while (end < bytes.length && bytes.compare(bytes, end, end + DIGEST_BYTES, at, at + DIGEST_BYTES) === 0) {
        end += ITEM_BYTES
      }
      yield runOf(bytes.subarray(at, end))
      at = end
    }
  }
}

function runOf(bytes: Buffer): DigestRun {
  return {
    get sha256() {
      return bytes.toString('hex', 0, DIGEST_BYTES)
    },
    count: bytes.length / ITEM_BYTES,
    // Equal digests are sorted by number: the first and the last tell.
    isAcross: bytes.readUInt32BE(DIGEST_BYTES) !== bytes.readUInt32BE(bytes.length - 4),
    *numbers() {
      for (let at = DIGEST_BYTES; at < bytes.length; at += ITEM_BYTES) yield bytes.readUInt32BE(at)
    }
  }
}
