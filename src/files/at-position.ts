// Whole pieces of a file, written and read where they belong.

import type { FileHandle } from 'node:fs/promises'
import type { ReadHandle } from './reading.js'

export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const result = await file.write(bytes, written, bytes.length - written, position + written)
    written += result.bytesWritten
  }
}

/** Fills bytes from a position on; returns how many there were, fewer than asked for where the file ends before. */
export async function fill(file: Pick<ReadHandle, 'read'>, target: Uint8Array, position: number): Promise<number> {
  let done = 0
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** @throws {Error} where the file is shorter: nobody else may have touched it */
export async function readAll(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  if ((await fill(file, bytes, position)) < length) throw new Error('the file has become shorter while it was in use')
  return bytes
}
