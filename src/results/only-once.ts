// Results that are named twice would count twice, and share everything with themselves.

import { ExhibitHashError } from '../core/errors.js'
import { realPath } from '../files/index.js'

/** @throws {ExhibitHashError} USAGE naming a file that is named twice */
export async function refuseTwice(paths: readonly string[]): Promise<void> {
  const seen = new Set<string>()
  for (const path of paths) {
    const real = await realPath(path)
    if (seen.has(real)) throw new ExhibitHashError('USAGE', `${path}: is named twice`, { path })
    seen.add(real)
  }
}
