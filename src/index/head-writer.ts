// Changes of a head: who may make them, and the steps that an interrupted one left open.

import { createPublicKey, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { realPath, withLock, writing } from '../files/index.js'
import { headPathOf, layerPathOf, readHead, writeHead, type SetHead } from './head.js'
import { checkHead, loadPrivateKey, signHead, type KeyInput } from './signing.js'

export interface SigningOptions {
  /** Ed25519 private key (PEM text, path of a PEM file, or KeyObject) to sign with; needed where the set is signed. */
  readonly key?: KeyInput
  /** Leave a signed set without a signature in place of signing it anew. Default false. */
  readonly dropSignature?: boolean
}

export const SIGNING_NAMES: readonly (keyof SigningOptions)[] = ['key', 'dropSignature']

/** Writes heads of one set, signed where a key was given. */
export class HeadWriter {
  private constructor(
    private readonly place: string,
    private readonly key: KeyObject | null,
    /** What the head said when the work began. */
    private before: SetHead | null
  ) {}

  /**
   * @throws {ExhibitHashError} USAGE where the set is signed and there is neither a key nor leave to drop the signature;
   * SIGNATURE_INVALID where the key is not the one it was signed with; KEY_UNUSABLE
   */
  static async open(
    path: string,
    place: string,
    head: SetHead | null,
    { key, dropSignature = false }: SigningOptions
  ): Promise<HeadWriter> {
    if (key !== undefined && dropSignature) {
      throw new ExhibitHashError('USAGE', 'a set is either signed with a key or left without a signature')
    }
    const signing = key === undefined ? null : await loadPrivateKey(key)
    if (head?.signature !== undefined) {
      if (signing === null && !dropSignature) {
        const message = `${path}: is signed, and a change of it needs the private key (--key), or leave to drop the signature (--drop-signature)`
        throw new ExhibitHashError('USAGE', message, { path })
      }
      // Who signs what was tampered with before vouches for it.
      if (signing !== null) checkHead(head, createPublicKey(signing), path)
    }
    return new HeadWriter(place, signing, head)
  }

  get signs(): boolean {
    return this.key !== null
  }

  /**
   * Writes the head; one that would say nothing is removed in its place.
   * @throws {ExhibitHashError} WRITE_FAILED, also where another process has changed the set meanwhile
   */
  async write(head: Omit<SetHead, 'signature'>): Promise<void> {
    const path = headPathOf(this.place)
    await this.refuseChanged()
    if (this.key === null && head.layers.length === 0 && head.next === undefined) {
      await writing(path, () => rm(path, { force: true }))
      this.before = null
      return
    }
    await writeHead(this.place, this.key === null ? head : signHead(head, this.key))
    this.before = await readHead(this.place)
  }

  /** @throws {ExhibitHashError} WRITE_FAILED where another process has changed the set meanwhile */
  async refuseChanged(): Promise<void> {
    if (JSON.stringify(await readHead(this.place)) === JSON.stringify(this.before)) return
    const path = headPathOf(this.place)
    const message = `${path}: has been changed by another process meanwhile; run the command again`
    throw new ExhibitHashError('WRITE_FAILED', message, { path, stage: 'write' })
  }

  /** True where the head that is there has a layer of this root, or cannot be read to tell. */
  async lists(root: string): Promise<boolean> {
    try {
      return (await readHead(this.place))?.layers.includes(root) === true
    } catch {
      return true
    }
  }

  /**
   * Removes layers that an index has taken in, the first one last: while it is there, it tells a head that was put back
   * from work that is not finished.
   */
  async removeLayers(count: number): Promise<void> {
    for (let number = count; number >= 1; number--) {
      const path = layerPathOf(this.place, number)
      await writing(path, () => rm(path, { force: true }))
    }
  }
}

/**
 * Runs work that changes a set, its layers or its head: one process at a time.
 * @throws {ExhibitHashError} WRITE_FAILED where another one is at it
 */
export async function changingSet<T>(path: string, work: () => Promise<T>): Promise<T> {
  const place = await realPath(path)
  // Whoever opens what is not there says so better.
  return existsSync(dirname(place)) ? withLock(place, work) : work()
}

/** What a head says of the base that is there: without the other half of an interrupted folding. */
export function settled(head: SetHead | null, base: string): { readonly layers: readonly string[]; leftovers: number } {
  if (head === null) return { layers: [], leftovers: 0 }
  if (head.next === base && head.base !== base) return { layers: [], leftovers: head.layers.length }
  return { layers: head.layers, leftovers: 0 }
}
