// Opens an index file: header, root of the tree and nodes are checked, nothing else is read.

import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import { bytesToHex } from '../core/hex.js'
import { READ_WITHOUT_WAITING } from '../files/index.js'
import { openIndexStore, type IndexStore, type SharedBlocks } from '../kernels/index-store.js'
import { BLOCK_BYTES, decodeHeader, HEADER_BYTES, LEAF_BYTES, type Header } from './layout.js'
import { rootOf } from './writer.js'

export interface OpenFile {
  readonly path: string
  readonly header: Header
  /** Hex of the header's root, which has been checked. */
  readonly root: string
  readonly store: IndexStore
  /** Throws where the file has been written to since it was opened: what is in memory may no longer be what was checked. */
  checkUnchanged(): void
}

export interface OpenFileOptions {
  readonly mapping: boolean
  readonly shared: SharedBlocks | null
  /** Root that the file must have: a thread that shares a set must not get another file of that name. */
  readonly expectedRoot: string | null
}

/**
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, INDEX_NOT_AN_INDEX, INDEX_VERSION,
 * INDEX_TRUNCATED, INDEX_DAMAGED, each naming the file
 */
export function openIndexFile(path: string, options: OpenFileOptions): OpenFile {
  let fd: number
  try {
    // Without waiting: a pipe of that name would keep the open for ever.
    fd = openSync(path, READ_WITHOUT_WAITING)
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  }
  try {
    const { header, nodes } = readHeader(fd, path)
    const root = bytesToHex(header.root)
    if (options.expectedRoot !== null && options.expectedRoot !== root) {
      throw new ExhibitHashError('INDEX_DAMAGED', `${path}: another index has taken this file's place`, { path })
    }
    const { bodyOffset, bodyBytes, leavesOffset, leafCount } = header
    const geometry = { bodyOffset, bodyBytes, leavesOffset, leafCount, blockBytes: BLOCK_BYTES, nodes }
    const status = fstatSync(fd, { bigint: true })
    const identity = `${status.dev}:${status.ino}:${status.mtimeNs}:${root}`
    const store = openIndexStore({ fd, path, identity }, geometry, options)
    return { path, header, root, store, checkUnchanged: () => refuseChanged(path, status) }
  } catch (error) {
    closeSync(fd)
    throw toExhibitHashError(error, 'READ_FAILED', { path })
  }
}

/** A file that took this one's place by a rename is another one, and does not matter. */
function refuseChanged(path: string, opened: BigIntStats): void {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (now === undefined || now.ino !== opened.ino || now.dev !== opened.dev) return
  if (now.size !== opened.size || now.mtimeNs !== opened.mtimeNs) {
    throw new ExhibitHashError('INDEX_DAMAGED', `${path}: was written to while it was in use`, { path })
  }
}

function readHeader(fd: number, path: string): { header: Header; nodes: Buffer } {
  const status = fstatSync(fd)
  if (!status.isFile()) throw new ExhibitHashError('INDEX_NOT_AN_INDEX', `${path}: not a file`, { path })
  const bytes = Buffer.alloc(HEADER_BYTES)
  const got = readSync(fd, bytes, 0, HEADER_BYTES, 0)
  const header = decodeHeader(bytes.subarray(0, got), status.size, path)
  const nodes = Buffer.alloc(header.nodeCount * LEAF_BYTES)
  readSync(fd, nodes, 0, nodes.length, header.nodesOffset)
  if (!rootOf(bytes, nodes).equals(header.root)) {
    throw new ExhibitHashError('INDEX_DAMAGED', `${path}: header or digest tree are not as they were written`, { path })
  }
  return { header, nodes }
}
