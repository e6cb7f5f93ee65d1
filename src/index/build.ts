// Hash-set sources to one index file: which they are, what becomes of their records, what the index says of them.

import { stat } from 'node:fs/promises'
import type { CategoryProfile } from '../core/category.js'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import type { DigestKind, PerceptualKind } from '../core/hashes.js'
import { bytesToHex } from '../core/hex.js'
import { shortNames } from '../core/short-names.js'
import { headOf, realPath } from '../files/index.js'
import { type FormatName, openSource, type SourceOptions, type SourceReader } from '../formats/index.js'
import { isIndexHead, MAGIC_BYTES } from './layout.js'
import { type SetMetadata, type SetRole, type SourceDescription } from './metadata.js'
import { loadProfile, profileOfSources } from './profile.js'
import { SetBuilder } from './set-builder.js'
import { Withdrawals } from './withdrawals.js'

export interface BuildProgress {
  readonly phase: 'reading' | 'writing'
  readonly source: string
  readonly bytesRead: number
  readonly totalBytes: number
  readonly records: number
}

export interface BuildOptions {
  /** What results call the set; by default the name of the first source. */
  readonly name?: string
  /** 'uk', 'us', 'none', the path of a profile file, or a profile. By default what the sources name. */
  readonly profile?: string | CategoryProfile
  /**
   * 'known' or 'known-good'; a source of illegal material is refused as known-good. By default 'known-good' where all
   * sources are of a format that lists harmless files (NSRL), else 'known'.
   */
  readonly role?: SetRole
  /** Kind of the digests of a plain list that does not tell, e.g. 'pdq' for 64 hex digits. */
  readonly kind?: DigestKind | PerceptualKind
  /** Format of all sources; recognised by content when absent. */
  readonly format?: FormatName
  /** Odd CSV header → field name. */
  readonly columns?: Readonly<Record<string, string>>
  /** Keep what could be read of a broken source, in a set that says it is incomplete. Default false. */
  readonly allowIncomplete?: boolean
  /** Bound of what the process takes, in bytes, 512 MiB or more; the rest goes to temporary files. Default 2 GiB. */
  readonly maxMemoryBytes?: number
  /** Folder for temporary files; default that of the index. */
  readonly temporaryFolder?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: BuildProgress) => void
}

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
 * @throws {ExhibitHashError} SOURCE_MALFORMED, SOURCE_TRUNCATED, SOURCE_UNRECOGNISED, SOURCE_REFUSED,
 * DIGEST_AMBIGUOUS, PROFILE_UNKNOWN, PROFILE_MIXED, SET_EMPTY, INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED, ABORTED
 */
export async function buildHashSet(
  indexPath: string,
  sources: readonly string[],
  options: BuildOptions = {}
): Promise<BuildReport> {
  if (sources.length === 0) throw new ExhibitHashError('USAGE', 'a hash set needs at least one source file')
  await refuseOverwriting(indexPath, sources)
  const named = options.profile === undefined ? null : await loadProfile(options.profile)
  const { builder, descriptions, role } = await readSources(indexPath, sources, options)
  try {
    if (builder.count === 0) {
      const faults = descriptions.flatMap(({ fault }) => fault ?? [])
      const message = [`no usable record in ${sources.join(', ')}`, ...faults].join('; ')
      throw new ExhibitHashError('SET_EMPTY', message, { path: sources[0] })
    }
    const facts = {
      name: options.name ?? descriptions[0].name.replace(/\.[^./]+$/, ''),
      role,
      profile: named ?? profileOfSources(descriptions.map(({ name, profile }) => ({ source: name, profile }))),
      complete: descriptions.every((source) => source.complete),
      sources: descriptions
    }
    let metadata: SetMetadata | undefined
    const { root, sizeBytes } = await builder.finish((built) => (metadata = { ...facts, ...built }))
    return { ...metadata!, path: indexPath, sizeBytes, root: bytesToHex(root) }
  } finally {
    await builder.discard()
  }
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
  const builder = await createBuilder(indexPath, options)
  try {
    return { builder, ...(await readInto(builder, paths, options, withdrawals)) }
  } catch (error) {
    await builder.discard()
    throw error
  }
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

async function readInto(
  builder: SetBuilder,
  paths: readonly string[],
  options: BuildOptions,
  withdrawals: Withdrawals
): Promise<Omit<SourcesRead, 'builder'>> {
  const names = shortNames(paths)
  const sizes = await Promise.all(paths.map((path) => sourceSize(path)))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  const descriptions: SourceDescription[] = []
  let role = options.role
  let bytesBefore = 0
  for (const [i, path] of paths.entries()) {
    const onBytes = (bytesRead: number): void => {
      const progress = { phase: 'reading' as const, source: names[i], totalBytes, records: builder.count }
      options.onProgress?.({ ...progress, bytesRead: bytesBefore + bytesRead })
    }
    const reader = await openSource(path, sourceOptions(options, onBytes))
    role ??= reader.report.impliedRole ?? 'known'
    if (options.role === undefined) refuseMixedRoles(role, reader.report.impliedRole ?? 'known', path)
    const source = { path, name: names[i], number: i, sizeBytes: sizes[i] }
    descriptions.push(await readSource(builder, source, reader, { options, withdrawals }))
    bytesBefore += sizes[i]
  }
  return { descriptions, role: role ?? 'known' }
}

function refuseMixedRoles(role: SetRole, implied: SetRole, path: string): void {
  if (implied === role) return
  const [what, others] = implied === 'known' ? ['does not list', 'do'] : ['lists', 'do not']
  const message = `${path}: ${what} harmless files and the sources before it ${others}: build two sets, or name the role`
  throw new ExhibitHashError('SOURCE_REFUSED', message, { path, stage: 'read' })
}

async function readSource(
  builder: SetBuilder,
  source: { path: string; name: string; number: number; sizeBytes: number },
  reader: SourceReader,
  { options, withdrawals }: { options: BuildOptions; withdrawals: Withdrawals }
): Promise<SourceDescription> {
  let takenBack = 0
  let fault: string | undefined
  try {
    if (reader.canPack && !withdrawals.concern(reader.report.family)) {
      for await (const batch of reader.packed()) {
        withdrawals.pass(batch.count)
        await builder.addPacked(batch, source.number)
      }
    } else {
      takenBack = await addRecords(builder, source.number, reader, withdrawals)
    }
  } catch (error) {
    const known = toExhibitHashError(error, 'READ_FAILED', { path: source.path, stage: 'read' })
    if (options.allowIncomplete !== true || known.code === 'ABORTED' || known.code === 'SOURCE_REFUSED') throw known
    fault = `${known.code}: ${known.message}`
  }
  const { format, profile, counts, warnings, warningCount } = reader.report
  return {
    name: source.name,
    format,
    profile,
    sizeBytes: source.sizeBytes,
    complete: fault === undefined,
    ...(fault !== undefined && { fault }),
    counts: takenBack === 0 ? counts : { ...counts, takenBack },
    warnings: warnings.slice(0, 20),
    warningCount
  }
}

/** Adds records one by one; returns how many later ones take back. */
async function addRecords(
  builder: SetBuilder,
  source: number,
  reader: SourceReader,
  withdrawals: Withdrawals
): Promise<number> {
  let takenBack = 0
  for await (const batch of reader.records()) {
    for (const record of batch) {
      const fate = withdrawals.judge(record, reader.report.family)
      if (fate === 'taken back') takenBack++
      if (fate !== 'entry') continue
      const waiting = builder.add(record, source)
      if (waiting !== undefined) await waiting
    }
  }
  return takenBack
}

function sourceOptions(options: BuildOptions, onProgress: (bytesRead: number) => void): SourceOptions {
  return {
    onProgress,
    ...(options.format !== undefined && { format: options.format }),
    ...(options.kind !== undefined && { kind: options.kind }),
    ...(options.columns !== undefined && { columns: { ...options.columns } }),
    ...(options.role !== undefined && { role: options.role }),
    ...(options.signal !== undefined && { signal: options.signal })
  }
}

async function sourceSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path, stage: 'read' })
  }
}
