// Where this package lies and which version of it this is.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PACKAGE_NAME = 'exhibit-hash'

interface Manifest {
  readonly name?: unknown
  readonly version?: unknown
}

/** The nearest folder above this file that is this package; bundling moves the file, so the depth is not known. */
export function ownFolder(): string | null {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && manifestIn(dir).name === PACKAGE_NAME) return dir
    if (dir === dirname(dir)) return null
  }
}

export function packageVersion(): string {
  const folder = ownFolder()
  return folder === null ? 'unknown' : String(manifestIn(folder).version)
}

/**
 * One of the built programs that threads and children run, whether this file is bundled with others or a source.
 *
 * @param name - under `dist/`, without its ending
 */
export function ownProgram(name: string): string {
  return join(ownFolder() ?? dirname(fileURLToPath(import.meta.url)), 'dist', `${name}.js`)
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
