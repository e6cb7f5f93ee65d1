// Opening what may be anything, and looking at what is already there.

import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'

/** A flag that not every system has: 0 where it is missing. */
function openFlag(name: 'O_NOATIME' | 'O_NONBLOCK'): number {
  return (constants as Partial<Record<string, number>>)[name] ?? 0
}

/** Flags to open with for reading: a pipe does not hold the open for ever, and can be refused. */
export const READ_WITHOUT_WAITING = constants.O_RDONLY | openFlag('O_NONBLOCK')

/**
 * Opens for reading without changing the access time where the system allows it, and without waiting where the name has
 * become a pipe since it was listed.
 * @param open - gets the flags
 */
export async function untouched<T>(open: (flags: number) => Promise<T>): Promise<T> {
  try {
    return await open(READ_WITHOUT_WAITING | openFlag('O_NOATIME'))
  } catch (error) {
    // Only a file's owner may leave its access time alone.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    return open(READ_WITHOUT_WAITING)
  }
}

/** Where a path leads, links followed; the absolute path where nothing is there yet. */
export async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}

/** The first bytes of a file, or `null` where there is none that can be read, as of a folder. */
export async function headOf(path: string, bytes: number): Promise<Buffer | null> {
  const file = await open(path, READ_WITHOUT_WAITING).catch(() => null)
  if (file === null) return null
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } catch {
    return null
  } finally {
    await file.close()
  }
}
