// Ed25519 signatures over what a head lists: keys read and made, signatures made and checked.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
  verify
} from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { ExhibitHashError } from '../core/errors.js'
import { headOf, writeAtomically } from '../files/index.js'
import { signedText, type HeadSignature, type SetHead } from './head.js'

/** A key as PEM text, as the path of a PEM file, or as Node has it. */
export type KeyInput = string | KeyObject

/** @throws {ExhibitHashError} KEY_UNUSABLE */
export async function loadPublicKey(given: KeyInput): Promise<KeyObject> {
  const { text, name } = await textOf(given)
  if (typeof text === 'string' && text.includes('PRIVATE KEY')) {
    throw unusable(name, 'is a private key; whoever only checks needs the public one, and should have no other')
  }
  return ofKind('public', () => (typeof text === 'string' ? createPublicKey(text) : text), name)
}

/** @throws {ExhibitHashError} KEY_UNUSABLE */
export async function loadPrivateKey(given: KeyInput): Promise<KeyObject> {
  const { text, name } = await textOf(given)
  return ofKind('private', () => (typeof text === 'string' ? createPrivateKey(text) : text), name)
}

/** The head with a signature over what it lists. */
export function signHead(head: Omit<SetHead, 'signature'>, key: KeyObject): SetHead {
  const value = sign(null, signedText(head), key).toString('base64')
  return { ...head, signature: { algorithm: 'Ed25519', key: fingerprintOf(key), value } }
}

/** @throws {ExhibitHashError} SIGNATURE_MISSING, SIGNATURE_INVALID, naming `path` */
export function checkHead(head: SetHead | null, key: KeyObject, path: string): void {
  const signature = head?.signature
  if (head === null || signature === undefined) {
    throw new ExhibitHashError('SIGNATURE_MISSING', `${path}: is not signed`, { path })
  }
  if (verify(null, signedText(head), key, Buffer.from(signature.value, 'base64'))) return
  throw new ExhibitHashError('SIGNATURE_INVALID', `${path}: ${reasonOf(signature, key)}`, { path })
}

function reasonOf(signature: HeadSignature, key: KeyObject): string {
  const [theirs, ours] = [signature.key, fingerprintOf(key)]
  if (theirs === ours) return 'its head is not as it was signed'
  return `it says that it was signed with key ${theirs.slice(0, 16)}, and the key given here is ${ours.slice(0, 16)}`
}

/** SHA-256 of the public half as SPKI DER, hex. */
export function fingerprintOf(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return createHash('sha256')
    .update(half.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/**
 * Makes an Ed25519 pair of keys as PEM files, the private one readable by its owner only. Neither file may be there.
 * @returns the fingerprint of the public key
 * @throws {ExhibitHashError} USAGE, WRITE_FAILED
 */
export async function makeSigningKeys(privatePath: string, publicPath: string): Promise<{ readonly key: string }> {
  if (privatePath === publicPath) throw new ExhibitHashError('USAGE', `${publicPath}: name another file for this key`)
  for (const path of [privatePath, publicPath]) {
    if ((await headOf(path, 1)) === null) continue
    throw new ExhibitHashError(
      'USAGE',
      `${path}: is there, and a key that is written over is lost: name another file`,
      { path }
    )
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  await writeAtomically(privatePath, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  try {
    await writeAtomically(publicPath, publicKey.export({ type: 'spki', format: 'pem' }))
  } catch (error) {
    await rm(privatePath, { force: true })
    throw error
  }
  return { key: fingerprintOf(publicKey) }
}

async function textOf(given: KeyInput): Promise<{ text: string | KeyObject; name: string }> {
  if (typeof given !== 'string') return { text: given, name: 'the key' }
  if (given.includes('-----BEGIN')) return { text: given, name: 'the key' }
  try {
    return { text: await readFile(given, 'utf8'), name: given }
  } catch (cause) {
    throw unusable(given, 'cannot be read', cause)
  }
}

function ofKind(type: 'public' | 'private', make: () => KeyObject, name: string): KeyObject {
  let key: KeyObject
  try {
    key = make()
  } catch (cause) {
    throw unusable(name, `is no ${type} key as PEM without a pass phrase`, cause)
  }
  // Strings cannot be told from keys by a type alone where JavaScript calls.
  if (!(key instanceof KeyObject) || key.type !== type || key.asymmetricKeyType !== 'ed25519') {
    throw unusable(name, `is not an Ed25519 ${type} key`)
  }
  return key
}

function unusable(name: string, what: string, cause?: unknown): ExhibitHashError {
  return new ExhibitHashError('KEY_UNUSABLE', `${name}: ${what}`, { path: name, cause })
}
