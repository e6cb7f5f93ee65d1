// ZIP archives: members as the directory lists them (yauzl reads it), and where it is damaged those that are found by
// their own headers.

import { crc32 } from 'node:zlib'
import type { Entry, RandomAccessReader, ZipFile } from 'yauzl'
import { archiveDamaged, type Archive, type Finding, type Member } from './archive.js'
import { bytesAt, readAhead, type RandomAccess } from './random-access.js'
import { locateZip, type ZipPlace } from './zip-end.js'
import { beginsWith, DIRECTORY_SIGNATURE, SIGNATURE_BYTES } from './zip-format.js'
import { dataStartOf } from './zip-local.js'
import { isFolder, zipMember, type ZipFacts } from './zip-member.js'
import { salvagedMembers } from './zip-salvage.js'

const UNICODE_PATH = 0x7075
const UNIX_TIME = 0x5455
const NTFS_TIMES = 0x000a

export function openZip(source: RandomAccess): Archive {
  return { format: 'zip', expandsAll: false, members: (finding) => zipMembers(source, finding) }
}

async function* zipMembers(source: RandomAccess, { onFault }: Finding): AsyncGenerator<Member> {
  const place = await locateZip(source)
  /** Where the headers of listed members are, from the start of the source. */
  const listed: number[] = []
  try {
    if (place === null) throw new Error('its end is missing')
    for await (const entry of listedEntries(place)) {
      const facts = factsOf(entry)
      listed.push(place.base + facts.headerAt)
      if (!isFolder(facts)) yield zipMember(place.bytes, facts, () => dataStartOf(place.bytes, facts.headerAt))
    }
  } catch (error) {
    if (isReadError(error)) throw error
    onFault(archiveDamaged(`the archive's directory is damaged: ${(error as Error).message}`))
    yield* salvagedMembers(source, new Set(listed))
  }
}

/** @throws {Error} where the directory breaks its rules */
async function* listedEntries({ bytes, directoryEnd }: ZipPlace): AsyncGenerator<Entry> {
  const zip = await openDirectory(bytes)
  yield* zip.eachEntry()
  // Declared as a boolean by mistake.
  const stoppedAt = zip.readEntryCursor as unknown as number
  if (stoppedAt + SIGNATURE_BYTES > directoryEnd) return
  const next = await bytesAt(bytes, stoppedAt, SIGNATURE_BYTES)
  if (beginsWith(next, DIRECTORY_SIGNATURE)) throw new Error('it has more members than it counts')
}

async function openDirectory(bytes: RandomAccess): Promise<ZipFile> {
  // Loaded where an archive is, and nowhere else.
  const { default: yauzl } = await import('yauzl')
  const reader = readerOver(readAhead(bytes), yauzl.RandomAccessReader)
  // Names stay bytes, and are judged by nobody; sizes are checked when a member is read.
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false }
  return yauzl.fromRandomAccessReaderPromise(reader, bytes.sizeBytes, options)
}

function readerOver(bytes: RandomAccess, Reader: typeof RandomAccessReader): RandomAccessReader {
  class Over extends Reader {
    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      callback: (error: Error | null, bytesRead?: number) => void
    ): void {
      bytes.read(buffer.subarray(offset, offset + length), position).then(
        (done) => callback(null, done),
        (error: unknown) => callback(error as Error)
      )
    }
  }
  return new Over()
}

function factsOf(entry: Entry): ZipFacts {
  const modified = modifiedOf(entry)
  return {
    name: nameOf(entry),
    flags: entry.generalPurposeBitFlag,
    method: entry.compressionMethod,
    ...(modified !== null && { modified }),
    headerAt: entry.relativeOffsetOfLocalHeader,
    compressedBytes: entry.compressedSize,
    expanded: { bytes: entry.uncompressedSize, crc: entry.crc32 }
  }
}

/** The name's bytes as they are, whatever the flag says of them; Info-ZIP's name in UTF-8 where there is one for them. */
function nameOf({ fileNameRaw, extraFields }: Entry): Uint8Array {
  const unicode = extraFields.find(({ id, data }) => id === UNICODE_PATH && data.length > 5 && data[0] === 1)?.data
  return unicode !== undefined && unicode.readUInt32LE(1) === crc32(fileNameRaw) ? unicode.subarray(5) : fileNameRaw
}

/** Only times that name a moment: the others are in the time zone of whoever packed. */
function modifiedOf(entry: Entry): Date | null {
  const { extraFields } = entry
  if (!extraFields.some(({ id }) => id === UNIX_TIME || id === NTFS_TIMES)) return null
  const date = entry.getLastModDate({ timezone: 'UTC' })
  // Without a usable field the library falls back to the local time of the packer.
  return date.getTime() === entry.getLastModDate({ timezone: 'UTC', forceDosFormat: true }).getTime() ? null : date
}

/** What the system said while reading, not what was read. */
function isReadError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined
}
