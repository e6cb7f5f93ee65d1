// A file of an exhibit while it is open: it must stay as it was when it was opened.

import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode, systemReason } from '../core/errors.js'
import type { FileTimes, SkipReason } from '../core/result.js'
import { openToRead, type ReadHandle, untouched } from '../files/index.js'

/** What a file was before anybody here had read a byte of it: reading may change when it was last accessed. */
export interface FirstLook {
  readonly state: string
  readonly times: FileTimes
}

export class OpenFile {
  constructor(
    readonly handle: ReadHandle,
    private readonly status: BigIntStats,
    private readonly first: FirstLook | null
  ) {}

  get sizeBytes(): number {
    return Number(this.status.size)
  }

  get times(): FileTimes {
    return this.first?.state === this.state ? this.first.times : timesOf(this.status)
  }

  get look(): FirstLook {
    return { state: this.state, times: this.times }
  }

  /** Equal for the same state of the same file, whoever opens it. */
  get state(): string {
    const { dev, ino, size, mtimeNs } = this.status
    return [dev, ino, size, mtimeNs].join(':')
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  /** @throws {ExhibitHashError} FILE_CHANGED */
  async checkUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.handle.stat({ bigint: true })
    if (size !== this.status.size || mtimeNs !== this.status.mtimeNs) throw fileChanged()
  }

  /**
   * @param state - of an earlier opening
   * @throws {ExhibitHashError} FILE_CHANGED
   */
  checkState(state: string): void {
    if (state !== this.state) throw fileChanged()
  }
}

export function fileChanged(): ExhibitHashError {
  return new ExhibitHashError('FILE_CHANGED', 'the file changed while it was read', { stage: 'read' })
}

/**
 * Opens a file that is to be closed again.
 * @param first - of an earlier opening
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED of stage read
 */
export async function openExhibitFile(
  location: Uint8Array,
  first: FirstLook | null = null
): Promise<OpenFile | { readonly skipped: SkipReason }> {
  let handle: ReadHandle | undefined
  try {
    const path = Buffer.from(location)
    handle = await untouched((flags) => openToRead(path, flags))
    const status = await handle.stat({ bigint: true })
    if (status.isFile()) return new OpenFile(handle, status, first)
    await handle.close()
    return { skipped: status.isFIFO() ? 'fifo' : 'device' }
  } catch (error) {
    await handle?.close()
    throw asReadError(error)
  }
}

/** What the system says of a file without opening it. */
export interface FileLook extends Pick<OpenFile, 'sizeBytes' | 'times'> {
  /** On the drive, without holes. */
  readonly storedBytes: number
}

/** `null` where it says nothing. */
export async function lookAtFile(location: Uint8Array): Promise<FileLook | null> {
  const status = await stat(Buffer.from(location), { bigint: true }).catch(() => null)
  if (status === null) return null
  const sizeBytes = Number(status.size)
  const storedBytes = Math.min(sizeBytes, Number(status.blocks) * BLOCK_BYTES)
  return { sizeBytes, times: timesOf(status), storedBytes }
}

/** What `blocks` counts, whatever blocks the file system has. */
const BLOCK_BYTES = 512

/** What the system says of opening or reading, as a coded error; what is coded already stays as it is. */
export function asReadError(thrown: unknown): ExhibitHashError {
  if (thrown instanceof ExhibitHashError) return thrown
  const code = readErrorCode(thrown)
  const message = code === 'INPUT_NOT_FOUND' ? 'the file is gone' : `the file cannot be read: ${systemReason(thrown)}`
  return new ExhibitHashError(code, message, { stage: 'read', cause: thrown })
}

/** A damaged file system can hold times that no date expresses; those are left out. */
function timesOf(status: BigIntStats): FileTimes {
  const nanoseconds = { created: status.birthtimeNs, modified: status.mtimeNs, accessed: status.atimeNs }
  const dates = Object.entries(nanoseconds).map(([name, ns]) => [name, new Date(Number(ns / 1_000_000n))] as const)
  // 0 is how a file system says that it keeps no such time.
  const sound = dates.filter(([, date]) => date.getTime() !== 0 && !Number.isNaN(date.getTime()))
  return Object.fromEntries(sound.map(([name, date]) => [name, date.toISOString()]))
}
