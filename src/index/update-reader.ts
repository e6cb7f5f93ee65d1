// Reads the files of an update twice: first what they claim, since a later file may undo what an earlier one says, then
// the records that stay.

import { isDeepStrictEqual } from 'node:util'
import { ExhibitHashError } from '../core/errors.js'
import { openSource, type SourceReader } from '../formats/index.js'
import { UpdateClaims, type Scope } from './claims.js'
import type { SetMetadata, SetRole, SourceDescription, SourceFacts, SourceUpdate } from './metadata.js'
import { readSource, sizeOfSource, sourceOptions, type ReadingOptions, type Taker } from './read-source.js'
import type { SetBuilder } from './set-builder.js'
import type { AddedFile, UpdateFile } from './update-files.js'
import { profileOfSources } from './profile.js'

export interface UpdateReading extends ReadingOptions {
  readonly profile?: unknown
  readonly role?: SetRole
  readonly onProgress?: (progress: {
    readonly phase: 'reading'
    readonly source: string
    readonly done: number
    readonly total: number
  }) => void
}

export interface FilesRead {
  /** Files with records, `name` being the source that these are of. */
  readonly added: readonly SourceDescription[]
  readonly withdrawn: readonly SourceUpdate[]
}

export class UpdateReader {
  readonly claims = new UpdateClaims()
  /** What was read; complete after `build`. */
  read: FilesRead = { added: [], withdrawn: [] }
  /** Number of the first record that is not of a list of withdrawals. */
  #firstAdded = 0
  /** What the first reading found in each file with records. */
  readonly #gathered: SourceFacts[] = []

  constructor(
    private readonly files: { readonly added: readonly AddedFile[]; readonly withdrawn: readonly UpdateFile[] },
    private readonly set: SetMetadata,
    private readonly options: UpdateReading
  ) {}

  /** @throws {ExhibitHashError} SOURCE_…, PROFILE_MIXED, DIGEST_AMBIGUOUS, INPUT_NOT_FOUND, READ_FAILED, ABORTED */
  async gather(): Promise<void> {
    const withdrawn: SourceUpdate[] = []
    let order = 0
    for (const file of this.files.withdrawn) {
      const claims = this.claims.withdrawalsOf({ names: file.speaksFor, family: null })
      const facts = await this.#readFile(file, true, () => (record) => {
        claims.withdraw(record, order++)
      })
      withdrawn.push({ file: file.file, ...facts })
    }
    this.#firstAdded = order
    for (const [step, file] of this.files.added.entries()) {
      const adds = this.claims.addsOf({ names: file.speaksFor, family: null })
      this.#gathered[step] = await this.#readFile(file, false, (family) => (record) => {
        if (record.withdrawn === true) this.claims.withdrawalsOf(ownScope(file, family)).withdraw(record, order++)
        else {
          adds.add(record, step)
          order++
        }
      })
    }
    this.read = { added: [], withdrawn }
  }

  /** Hands the builder what no later record replaces or takes back. */
  async build(builder: SetBuilder): Promise<void> {
    const added: SourceDescription[] = []
    let order = this.#firstAdded
    for (const [step, file] of this.files.added.entries()) {
      const facts = await this.#readFile(file, false, (family) => (record) => {
        const own = order++
        if (record.withdrawn === true) return false
        if (this.claims.isTakenBack(record, { name: file.home, family }, { step, order: own })) return true
        // One source a file: each says what was read of it, and several may be of one name.
        return builder.add(record, step)
      })
      refuseChanged(file.path, this.#gathered[step], facts)
      added.push({ name: file.home, ...facts, file: file.file })
    }
    this.#refuseOtherProfile(added)
    this.read = { ...this.read, added }
  }

  async #readFile(file: UpdateFile, asWithdrawals: boolean, takerFor: (family: string) => Taker['record']) {
    const { path } = file
    const sizeBytes = await sizeOfSource(path)
    const onBytes = (done: number): void =>
      this.options.onProgress?.({ phase: 'reading', source: file.file, done, total: sizeBytes })
    // What takes records back hides nothing that the set's role would forbid.
    const role = asWithdrawals ? undefined : this.set.role
    const given = sourceOptions(this.options, role, onBytes)
    const reader = await openSource(path, asWithdrawals ? { ...given, asWithdrawals } : given)
    if (!asWithdrawals) this.#refuseOtherRole(reader, path)
    const take = { record: takerFor(reader.report.family) }
    return readSource({ path, sizeBytes }, reader, take, this.options.allowIncomplete === true)
  }

  #refuseOtherRole({ report }: SourceReader, path: string): void {
    const implied = report.impliedRole ?? 'known'
    if (this.options.role !== undefined || implied === this.set.role) return
    const message = `${path}: its format is of ${implied} files and the set is ${this.set.role}: name the role if that is meant`
    throw new ExhibitHashError('SOURCE_REFUSED', message, { path, stage: 'read' })
  }

  #refuseOtherProfile(files: readonly SourceDescription[]): void {
    if (this.options.profile !== undefined) return
    const named = files.map(({ name, file, profile }) => ({ source: file ?? name, profile }))
    const { id } = profileOfSources(named)
    const naming = named.find(({ profile }) => profile?.toLowerCase() === id)
    if (naming === undefined || id === this.set.profile.id) return
    const message = `${naming.source} follows profile ${id}, the set ${this.set.profile.id}: name the set's own profile if that governs both`
    throw new ExhibitHashError('PROFILE_MIXED', message, { path: naming.source })
  }
}

/** What was decided by the first reading holds only for the same records. */
function refuseChanged(path: string, first: SourceFacts, second: SourceFacts): void {
  const { takenBack: _, ...counts } = second.counts
  if (first.sizeBytes === second.sizeBytes && isDeepStrictEqual(first.counts, counts)) return
  throw new ExhibitHashError('FILE_CHANGED', `${path}: changed while it was read`, { path, stage: 'read' })
}

/** A format that takes records back by itself speaks for its family, as when a set is built of its files. */
function ownScope({ isChosen, speaksFor }: AddedFile, family: string): Scope {
  return { names: speaksFor, family: isChosen ? null : family }
}
