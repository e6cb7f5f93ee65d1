// `set sign`: an Ed25519 signature over the roots of an index and its layers.

import { createPublicKey } from 'node:crypto'
import { writeHead, type SetHead } from './head.js'
import { changingSet, settled } from './head-writer.js'
import { openParts } from './open-parts.js'
import { checkHead, fingerprintOf, loadPrivateKey, signHead, type KeyInput } from './signing.js'

export interface SignReport {
  readonly path: string
  /** SHA-256 of the public key as SPKI DER, hex. */
  readonly key: string
  readonly root: string
  readonly layers: readonly string[]
}

/**
 * Signs an index with its layers: the head beside it then carries the signature, and the index is not touched. What is
 * signed with another key is signed anew.
 *
 * @throws {ExhibitHashError} KEY_UNUSABLE; SIGNATURE_INVALID where what this key has signed was changed since;
 * WRITE_FAILED; what `HashSet.open` throws
 */
export async function signHashSet(indexPath: string, { key }: { readonly key: KeyInput }): Promise<SignReport> {
  return changingSet(indexPath, () => sign(indexPath, key))
}

async function sign(indexPath: string, key: KeyInput): Promise<SignReport> {
  const signing = await loadPrivateKey(key)
  const { place, parts, head } = await openParts(indexPath, { mapping: true })
  for (const part of parts) part.close()
  const fingerprint = fingerprintOf(signing)
  if (head?.signature?.key === fingerprint) checkHead(head, createPublicKey(signing), indexPath)
  const base = parts[0].root
  const { layers, leftovers } = settled(head, base)
  // Layers that were folded may still lie there; only the head that says so tells them from others.
  const signed: SetHead = leftovers > 0 ? head! : { base, layers }
  await writeHead(place, signHead(withoutSignature(signed), signing))
  return { path: indexPath, key: fingerprint, root: base, layers }
}

function withoutSignature({ base, layers, next }: SetHead): Omit<SetHead, 'signature'> {
  return { base, layers, ...(next !== undefined && { next }) }
}
