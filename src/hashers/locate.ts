// Finds a hasher's module and says exactly which one it is, without running a line of it.

import { createHash } from 'node:crypto'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ExhibitHashError, systemReason } from '../core/errors.js'

/** A module that was found and not yet loaded. */
export interface LocatedModule {
  /** For `import()`. */
  readonly url: string
  /** File name or package name, without the folders of this machine. */
  readonly module: string
  /**
   * SHA-256, hex: of the module's file; of a package, of the lines `digest  path` of all its files in the order of
   * their paths, the packages it has installed within itself left out.
   */
  readonly sha256: string
}

const NAMES_A_FILE = /^\.{0,2}[\\/]|^[a-z]:[\\/]|\.[cm]?js$/i

/**
 * @param specifier - path of a file, or name of a package that is installed where this process was started
 * @throws {ExhibitHashError} HASHER_UNUSABLE
 */
export async function locateModule(specifier: string): Promise<LocatedModule> {
  try {
    return NAMES_A_FILE.test(specifier) ? await locateFile(specifier) : await locatePackage(specifier)
  } catch (error) {
    const message = `hasher ${specifier}: it cannot be found or read: ${systemReason(error)}`
    throw new ExhibitHashError('HASHER_UNUSABLE', message, { path: specifier, cause: error })
  }
}

async function locateFile(path: string): Promise<LocatedModule> {
  const file = await realpath(resolve(path))
  return { url: pathToFileURL(file).href, module: basename(file), sha256: sha256(await readFile(file)) }
}

async function locatePackage(name: string): Promise<LocatedModule> {
  const entry = createRequire(join(process.cwd(), 'from-here.js')).resolve(name)
  const folder = await packageFolder(entry, name)
  const files = await filesBelow(folder)
  const lines = await Promise.all(
    files.map(async (file) => `${sha256(await readFile(join(folder, file)))}  ${file.split(sep).join('/')}\n`)
  )
  return { url: pathToFileURL(entry).href, module: name, sha256: sha256(Buffer.from(lines.sort().join(''))) }
}

/** The nearest folder above the entry whose package.json has the name. */
async function packageFolder(entry: string, name: string): Promise<string> {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null)
    if (manifest !== null && (JSON.parse(manifest) as { name?: unknown }).name === name) return folder
  }
  throw new Error(`no folder above ${basename(entry)} is the package ${name}`)
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  return paths.filter((path) => path.split(sep)[0] !== 'node_modules')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
