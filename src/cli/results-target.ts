// Where a results file may be written: not into evidence, and not over anything but earlier results.

import { open, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'

const RESULTS_HEAD = '{"type":"header"'

/** @throws {ExhibitHashError} USAGE where `out` lies in what is scanned, or names a file that is no results file. */
export async function checkTarget(out: string, scanned: readonly string[]): Promise<void> {
  const folder = await real(dirname(out))
  for (const path of scanned) {
    if (path === '-') continue
    // A results file in the exhibit would change the exhibit, and be found by the next scan.
    const inside = relative(await real(path), folder)
    if (inside !== '' && (inside.startsWith('..') || isAbsolute(inside))) continue
    throw new ExhibitHashError('USAGE', `--out ${out} lies inside the exhibit ${path}: write it elsewhere`, {
      path: out
    })
  }
  if (await isOtherFile(out)) {
    throw new ExhibitHashError('USAGE', `--out ${out} is there and no results file: name another`, { path: out })
  }
}

async function real(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}

async function isOtherFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null)
  if (file === null) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(RESULTS_HEAD.length), 0, RESULTS_HEAD.length, 0)
    return buffer.toString('utf8', 0, bytesRead) !== RESULTS_HEAD
  } finally {
    await file.close()
  }
}
