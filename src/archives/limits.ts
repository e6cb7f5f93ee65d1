// How far archives are opened, and what of that a file of the exhibit has used up, with all that is nested in it.

import { unpackError } from './archive.js'

export interface ArchiveLimits {
  /** Members of a file and of all archives nested in it. Default 1,000,000. */
  readonly maxMembers: number
  /** Archives within each other, the file itself included. Default 4. */
  readonly maxDepth: number
  /** What members may expand to together, as a multiple of the file's size beyond 4 GiB. Default 200. */
  readonly maxExpansion: number
}

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = { maxMembers: 1_000_000, maxDepth: 4, maxExpansion: 200 }

const FREE_BYTES = 4 * 2 ** 30

export interface Spent {
  readonly members: number
  readonly bytes: number
}

const NOTHING: Spent = { members: 0, bytes: 0 }

/** One for a file of the exhibit: a bomb is no smaller for being wrapped. */
export class Budget {
  private constructor(
    private readonly limits: ArchiveLimits,
    private readonly maxBytes: number,
    private used: Spent
  ) {}

  static of(limits: ArchiveLimits, fileBytes: number, spent = NOTHING): Budget {
    return new Budget(limits, FREE_BYTES + limits.maxExpansion * fileBytes, spent)
  }

  get spent(): Spent {
    return this.used
  }

  /** The same amounts, for a look that must not use them up. */
  copy(): Budget {
    return new Budget(this.limits, this.maxBytes, this.used)
  }

  /** The same limits, and nothing used. */
  fresh(): Budget {
    return new Budget(this.limits, this.maxBytes, NOTHING)
  }

  /** @throws {ExhibitHashError} ARCHIVE_MEMBERS; ARCHIVE_EXPANSION where the bytes were too many before */
  takeMember(): void {
    this.takeBytes(0)
    const members = this.used.members + 1
    if (members > this.limits.maxMembers) {
      throw unpackError('ARCHIVE_MEMBERS', `more than ${this.limits.maxMembers} members in all`)
    }
    this.used = { ...this.used, members }
  }

  /** @throws {ExhibitHashError} ARCHIVE_EXPANSION */
  takeBytes(count: number): void {
    this.used = { ...this.used, bytes: this.used.bytes + count }
    if (this.used.bytes > this.maxBytes) {
      throw unpackError('ARCHIVE_EXPANSION', `expands to more than ${this.maxBytes} bytes in all`)
    }
  }

  /** @throws {ExhibitHashError} ARCHIVE_DEPTH */
  checkDepth(depth: number): void {
    if (depth > this.limits.maxDepth) {
      throw unpackError('ARCHIVE_DEPTH', `an archive more than ${this.limits.maxDepth} deep is not opened`)
    }
  }
}
