// Files that are trouble: bombs, bitmaps, and damage that is the same in every run.

import { truncateSync, writeFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'

/** A PNG whose header claims a size, with only a few rows of zeros behind it. */
export function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8) // 8 bits, RGB
  const rows = deflateSync(Buffer.alloc((1 + width * 3) * 4))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** A sound bitmap of 24 bits, a gradient. */
export function bitmap(width: number, height: number): Buffer {
  const stride = (width * 3 + 3) & ~3
  const file = Buffer.alloc(54 + stride * height)
  file.write('BM', 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) file.set([(x * 7) & 255, (y * 5) & 255, (x * y) & 255], 54 + y * stride + x * 3)
  }
  return file
}

/** Numbers below `limit` from a seed, always the same. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

export function randomBytes(seed: number, length: number): Buffer {
  const next = randomNumbers(seed)
  return Buffer.from(Array.from({ length }, () => next(256)))
}

/** One kind of damage, chosen by the seed: flipped bits, a stretch overwritten, removed, doubled, or zeroed. */
export function mutated(bytes: Uint8Array, seed: number): Buffer {
  const next = randomNumbers(seed)
  const copy = Buffer.from(bytes)
  // Half of the damage hits the headers, where it does most.
  const at = next(next(2) === 0 ? Math.min(512, copy.length) : copy.length)
  const end = Math.min(copy.length, at + 1 + next(64))
  switch (next(5)) {
    case 0:
      for (let i = 0; i <= next(8); i++) copy[next(copy.length)] ^= 1 << next(8)
      return copy
    case 1:
      for (let i = at; i < end; i++) copy[i] = next(256)
      return copy
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(end)])
    case 3:
      return Buffer.concat([copy.subarray(0, end), copy.subarray(at)])
    default:
      return copy.fill(next(2) * 255, at, end)
  }
}

/** A file that takes minutes to read and no space to keep: a hole of 100 GiB. */
export function endlessFile(path: string): void {
  writeFileSync(path, '')
  truncateSync(path, 100 * 2 ** 30)
}
