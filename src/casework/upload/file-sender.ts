// One content of a package sent to a server: its record, its bytes, and what the server then says that it holds.
//
// Answers get lost, and servers forget. So nothing counts as sent that was not acknowledged, chunk by chunk, or that the server
// does not say itself, with digest and size. Everything else is sent again from a clean beginning, and is an error after that.

import { ExhibitHashError } from '../../core/errors.js'
import { isPlainObject } from '../../core/plain-object.js'
import { hashValue, sizeValue } from '../../formats/index.js'
import { HashedFile } from './hashed-file.js'
import { fieldIn, type JsonObject } from '../package-reader.js'
import type { UploadItem } from './upload-items.js'
import type { UploadJournal } from './upload-journal.js'
import { type Answer, type ChunkAnswer, type UploadTarget, type VicsServer, wordsOf } from './vics-rest.js'

export type SendOutcome =
  | { readonly is: 'held'; readonly wasThere: boolean; readonly isConfirmed: boolean }
  /** The server may not hold it, or not all of it. */
  | { readonly is: 'unclear'; readonly why: string }
  /** The server says that it holds something else. */
  | { readonly is: 'other'; readonly why: string }

export interface SendOptions {
  readonly chunkBytes: number
  /** Stops between chunks. */
  readonly signal: AbortSignal
}

/** How sending the bytes went. */
interface Passage {
  /** Why the server takes no more. */
  readonly refusal: string | null
  /** All sent now, one chunk after the other: the server cannot lack any. */
  readonly isPlain: boolean
}

export class FileSender {
  constructor(
    private readonly server: VicsServer,
    private readonly journal: UploadJournal,
    private readonly target: UploadTarget,
    private readonly options: SendOptions
  ) {}

  /**
   * @param isClean - the server has no beginning of it that this journal does not know of
   * @throws {ExhibitHashError} FILE_CHANGED, INPUT_NOT_FOUND, READ_FAILED, WRITE_FAILED, and what requests end in
   */
  async send(
    item: UploadItem,
    document: string,
    { isClean, onBytes }: { readonly isClean: boolean; readonly onBytes: (bytes: number) => void }
  ): Promise<SendOutcome> {
    const { md5 } = item
    const isResumed = this.journal.isOpen(md5)
    const isOpened = await this.server.initializeFile(document, md5, this.target)
    if (isOpened && !isResumed) await this.journal.acknowledge(md5, 0)
    const passage = await this.#sendBytes(item, isResumed, onBytes)
    // To finalise what is there in part would make that part the file.
    if (passage.refusal !== null && (isOpened || !isClean)) return { is: 'unclear', why: passage.refusal }
    const answer = await this.server.finalizeFile(md5, this.target, !passage.isPlain)
    // 409 is "finalised before", and by us where an answer was lost; of what was opened just now it means something else.
    const mayBeOurs = passage.isPlain || answer.isRepeated || !isOpened
    return this.#judge(item, answer, { ...passage, mayBeOurs })
  }

  async #sendBytes({ md5, file }: UploadItem, isResumed: boolean, onBytes: (bytes: number) => void): Promise<Passage> {
    const start = this.journal.offsetOf(md5)
    if (file === null || start >= file.sizeBytes) return { refusal: null, isPlain: !isResumed }
    const input = await HashedFile.open({ ...file, md5 }, this.options.chunkBytes)
    try {
      return await this.#sendFrom(start, input, { md5, sizeBytes: file.sizeBytes, isResumed, onBytes })
    } catch (error) {
      // What went of a file that has changed is of no use to anybody.
      if (error instanceof ExhibitHashError && error.code === 'FILE_CHANGED') await this.journal.restart(md5)
      throw error
    } finally {
      await input.close()
    }
  }

  async #sendFrom(
    start: number,
    input: HashedFile,
    {
      md5,
      sizeBytes,
      isResumed,
      onBytes
    }: { md5: string; sizeBytes: number; isResumed: boolean; onBytes: (bytes: number) => void }
  ): Promise<Passage> {
    let isPlain = start === 0 && !isResumed
    let hasGoneBack = false
    // The run before may have ended without the answer to its last chunk.
    let mayBeTaken = isResumed
    for (let offset = start; offset < sizeBytes; mayBeTaken = false) {
      this.options.signal.throwIfAborted()
      const bytes = await input.read(offset)
      const answer = await this.server.sendChunk(md5, this.target, offset, bytes)
      const next = nextOffset(offset, bytes.length, answer, mayBeTaken)
      if (next === null || (next < offset && hasGoneBack)) {
        return { refusal: `the server takes no chunk at offset ${offset}`, isPlain: false }
      }
      if (answer.isTaken || answer.expected !== null) await this.journal.acknowledge(md5, next)
      isPlain &&= answer.isTaken
      hasGoneBack ||= next < offset
      if (next > offset) onBytes(next - offset)
      offset = next
    }
    return { refusal: null, isPlain }
  }

  async #judge(
    item: UploadItem,
    answer: Answer,
    { refusal, mayBeOurs }: { readonly refusal: string | null; readonly mayBeOurs: boolean }
  ): Promise<SendOutcome> {
    const { md5 } = item
    const { status, body } = answer
    const isClosed = status < 300 || status === 409
    const said = statementIn(isClosed ? body : null, item)
    if (said.contradicts !== null) {
      await this.journal.mismatch(md5)
      return { is: 'other', why: said.contradicts }
    }
    const isOurs = status < 300 || (mayBeOurs && this.journal.isOpen(md5) && !this.journal.isMismatched(md5))
    if (!isClosed || !(said.isWhole || (isOurs && this.#isAcknowledged(item)))) {
      return { is: 'unclear', why: refusal ?? `the server answers ${wordsOf(answer)} and does not say what it holds` }
    }
    await this.journal.finishFile(md5)
    const wasThere = refusal !== null || (status === 409 && !this.journal.isOpen(md5))
    return { is: 'held', wasThere, isConfirmed: said.isConfirmed }
  }

  #isAcknowledged({ md5, file }: UploadItem): boolean {
    return this.journal.offsetOf(md5) >= (file?.sizeBytes ?? 0)
  }
}

/** Where to go on after a chunk; `null` where nothing says it. */
function nextOffset(offset: number, length: number, answer: ChunkAnswer, mayBeTakenBefore: boolean): number | null {
  if (answer.isTaken) return offset + length
  const mayBeTaken = answer.mayBeTaken || mayBeTakenBefore
  const { expected } = answer
  if (expected === null) return mayBeTaken ? offset + length : null
  // What lies beyond was not sent by us.
  const sent = mayBeTaken ? offset + length : offset
  return expected <= sent && expected !== offset ? expected : null
}

interface Statement {
  /** How it differs from what was sent. */
  readonly contradicts: string | null
  readonly isConfirmed: boolean
  /** Digest and size: enough without any acknowledgement. */
  readonly isWhole: boolean
}

/** What a server says of the file that it holds, held against what it should be. */
function statementIn(body: unknown, { md5, file, sizeBytes }: UploadItem): Statement {
  const held = mediaIn(body)
  const said = held === null ? undefined : hashValue('md5', fieldIn(held, 'MD5'))
  if (held === null || said === undefined) return { contradicts: null, isConfirmed: false, isWhole: false }
  const size = sizeValue(fieldIn(held, 'MediaSize'))
  const own = file?.sizeBytes ?? sizeBytes
  const isOtherSize = size !== undefined && own !== undefined && size !== own
  let contradicts: string | null = null
  if (said !== md5) contradicts = `the server says that it holds ${said}`
  else if (isOtherSize) contradicts = `the server says that it holds ${size} bytes of ${own}`
  const isConfirmed = contradicts === null
  return { contradicts, isConfirmed, isWhole: isConfirmed && (size !== undefined || file === null) }
}

/** A Media record, or a document of one. */
function mediaIn(body: unknown): JsonObject | null {
  if (!isPlainObject(body)) return null
  const value = fieldIn(body, 'value')
  const first: unknown = Array.isArray(value) ? value[0] : body
  return isPlainObject(first) ? first : null
}
