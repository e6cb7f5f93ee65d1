// The room's face: the user's own modules that compute further hashes.

import type { HasherFacts } from '../core/hasher.js'
import { loadHasher, unusable } from './load.js'
import type { LocatedModule } from './locate.js'

export { locateModule, type LocatedModule } from './locate.js'
export { runHashers, type HasherOutcome } from './run.js'

/** A module that was found, and what it said of itself when it was loaded. */
export interface KnownHasher extends LocatedModule {
  readonly facts: HasherFacts
}

/**
 * Loads the modules here and says what they are.
 * @throws {ExhibitHashError} HASHER_UNUSABLE, also where two have one name
 */
export async function describeModules(modules: readonly LocatedModule[]): Promise<HasherFacts[]> {
  const described: HasherFacts[] = []
  for (const { url, module, sha256 } of modules) {
    const { name, version, bytes, of } = await loadHasher({ url, module })
    const twin = described.find((other) => other.name === name)
    if (twin !== undefined) throw unusable(module, `it has the name of another hasher, ${name} of ${twin.module}`)
    described.push({ name, version, bytes, of, module, sha256 })
  }
  return described
}
