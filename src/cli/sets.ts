// Opens the hash sets that a command names, and closes them again.

import { resolve } from 'node:path'
import { toExhibitHashError } from '../core/errors.js'
import type { NearKind } from '../core/hashes.js'
import { HashSet, type OpenOptions } from '../index/index.js'
import { CommandFailure, reportFailure } from './failure.js'
import { EXIT } from './exit.js'
import { note } from './output.js'

export const NO_MAPPING_HELP = 'read hash sets in blocks in place of mapping them: for network shares'
export const REQUIRE_SIGNATURE_HELP =
  'open only sets that are signed, updates included, with the private half of this Ed25519 key'

/** The option as HashSet.open takes it. */
export function signatureOption(path: string | undefined): Pick<OpenOptions, 'requireSignature'> {
  return path === undefined ? {} : { requireSignature: path }
}

/** Says of which sets what is asked for cannot be found, since they hold no hash of the kind. */
export function noteMissingHashes(sets: readonly HashSet[], kinds: readonly NearKind[]): void {
  for (const { name, metadata } of sets) {
    // Sets of harmless files are of digests.
    if (metadata.role === 'known-good') continue
    const missing = kinds.filter((kind) => (metadata.hashCounts[kind] ?? 0) === 0)
    if (missing.length === 0) continue
    note(`note: ${name} holds no ${missing.join(', ')}: copies of its pictures that were edited are not found by that`)
  }
}

/** Says that nothing can be skipped as known where no set is of harmless files. */
export function noteNoKnownGood(sets: readonly HashSet[]): void {
  if (sets.some(({ metadata }) => metadata.role === 'known-good')) return
  note('note: --skip-known skips nothing: none of the sets is known-good (set build --known-good, or NSRL alone)')
}

/** Runs `work` with one set after the other, past those that it fails with. @returns the status of the first failure */
export async function withEachSet(
  paths: readonly string[],
  options: OpenOptions,
  work: (set: HashSet) => Promise<void>
): Promise<number> {
  let failed: number = EXIT.ok
  for (const path of paths) {
    try {
      await withSets([path], options, ([set]) => work(set))
    } catch (error) {
      const status = reportFailure(error)
      if (failed === EXIT.ok) failed = status
      // Whoever stops one stops all; of what is not sound the others know nothing.
      if (status === EXIT.stopped) break
    }
  }
  return failed
}

/** A set that is named twice would match twice. */
function onlyOnce(paths: readonly string[]): string[] {
  const files = paths.map((path) => resolve(path))
  return paths.filter((path, i) => {
    const isFirst = files.indexOf(files[i]) === i
    if (!isFirst) note(`note: ${path} is named twice, and opened once`)
    return isFirst
  })
}

/** Runs `work` with the sets of these paths open. Whatever is wrong with one, the status is "unusable hash set". */
export async function withSets<T>(
  paths: readonly string[],
  options: OpenOptions,
  work: (sets: HashSet[]) => Promise<T>
): Promise<T> {
  const sets: HashSet[] = []
  try {
    for (const path of onlyOnce(paths)) {
      const set = await HashSet.open(path, options).catch((error: unknown) => {
        const known = toExhibitHashError(error, 'INDEX_DAMAGED', { path })
        // A key that cannot be read says nothing about the set.
        throw known.code === 'KEY_UNUSABLE' ? known : new CommandFailure(known, EXIT.unusableSet)
      })
      sets.push(set)
      if (!set.metadata.complete) note(`warning: ${set.name} is incomplete: it was built from part of its sources`)
    }
    return await work(sets)
  } finally {
    for (const set of sets) await set.close()
  }
}
