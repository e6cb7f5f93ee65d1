// Bytes kept in the order they came, in memory or on disk, until they are read once more.

import type { FileHandle } from 'node:fs/promises'
import { readAll, type TemporaryFolder, writeAll } from '../../files/index.js'
import type { Holder } from './memory.js'

/** One temporary file for any number of spools. */
export class SpoolFile {
  #file: FileHandle | null = null
  #bytes = 0

  constructor(private readonly folder: TemporaryFolder) {}

  /** Where they came to stand. */
  async append(bytes: Uint8Array): Promise<number> {
    this.#file ??= await this.folder.file()
    const file = this.#file
    const at = this.#bytes
    this.#bytes += bytes.length
    await this.folder.writing(() => writeAll(file, bytes, at))
    return at
  }

  read(at: number, length: number): Promise<Uint8Array> {
    return readAll(this.#file!, at, length)
  }
}

interface Part {
  /** `null` where it is on disk. */
  bytes: Uint8Array | null
  at: number
  readonly length: number
}

/** Appended parts come out again as they went in. */
export class Spool implements Holder {
  heldBytes = 0
  readonly enoughBytes = Infinity
  readonly busyBytes = 0
  readonly #parts: Part[] = []
  #firstInMemory = 0

  constructor(private readonly file: SpoolFile) {}

  /** The part must not change afterwards. */
  append(bytes: Uint8Array): void {
    this.#parts.push({ bytes, at: 0, length: bytes.length })
    this.heldBytes += bytes.length
  }

  async spill(): Promise<void> {
    for (; this.#firstInMemory < this.#parts.length; this.#firstInMemory++) {
      const part = this.#parts[this.#firstInMemory]
      part.at = await this.file.append(part.bytes!)
      part.bytes = null
      this.heldBytes -= part.length
    }
  }

  settled(): Promise<void> {
    return Promise.resolve()
  }

  /** Lets go of all parts: they have come out for the last time. */
  clear(): void {
    this.#parts.length = 0
    this.#firstInMemory = 0
    this.heldBytes = 0
  }

  /** All parts, in the order in which they were appended. */
  async *parts(): AsyncGenerator<Uint8Array> {
    for (const { bytes, at, length } of this.#parts) yield bytes ?? (await this.file.read(at, length))
  }
}

/** Parts as they come, with a look at the bound and at who wants to stop after each. */
export async function* checked(
  parts: AsyncIterable<Uint8Array>,
  afterEach: () => Promise<void>
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    yield part
    await afterEach()
  }
}
