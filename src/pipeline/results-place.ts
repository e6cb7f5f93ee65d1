// Where results must not be written: into what is scanned, which would change the exhibit and be found by the scan.

import { existsSync } from 'node:fs'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { globOf } from '../exhibit/index.js'
import { realPath } from '../files/index.js'

/** @throws {ExhibitHashError} USAGE where `out` lies in one of the folders, or in that of a pattern */
export async function refuseInside(out: string, paths: readonly string[]): Promise<void> {
  const folder = await realPath(dirname(out))
  for (const path of paths) {
    const walked = existsSync(path) ? path : (globOf(path)?.base ?? path)
    const inside = relative(await realPath(walked), folder)
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) continue
    throw new ExhibitHashError('USAGE', `${out} lies inside the exhibit ${path}: write the results elsewhere`, {
      path: out
    })
  }
}
