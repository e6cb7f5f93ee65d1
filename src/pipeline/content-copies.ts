// Contents that are no files of the exhibit, buffers and streams, lie on disk while a child reads them: however large.

import { mkdir, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toExhibitHashError } from '../core/errors.js'
import type { FileError } from '../core/result.js'
import { removeLeftovers, temporaryName, writeAll } from '../files/index.js'

export type FileContents = Uint8Array | AsyncIterable<Uint8Array>

/** For the names of folders that killed processes left. */
const TARGET = join(tmpdir(), 'exhibit-hash-contents')

/** A folder that only its owner can read, there while there is something in it. */
export class ContentCopies {
  #folder: Promise<string> | null = null
  #names = 0

  /**
   * Gives `work` the path of a copy, or what the stream failed with.
   * @throws {ExhibitHashError} WRITE_FAILED where the copy cannot be written: no other could be either
   */
  async with(contents: FileContents, work: (copy: { path: string } | { error: FileError }) => Promise<void>) {
    const path = join(await (this.#folder ??= makeFolder()), String(this.#names++))
    try {
      const error = await copyTo(path, contents)
      await work(error === null ? { path } : { error })
    } finally {
      await rm(path, { force: true })
    }
  }

  async remove(): Promise<void> {
    if (this.#folder !== null) await rm(await this.#folder, { recursive: true, force: true })
  }
}

async function makeFolder(): Promise<string> {
  await removeLeftovers(TARGET)
  const folder = temporaryName(TARGET)
  await mkdir(folder, { mode: 0o700 })
  return folder
}

/** @returns what the stream failed with */
async function copyTo(path: string, contents: FileContents): Promise<FileError | null> {
  const file = await open(path, 'wx', 0o600)
  let written = 0
  try {
    const chunks = chunksOf(contents)
    for (;;) {
      const next = await nextOf(chunks)
      if ('error' in next) return next.error
      if (next.chunk === null) return null
      await writeAll(file, next.chunk, written)
      written += next.chunk.length
    }
  } catch (error) {
    throw toExhibitHashError(error, 'WRITE_FAILED', { path })
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
