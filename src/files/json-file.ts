// Small files that a person wrote or keeps: read whole, within a limit, and told by name where they are not JSON.

import { open } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode, toExhibitHashError, type ErrorCode } from '../core/errors.js'
import { fill } from './at-position.js'
import { READ_WITHOUT_WAITING } from './opening.js'

/** More than any profile, rule or key; a film named by mistake must not be read into memory. */
export const MAX_SMALL_FILE_BYTES = 4 * 1024 * 1024

/**
 * The bytes of a small regular file.
 *
 * @param tooLarge - the code of the error for a file of more than `maxBytes`
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, and `tooLarge`
 */
export async function readSmallFile(
  path: string,
  tooLarge: ErrorCode,
  maxBytes = MAX_SMALL_FILE_BYTES
): Promise<Buffer> {
  try {
    // Without waiting: a pipe of that name would keep the open for ever.
    const file = await open(path, READ_WITHOUT_WAITING)
    try {
      const status = await file.stat()
      if (!status.isFile()) throw new ExhibitHashError('READ_FAILED', `${path}: not a regular file`, { path })
      if (status.size > maxBytes) {
        throw new ExhibitHashError(tooLarge, `${path}: has more than ${maxBytes} bytes`, { path })
      }
      const bytes = Buffer.alloc(status.size)
      return bytes.subarray(0, await fill(file, bytes, 0))
    } finally {
      await file.close()
    }
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  }
}

/**
 * The value in a small JSON file, of unknown shape.
 *
 * @param invalid - the code of the error for a file that is not JSON
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, and `invalid`
 */
export async function readJsonFile(path: string, invalid: ErrorCode, maxBytes?: number): Promise<unknown> {
  const text = (await readSmallFile(path, invalid, maxBytes)).toString('utf8').replace(/^\ufeff/, '')
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new ExhibitHashError(invalid, `${path}: not JSON`, { path, cause })
  }
}
