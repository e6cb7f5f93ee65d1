// Folders and files to exhibit files, in byte order of names within each folder. Names are bytes throughout.

import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { ExhibitHashError, readErrorCode, systemReason } from '../core/errors.js'
import type { FileError, SkipReason } from '../core/result.js'
import { shortNames } from '../core/short-names.js'
import type { ExhibitFile } from './exhibit-file.js'
import { type Glob, globOf } from './glob.js'

type Found = Omit<ExhibitFile, 'seq'>
type ByteDirent = Dirent<Buffer>

const SLASH = Buffer.from('/')
const SEPARATOR = Buffer.from(sep)

/**
 * Walks what a user named. A folder's files are named relative to it (behind the folder's short name where
 * several paths were named), a file by its short name. A path that is missing becomes an error record, unless
 * all are missing. Symbolic links and special files are told, not followed; a link named by the user is.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND where none of the paths exists
 */
export async function* walkPaths(paths: readonly string[]): AsyncGenerator<ExhibitFile> {
  const roots = await Promise.all(paths.map(lookAtPath))
  if (roots.every((root) => root.error !== undefined)) {
    throw new ExhibitHashError('INPUT_NOT_FOUND', roots[0].error?.message ?? 'no path was named', { path: paths[0] })
  }
  const names = shortNames(roots.map(({ location }) => location.toString()))
  let seq = 0
  for (const [i, root] of roots.entries()) {
    const name = Buffer.from(names[i])
    for await (const found of walkRoot(root, name, paths.length === 1)) yield { seq: seq++, ...found }
  }
}

/**
 * Walks a list that someone made: every item is named as it stands there. Missing ones become error records. Lists come from
 * programs that list whatever is there, so links and special files are told, not followed.
 */
export async function* walkList(names: AsyncIterable<Uint8Array>): AsyncGenerator<ExhibitFile> {
  let seq = 0
  for await (const bytes of names) {
    const name = Buffer.from(bytes)
    const root = await lookAt(name, lstat)
    const { location, status } = root
    if (status === null || status.isFile() || status.isDirectory()) {
      for await (const found of walkRoot(root, withSlashes(name), false)) yield { seq: seq++, ...found }
    } else yield { seq: seq++, location, name: withSlashes(name), ...skipOf(status) }
  }
}

interface Root {
  readonly location: Buffer
  readonly status: Stats | null
  readonly error?: FileError
  /** Set where only some of the files of a folder were asked for. */
  readonly glob?: Glob
}

/** A name that is there is that file, whatever wildcards it has. */
async function lookAtPath(path: string): Promise<Root> {
  const root = await lookAt(path)
  const glob = root.error?.code === 'INPUT_NOT_FOUND' ? globOf(path) : null
  return glob === null ? root : { ...(await lookAt(glob.base)), glob }
}

async function lookAt(path: string | Buffer, look: (path: Buffer) => Promise<Stats> = stat): Promise<Root> {
  const location = typeof path === 'string' ? Buffer.from(resolve(path)) : absolute(path)
  try {
    return { location, status: await look(location) }
  } catch (cause) {
    const code = readErrorCode(cause)
    const why = code === 'INPUT_NOT_FOUND' ? 'no such file or folder' : systemReason(cause)
    const error: FileError = { code, message: `${path.toString()}: ${why}`, stage: 'walk' }
    return { location, status: null, error }
  }
}

async function* walkRoot(root: Root, name: Buffer, alone: boolean): AsyncGenerator<Found> {
  const { location, status, error, glob } = root
  if (glob !== undefined && error === undefined) {
    yield* walkMatching(location, glob, alone ? Buffer.alloc(0) : name)
    return
  }
  if (error !== undefined || status === null) yield { location, name, ...(error && { error }) }
  else if (status.isDirectory()) yield* walkFolder(location, alone ? Buffer.alloc(0) : name)
  else if (status.isFile()) yield { location, name }
  else {
    const message = `${name.toString()}: neither a file nor a folder`
    yield { location, name, error: { code: 'READ_FAILED', message, stage: 'walk' } }
  }
}

/** Files of a folder and all below it whose names match; folders that cannot be read are told whatever they are called. */
async function* walkMatching(location: Buffer, glob: Glob, name: Buffer): AsyncGenerator<Found> {
  let isFound = false
  for await (const found of walkFolder(location, Buffer.alloc(0))) {
    if (found.error === undefined && !glob.matches(found.name)) continue
    isFound ||= found.error === undefined
    yield name.length === 0 ? found : { ...found, name: Buffer.concat([name, SLASH, found.name]) }
  }
  if (isFound) return
  const message = `${glob.pattern}: no file matches`
  yield { location, name: Buffer.from(glob.pattern), error: { code: 'INPUT_NOT_FOUND', message, stage: 'walk' } }
}

async function* walkFolder(location: Buffer, name: Buffer): AsyncGenerator<Found> {
  let entries: ByteDirent[]
  try {
    entries = await readdir(location, { withFileTypes: true, encoding: 'buffer' })
  } catch (cause) {
    const shown = name.length === 0 ? '.' : name.toString()
    const message = `${shown}: the folder cannot be read: ${systemReason(cause)}`
    yield { location, name: Buffer.from(shown), error: { code: 'READ_FAILED', message, stage: 'walk' } }
    return
  }
  entries.sort((a, b) => Buffer.compare(a.name, b.name))
  for (const entry of entries) {
    const child = {
      location: Buffer.concat([location, SEPARATOR, entry.name]),
      name: name.length === 0 ? entry.name : Buffer.concat([name, SLASH, entry.name])
    }
    const kind = await kindOf(entry, child.location)
    if (kind.isDirectory()) yield* walkFolder(child.location, child.name)
    else yield { ...child, ...skipOf(kind) }
  }
}

interface KindOfFile {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
  isFIFO(): boolean
  isSocket(): boolean
}

/** Some file systems do not tell the kind in the folder. */
async function kindOf(entry: ByteDirent, location: Buffer): Promise<KindOfFile> {
  const told =
    entry.isFile() ||
    entry.isDirectory() ||
    entry.isSymbolicLink() ||
    entry.isFIFO() ||
    entry.isSocket() ||
    entry.isBlockDevice() ||
    entry.isCharacterDevice()
  return told ? entry : lstat(location).catch(() => entry)
}

function skipOf(kind: KindOfFile): { skipped?: SkipReason } {
  if (kind.isFile()) return {}
  if (kind.isSymbolicLink()) return { skipped: 'symlink' }
  if (kind.isFIFO()) return { skipped: 'fifo' }
  return { skipped: kind.isSocket() ? 'socket' : 'device' }
}

function absolute(path: Buffer): Buffer {
  const text = path.toString('utf8')
  if (Buffer.from(text).equals(path)) return Buffer.from(resolve(text))
  const isAbsolute = path[0] === 0x2f
  return isAbsolute ? path : Buffer.concat([Buffer.from(process.cwd()), SEPARATOR, path])
}

function withSlashes(name: Buffer): Buffer {
  return sep === '\\' ? Buffer.from(name.map((byte) => (byte === 0x5c ? 0x2f : byte))) : name
}
