// The files of an update: which sources of the set each speaks for, and under which name its records are kept.

import { basename } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { shortNames } from '../core/short-names.js'
import { FORMATS } from '../formats/index.js'
import type { ClaimedSource } from './claims.js'
import type { SourceDescription } from './metadata.js'

export interface UpdateFile {
  readonly path: string
  /** As reports call it. */
  readonly file: string
  /** Names of the sources that it speaks for; `null` for all. */
  readonly speaksFor: ReadonlySet<string> | null
}

export interface AddedFile extends UpdateFile {
  /** Source that its records are of. */
  readonly home: string
  /** True where the user said for which sources it speaks. */
  readonly isChosen: boolean
}

/** `'all'`, or names of sources. */
export type SourceChoice = string | readonly string[]

/**
 * Speaks for the sources that were named, else for the one of its own name. A file that speaks for none is a new source:
 * its MediaID 17 is not that of anybody else.
 * @throws {ExhibitHashError} USAGE where a source is named that is not there
 */
export function addedFiles(
  paths: readonly string[],
  choice: SourceChoice | undefined,
  sources: ReadonlySet<string>
): AddedFile[] {
  const chosen = chosenSources(choice, sources)
  const names = shortNames(paths)
  return paths.map((path, i) => {
    const own = sources.has(basename(path)) ? basename(path) : names[i]
    if (chosen === undefined) {
      return { path, file: names[i], speaksFor: new Set([own]), home: own, isChosen: false }
    }
    const home = chosen === null ? own : [...chosen][0]
    return { path, file: names[i], speaksFor: chosen, home, isChosen: true }
  })
}

/** @throws {ExhibitHashError} USAGE where nothing says for which source a file speaks */
export function withdrawnFiles(
  paths: readonly string[],
  choice: SourceChoice | undefined,
  sources: ReadonlySet<string>
): UpdateFile[] {
  const chosen = chosenSources(choice, sources)
  const names = shortNames(paths)
  return paths.map((path, i) => {
    if (chosen !== undefined) return { path, file: names[i], speaksFor: chosen }
    const own = [basename(path), names[i]].find((name) => sources.has(name))
    if (own !== undefined) return { path, file: names[i], speaksFor: new Set([own]) }
    const message = `${path}: the set has no source of that name; name the one whose records are taken back (${known(sources)}), or all`
    throw new ExhibitHashError('USAGE', message, { path })
  })
}

/** `undefined` where nothing was chosen, `null` for all. */
function chosenSources(
  choice: SourceChoice | undefined,
  sources: ReadonlySet<string>
): ReadonlySet<string> | null | undefined {
  if (choice === undefined || choice.length === 0) return undefined
  const names = typeof choice === 'string' ? [choice] : choice
  if (names.length === 1 && names[0] === 'all') return null
  for (const name of names) {
    if (sources.has(name)) continue
    const message = `the set has no source '${name}'; it has ${known(sources)}`
    throw new ExhibitHashError('USAGE', message, { path: name })
  }
  return new Set(names)
}

function known(sources: ReadonlySet<string>): string {
  const names = [...sources]
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
}

/** Sources of a description as claims see them. */
export function claimedSources(sources: readonly SourceDescription[]): ClaimedSource[] {
  return sources.map(({ name, format }) => ({ name, family: familyOf(format) }))
}

function familyOf(format: string): string {
  return FORMATS.find(({ name }) => name === format)?.family ?? format
}
