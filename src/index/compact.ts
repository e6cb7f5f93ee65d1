// `set compact`: an index and its layers folded to one new index with the same answers.

import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { bytesToHex } from '../core/hex.js'
import { refuseUnknown } from '../core/options.js'
import { headOf, moveInto, realPath } from '../files/index.js'
import { entriesOf } from './entries.js'
import { hasHeadOrLayer } from './head.js'
import { changingSet, HeadWriter, settled, SIGNING_NAMES, type SigningOptions } from './head-writer.js'
import { isIndexHead, MAGIC_BYTES } from './layout.js'
import { mergeMetadata, type SetMetadata } from './metadata.js'
import { openParts, type OpenParts } from './open-parts.js'
import { SetBuilder } from './set-builder.js'

export interface CompactOptions extends SigningOptions {
  /** File to write the new index to; by default it takes the place of the old one, and the layers go. */
  readonly out?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface CompactReport {
  readonly path: string
  /** Layers that are in the new index. */
  readonly folded: number
  readonly entries: number
  /** Entries that layers had taken out, and that are gone. */
  readonly removed: number
  readonly root: string
  readonly sizeBytes: number
  readonly signed: boolean
}

/**
 * Folds an index and its layers to one index. In place, whatever moment the power fails at, the set opens afterwards with
 * the same answers: the head first tells both roots, then the index changes, then layers and old head go.
 *
 * @throws {ExhibitHashError} USAGE, KEY_UNUSABLE, SIGNATURE_INVALID, WRITE_FAILED, ABORTED, what `HashSet.open` throws
 */
export async function compactHashSet(indexPath: string, options: CompactOptions = {}): Promise<CompactReport> {
  refuseUnknown(options, [...SIGNING_NAMES, 'out', 'signal', 'onProgress'])
  return changingSet(options.out ?? indexPath, () => compact(indexPath, options))
}

async function compact(indexPath: string, options: CompactOptions): Promise<CompactReport> {
  const opened = await openParts(indexPath, { mapping: true })
  try {
    const target = options.out === undefined ? opened.place : await realPath(options.out)
    const isInPlace = target === opened.place
    if (!isInPlace) await refuseOverwriting(target, options.out!)
    const head = await HeadWriter.open(indexPath, opened.place, opened.head, options)
    const set = mergeMetadata(
      opened.parts[0].metadata,
      opened.parts.slice(1).map(({ metadata }) => metadata)
    )
    return isInPlace
      ? await foldInPlace(indexPath, opened, set, head, options)
      : await foldTo(target, opened, set, options)
  } finally {
    for (const part of opened.parts) part.close()
  }
}

/** Another index may be replaced, but not one that has updates or a signature of its own. */
async function refuseOverwriting(target: string, out: string): Promise<void> {
  const there = await headOf(target, MAGIC_BYTES)
  const isOther = there !== null && !isIndexHead(there)
  if (!isOther && !hasHeadOrLayer(target)) return
  const what = isOther ? 'is there and is no index' : 'has updates or a signature'
  throw new ExhibitHashError('USAGE', `${out}: ${what}; name another file`, { path: out })
}

async function foldInPlace(
  path: string,
  opened: OpenParts,
  set: SetMetadata,
  head: HeadWriter,
  options: CompactOptions
): Promise<CompactReport> {
  const { place, parts } = opened
  const base = parts[0].root
  const { layers, leftovers } = settled(opened.head, base)
  if (layers.length === 0) {
    await finishFolding(head, leftovers, base)
    return reportOf(path, parts, set.entries, { root: base, sizeBytes: parts[0].fileBytes }, head.signs)
  }
  const temporary = join(dirname(place), `.${basename(place)}.folded`)
  try {
    const written = await fold(temporary, opened, set, options)
    await head.write({ base, layers, next: written.root })
    // Not every system lets go of the name of a file that is mapped.
    for (const part of parts) part.close()
    await moveInto(temporary, place)
    await finishFolding(head, layers.length, written.root)
    return reportOf(path, parts, set.entries, written, head.signs)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function finishFolding(head: HeadWriter, leftovers: number, base: string): Promise<void> {
  await head.removeLayers(leftovers)
  await head.write({ base, layers: [] })
}

async function foldTo(
  target: string,
  opened: OpenParts,
  set: SetMetadata,
  options: CompactOptions
): Promise<CompactReport> {
  const written = await fold(target, opened, set, options)
  const head = await HeadWriter.open(target, target, null, options)
  await head.write({ base: written.root, layers: [] })
  return reportOf(options.out!, opened.parts, set.entries, written, head.signs)
}

async function fold(
  target: string,
  { parts }: OpenParts,
  set: SetMetadata,
  { signal, onProgress }: CompactOptions
): Promise<{ root: string; sizeBytes: number }> {
  const numbers = new Map(set.sources.map(({ name }, i) => [name, i]))
  const builder = await SetBuilder.create(target, { signal })
  try {
    for await (const batch of entriesOf(parts, { signal })) {
      for (const { source, record } of batch) {
        const added = builder.add(record, numbers.get(source)!)
        if (added !== undefined) await added
      }
      onProgress?.(builder.count, set.entries)
    }
    const { root, sizeBytes } = await builder.finish(({ entries, hashCounts }) => ({ ...set, entries, hashCounts }))
    return { root: bytesToHex(root), sizeBytes }
  } catch (error) {
    await builder.discard()
    throw error
  }
}

function reportOf(
  path: string,
  parts: OpenParts['parts'],
  entries: number,
  written: { readonly root: string; readonly sizeBytes: number },
  signed: boolean
): CompactReport {
  const before = parts.reduce((sum, { size }) => sum + size, 0)
  return { path, folded: parts.length - 1, entries, removed: before - entries, ...written, signed }
}
