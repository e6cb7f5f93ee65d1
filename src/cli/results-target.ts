// Where a results file may be written: not into evidence, and not over anything but earlier results.

import { dirname, isAbsolute, relative } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { headOf, isFolder, realPath } from '../files/index.js'

const RESULTS_HEAD = '{"type":"header"'

/** @throws {ExhibitHashError} USAGE where `out` lies in what is scanned, or names a file that is no results file. */
export async function checkTarget(out: string, scanned: readonly string[]): Promise<void> {
  if (await isFolder(out))
    throw new ExhibitHashError('USAGE', `--out ${out} is a folder: name a file in it`, { path: out })
  const folder = await realPath(dirname(out))
  for (const path of scanned) {
    if (path === '-') continue
    // A results file in the exhibit would change the exhibit, and be found by the next scan.
    const inside = relative(await realPath(path), folder)
    if (inside !== '' && (inside.startsWith('..') || isAbsolute(inside))) continue
    throw new ExhibitHashError('USAGE', `--out ${out} lies inside the exhibit ${path}: write it elsewhere`, {
      path: out
    })
  }
  const head = await headOf(out, RESULTS_HEAD.length)
  if (head !== null && head.toString('utf8') !== RESULTS_HEAD) {
    throw new ExhibitHashError('USAGE', `--out ${out} is there and no results file: name another`, { path: out })
  }
}
