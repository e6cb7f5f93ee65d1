// Records on their way into packed batches: those that a reader makes one by one, among those packed straight from bytes.

import { type PackedRecords, RecordPacker } from '../core/packed-records.js'
import type { SetRecord } from '../core/set-record.js'
import { kernels, portableKernels, type RecordScanner } from '../kernels/index.js'

/** Records of a batch: some megabytes, so that handing it over costs nothing. */
const BATCH_RECORDS = 8192

export class Packing {
  /** Packs ordinary records; `null` where only the reader of the format does. */
  readonly scanner: RecordScanner | null
  readonly packer: RecordPacker
  /** What came while the batch was full. */
  readonly #waiting: SetRecord[] = []

  /** @param isPortable - leaves the scanner out, which changes nothing but the time */
  constructor(capacity = BATCH_RECORDS, isPortable = false) {
    this.packer = new RecordPacker(capacity)
    const { recordScanner } = isPortable ? portableKernels() : kernels()
    this.scanner = recordScanner?.(this.packer.memory) ?? null
    if (this.scanner !== null) this.packer.share()
  }

  /** False where the reader should let the batch be handed out, and where the scanner may append nothing. */
  get hasRoom(): boolean {
    return this.#waiting.length === 0 && !this.packer.isFull
  }

  add(record: SetRecord): void {
    if (this.hasRoom) this.packer.add(record)
    else this.#waiting.push(record)
  }

  /** The batches that are full, and at the end the last one. */
  *batches(isEnd: boolean): Generator<PackedRecords> {
    const { packer } = this
    let packed = 0
    for (;;) {
      while (packed < this.#waiting.length && !packer.isFull) packer.add(this.#waiting[packed++])
      if ((packer.isFull || isEnd) && packer.count > 0) yield packer.take()
      // Full of texts that no record has.
      else if (packer.isFull) packer.take()
      else break
    }
    this.#waiting.length = 0
  }
}
