// The head of a hash set: a small file beside the base that lists its layers and may carry a signature.

import { existsSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { READ_WITHOUT_WAITING, writeAtomically } from '../files/index.js'
import { isRoot } from './metadata.js'

const TYPE = 'exhibit-hash head'
const VERSION = 1
/** A head of a hundred thousand layers is smaller. */
const MAX_BYTES = 16 * 1024 * 1024

export interface HeadSignature {
  readonly algorithm: 'Ed25519'
  /** SHA-256 of the public key as SPKI DER, hex: tells keys apart, proves nothing. */
  readonly key: string
  /** Base64. */
  readonly value: string
}

export interface SetHead {
  /** Root of the base, hex. */
  readonly base: string
  /** Roots of its layers, in their order. */
  readonly layers: readonly string[]
  /**
   * While a set is being folded: root of the index that takes the base's place and has all layers in it. Whichever of the
   * two is there, the head is right.
   */
  readonly next?: string
  readonly signature?: HeadSignature
}

export function headPathOf(indexPath: string): string {
  return `${indexPath}.head`
}

/** Where a layer lies; its name follows from the base's, so that a set can be renamed as a whole. */
export function layerPathOf(indexPath: string, number: number): string {
  return `${indexPath}.layer-${number}`
}

/** Numbers of the layers that lie beside an index, ascending. */
export function layerNumbersBeside(indexPath: string): number[] {
  const start = basename(layerPathOf(indexPath, 0)).slice(0, -1)
  const names = readdirSync(dirname(indexPath)).filter((name) => name.startsWith(start))
  const numbers = names.map((name) => name.slice(start.length)).filter((text) => /^[1-9][0-9]*$/.test(text))
  return numbers.map(Number).sort((a, b) => a - b)
}

/**
 * True where an index that is written here would come to lie under a head or layer of another one.
 * @param indexPath - links followed
 */
export function hasHeadOrLayer(indexPath: string): boolean {
  if (!existsSync(dirname(indexPath))) return false
  return existsSync(headPathOf(indexPath)) || layerNumbersBeside(indexPath).length > 0
}

/**
 * What a signature is over: one line a fact, so that no two heads have the same text, and a first line that no other
 * signed thing begins with.
 */
export function signedText({ base, layers, next }: SetHead): Buffer {
  const lines = [
    'exhibit-hash hash set, format 1',
    `base ${base}`,
    ...layers.map((root, i) => `layer ${i + 1} ${root}`),
    ...(next === undefined ? [] : [`next ${next}`]),
    'end'
  ]
  return Buffer.from(`${lines.join('\n')}\n`, 'ascii')
}

/**
 * The head beside an index; `null` where there is none.
 * @throws {ExhibitHashError} HEAD_INVALID, READ_FAILED
 */
export async function readHead(indexPath: string): Promise<SetHead | null> {
  const path = headPathOf(indexPath)
  const text = await readText(path)
  if (text === null) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ExhibitHashError('HEAD_INVALID', `${path}: is not JSON`, { path, cause })
  }
  if (!isPlainObject(value) || value.type !== TYPE) throw invalid(path, 'is no head of a hash set')
  if (value.version !== VERSION) {
    throw invalid(path, `is of version ${String(value.version)}, this release reads version ${VERSION}`)
  }
  const { base, layers, next, signature } = value
  if (!isRoot(base) || !Array.isArray(layers)) throw invalid(path, 'lacks parts')
  return {
    base,
    layers: layers.map((layer: unknown, i) => {
      if (!isPlainObject(layer) || !isRoot(layer.root)) throw invalid(path, `names no root of layer ${i + 1}`)
      if (layer.number !== i + 1) throw invalid(path, `lists layer ${String(layer.number)} in place ${i + 1}`)
      return layer.root
    }),
    ...(next !== undefined && { next: isRoot(next) ? next : fail(path, 'names no root of the index that follows') }),
    ...(signature !== undefined && { signature: checkSignature(signature, path) })
  }
}

/** @throws {ExhibitHashError} WRITE_FAILED */
export async function writeHead(indexPath: string, { base, layers, next, signature }: SetHead): Promise<void> {
  const listed = layers.map((root, i) => ({ number: i + 1, root }))
  const head = { type: TYPE, version: VERSION, base, layers: listed, next, signature }
  await writeAtomically(headPathOf(indexPath), `${JSON.stringify(head, null, 2)}\n`)
}

async function readText(path: string): Promise<string | null> {
  // Without waiting: a pipe of that name would keep the open for ever.
  const file = await open(path, READ_WITHOUT_WAITING).catch((error: unknown) => {
    if (readErrorCode(error) === 'INPUT_NOT_FOUND') return null
    throw toExhibitHashError(error, 'READ_FAILED', { path })
  })
  if (file === null) return null
  try {
    const status = await file.stat()
    if (!status.isFile() || status.size > MAX_BYTES) throw invalid(path, 'is no head of a hash set')
    return await file.readFile('utf8')
  } catch (error) {
    throw toExhibitHashError(error, 'READ_FAILED', { path })
  } finally {
    await file.close()
  }
}

function checkSignature(value: unknown, path: string): HeadSignature {
  if (!isPlainObject(value) || value.algorithm !== 'Ed25519') throw invalid(path, 'is signed in a way not known here')
  const { key, value: bytes } = value
  if (!isRoot(key) || typeof bytes !== 'string') throw invalid(path, 'has a signature that lacks parts')
  return { algorithm: 'Ed25519', key, value: bytes }
}

function invalid(path: string, what: string): ExhibitHashError {
  return new ExhibitHashError('HEAD_INVALID', `${path}: ${what}`, { path })
}

function fail(path: string, what: string): never {
  throw invalid(path, what)
}
