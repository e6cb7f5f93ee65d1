// Writes an index file: sections, digest tree, header last.

import { createHash, type Hash } from 'node:crypto'
import { toExhibitHashError } from '../core/errors.js'
import { AtomicFile, readAll, writeAll, writing } from '../files/index.js'
import {
  BLOCK_BYTES,
  encodeHeader,
  FORMAT_MAJOR,
  FORMAT_MINOR,
  HEADER_BYTES,
  LEAF_BYTES,
  LEAVES_PER_NODE,
  PAGE_BYTES,
  withoutRoot,
  type Header,
  type Section,
  type SectionId
} from './layout.js'

/**
 * Written at once, at a multiple of itself: Linux then keeps the file in memory by pages of that size, where the file
 * system knows such, and whoever maps it waits less for addresses.
 */
const CHUNK_BYTES = 2 * 2 ** 20
/** Chunks on their way to the disk while the next one is filled. */
const MAX_UNWRITTEN = 4

type Parts = Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>

/** An index file in the making: sections are appended, `finish()` adds tree and header and gives the file its name. */
export class IndexWriter {
  private readonly sections: Section[] = []
  private readonly leaves = new Leaves()
  private readonly unwritten = new Set<Promise<void>>()
  private failure: Error | null = null
  /** With room for the header, in the first. */
  private chunk = Buffer.alloc(CHUNK_BYTES)
  private chunkOffset = 0
  private inChunk = HEADER_BYTES

  private constructor(private readonly file: AtomicFile) {}

  /** @throws {ExhibitHashError} WRITE_FAILED */
  static async create(target: string): Promise<IndexWriter> {
    return new IndexWriter(await AtomicFile.create(target))
  }

  /** Appends a section, starting on a page of its own. */
  async section(id: SectionId, kind: number, itemBytes: number, data: ArrayBufferView, param = 0): Promise<Section> {
    return this.sectionOf(id, kind, itemBytes, [data], param)
  }

  /** The same of a section that is made part by part; a part may be used again once the next is asked for. */
  async sectionOf(id: SectionId, kind: number, itemBytes: number, parts: Parts, param = 0): Promise<Section> {
    await this.append(Buffer.alloc((PAGE_BYTES - (this.bodyBytes % PAGE_BYTES)) % PAGE_BYTES))
    const start = this.bodyBytes
    for await (const part of parts) {
      await this.append(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
    }
    const bytes = this.bodyBytes - start
    const count = itemBytes === 0 ? 0 : bytes / itemBytes
    const section = { id, kind, offset: HEADER_BYTES + start, bytes, count, itemBytes, param }
    this.sections.push(section)
    return section
  }

  /** What was written of a section, in parts of at most so many items. */
  async *readBack({ offset, bytes, itemBytes }: Section, items: number): AsyncGenerator<Uint8Array> {
    await this.writing(async () => {
      await this.settled()
      await writeAll(this.file.handle, this.chunk.subarray(0, this.inChunk), this.chunkOffset)
    })
    const step = items * itemBytes
    for (let at = 0; at < bytes; at += step) {
      yield await this.writing(() => readAll(this.file.handle, offset + at, Math.min(step, bytes - at)))
    }
  }

  /** Writes tree and header, makes it all durable and gives the file its name. */
  async finish(): Promise<{ root: Uint8Array; sizeBytes: number }> {
    return this.writing(async () => {
      await this.flush()
      await this.settled()
      const leaves = this.leaves.finish()
      const leafCount = leaves.length / LEAF_BYTES
      const nodes = Buffer.concat(
        Array.from({ length: Math.ceil(leafCount / LEAVES_PER_NODE) }, (_, i) =>
          sha256(leaves.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES))
        )
      )
      // No gap: every byte of the file is under some digest.
      const leavesOffset = HEADER_BYTES + this.bodyBytes
      const nodesOffset = leavesOffset + leaves.length
      const header: Header = {
        major: FORMAT_MAJOR,
        minor: FORMAT_MINOR,
        fileBytes: nodesOffset + nodes.length,
        bodyOffset: HEADER_BYTES,
        bodyBytes: this.bodyBytes,
        leavesOffset,
        leafCount,
        nodesOffset,
        nodeCount: nodes.length / LEAF_BYTES,
        root: new Uint8Array(LEAF_BYTES),
        sections: this.sections
      }
      const root = rootOf(encodeHeader(header), nodes)
      await writeAll(this.file.handle, leaves, leavesOffset)
      await writeAll(this.file.handle, nodes, nodesOffset)
      await writeAll(this.file.handle, encodeHeader({ ...header, root }), 0)
      await this.file.finish()
      return { root, sizeBytes: header.fileBytes }
    })
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await Promise.all(this.unwritten)
    await this.file.discard()
  }

  private get bodyBytes(): number {
    return this.chunkOffset + this.inChunk - HEADER_BYTES
  }

  private writing<T>(work: () => Promise<T>): Promise<T> {
    return writing(this.file.target, work)
  }

  private async append(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + CHUNK_BYTES - this.inChunk)
      this.chunk.set(part, this.inChunk)
      this.inChunk += part.length
      at += part.length
      if (this.inChunk === CHUNK_BYTES) await this.flush()
    }
  }

  /** Sends what is there on its way. */
  private async flush(): Promise<void> {
    if (this.inChunk === 0) return
    const bytes = this.chunk.subarray(0, this.inChunk)
    this.leaves.update(this.chunkOffset === 0 ? bytes.subarray(HEADER_BYTES) : bytes)
    const written = writeAll(this.file.handle, bytes, this.chunkOffset)
      .catch((error: unknown) => {
        this.failure ??= toExhibitHashError(error, 'WRITE_FAILED', { path: this.file.target, stage: 'write' })
      })
      .finally(() => this.unwritten.delete(written))
    this.unwritten.add(written)
    this.chunk = Buffer.alloc(CHUNK_BYTES)
    this.chunkOffset += this.inChunk
    this.inChunk = 0
    if (this.unwritten.size >= MAX_UNWRITTEN) await this.writing(() => this.settled())
  }

  private async settled(): Promise<void> {
    await Promise.all(this.unwritten)
    if (this.failure !== null) throw this.failure
  }
}

/** Digests of the blocks of a body that comes in parts of any size. */
class Leaves {
  private readonly digests: Buffer[] = []
  private block: Hash = createHash('sha256')
  private inBlock = 0

  update(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.inBlock)
      this.block.update(part)
      this.inBlock += part.length
      at += part.length
      if (this.inBlock === BLOCK_BYTES) this.endBlock()
    }
  }

  finish(): Buffer {
    if (this.inBlock > 0) this.endBlock()
    return Buffer.concat(this.digests)
  }

  private endBlock(): void {
    this.digests.push(this.block.digest())
    this.block = createHash('sha256')
    this.inBlock = 0
  }
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Root of the tree: one digest over the header (its root field zero) and all nodes. */
export function rootOf(headerBytes: Uint8Array, nodes: Uint8Array): Buffer {
  return createHash('sha256').update(withoutRoot(headerBytes)).update(nodes).digest()
}
