// Arrays that grow as records arrive: the builder's columns, held as bytes and not as objects.

const FIRST_CAPACITY = 1024

/** Fixed-width items packed one after the other. */
export class PackedBytes {
  readonly itemBytes: number
  count = 0
  private data: Uint8Array
  private dataView: DataView

  constructor(itemBytes: number) {
    this.itemBytes = itemBytes
    this.data = new Uint8Array(itemBytes * FIRST_CAPACITY)
    this.dataView = new DataView(this.data.buffer)
  }

  /** Makes room for one more item and returns its offset within `buffer`. */
  grow(): number {
    const offset = this.count * this.itemBytes
    if (offset + this.itemBytes > this.data.length) {
      const larger = new Uint8Array(Math.max(this.data.length * 2, this.itemBytes))
      larger.set(this.data)
      this.data = larger
      this.dataView = new DataView(larger.buffer)
    }
    this.count++
    return offset
  }

  /** The whole buffer, for writing at an offset that `grow` gave. */
  get buffer(): Uint8Array {
    return this.data
  }

  get view(): DataView {
    return this.dataView
  }

  /** The items there are. */
  get bytes(): Uint8Array {
    return this.data.subarray(0, this.count * this.itemBytes)
  }
}

/** 32-bit numbers, little-endian in the file; every platform Node runs on stores them so. */
export class PackedNumbers {
  count = 0
  private data = new Uint32Array(FIRST_CAPACITY)

  push(value: number): void {
    if (this.count === this.data.length) {
      const larger = new Uint32Array(this.data.length * 2)
      larger.set(this.data)
      this.data = larger
    }
    this.data[this.count++] = value
  }

  get values(): Uint32Array {
    return this.data.subarray(0, this.count)
  }
}

/** Strings, each kept once; numbered from 1 in the order of first use. */
export class StringTable {
  private readonly ids = new Map<string, number>()

  intern(text: string): number {
    const known = this.ids.get(text)
    if (known !== undefined) return known
    const id = this.ids.size + 1
    this.ids.set(text, id)
    return id
  }

  /** UTF-8 bytes of all strings, and where each starts: string i is from `offsets[i]` to `offsets[i + 1]`. */
  encode(): { bytes: Uint8Array; offsets: BigUint64Array } {
    const texts = ['', ...this.ids.keys()].map((text) => Buffer.from(text, 'utf8'))
    const offsets = new BigUint64Array(texts.length + 1)
    texts.forEach((text, i) => (offsets[i + 1] = offsets[i] + BigInt(text.length)))
    return { bytes: Buffer.concat(texts), offsets }
  }
}
