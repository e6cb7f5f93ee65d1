// Writes an index file: sections, digest tree, header last.

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { AtomicFile, writing } from '../files/index.js'
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

/** An index file in the making: sections are appended, `finish()` adds tree and header and gives the file its name. */
export class IndexWriter {
  private readonly sections: Section[] = []
  private readonly leaves: Buffer[] = []
  private block = Buffer.alloc(BLOCK_BYTES)
  private inBlock = 0
  private bodyBytes = 0

  private constructor(private readonly file: AtomicFile) {}

  /** @throws {ExhibitHashError} WRITE_FAILED */
  static async create(target: string): Promise<IndexWriter> {
    return new IndexWriter(await AtomicFile.create(target))
  }

  /** Appends a section, starting on a page of its own. */
  async section(id: SectionId, kind: number, itemBytes: number, data: ArrayBufferView, param = 0): Promise<void> {
    await this.sectionOf(id, kind, itemBytes, [data], param)
  }

  /** The same of a section that is made part by part. */
  async sectionOf(
    id: SectionId,
    kind: number,
    itemBytes: number,
    parts: Iterable<ArrayBufferView>,
    param = 0
  ): Promise<void> {
    await writing(this.file.target, async () => {
      const padding = (PAGE_BYTES - (this.bodyBytes % PAGE_BYTES)) % PAGE_BYTES
      await this.append(Buffer.alloc(padding))
      const start = this.bodyBytes
      for (const part of parts) await this.append(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
      const bytes = this.bodyBytes - start
      const count = itemBytes === 0 ? 0 : bytes / itemBytes
      this.sections.push({ id, kind, offset: HEADER_BYTES + start, bytes, count, itemBytes, param })
    })
  }

  /** Writes tree and header, makes it all durable and gives the file its name. Returns the root. */
  async finish(): Promise<Uint8Array> {
    return writing(this.file.target, async () => {
      await this.flushBlock()
      const leaves = Buffer.concat(this.leaves)
      const nodes = Buffer.concat(
        Array.from({ length: Math.ceil(this.leaves.length / LEAVES_PER_NODE) }, (_, i) =>
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
        leafCount: this.leaves.length,
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
      return root
    })
  }

  /** Removes what was written. */
  discard(): Promise<void> {
    return this.file.discard()
  }

  private async append(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.inBlock)
      this.block.set(part, this.inBlock)
      this.inBlock += part.length
      this.bodyBytes += part.length
      at += part.length
      if (this.inBlock === BLOCK_BYTES) await this.flushBlock()
    }
  }

  private async flushBlock(): Promise<void> {
    if (this.inBlock === 0) return
    const bytes = this.block.subarray(0, this.inBlock)
    this.leaves.push(sha256(bytes))
    await writeAll(this.file.handle, bytes, HEADER_BYTES + this.bodyBytes - this.inBlock)
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

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const result = await file.write(bytes, written, bytes.length - written, position + written)
    written += result.bytesWritten
  }
}
