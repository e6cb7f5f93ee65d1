// Where a results file may be written: not over anything but earlier results.

import { ExhibitHashError } from '../core/errors.js'
import { headOf, isFolder } from '../files/index.js'

const RESULTS_HEAD = '{"type":"header"'

/** @throws {ExhibitHashError} USAGE where `out` names a folder, or a file that is no results file. */
export async function checkTarget(out: string): Promise<void> {
  if (await isFolder(out))
    throw new ExhibitHashError('USAGE', `--out ${out} is a folder: name a file in it`, { path: out })
  const head = await headOf(out, RESULTS_HEAD.length)
  if (head !== null && head.toString('utf8') !== RESULTS_HEAD) {
    throw new ExhibitHashError('USAGE', `--out ${out} is there and no results file: name another`, { path: out })
  }
}
