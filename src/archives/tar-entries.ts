// From header to header through a TAR: long names, pax records and maps of holes are put together with the header they
// belong to, and after damage the next sound header is looked for.

import type { ExhibitHashError } from '../core/errors.js'
import type { SkipReason } from '../core/result.js'
import { archiveDamaged } from './archive.js'
import type { ForwardReader } from './forward.js'
import {
  dateOf,
  isTarHeader,
  numberField,
  parsePax,
  parseTarHeader,
  PaxRecords,
  TAR_BLOCK_BYTES,
  untilNul,
  type TarHeader
} from './tar-header.js'
import { GNU_SPARSE, GNU_SPARSE_MORE, headerStretches, MapReader, paxSparse, type SparseMap } from './tar-sparse.js'

export interface TarEntry {
  readonly name: Uint8Array
  readonly kind: 'file' | 'folder' | SkipReason
  readonly modified: Date | null
  /** What follows, without padding. */
  readonly storedBytes: number
  readonly sparse: SparseMap | null
}

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'fifo',
  // Names in a folder, as GNU tar lists them for increments; and the label of a volume.
  D: 'folder',
  V: 'folder'
}

/** Long names and pax records are small; what claims more is damage. */
const MAX_EXTRA_BYTES = 1024 * 1024

/** What stands before a header and is about it. */
interface Ahead {
  pax: PaxRecords
  longName: Buffer | null
}

const NO_RECORDS = new PaxRecords([])
/** Tapes and copies of drives end with very many. */
const ZEROS = Buffer.alloc(TAR_BLOCK_BYTES)

export class TarEntries {
  private global = NO_RECORDS
  private ended = false
  private lost = false

  constructor(
    private readonly reader: ForwardReader,
    private readonly onFault: (fault: ExhibitHashError) => void
  ) {}

  /** The next member; what follows its header must be passed before the one after it is asked for. */
  async next(): Promise<TarEntry | null> {
    const ahead: Ahead = { pax: NO_RECORDS, longName: null }
    for (;;) {
      const found = await this.nextHeader()
      if (found === null) return null
      const { header, block } = found
      if (!(await this.takeAhead(header, ahead))) return this.entryOf(header, block, ahead)
    }
  }

  /** Sound headers; blocks of zeros end the archive, but what follows them may be another one. */
  private async nextHeader(): Promise<{ header: TarHeader; block: Buffer } | null> {
    for (;;) {
      const block = await this.reader.take(TAR_BLOCK_BYTES)
      if (block.length < TAR_BLOCK_BYTES) {
        if (!this.ended) this.fault('the archive ends without its end mark')
        return null
      }
      const header = parseTarHeader(block)
      if (header !== null && header.sizeBytes >= 0) {
        this.ended = this.lost = false
        return { header, block }
      }
      if (block.equals(ZEROS)) this.ended = true
      else if (!this.ended && !this.lost) {
        this.lost = true
        this.fault('a header of the archive is damaged')
      }
    }
  }

  /** True where the header is about the next one. */
  private async takeAhead(header: TarHeader, ahead: Ahead): Promise<boolean> {
    if (!'xXgLK'.includes(header.type)) return false
    if (header.sizeBytes > MAX_EXTRA_BYTES) {
      this.fault('a name in the archive is longer than names are')
      return true
    }
    const bytes = await this.reader.take(header.sizeBytes)
    await this.reader.skip(-header.sizeBytes & (TAR_BLOCK_BYTES - 1))
    if (header.type === 'L') ahead.longName = untilNul(bytes)
    else if (header.type === 'g') this.global = parsePax(bytes).over(this.global).lasting
    else if (header.type !== 'K') ahead.pax = parsePax(bytes)
    return true
  }

  private async entryOf(header: TarHeader, block: Buffer, ahead: Ahead): Promise<TarEntry> {
    const pax = ahead.pax.over(this.global)
    const size = Number(pax.text('size') ?? header.sizeBytes)
    const storedBytes = Number.isSafeInteger(size) && size >= 0 ? size : header.sizeBytes
    const name = pax.bytes('GNU.sparse.name') ?? pax.bytes('path') ?? ahead.longName ?? header.name
    const modified = pax.text('mtime') === undefined ? header.modified : dateOf(Number(pax.text('mtime')))
    const common = { name, modified }
    if (header.type === 'S') {
      return { ...common, kind: 'file', storedBytes, sparse: await this.oldSparse(block) }
    }
    const sparse = paxSparse(pax)
    if (sparse !== null && 'inData' in sparse) {
      const map = await this.sparseInData()
      const left = Math.max(0, storedBytes - map.readBytes)
      return { ...common, kind: 'file', storedBytes: left, sparse: { ...sparse, stretches: map.stretches } }
    }
    const kind = await this.kindOf(header, storedBytes)
    return { ...common, kind, storedBytes: kind === 'file' ? storedBytes : 0, sparse: kind === 'file' ? sparse : null }
  }

  /**
   * What is no file has no bytes, whatever size it tells; but bytes that are there are some file's, and are not hidden
   * by a flag.
   */
  private async kindOf({ name, type }: TarHeader, storedBytes: number): Promise<TarEntry['kind']> {
    const kind = KINDS[type] ?? (type === '0' && name.at(-1) === 0x2f ? 'folder' : 'file')
    if (kind === 'file' || storedBytes === 0) return kind
    const next = await this.reader.peek(TAR_BLOCK_BYTES)
    const isHeader = next.length < TAR_BLOCK_BYTES || next[0] === 0 || isTarHeader(next)
    return isHeader ? kind : 'file'
  }

  private async oldSparse(block: Buffer): Promise<SparseMap> {
    const stretches = headerStretches(block, GNU_SPARSE.at, GNU_SPARSE.entries)
    let continues = block[GNU_SPARSE.continuedAt] === 1
    while (continues) {
      const more = await this.reader.take(TAR_BLOCK_BYTES)
      if (more.length < TAR_BLOCK_BYTES) break
      // Not spread into the call: a hostile map is long.
      for (const stretch of headerStretches(more, GNU_SPARSE_MORE.at, GNU_SPARSE_MORE.entries)) stretches.push(stretch)
      continues = more[GNU_SPARSE_MORE.continuedAt] === 1 && stretches.length < 1_000_000
    }
    return { stretches, sizeBytes: numberField(block, GNU_SPARSE.sizeAt, 12) ?? -1 }
  }

  private async sparseInData(): Promise<{ stretches: SparseMap['stretches']; readBytes: number }> {
    const map = new MapReader()
    for (let readBytes = TAR_BLOCK_BYTES; ; readBytes += TAR_BLOCK_BYTES) {
      const block = await this.reader.take(TAR_BLOCK_BYTES)
      if (block.length < TAR_BLOCK_BYTES || map.add(block)) return { stretches: map.stretches, readBytes }
    }
  }

  private fault(message: string): void {
    this.onFault(archiveDamaged(message))
  }
}
