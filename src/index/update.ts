// `set update`: a small layer on an index, of what its sources have added, replaced and taken back since.

import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type CategoryProfile, profileIdentity } from '../core/category.js'
import { ExhibitHashError } from '../core/errors.js'
import { bytesToHex } from '../core/hex.js'
import { areTexts, refuseUnknown, usage } from '../core/options.js'
import { moveInto } from '../files/index.js'
import { MAX_ENTRY } from '../kernels/index-store.js'
import { findClaimed, type ClaimedEntries } from './claim-search.js'
import { layerPathOf } from './head.js'
import { changingSet, HeadWriter, settled, SIGNING_NAMES, type SigningOptions } from './head-writer.js'
import { EntryBits, hiddenIn } from './entry-bits.js'
import { countKinds } from './kind-bits.js'
import { IndexPart } from './index-part.js'
import { SECTION } from './layout.js'
import { mergeMetadata, type PartMetadata, type SetMetadata, type SetRole, type SourceUpdate } from './metadata.js'
import { openParts, type OpenParts } from './open-parts.js'
import { loadProfile } from './profile.js'
import { READING_NAMES, type ReadingOptions } from './read-source.js'
import { SetBuilder } from './set-builder.js'
import { addedFiles, claimedSources, withdrawnFiles, type SourceChoice } from './update-files.js'
import { UpdateReader } from './update-reader.js'

export interface UpdateOptions extends ReadingOptions, SigningOptions {
  /** Files of any format whose records are added, or take the place of records of the same identity. */
  readonly add?: readonly string[]
  /** Files of any format that name what to take back, by MediaID or by hashes. Applied before what is added. */
  readonly withdraw?: readonly string[]
  /** Sources of the set that the files speak for, or 'all'. By default each speaks for the source of its own name. */
  readonly source?: SourceChoice
  /** Category profile that governs the files, where they name another or none: only that of the set is accepted. */
  readonly profile?: string | CategoryProfile
  /** Role of the set, to be named where its sources could be of the other. */
  readonly role?: SetRole
  readonly onProgress?: (progress: UpdateProgress) => void
}

const OPTION_NAMES: readonly (keyof UpdateOptions)[] = [
  ...READING_NAMES,
  ...SIGNING_NAMES,
  ...(['add', 'withdraw', 'source', 'profile', 'role', 'onProgress'] as const)
]

export interface UpdateProgress {
  readonly phase: 'reading' | 'searching' | 'writing'
  /** File that is read or written. */
  readonly source: string
  readonly done: number
  readonly total: number
}

const MISSED_SHOWN = 10

export interface UpdateReport extends ClaimedEntries {
  readonly path: string
  /** The new layer; `null` where nothing changed, so that none was made. */
  readonly layer: {
    readonly number: number
    readonly path: string
    readonly root: string
    readonly sizeBytes: number
  } | null
  /** Records in the layer. */
  readonly added: number
  /** Records of withdrawals that took nothing back. */
  readonly missedWithdrawals: number
  /** Some of them, by MediaID or digest. */
  readonly missedExamples: readonly string[]
  /** Sources that the set did not have before. */
  readonly newSources: readonly string[]
  /** The files that were added, each with the source that its records are of. */
  readonly files: readonly (SourceUpdate & { readonly source: string })[]
  readonly withdrawals: readonly SourceUpdate[]
  /** Entries of the set from now on. */
  readonly entries: number
  readonly complete: boolean
  readonly signed: boolean
}

/**
 * Adds an update to an index as one more layer beside it; the index itself is not touched. Identity of a record is
 * (source, MediaID), or (source, strongest digest) where it has no MediaID or 0: an added record takes the place of those
 * of the same identity, and of no other source's. Where it fails, the set stays as it was.
 *
 * @example
 * await updateHashSet('caid.ehx', { add: ['caid-1.json'], withdraw: ['withdrawn.csv'], source: 'caid-1.json' })
 * @throws {ExhibitHashError} USAGE, KEY_UNUSABLE, SIGNATURE_INVALID, LAYER_UNLISTED, what `HashSet.open` and
 * `buildHashSet` throw
 */
export async function updateHashSet(indexPath: string, options: UpdateOptions): Promise<UpdateReport> {
  refuseUnknown(options, OPTION_NAMES)
  for (const name of ['add', 'withdraw'] as const) {
    const files: unknown = options[name]
    if (files !== undefined && !areTexts(files)) throw usage(name, 'a list of paths', files)
  }
  return changingSet(indexPath, () => update(indexPath, options))
}

async function update(indexPath: string, options: UpdateOptions): Promise<UpdateReport> {
  const { add = [], withdraw = [] } = options
  if (add.length + withdraw.length === 0) {
    throw new ExhibitHashError('USAGE', 'an update needs files to add or files that name what to withdraw')
  }
  const opened = await openParts(indexPath, { mapping: true, mayHaveUnlisted: true })
  try {
    const base = opened.parts[0]
    const set = mergeMetadata(
      base.metadata,
      opened.parts.slice(1).map(({ metadata }) => metadata)
    )
    await checkOptions(options, set, indexPath)
    const names = new Set(set.sources.map(({ name }) => name))
    const files = {
      withdrawn: withdrawnFiles(withdraw, options.source, names),
      added: addedFiles(add, options.source, names)
    }
    const head = await HeadWriter.open(indexPath, opened.place, opened.head, options)
    const reader = new UpdateReader(files, set, options)
    await reader.gather()
    return await new LayerMaker(indexPath, opened, set, reader, options).make(head)
  } finally {
    for (const part of opened.parts) part.close()
  }
}

async function checkOptions({ profile, role }: UpdateOptions, set: SetMetadata, path: string): Promise<void> {
  if (role !== undefined && role !== set.role) {
    const lists = set.role === 'known' ? 'lists what is to be found (known)' : 'lists harmless files (known-good)'
    throw new ExhibitHashError('USAGE', `${path}: the set ${lists}, and an update cannot change that`, { path })
  }
  if (profile === undefined) return
  const [own, given] = [profileIdentity(set.profile), profileIdentity(await loadProfile(profile))]
  if (own === given) return
  const message = `${path}: follows profile ${own}, not ${given}`
  throw new ExhibitHashError('PROFILE_MIXED', message, { path })
}

class LayerMaker {
  readonly #hidden: EntryBits
  readonly #found: EntryBits

  constructor(
    private readonly path: string,
    private readonly opened: OpenParts,
    private readonly set: SetMetadata,
    private readonly reader: UpdateReader,
    private readonly options: UpdateOptions
  ) {
    this.#hidden = hiddenIn(opened.parts)
    this.#found = new EntryBits(opened.parts.reduce((sum, { size }) => sum + size, 0))
  }

  async make(head: HeadWriter): Promise<UpdateReport> {
    const { opened, reader } = this
    const claimed = await findClaimed(opened.parts, reader.claims, {
      sourcesOf: ({ metadata }) => claimedSources(metadata.sources),
      hidden: this.#hidden,
      found: this.#found,
      signal: this.options.signal,
      onProgress: (done, total) => this.options.onProgress?.({ phase: 'searching', source: this.path, done, total })
    })
    const { layers, leftovers } = settled(opened.head, opened.parts[0].root)
    const number = layers.length + 1
    const temporary = join(dirname(opened.place), `.${basename(layerPathOf(opened.place, number))}.new`)
    const builder = await SetBuilder.create(temporary, { signal: this.options.signal })
    try {
      await reader.build(builder)
      if (this.opened.parts.reduce((sum, { size }) => sum + size, 0) + builder.count > MAX_ENTRY) {
        const message = `${this.path}: with this update it would have more than ${MAX_ENTRY} entries; build it anew`
        throw new ExhibitHashError('USAGE', message, { path: this.path })
      }
      const { added, withdrawn } = reader.read
      if (builder.count === 0 && this.#found.count === 0) {
        await builder.discard()
        return this.#report(claimed, null, this.set.entries, head)
      }
      this.options.onProgress?.({ phase: 'writing', source: this.path, done: 0, total: 0 })
      let made: PartMetadata | undefined
      const { root, sizeBytes } = await builder.finish(
        (facts) => (made = this.#describe(facts, number, added, withdrawn)),
        [{ id: SECTION.hiddenEntries, kind: 0, itemBytes: 4, data: this.#found.numbers() }]
      )
      const hex = bytesToHex(root)
      await head.refuseChanged()
      await head.removeLayers(leftovers)
      const path = await this.#place(temporary, number, hex)
      try {
        await head.write({ base: opened.parts[0].root, layers: [...layers, hex] })
      } catch (error) {
        // Unlisted, it would keep the set from being opened.
        if (!(await head.lists(hex))) await rm(path, { force: true })
        throw error
      }
      return this.#report(claimed, { number, path, root: hex, sizeBytes }, made!.layer!.entries, head, made!.entries)
    } catch (error) {
      await builder.discard()
      await rm(temporary, { force: true })
      throw error
    }
  }

  /** A layer that lies there unlisted is what an interrupted run of this very update left, or nothing to touch. */
  async #place(temporary: string, number: number, root: string): Promise<string> {
    const path = layerPathOf(this.opened.place, number)
    const there = rootOf(path)
    if (there !== null && there !== root) {
      const message = `${path}: is there, is not in the head, and is not what this update makes`
      throw new ExhibitHashError('LAYER_UNLISTED', message, { path })
    }
    await moveInto(temporary, path)
    return path
  }

  #describe(
    own: { readonly entries: number; readonly hashCounts: Record<string, number> },
    number: number,
    added: PartMetadata['sources'],
    withdrawals: readonly SourceUpdate[]
  ): PartMetadata {
    const { parts } = this.opened
    const { name, role, profile, entries, hashCounts } = this.set
    const counts: Record<string, number> = { ...hashCounts }
    for (const [kind, count] of Object.entries(own.hashCounts)) counts[kind] = (counts[kind] ?? 0) + count
    let first = 0
    for (const part of parts) {
      for (const [kind, count] of countKinds(part, (entry) => this.#found.has(first + entry))) counts[kind] -= count
      first += part.size
    }
    const layer = {
      number,
      base: parts[0].root,
      previous: parts[parts.length - 1].root,
      entries: entries - this.#found.count + own.entries,
      hashCounts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
      withdrawals
    }
    const complete = [...added, ...withdrawals].every((source) => source.complete)
    return { name, role, profile, ...own, complete, sources: added, layer }
  }

  #report(
    claimed: ClaimedEntries,
    layer: UpdateReport['layer'],
    entries: number,
    head: HeadWriter,
    added = 0
  ): UpdateReport {
    const { reader, set } = this
    const known = new Set(set.sources.map(({ name }) => name))
    const withdrawals = [...reader.claims.withdrawals.values()]
    return {
      path: this.path,
      layer,
      added,
      ...claimed,
      missedWithdrawals: withdrawals.reduce((sum, { missed }) => sum + missed, 0),
      missedExamples: withdrawals.flatMap((claims) => firstOf(claims.missedNames())).slice(0, MISSED_SHOWN),
      newSources: [...new Set(reader.read.added.map(({ name }) => name))].filter((name) => !known.has(name)),
      files: reader.read.added.map(({ name, file = name, ...facts }) => ({ ...facts, file, source: name })),
      withdrawals: reader.read.withdrawn,
      entries,
      complete: set.complete && [...reader.read.added, ...reader.read.withdrawn].every(({ complete }) => complete),
      signed: layer === null ? this.opened.head?.signature !== undefined : head.signs
    }
  }
}

function rootOf(path: string): string | null {
  try {
    const part = IndexPart.open(path, false)
    part.close()
    return part.root
  } catch (error) {
    if ((error as { code?: string }).code === 'INPUT_NOT_FOUND') return null
    return '' // something is there that is no layer
  }
}

function firstOf(names: Iterable<string>): string[] {
  const first: string[] = []
  for (const name of names) {
    first.push(name)
    if (first.length === MISSED_SHOWN) break
  }
  return first
}
