// Runs the user's hashers over one file: a value, none, or an error that costs nothing else.

import { ExhibitHashError } from '../core/errors.js'
import type { Hasher, HasherInput } from '../core/hasher.js'
import { bytesToHex } from '../core/hex.js'
import type { FileError } from '../core/result.js'
import { loadHasher } from './load.js'
import type { LocatedModule } from './locate.js'

export interface HasherOutcome {
  /** Hex by hasher; `null` where a hasher has no value for the file. */
  readonly values: Readonly<Record<string, string | null>>
  /** Of the first hasher that failed. */
  readonly error: FileError | null
}

const loaded = new Map<string, Promise<Hasher>>()

/** Runs every hasher that takes such a file; never rejects for a fault of file or hasher. */
export async function runHashers(modules: readonly LocatedModule[], input: HasherInput): Promise<HasherOutcome> {
  const values: Record<string, string | null> = {}
  let error: FileError | null = null
  for (const module of modules) {
    try {
      const hasher = await once(module)
      if (hasher.of === 'picture' && input.picture === null) continue
      values[hasher.name] = null
      const value = await hasher.hash(hasher.of === 'picture' ? input : { ...input, picture: null })
      values[hasher.name] = value === null ? null : checked(hasher, value)
    } catch (thrown) {
      error ??= describe(module, thrown)
    }
  }
  return { values, error }
}

function once(module: LocatedModule): Promise<Hasher> {
  let hasher = loaded.get(module.url)
  if (hasher === undefined) {
    hasher = loadHasher(module)
    loaded.set(module.url, hasher)
  }
  return hasher
}

function checked({ bytes }: Hasher, value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new Error('it gave no Uint8Array and no null')
  if (value.length !== bytes) throw new Error(`it gave ${value.length} bytes in place of ${bytes}`)
  return bytesToHex(value)
}

function describe({ module }: LocatedModule, thrown: unknown): FileError {
  const code = thrown instanceof ExhibitHashError ? thrown.code : 'HASHER_FAILED'
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code, message: code === 'HASHER_FAILED' ? `hasher ${module}: ${message}` : message, stage: 'hash' }
}
