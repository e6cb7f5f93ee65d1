// What every kind of archive is to those who read it: members in one order, each with a name and bytes.

import { ExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { SkipReason } from '../core/result.js'
import type { RandomAccess } from './random-access.js'

export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz'

export interface Member {
  /** As the archive has it: never a path on this machine. */
  readonly name: Uint8Array
  /** Set where it is no file: links, devices and pipes, which have no bytes of their own. */
  readonly skipped?: SkipReason
  readonly modified?: Date
  /** As the archive claims. */
  readonly claimedBytes: number
  /** What it takes up of the archive, headers included, where members could lie over each other. */
  readonly extent?: readonly [start: number, end: number]
  /** Where its bytes lie as they are, there if they do: they need not be taken out to be read at any place. */
  range?(): Promise<RandomAccess>
  /**
   * Its bytes. Those of a TAR in gzip must be taken before the next member, or never.
   * @throws {ExhibitHashError} MEMBER_ENCRYPTED, MEMBER_UNSUPPORTED; MEMBER_DAMAGED after what could be had
   */
  open(): AsyncIterable<Uint8Array>
}

/** What is told while members are looked for. */
export interface Finding {
  /** What is wrong with the archive itself. */
  readonly onFault: (fault: ExhibitHashError) => void
  /** Bytes that had to be expanded to find the members; theirs are among them. May throw. */
  readonly onExpanded: (bytes: number) => void
}

export interface Archive {
  readonly format: ArchiveFormat
  /** Members cannot be found without expanding all that lies before. */
  readonly expandsAll: boolean
  /**
   * All members that can be found, in the order of the archive's directory, or of its bytes where it has none. The same
   * at every call.
   * @throws {ExhibitHashError} where nothing more can be read of it
   */
  members(finding: Finding): AsyncIterable<Member>
}

export function unpackError(code: ErrorCode, message: string, cause?: unknown): ExhibitHashError {
  return new ExhibitHashError(code, message, { stage: 'unpack', cause })
}

export const archiveDamaged = (message: string): ExhibitHashError => unpackError('ARCHIVE_DAMAGED', message)
export const memberDamaged = (message: string, cause?: unknown): ExhibitHashError =>
  unpackError('MEMBER_DAMAGED', message, cause)
