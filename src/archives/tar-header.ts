// A header block of a TAR: V7, ustar, GNU and star, and the records of pax. Names are bytes.

const BLOCK_BYTES = 512
export { BLOCK_BYTES as TAR_BLOCK_BYTES }

const CHECKSUM_AT = 148
const CHECKSUM_END = 156
const MAGIC_AT = 257
const SPACE = 0x20

export interface TarHeader {
  readonly name: Uint8Array
  /** The type flag as a character; a NUL is '0'. */
  readonly type: string
  readonly sizeBytes: number
  readonly modified: Date | null
}

/** `null` where the block is no header: its checksum is another. */
export function parseTarHeader(block: Buffer): TarHeader | null {
  if (!isTarHeader(block)) return null
  const magic = block.toString('latin1', MAGIC_AT, MAGIC_AT + 6)
  const prefix = magic === 'ustar\0' ? textField(block, 345, 155) : Buffer.alloc(0)
  const name = textField(block, 0, 100)
  const type = String.fromCharCode(block[156])
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    type: type === '\0' ? '0' : type,
    sizeBytes: numberField(block, 124, 12) ?? -1,
    modified: dateOf(numberField(block, 136, 12))
  }
}

/** True where a block has the checksum that it tells, and is not empty. Old programs added signed bytes. */
export function isTarHeader(head: Uint8Array): boolean {
  if (head.length < BLOCK_BYTES || head[0] === 0) return false
  const block = Buffer.from(head.buffer, head.byteOffset, BLOCK_BYTES)
  const told = numberField(block, CHECKSUM_AT, CHECKSUM_END - CHECKSUM_AT)
  let sum = 0
  let high = 0
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const byte = i >= CHECKSUM_AT && i < CHECKSUM_END ? SPACE : block[i]
    sum += byte
    if (byte > 127) high++
  }
  return told === sum || told === sum - 256 * high
}

/** Octal text, or a number in base 256 where the first bit is set. `null` where it is neither. */
export function numberField(block: Buffer, at: number, length: number): number | null {
  const field = block.subarray(at, at + length)
  if ((field[0] & 0x80) !== 0) {
    if (field[0] !== 0x80) return null
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
    return Number.isSafeInteger(value) ? value : null
  }
  const text = field
    .toString('latin1')
    .replace(/\0[^]*$/, '')
    .trim()
  if (text === '') return 0
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : null
}

/** Bytes up to the first NUL. */
function textField(block: Buffer, at: number, length: number): Buffer {
  return untilNul(block.subarray(at, at + length))
}

export function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end === -1 ? bytes : bytes.subarray(0, end)
}

/** A time of 0 is how programs leave it out. */
export function dateOf(seconds: number | null): Date | null {
  const date = new Date((seconds ?? 0) * 1000)
  return date.getTime() === 0 || Number.isNaN(date.getTime()) ? null : date
}

/** What is read of pax; whatever else an archive has there is not kept, since it may be very much. */
const PAX_KEYS: readonly string[] = ['path', 'size', 'mtime']
const PAX_SPARSE = 'GNU.sparse.'

/** "LENGTH KEY=VALUE\n" over and over; what breaks the rule ends it. Later values win, lists are kept by `every`. */
export function parsePax(bytes: Buffer): PaxRecords {
  const records: [string, Buffer][] = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(SPACE, at)
    const length = Number(bytes.toString('latin1', at, space))
    const equals = bytes.indexOf(0x3d, space)
    if (space === -1 || !Number.isSafeInteger(length) || equals === -1) break
    const end = at + length
    if (equals >= end || end > bytes.length || end <= space) break
    const key = bytes.toString('latin1', space + 1, equals)
    if (PAX_KEYS.includes(key) || key.startsWith(PAX_SPARSE)) records.push([key, bytes.subarray(equals + 1, end - 1)])
    at = end
  }
  return new PaxRecords(records)
}

export class PaxRecords {
  constructor(private readonly records: readonly (readonly [key: string, value: Buffer])[]) {}

  bytes(key: string): Buffer | undefined {
    return this.records.findLast(([name]) => name === key)?.[1]
  }

  text(key: string): string | undefined {
    return this.bytes(key)?.toString('latin1')
  }

  /** Values of several keys in the order in which they stand. */
  every(...keys: readonly string[]): string[] {
    return this.records.filter(([name]) => keys.includes(name)).map(([, value]) => value.toString('latin1'))
  }

  /** These records where the others have none of the key. */
  over(others: PaxRecords): PaxRecords {
    return new PaxRecords([...others.records, ...this.records])
  }

  /** The last value of each key, for what holds for all that follow; maps of holes are of one file. */
  get lasting(): PaxRecords {
    return new PaxRecords([...new Map(this.records.filter(([key]) => PAX_KEYS.includes(key)))])
  }
}
