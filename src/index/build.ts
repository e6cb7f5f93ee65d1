// Hash-set sources to one index file: which they are, what becomes of their records, what the index says of them.

import type { CategoryProfile } from '../core/category.js'
import { counted, formatCount } from '../core/display.js'
import { ExhibitHashError } from '../core/errors.js'
import { bytesToHex } from '../core/hex.js'
import { areTexts, refuseUnknown } from '../core/options.js'
import { shortNames } from '../core/short-names.js'
import { headOf, realPath } from '../files/index.js'
import { openSource } from '../formats/index.js'
import { hasHeadOrLayer, headPathOf } from './head.js'
import { isIndexHead, MAGIC_BYTES } from './layout.js'
import type { SetMetadata, SetRole, SourceDescription } from './metadata.js'
import { loadProfile, profileOfSources } from './profile.js'
import {
  READING_NAMES,
  readSource,
  sizeOfSource,
  sourceOptions,
  type ReadingOptions,
  type Taker
} from './read-source.js'
import { SetBuilder } from './set-builder.js'
import { Withdrawals } from './withdrawals.js'

export interface BuildProgress {
  readonly phase: 'reading' | 'writing'
  readonly source: string
  readonly bytesRead: number
  readonly totalBytes: number
  readonly records: number
}

export interface BuildOptions extends ReadingOptions {
  /** What results call the set; by default the name of the first source. */
  readonly name?: string
  /** 'uk', 'us', 'none', the path of a profile file, or a profile. By default what the sources name. */
  readonly profile?: string | CategoryProfile
  /**
   * 'known' or 'known-good'; a source of illegal material is refused as known-good. By default 'known-good' where all
   * sources are of a format that lists harmless files (NSRL), else 'known'.
   */
  readonly role?: SetRole
  /**
   * Bound of what the process takes, in bytes, from 16 MiB; the rest goes to temporary files. Below 512 MiB the process
   * itself needs more, and so do tables of more than 50 million perceptual hashes. Default 2 GiB.
   */
  readonly maxMemoryBytes?: number
  /** Folder for temporary files; default that of the index. */
  readonly temporaryFolder?: string
  readonly onProgress?: (progress: BuildProgress) => void
}

const OPTION_NAMES: readonly (keyof BuildOptions)[] = [
  ...READING_NAMES,
  ...(['name', 'profile', 'role', 'maxMemoryBytes', 'temporaryFolder', 'onProgress'] as const)
]

export interface BuildReport extends SetMetadata {
  readonly path: string
  readonly sizeBytes: number
  /** Root of the digest tree, hex: the identity of these very bytes. */
  readonly root: string
}

/**
 * Builds an index file from hash-set sources. The same sources and options give the same bytes. Where it
 * fails, nothing is left and an index of that name that was there stays as it was.
 *
 * @param indexPath - file to write, usually named `*.ehx`
 * @param sources - files that together make the set
 * @throws {ExhibitHashError} USAGE, SOURCE_MALFORMED, SOURCE_TRUNCATED, SOURCE_UNRECOGNISED, SOURCE_REFUSED,
 * DIGEST_AMBIGUOUS, PROFILE_UNKNOWN, PROFILE_MIXED, SET_EMPTY, INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED, ABORTED
 */
export async function buildHashSet(
  indexPath: string,
  sources: readonly string[],
  options: BuildOptions = {}
): Promise<BuildReport> {
  if (!areTexts(sources) || sources.length === 0) {
    throw new ExhibitHashError('USAGE', 'a hash set needs at least one source file, in a list of paths')
  }
  refuseUnknown(options, OPTION_NAMES)
  await refuseOverwriting(indexPath, sources)
  const named = options.profile === undefined ? null : await loadProfile(options.profile)
  const { builder, descriptions, role } = await readSources(indexPath, sources, options)
  try {
    if (builder.count === 0) {
      const message = [`no usable record in ${sources.join(', ')}`, ...descriptions.map(whyNone)].join('; ')
      throw new ExhibitHashError('SET_EMPTY', message, { path: sources[0] })
    }
    const profile = named ?? profileOfSources(descriptions.map(({ name, profile }) => ({ source: name, profile })))
    let metadata: SetMetadata | undefined
    const written = await builder.finish(({ entries, hashCounts }) => {
      const name = options.name ?? descriptions[0].name.replace(/\.[^./]+$/, '')
      const complete = descriptions.every((source) => source.complete)
      return (metadata = { name, role, profile, entries, complete, sources: descriptions, hashCounts })
    })
    return { ...metadata!, path: indexPath, sizeBytes: written.sizeBytes, root: bytesToHex(written.root) }
  } catch (error) {
    await builder.discard()
    throw error
  }
}

function whyNone({ name, counts, fault, warnings }: SourceDescription): string {
  const { records, rejected } = counts
  const [first] = warnings
  const why = first === undefined ? '' : `, the first (record ${first.position}): ${first.message}`
  return `${name}: ${counted(records, 'record', 'records')} read, ${formatCount(rejected)} rejected${why}${fault === undefined ? '' : `; ${fault}`}`
}

/** An index may take the place of an index; of one of its own sources or of any other file never. */
async function refuseOverwriting(indexPath: string, sources: readonly string[]): Promise<void> {
  const target = await realPath(indexPath)
  for (const source of sources) {
    if ((await realPath(source)) !== target) continue
    throw new ExhibitHashError('USAGE', `${indexPath}: the index would overwrite its own source`, { path: indexPath })
  }
  const head = await headOf(indexPath, MAGIC_BYTES)
  if (head !== null && !isIndexHead(head)) {
    const message = `${indexPath}: is there and is no index; name another file`
    throw new ExhibitHashError('USAGE', message, { path: indexPath })
  }
  // Updates and a signature are of the very bytes that would go.
  if (hasHeadOrLayer(target)) {
    const message = `${indexPath}: has updates or a signature; name another file, or delete ${headPathOf(indexPath)} and the layers beside it first`
    throw new ExhibitHashError('USAGE', message, { path: indexPath })
  }
}

interface SourcesRead {
  readonly builder: SetBuilder
  readonly descriptions: SourceDescription[]
  readonly role: SetRole
}

/** Reads the sources; once more where later records take earlier ones back. */
async function readSources(indexPath: string, paths: readonly string[], options: BuildOptions): Promise<SourcesRead> {
  const withdrawals = new Withdrawals()
  const read = await readOnce(indexPath, paths, options, withdrawals)
  if (!withdrawals.mustReadAgain) return read
  await read.builder.discard()
  withdrawals.startAgain()
  return readOnce(indexPath, paths, options, withdrawals)
}

async function readOnce(
  indexPath: string,
  paths: readonly string[],
  options: BuildOptions,
  withdrawals: Withdrawals
): Promise<SourcesRead> {
  const names = shortNames(paths)
  const sizes = await Promise.all(paths.map((path) => sizeOfSource(path)))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  const builder = await createBuilder(indexPath, options)
  const descriptions: SourceDescription[] = []
  let role = options.role
  let bytesBefore = 0
  try {
    for (const [i, path] of paths.entries()) {
      const onBytes = (bytesRead: number): void => {
        const progress = { phase: 'reading' as const, source: names[i], totalBytes, records: builder.count }
        options.onProgress?.({ ...progress, bytesRead: bytesBefore + bytesRead })
      }
      const reader = await openSource(path, sourceOptions(options, options.role, onBytes))
      const implied = reader.report.impliedRole ?? 'known'
      role ??= implied
      if (options.role === undefined) refuseMixedRoles(role, implied, path)
      const take = takerOf(builder, withdrawals, i, reader.report.family)
      const source = { path, sizeBytes: sizes[i] }
      descriptions.push({
        name: names[i],
        ...(await readSource(source, reader, take, options.allowIncomplete === true))
      })
      bytesBefore += sizes[i]
    }
  } catch (error) {
    await builder.discard()
    throw error
  }
  return { builder, descriptions, role: role ?? 'known' }
}

function createBuilder(indexPath: string, options: BuildOptions): Promise<SetBuilder> {
  const { maxMemoryBytes, temporaryFolder, signal, onProgress } = options
  const source = indexPath
  return SetBuilder.create(indexPath, {
    maxMemoryBytes,
    temporaryFolder,
    signal,
    onProgress: (bytesRead, totalBytes, records) =>
      onProgress?.({ phase: 'writing', source, bytesRead, totalBytes, records })
  })
}

function takerOf(builder: SetBuilder, withdrawals: Withdrawals, source: number, family: string): Taker {
  return {
    record(record) {
      const fate = withdrawals.judge(record, family)
      if (fate !== 'entry') return fate === 'taken back'
      return builder.add(record, source)
    },
    packed: withdrawals.concern(family)
      ? undefined
      : (batch) => {
          withdrawals.pass(batch.count)
          return builder.addPacked(batch, source)
        }
  }
}

function refuseMixedRoles(role: SetRole, implied: SetRole, path: string): void {
  if (implied === role) return
  const [what, others] = implied === 'known' ? ['does not list', 'do'] : ['lists', 'do not']
  const message = `${path}: ${what} harmless files and the sources before it ${others}: build two sets, or say what this one lists (--known)`
  throw new ExhibitHashError('SOURCE_REFUSED', message, { path, stage: 'read' })
}
