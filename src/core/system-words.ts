// What the system says when it refuses, as a person reads it.

/** What systems refuse most, in words. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'no permission',
  EPERM: 'not permitted',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EROFS: 'the volume is read-only',
  ENOSPC: 'no space left on the volume',
  EDQUOT: 'no space left of the quota',
  EMFILE: 'too many files are open',
  EIO: 'the medium gave an error'
}

/**
 * A failure in words that stand beside the path that it is about: what the system says itself may name a temporary file that
 * nobody has asked for.
 */
export function messageOf(thrown: unknown): string {
  const { code = '', syscall = '' } = isOfSystem(thrown) ? thrown : {}
  if (code === '') return thrown instanceof Error ? thrown.message : String(thrown)
  return code in SYSTEM_WORDS ? `${SYSTEM_WORDS[code]} (${code})` : `${code} (${syscall})`
}

export function isOfSystem(thrown: unknown): thrown is NodeJS.ErrnoException {
  if (!(thrown instanceof Error)) return false
  const { code, syscall } = thrown as NodeJS.ErrnoException
  return code !== undefined && syscall !== undefined
}
