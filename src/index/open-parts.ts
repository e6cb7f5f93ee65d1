// Opens the base of a set with all of its layers, and refuses every combination that is not the one its head lists.

import type { KeyObject } from 'node:crypto'
import { ExhibitHashError, type ErrorCode, toExhibitHashError } from '../core/errors.js'
import { realPath } from '../files/index.js'
import { MAX_ENTRY } from '../kernels/index-store.js'
import { headPathOf, layerNumbersBeside, layerPathOf, readHead, type SetHead } from './head.js'
import { IndexPart } from './index-part.js'
import { checkHead } from './signing.js'

export interface OpenPartsOptions {
  readonly mapping: boolean
  /** Public key of the signature that the set must have. */
  readonly signedBy?: KeyObject | undefined
  /** Whether a layer that no head lists may lie there: an update that is run again completes it. Default false. */
  readonly mayHaveUnlisted?: boolean
}

export interface OpenParts {
  /** Where base, head and layers lie, links followed. */
  readonly place: string
  /** The base, then its layers in their order. */
  readonly parts: readonly IndexPart[]
  readonly head: SetHead | null
}

/** Failures that a change of the set at this very moment looks like. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['LAYER_UNLISTED', 'LAYER_MISSING', 'LAYER_FOREIGN', 'HEAD_FOREIGN'])
const ATTEMPTS = 3
const PAUSE_MS = 100

/**
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, INDEX_NOT_AN_INDEX, INDEX_VERSION, INDEX_TRUNCATED,
 * INDEX_DAMAGED, HEAD_INVALID, HEAD_FOREIGN, LAYER_ALONE, LAYER_MISSING, LAYER_FOREIGN, LAYER_OUT_OF_ORDER,
 * LAYER_CHANGED, LAYER_UNLISTED, SIGNATURE_MISSING, SIGNATURE_INVALID
 */
export async function openParts(path: string, options: OpenPartsOptions): Promise<OpenParts> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(path, options)
    } catch (error) {
      const { code } = toExhibitHashError(error, 'INTERNAL')
      if (!PASSING.has(code) || attempt === ATTEMPTS) throw error
      // A layer and its head, a folded base and its head, are two files: another process may be between the two.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

async function openOnce(path: string, options: OpenPartsOptions): Promise<OpenParts> {
  const place = await realPath(path)
  const head = await readHead(place)
  const parts: IndexPart[] = []
  try {
    const base = IndexPart.open(path, options.mapping)
    parts.push(base)
    if (base.metadata.layer !== undefined) {
      const message = `${path}: is layer ${base.metadata.layer.number} of a hash set, not a hash set`
      throw new ExhibitHashError('LAYER_ALONE', message, { path })
    }
    if (options.signedBy !== undefined) checkHead(head, options.signedBy, path)
    for (const root of layersOf(head, base, place)) parts.push(openLayer(place, parts, root, options.mapping))
    refuseTooMany(path, parts)
    if (options.mayHaveUnlisted !== true) refuseUnlisted(place, head, parts)
    return { place, parts, head }
  } catch (error) {
    for (const part of parts) part.close()
    throw error
  }
}

/** Roots of the layers that belong on this base. */
function layersOf(head: SetHead | null, base: IndexPart, place: string): readonly string[] {
  if (head === null) return []
  if (base.root === head.base) return head.layers
  if (base.root === head.next) return []
  const path = headPathOf(place)
  const message = `${path}: is the head of index ${short(head.base)}, and ${base.path} is ${short(base.root)}`
  throw new ExhibitHashError('HEAD_FOREIGN', message, { path })
}

function openLayer(place: string, before: readonly IndexPart[], listed: string, mapping: boolean): IndexPart {
  const number = before.length
  const path = layerPathOf(place, number)
  let layer: IndexPart
  try {
    layer = IndexPart.open(path, mapping)
  } catch (error) {
    const known = toExhibitHashError(error, 'READ_FAILED', { path })
    if (known.code !== 'INPUT_NOT_FOUND') throw known
    throw new ExhibitHashError('LAYER_MISSING', `${path}: is not there`, { path, cause: error })
  }
  try {
    refuseOther(layer, { number, base: before[0].root, previous: before[number - 1].root, listed })
    return layer
  } catch (error) {
    layer.close()
    throw error
  }
}

/** Entries are numbered through, and look-ups in batches answer with signed numbers. */
function refuseTooMany(path: string, parts: readonly IndexPart[]): void {
  const entries = parts.reduce((sum, { size }) => sum + size, 0)
  if (entries <= MAX_ENTRY) return
  throw new ExhibitHashError('INDEX_DAMAGED', `${path}: ${entries} entries, more than can be numbered`, { path })
}

/** The plainest reason first: a root that is not the listed one is true of all of them. */
function refuseOther(
  { path, root, metadata: { layer } }: IndexPart,
  expected: { readonly number: number; readonly base: string; readonly previous: string; readonly listed: string }
): void {
  const refuse = (code: ErrorCode, what: string) => new ExhibitHashError(code, `${path}: ${what}`, { path })
  if (layer === undefined) throw refuse('LAYER_CHANGED', 'is a hash set of its own, not a layer')
  if (layer.base !== expected.base) {
    throw refuse('LAYER_FOREIGN', `is a layer for index ${short(layer.base)}, not for ${short(expected.base)}`)
  }
  if (layer.number !== expected.number) {
    throw refuse('LAYER_OUT_OF_ORDER', `says that it is layer ${layer.number}, and stands as layer ${expected.number}`)
  }
  if (layer.previous !== expected.previous) {
    throw refuse('LAYER_OUT_OF_ORDER', `follows ${short(layer.previous)}, and stands after ${short(expected.previous)}`)
  }
  if (root !== expected.listed) {
    throw refuse('LAYER_CHANGED', `is ${short(root)}, and the head of the set lists ${short(expected.listed)}`)
  }
}

/** A layer that no head lists: half an update, or all of one that someone wants forgotten. */
function refuseUnlisted(place: string, head: SetHead | null, parts: readonly IndexPart[]): void {
  const unlisted = layerNumbersBeside(place).filter((number) => number >= parts.length)
  // A folded set may still have layers of the base before it beside it, until the last step of folding.
  const folded = head !== null && parts[0].root === head.next ? head.layers : []
  const path = unlisted
    .map((number) => ({ path: layerPathOf(place, number), number }))
    .find((each) => folded[each.number - 1] === undefined || rootOf(each.path) !== folded[each.number - 1])?.path
  if (path === undefined) return
  const message = `${path}: lies beside the index, but ${head === null ? 'there is no head' : 'the head does not list it'}`
  throw new ExhibitHashError('LAYER_UNLISTED', message, { path })
}

function rootOf(path: string): string | null {
  try {
    const part = IndexPart.open(path, false)
    part.close()
    return part.root
  } catch {
    return null // not a layer of anything: the caller names it
  }
}

function short(root: string): string {
  return root.slice(0, 16)
}
