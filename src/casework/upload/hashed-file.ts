// A file that is sent piece by piece: each piece is hashed with all that stands before it, so that no other file goes than was checked.

import { open, type FileHandle } from 'node:fs/promises'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../../core/errors.js'
import { DigestStream } from '../../digest/index.js'
import { fill } from '../../files/index.js'

export interface SentFile {
  readonly path: string
  readonly sizeBytes: number
  readonly md5: string
}

export class HashedFile {
  #digest = new DigestStream()
  #hashedBytes = 0
  readonly #memory: Buffer

  private constructor(
    private readonly file: SentFile,
    private readonly handle: FileHandle,
    chunkBytes: number
  ) {
    this.#memory = Buffer.allocUnsafeSlow(Math.max(1, Math.min(chunkBytes, file.sizeBytes)))
  }

  /** @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED */
  static async open(file: SentFile, chunkBytes: number): Promise<HashedFile> {
    const { path } = file
    const handle = await open(path).catch((cause: unknown) => {
      throw toExhibitHashError(cause, readErrorCode(cause), { path })
    })
    return new HashedFile(file, handle, chunkBytes)
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  /**
   * The piece at an offset, good until the next call. The last piece is only handed out where the whole is what was checked.
   * @throws {ExhibitHashError} FILE_CHANGED
   */
  async read(offset: number): Promise<Uint8Array> {
    if (offset < this.#hashedBytes) {
      this.#digest = new DigestStream()
      this.#hashedBytes = 0
    }
    while (this.#hashedBytes < offset) await this.#next(offset)
    const piece = await this.#next(this.file.sizeBytes)
    if (this.#hashedBytes === this.file.sizeBytes && this.#digest.finish().md5 !== this.file.md5) {
      throw this.#changed('is not the file that was checked')
    }
    return piece
  }

  async #next(end: number): Promise<Uint8Array> {
    const piece = this.#memory.subarray(0, Math.min(this.#memory.length, end - this.#hashedBytes))
    if ((await fill(this.handle, piece, this.#hashedBytes)) < piece.length) throw this.#changed('became shorter')
    this.#digest.update(piece)
    this.#hashedBytes += piece.length
    return piece
  }

  #changed(why: string): ExhibitHashError {
    const { path } = this.file
    return new ExhibitHashError('FILE_CHANGED', `${path}: ${why} while it was sent`, { path })
  }
}
