// TAR archives, plain or in gzip: members in the order of their bytes. Written here because names must stay bytes, files
// with holes must come out whole, and damage must not end the reading.

import { archiveDamaged, memberDamaged, type Archive, type Finding, type Member } from './archive.js'
import { gunzipped, isDeflateDamage } from './expand.js'
import { forwardOver, forwardStream, type ForwardReader } from './forward.js'
import { chunksOf, type RandomAccess } from './random-access.js'
import { TAR_BLOCK_BYTES } from './tar-header.js'
import { TarEntries, type TarEntry } from './tar-entries.js'
import { withHoles } from './tar-sparse.js'

export function openTar(source: RandomAccess): Archive {
  return {
    format: 'tar',
    expandsAll: false,
    members: (finding) => tarMembers(forwardOver(source), finding)
  }
}

export function openTarGzip(source: RandomAccess): Archive {
  return {
    format: 'tar.gz',
    expandsAll: true,
    async *members(finding) {
      const chunks = expanded(source, finding)
      try {
        yield* tarMembers(forwardStream(chunks), finding)
      } finally {
        await chunks.return(undefined)
      }
    }
  }
}

/** Damage of the stream is a fault of the archive, and the stream's end. */
async function* expanded(
  source: RandomAccess,
  { onFault, onExpanded }: Finding
): AsyncGenerator<Uint8Array, undefined> {
  try {
    for await (const chunk of gunzipped(chunksOf(source, 0, source.sizeBytes))) {
      onExpanded(chunk.length)
      yield chunk
    }
  } catch (error) {
    if (!isDeflateDamage(error)) throw error
    onFault(archiveDamaged(`the compressed data of the archive are damaged: ${error.message}`))
  }
}

async function* tarMembers(reader: ForwardReader, { onFault }: Finding): AsyncGenerator<Member> {
  const entries = new TarEntries(reader, onFault)
  for (let entry = await entries.next(); entry !== null; entry = await entries.next()) {
    const body = new Body(reader, entry)
    if (entry.kind !== 'folder') yield memberOf(body, entry)
    if (!(await body.pass())) onFault(archiveDamaged(`the archive ends within a member`))
  }
}

/** What is stored of a member, once: whatever is not read of it is passed over. */
class Body {
  private left: number
  private readonly padding: number

  constructor(
    private readonly reader: ForwardReader,
    { storedBytes }: TarEntry
  ) {
    this.left = storedBytes
    this.padding = -storedBytes & (TAR_BLOCK_BYTES - 1)
  }

  /** @throws {ExhibitHashError} MEMBER_DAMAGED where the archive ends before */
  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.reader.stream(this.left)) {
      this.left -= chunk.length
      yield chunk
    }
    if (this.left > 0) throw memberDamaged(`the archive ends ${this.left} bytes before the member does`)
  }

  range(): RandomAccess | undefined {
    return this.reader.range?.(this.left)
  }

  /** Moves to what follows; false where the archive ends before. */
  async pass(): Promise<boolean> {
    const wanted = this.left + this.padding
    // Nobody misses the padding of the last member.
    return (await this.reader.skip(wanted)) >= this.left
  }
}

/** As long as a name in a ZIP can be. */
const MAX_NAME_BYTES = 0xffff

function memberOf(body: Body, { name, kind, modified, storedBytes, sparse }: TarEntry): Member {
  const range = sparse === null ? body.range() : undefined
  return {
    name: name.subarray(0, MAX_NAME_BYTES),
    ...(kind !== 'file' && kind !== 'folder' && { skipped: kind }),
    ...(modified !== null && { modified }),
    claimedBytes: sparse?.sizeBytes ?? storedBytes,
    ...(range !== undefined && { range: () => Promise.resolve(range) }),
    open: () => (sparse === null ? body.bytes() : withHoles(body.bytes(), sparse))
  }
}
