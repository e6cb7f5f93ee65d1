// How long the bytes of a file may take to come from its drive: no limit of time is meant to hide a large file.

import { lookAtFile } from './open-file.js'

/** The slowest drive that is waited for: 10 MB a second. */
const BYTES_A_MS = 10_000
/** A drive that does not even say how large a file is. */
const SILENT_MS = 5000

/** One after the other: a drive that hangs holds one thread of the system's pool, and no more. */
let looks: Promise<unknown> = Promise.resolve()

/** By the bytes that are on the drive: a file that is nothing but a hole gets no time for it. */
export async function readingMs(location: Uint8Array): Promise<number> {
  const look = looks.then(() => lookAtFile(location))
  looks = look
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), SILENT_MS)))
  const found = await Promise.race([look, silence])
  clearTimeout(timer)
  return found === null ? 0 : Math.floor(found.storedBytes / BYTES_A_MS)
}
