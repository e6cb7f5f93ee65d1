// Reads a member of an archive once, like a file: digests on the way, and its bytes where somebody will want them.

import { ARCHIVE_TAIL_BYTES, accessBytes, mayBeArchive, type Member, type RandomAccess } from '../archives/index.js'
import { ExhibitHashError } from '../core/errors.js'
import { SNIFF_BYTES, sniffFormat } from '../decode/index.js'
import { DigestStream } from '../digest/index.js'
import { contentOf, isWanted, STREAM_BYTES, type Content, type ReadLimits } from './read-file.js'

export interface ReadMember {
  /** `null` where not a byte could be had. */
  readonly content: Content | null
  /** What is wrong with the member. */
  readonly fault: ExhibitHashError | null
  /** Its bytes at any place, where it may be an archive. `null` where there are too many to hold. */
  readonly access: RandomAccess | null
}

/**
 * @param onBytes - told of all bytes as they come; may throw
 * @throws {Error} what the system says of reading the archive
 */
export async function readMember(
  member: Member,
  limits: ReadLimits,
  onBytes: (count: number) => void
): Promise<ReadMember> {
  const reading = new Reading(limits, member.range === undefined)
  let fault: ExhibitHashError | null = null
  try {
    for await (const chunk of member.open()) {
      onBytes(chunk.length)
      reading.add(chunk)
    }
  } catch (error) {
    if (!(error instanceof ExhibitHashError)) throw error
    fault = error
    // Only of damaged members is what could be had worth a hash: of the others it is nothing, or a part of a bomb.
    if (error.code !== 'MEMBER_DAMAGED' || reading.isEmpty) return { content: null, fault, access: null }
  }
  const { content, bytes } = reading.finish()
  if (!content.mayBeArchive) return { content, fault, access: null }
  if (member.range !== undefined) return { content, fault, access: await member.range() }
  if (bytes !== null) return { content, fault, access: accessBytes(bytes) }
  return { content, fault: fault ?? tooLarge(content.sizeBytes), access: null }
}

function tooLarge(sizeBytes: number): ExhibitHashError {
  const message = `an archive of ${sizeBytes} bytes in an archive is more than can be held in memory`
  return new ExhibitHashError('FILE_TOO_LARGE', message, { stage: 'unpack' })
}

/** Small members are held whole, whatever they are; of large ones only what a decoder can take, or an archive. */
class Reading {
  private sizeBytes = 0
  private parts: Uint8Array[] = []
  private digests: DigestStream | null = null
  private head = Buffer.alloc(0)
  private tail = Buffer.alloc(0)

  /** @param keepArchives - they can be read from nowhere else */
  constructor(
    private readonly limits: ReadLimits,
    private readonly keepArchives: boolean
  ) {}

  get isEmpty(): boolean {
    return this.sizeBytes === 0
  }

  add(chunk: Uint8Array): void {
    const before = this.sizeBytes
    this.sizeBytes += chunk.length
    if (this.digests === null) {
      this.parts.push(chunk)
      const isLarge = this.sizeBytes > STREAM_BYTES
      if (isLarge && before <= STREAM_BYTES) this.head = Buffer.concat(this.parts).subarray(0, SNIFF_BYTES)
      if (isLarge && !this.isKept()) this.letGo()
    } else {
      this.digests.update(chunk)
      this.tail = Buffer.concat([this.tail, chunk.subarray(-ARCHIVE_TAIL_BYTES)]).subarray(-ARCHIVE_TAIL_BYTES)
    }
  }

  finish(): { content: Content; bytes: Uint8Array | null } {
    if (this.digests === null) {
      const bytes = this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts)
      this.parts = []
      return { content: contentOf(bytes, this.limits), bytes }
    }
    const sniffed = sniffFormat(this.head)
    const content: Content = {
      sizeBytes: this.sizeBytes,
      digests: this.digests.finish(),
      sniffed,
      bytes: null,
      tooLarge: isWanted(sniffed),
      mayBeArchive: mayBeArchive(this.head, this.tail)
    }
    return { content, bytes: null }
  }

  private isKept(): boolean {
    const { maxDecodeBytes, keepAll } = this.limits
    if (this.sizeBytes > maxDecodeBytes) return false
    return keepAll || isWanted(sniffFormat(this.head)) || (this.keepArchives && mayBeArchive(this.head, this.tail))
  }

  /** From here on the bytes go by. */
  private letGo(): void {
    this.digests = new DigestStream()
    for (const part of this.parts) this.digests.update(part)
    this.tail = Buffer.from(Buffer.concat(this.parts.slice(-2)).subarray(-ARCHIVE_TAIL_BYTES))
    this.parts = []
  }
}
