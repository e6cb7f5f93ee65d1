// Contents that are no files of the exhibit, buffers and streams, lie on disk while a child reads them: however large.

import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileError } from '../core/result.js'
import { removeLeftovers, TemporaryFolder, writeAll, writing } from '../files/index.js'

export type FileContents = Uint8Array | AsyncIterable<Uint8Array>

/** For the names of folders that killed processes left. */
const TARGET = join(tmpdir(), 'exhibit-hash-contents')

/** A folder that only its owner can read, there while there is something in it. */
export class ContentCopies {
  readonly #folder = new TemporaryFolder(TARGET)
  #tidied: Promise<void> | null = null

  /**
   * Gives `work` the path of a copy, or what the stream failed with.
   * @throws {ExhibitHashError} WRITE_FAILED where the copy cannot be written: no other could be either
   */
  async with(contents: FileContents, work: (copy: { path: string } | { error: FileError }) => Promise<void>) {
    await (this.#tidied ??= removeLeftovers(TARGET))
    const path = await this.#folder.newPath()
    try {
      const error = await copyTo(path, contents)
      await work(error === null ? { path } : { error })
    } finally {
      await rm(path, { force: true })
    }
  }

  remove(): Promise<void> {
    return this.#folder.remove()
  }
}

/** @returns what the stream failed with */
async function copyTo(path: string, contents: FileContents): Promise<FileError | null> {
  const file = await writing(path, () => open(path, 'wx', 0o600))
  let written = 0
  try {
    const chunks = chunksOf(contents)
    for (;;) {
      const next = await nextOf(chunks)
      if ('error' in next) return next.error
      const { chunk } = next
      if (chunk === null) return null
      await writing(path, () => writeAll(file, chunk, written))
      written += chunk.length
    }
  } finally {
    await file.close()
  }
}

async function nextOf(
  chunks: AsyncIterator<Uint8Array, unknown>
): Promise<{ chunk: Uint8Array | null } | { error: FileError }> {
  try {
    const next = await chunks.next()
    return { chunk: next.done === true ? null : next.value }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return { error: { code: 'READ_FAILED', message: `the stream failed: ${message}`, stage: 'read' } }
  }
}

async function* chunksOf(contents: FileContents): AsyncGenerator<Uint8Array> {
  if (contents instanceof Uint8Array) yield contents
  else yield* contents
}
