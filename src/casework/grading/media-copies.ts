// Files of an exhibit copied into a package, each held against the digest that the results have of it.

import { existsSync } from 'node:fs'
import { mkdir, open, realpath, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../../core/errors.js'
import type { FileRecord } from '../../core/result.js'
import { DigestStream } from '../../digest/index.js'
import { untouched, writing } from '../../files/index.js'

const CHUNK_BYTES = 1 << 20
/** Folder of the files in a package. */
export const MEDIA_FOLDER = 'media'

/** The name of a stored file: never one that a suspect chose. */
export function storedName(md5: string): string {
  return md5.toUpperCase()
}

/**
 * The folder that was scanned for each results file; none where files are not asked for.
 * @throws {ExhibitHashError} USAGE
 */
export function rootsOf(results: readonly string[], files: string | readonly string[] = []): readonly string[] {
  const roots = typeof files === 'string' ? [files] : files
  if (roots.length === 0 || roots.length === results.length) return roots
  const message = `${roots.length} folders of ${results.length} results files: name one for each`
  throw new ExhibitHashError('USAGE', message)
}

/**
 * Whether a record is of a file in the folder. Members of archives are not: they are named `backup.zip!x.jpg`, as a file may be,
 * too, so that only the folder can tell.
 */
export function canBeCopied(record: FileRecord, root: string): boolean {
  if (record.skipped !== undefined) return false
  return !record.path.includes('!') || existsSync(Buffer.concat([Buffer.from(`${root}${sep}`), nameOf(record)]))
}

/** As the file system has it. */
function nameOf({ path, pathBase64 }: Pick<FileRecord, 'path' | 'pathBase64'>): Buffer {
  return pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64')
}

/**
 * Copies a file of the exhibit under `root`.
 * @throws {ExhibitHashError} USAGE where the name leads out of the exhibit, FILE_CHANGED where it is another file than was
 * hashed, INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED
 */
export async function copyMedia(
  record: FileRecord,
  root: string,
  folder: string,
  signal: AbortSignal | undefined
): Promise<void> {
  const { md5, sha256 } = record.digests!
  const source = await locateInExhibit(record, root)
  const target = join(folder, MEDIA_FOLDER, storedName(md5))
  await writing(target, () => mkdir(join(folder, MEDIA_FOLDER), { recursive: true, mode: 0o700 }))
  const copied = await copyHashed(source, target, signal)
  if (copied === sha256) return
  await rm(target, { force: true })
  throw new ExhibitHashError('FILE_CHANGED', `${record.path}: is not the file that was hashed`, { path: record.path })
}

/** Where a file of an exhibit lies, which must be within `root`. */
export async function locateInExhibit(record: Pick<FileRecord, 'path' | 'pathBase64'>, root: string): Promise<Buffer> {
  const name = nameOf(record)
  const base = await realpath(root, 'buffer').catch((cause: unknown) => {
    throw toExhibitHashError(cause, readErrorCode(cause), { path: root })
  })
  const found = await realpath(Buffer.concat([base, Buffer.from(sep), name]), 'buffer').catch((cause: unknown) => {
    const message = `${record.path}: not in ${root}: name the folder that was scanned`
    throw new ExhibitHashError(readErrorCode(cause), message, { path: record.path, cause })
  })
  const inside = Buffer.concat([base, Buffer.from(sep)])
  if (found.subarray(0, inside.length).equals(inside)) return found
  throw new ExhibitHashError('USAGE', `${record.path}: leads out of ${root}`, { path: record.path })
}

/** Returns the SHA-256 of what was copied. */
async function copyHashed(source: Buffer, target: string, signal: AbortSignal | undefined): Promise<string> {
  const path = source.toString()
  const input = await untouched((flags) => open(source, flags)).catch((cause: unknown) => {
    throw toExhibitHashError(cause, readErrorCode(cause), { path })
  })
  try {
    if (!(await input.stat()).isFile())
      throw new ExhibitHashError('READ_FAILED', `${path}: not a regular file`, { path })
    const digest = new DigestStream()
    await writing(target, async () => {
      const output = await open(target, 'w', 0o600)
      try {
        const memory = Buffer.allocUnsafe(CHUNK_BYTES)
        for (;;) {
          if (signal?.aborted === true) throw new ExhibitHashError('ABORTED', `${path}: copying was stopped`, { path })
          const { bytesRead } = await input.read(memory, 0, CHUNK_BYTES, null)
          if (bytesRead === 0) break
          digest.update(memory.subarray(0, bytesRead))
          await output.appendFile(memory.subarray(0, bytesRead))
        }
        await output.sync()
      } finally {
        await output.close()
      }
    })
    return digest.finish().sha256
  } finally {
    await input.close()
  }
}
