// Writes an index file: sections, digest tree, header last, then the rename that makes it exist.

import { createHash, randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toExhibitHashError } from '../core/errors.js'
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
 * An index file in the making. It lies beside its target under a temporary name, readable by its owner
 * only, and gets its name by `finish()`; after `discard()` nothing is left of it.
 */
export class IndexWriter {
  readonly target: string
  private readonly temporary: string
  private readonly file: FileHandle
  private readonly sections: Section[] = []
  private readonly leaves: Buffer[] = []
  private block = Buffer.alloc(BLOCK_BYTES)
  private inBlock = 0
  private bodyBytes = 0

  private constructor(target: string, temporary: string, file: FileHandle) {
    this.target = target
    this.temporary = temporary
    this.file = file
  }

  /** @throws {ExhibitHashError} WRITE_FAILED */
  static async create(target: string): Promise<IndexWriter> {
    const name = `.${basename(target)}.${randomBytes(4).toString('hex')}.partial`
    const temporary = join(dirname(target), name)
    try {
      return new IndexWriter(target, temporary, await open(temporary, 'wx+', 0o600))
    } catch (error) {
      throw toExhibitHashError(error, 'WRITE_FAILED', { path: target, stage: 'write' })
    }
  }

  /** Appends a section, starting on a page of its own. */
  async section(id: SectionId, kind: number, itemBytes: number, data: ArrayBufferView, param = 0): Promise<void> {
    await this.guard(async () => {
      const padding = (PAGE_BYTES - (this.bodyBytes % PAGE_BYTES)) % PAGE_BYTES
      await this.append(Buffer.alloc(padding))
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      const count = itemBytes === 0 ? 0 : bytes.length / itemBytes
      const offset = HEADER_BYTES + this.bodyBytes
      this.sections.push({ id, kind, offset, bytes: bytes.length, count, itemBytes, param })
      await this.append(bytes)
    })
  }

  /** Writes tree and header, makes it all durable and gives the file its name. Returns the root. */
  async finish(): Promise<Uint8Array> {
    return this.guard(async () => {
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
      await writeAll(this.file, leaves, leavesOffset)
      await writeAll(this.file, nodes, nodesOffset)
      await writeAll(this.file, encodeHeader({ ...header, root }), 0)
      await this.file.sync()
      await this.file.close()
      await rename(this.temporary, this.target)
      await syncFolder(dirname(this.target))
      return root
    })
  }

  /** Removes what was written. Safe to call at any time, also after a failure. */
  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined) // closed already where finish() failed late
    await rm(this.temporary, { force: true })
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
    await writeAll(this.file, bytes, HEADER_BYTES + this.bodyBytes - this.inBlock)
    this.inBlock = 0
  }

  private async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw toExhibitHashError(error, 'WRITE_FAILED', { path: this.target, stage: 'write' })
    }
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

/** Makes the rename itself durable; Windows has no such call and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  // The file is complete and in place: that its folder cannot be opened or synced is no failure of the build.
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
