// Goes through an archive of the exhibit and all that is nested in it, member by member, and reads each. Any place of it
// can be gone on from.

import {
  Budget,
  openArchive,
  surveyArchive,
  unpackError,
  type Archive,
  type ArchiveLimits,
  type Member,
  type RandomAccess
} from '../archives/index.js'
import type { ExhibitHashError } from '../core/errors.js'
import type { SkipReason } from '../core/result.js'
import type { Care, Place } from './features.js'
import { asReadError, type OpenFile } from './open-file.js'
import type { ReadLimits } from './read-file.js'
import { readMember, type ReadMember } from './read-member.js'

/** A member that was read, before anything is decoded. */
export interface WalkedMember {
  /** Within the file, with `!` between archives. */
  readonly name: Buffer
  readonly modified?: Date
  readonly skipped?: SkipReason
  readonly read: ReadMember | null
  /** Set where it is an archive that is opened. */
  readonly archive: Archive | null
  readonly fault: ExhibitHashError | null
  readonly next: Place | null
}

export interface WalkOptions {
  readonly limits: ArchiveLimits
  readonly read: ReadLimits
  /** For the first member alone. */
  readonly care: Care
}

const SEPARATOR = Buffer.from('!')

export class ArchiveWalk {
  private readonly budget: Budget
  private care: Care

  constructor(
    private readonly file: OpenFile,
    private readonly start: Place,
    private readonly options: WalkOptions
  ) {
    this.budget = Budget.of(options.limits, file.sizeBytes, start.spent)
    this.care = options.care
  }

  async *members(source: RandomAccess): AsyncGenerator<WalkedMember> {
    try {
      this.file.checkState(this.start.state)
      const archive = await openArchive(source)
      if (archive === null) throw unpackError('ARCHIVE_DAMAGED', 'the file is no archive any more')
      yield* this.level(archive, Buffer.alloc(0), [], this.start.next)
    } catch (error) {
      yield this.rest(Buffer.alloc(0), null, error)
    }
  }

  /**
   * @param prefix - names of the archives that this one lies in
   * @param above - their positions
   * @param from - positions to go on from, here and below
   */
  private async *level(
    archive: Archive,
    prefix: Buffer,
    above: readonly number[],
    from: readonly number[]
  ): AsyncGenerator<WalkedMember> {
    const [first = 0, ...below] = from
    let index = 0
    try {
      for await (const member of archive.members(this.finding())) {
        const position = [...above, index]
        const name = Buffer.concat([prefix, member.name])
        if (index > first || (index === first && below.length === 0)) yield* this.member(member, name, position)
        else if (index === first) yield* this.goOn(member, name, position, below)
        index++
      }
    } catch (error) {
      yield this.rest(prefix, above.length === 0 ? null : after(above), error)
    }
  }

  /** A stream that is expanded for its members may not go on for ever between them. */
  private finding() {
    const guard = this.budget.fresh()
    return { onFault: () => undefined, onExpanded: (bytes: number) => guard.takeBytes(bytes) }
  }

  private async *member(member: Member, name: Buffer, position: readonly number[]): AsyncGenerator<WalkedMember> {
    this.budget.takeMember()
    const { modified, skipped } = member
    const common = { name, ...(modified !== undefined && { modified }) }
    const care = this.care
    this.care = 'all'
    if (skipped !== undefined || care === 'name') {
      const next = this.place(after(position))
      yield { ...common, ...(skipped !== undefined && { skipped }), read: null, archive: null, fault: null, next }
      return
    }
    const limits = care === 'all' ? this.options.read : { ...this.options.read, maxDecodeBytes: 0, keepAll: false }
    const read = await readMember(member, limits, (bytes) => this.budget.takeBytes(bytes))
    const { archive, fault } = care === 'all' ? await this.nested(read, position.length + 1) : NOT_OPENED
    await this.file.checkUnchanged()
    const next = this.place(archive === null ? after(position) : [...position, 0])
    yield { ...common, read, archive, fault: read.fault ?? fault, next }
    if (archive !== null) yield* this.level(archive, inside(name), position, [])
  }

  /** Into an archive whose own record was made before. */
  private async *goOn(
    member: Member,
    name: Buffer,
    position: readonly number[],
    below: readonly number[]
  ): AsyncGenerator<WalkedMember> {
    const { access } = await readMember(member, this.options.read, () => undefined)
    const archive = access === null ? null : await openArchive(access)
    if (archive !== null) yield* this.level(archive, inside(name), position, below)
  }

  /** A member as an archive, looked through, where it is one and not too deep. */
  private async nested({ access }: ReadMember, depth: number): Promise<Pick<WalkedMember, 'archive' | 'fault'>> {
    const archive = access === null ? null : await openArchive(access)
    if (archive === null) return NOT_OPENED
    try {
      this.budget.checkDepth(depth)
    } catch (error) {
      return { archive: null, fault: error as ExhibitHashError }
    }
    return { archive, fault: await surveyArchive(archive, this.budget) }
  }

  /** The record of all that cannot be read any more of an archive. */
  private rest(prefix: Buffer, next: readonly number[] | null, thrown: unknown): WalkedMember {
    const place = next === null ? null : this.place(next)
    return { name: prefix, read: null, archive: null, fault: asReadError(thrown), next: place }
  }

  private place(next: readonly number[]): Place {
    return { next, spent: this.budget.spent, state: this.start.state }
  }
}

const NOT_OPENED = { archive: null, fault: null }

function inside(name: Buffer): Buffer {
  return Buffer.concat([name, SEPARATOR])
}

function after(position: readonly number[]): number[] {
  return [...position.slice(0, -1), position[position.length - 1] + 1]
}
