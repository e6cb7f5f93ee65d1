// Patterns in place of paths: `evidence/**/*.jpg`, for systems whose shell does not expand them.

import { sep } from 'node:path'
import picomatch from 'picomatch'

export interface Glob {
  /** As it was given. */
  readonly pattern: string
  /** The folder that is walked: what stands before the first wildcard. */
  readonly base: string
  /** By the name below the base, with `/`. Names that are not UTF-8 are compared as far as they are. */
  readonly matches: (name: Uint8Array) => boolean
}

/** `null` for what has no wildcard. */
export function globOf(path: string): Glob | null {
  // A backslash is no escape where it stands between folders.
  const { base, glob, isGlob } = picomatch.scan(sep === '\\' ? path.replaceAll('\\', '/') : path)
  if (!isGlob || glob === '') return null
  return {
    pattern: path,
    base: base === '' ? '.' : base,
    matches: nameMatcher(glob)
  }
}

/** @param byLastPart - compare only what stands behind the last `/` of a name */
export function nameMatcher(pattern: string, byLastPart = false): Glob['matches'] {
  // What a seized disk calls hidden is looked at like everything else.
  const isMatch = picomatch(pattern, { dot: true, basename: byLastPart })
  return (name) => isMatch(Buffer.from(name).toString('utf8'))
}
