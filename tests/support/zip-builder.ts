// ZIP archives byte by byte, sound or with anything about them wrong.

import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string | Uint8Array
  readonly bytes?: Uint8Array
  /** 0 stored (default), 8 deflated; others are only claimed. */
  readonly method?: number
  readonly flags?: number
  /** Sizes and checksum after the bytes. */
  readonly descriptor?: boolean
  readonly zip64?: boolean
  readonly extra?: Uint8Array
  /** In place of what is true. */
  readonly claim?: { readonly crc?: number; readonly expandedBytes?: number; readonly headerAt?: number }
}

export interface ZipOptions {
  readonly zip64?: boolean
  readonly comment?: string
  /** Members that the end counts. */
  readonly count?: number
  /** Leave the directory out. */
  readonly directory?: boolean
}

const DESCRIPTOR = 0x08
const UTF8 = 0x800

export function zip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = []
  const records: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const { local, record } = member(entry, at)
    parts.push(local)
    records.push(record)
    at += local.length
  }
  if (options.directory === false) return Buffer.concat(parts)
  const directory = Buffer.concat(records)
  return Buffer.concat([...parts, directory, end(directory.length, at, options.count ?? entries.length, options)])
}

function member(entry: ZipEntry, at: number): { local: Buffer; record: Buffer } {
  const name = Buffer.from(entry.name)
  const bytes = entry.bytes ?? Buffer.alloc(0)
  const method = entry.method ?? 0
  const packed = method === 8 ? deflateRawSync(bytes) : Buffer.from(bytes)
  const utf8 = typeof entry.name === 'string' ? UTF8 : 0
  const flags = (entry.flags ?? 0) | utf8 | (entry.descriptor === true ? DESCRIPTOR : 0)
  const facts = {
    flags,
    method,
    crc: entry.claim?.crc ?? crc32(bytes),
    packed: packed.length,
    expanded: entry.claim?.expandedBytes ?? bytes.length
  }
  const later = { ...facts, crc: 0, packed: 0, expanded: 0 }
  const extra = Buffer.concat([entry.zip64 === true ? sizes64(facts) : Buffer.alloc(0), entry.extra ?? Buffer.alloc(0)])
  const common = (of: typeof facts) =>
    header(entry.zip64 === true ? { ...of, packed: MAX, expanded: MAX } : of, name, extra)
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    common(entry.descriptor === true ? later : facts),
    name,
    extra,
    packed,
    entry.descriptor === true ? descriptor(facts) : Buffer.alloc(0)
  ])
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(entry.claim?.headerAt ?? at, 10)
  const record = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common(facts), rest, name, extra])
  return { local, record }
}

const MAX = 0xffffffff

interface Facts {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly expanded: number
}

/** What local headers and records of the directory have in common. */
function header({ flags, method, crc, packed, expanded }: Facts, name: Buffer, extra: Buffer): Buffer {
  const bytes = Buffer.alloc(26)
  bytes.writeUInt16LE(20, 0)
  bytes.writeUInt16LE(flags, 2)
  bytes.writeUInt16LE(method, 4)
  bytes.writeUInt32LE(crc, 10)
  bytes.writeUInt32LE(packed, 14)
  bytes.writeUInt32LE(expanded, 18)
  bytes.writeUInt16LE(name.length, 22)
  bytes.writeUInt16LE(extra.length, 24)
  return bytes
}

function sizes64({ packed, expanded }: Facts): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt16LE(1, 0)
  bytes.writeUInt16LE(16, 2)
  bytes.writeBigUInt64LE(BigInt(expanded), 4)
  bytes.writeBigUInt64LE(BigInt(packed), 12)
  return bytes
}

function descriptor({ crc, packed, expanded }: Facts): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.write('PK\x07\x08', 'latin1')
  bytes.writeUInt32LE(crc, 4)
  bytes.writeUInt32LE(packed, 8)
  bytes.writeUInt32LE(expanded, 12)
  return bytes
}

function end(directoryBytes: number, directoryAt: number, count: number, { zip64, comment = '' }: ZipOptions): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.write('PK\x05\x06', 'latin1')
  bytes.writeUInt16LE(Math.min(count, 0xffff), 8)
  bytes.writeUInt16LE(Math.min(count, 0xffff), 10)
  bytes.writeUInt32LE(zip64 === true ? MAX : directoryBytes, 12)
  bytes.writeUInt32LE(zip64 === true ? MAX : directoryAt, 16)
  bytes.writeUInt16LE(comment.length, 20)
  const tail = Buffer.concat([bytes, Buffer.from(comment, 'latin1')])
  return zip64 === true ? Buffer.concat([end64(directoryBytes, directoryAt, count), tail]) : tail
}

function end64(directoryBytes: number, directoryAt: number, count: number): Buffer {
  const bytes = Buffer.alloc(56 + 20)
  bytes.write('PK\x06\x06', 'latin1')
  bytes.writeBigUInt64LE(44n, 4)
  bytes.writeBigUInt64LE(BigInt(count), 24)
  bytes.writeBigUInt64LE(BigInt(count), 32)
  bytes.writeBigUInt64LE(BigInt(directoryBytes), 40)
  bytes.writeBigUInt64LE(BigInt(directoryAt), 48)
  bytes.write('PK\x06\x07', 56, 'latin1')
  bytes.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 64)
  bytes.writeUInt32LE(1, 72)
  return bytes
}
