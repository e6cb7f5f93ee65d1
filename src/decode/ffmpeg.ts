// The FFmpeg of the system: found where it is installed, asked what it is. Nothing of it comes with this package.

import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'

export interface FoundFfmpeg {
  readonly kind: 'ffmpeg'
  /** Absolute. */
  readonly path: string
  /** As the tool says it, for reports. */
  readonly version: string
}

/** What a tool of the system is run with. */
export const NO_ENVIRONMENT = Object.freeze({})

/** The first that has `-fps_mode`: every frame exactly once. */
const MIN_VERSION = [5, 1] as const
const ASK_TIMEOUT_MS = 10_000

/** What its answer tells of a tool; `null` where it is not the one looked for. */
type Judge<T> = (found: FoundFfmpeg, answer: string) => T | null

/**
 * The first FFmpeg on PATH, of version 5.1 or later, that is fit for it; `null` where there is none.
 * @param about - what it is asked, such as `-decoders`: it tells its version beside any answer
 */
export async function findFfmpeg<T>(path: string, about: string, judge: Judge<T>): Promise<T | null> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'
  // Relative entries would run what lies in the current folder, which may be an exhibit's.
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = join(folder, name)
    const found = await access(file, constants.X_OK).then(
      () => judged(file, about, judge),
      () => null
    )
    if (found !== null) return found
  }
  return null
}

async function judged<T>(file: string, about: string, judge: Judge<T>): Promise<T | null> {
  try {
    const options = { env: NO_ENVIRONMENT, timeout: ASK_TIMEOUT_MS, windowsHide: true }
    const { stdout, stderr } = await promisify(execFile)(file, [about], options)
    const [, version, major, minor] = /^ffmpeg version (n?(\d+)\.(\d+)\S*)/m.exec(stderr) ?? []
    const [wantedMajor, wantedMinor] = MIN_VERSION
    const isNew = Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)
    return isNew ? judge({ kind: 'ffmpeg', path: file, version }, stdout) : null
  } catch {
    // Whatever it is, it is not the tool looked for.
    return null
  }
}
