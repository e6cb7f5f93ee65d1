// ZIP archives: what is in them is recorded, whatever was done to them.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { crc32 } from 'node:zlib'
import { image } from '../support/fixtures.js'
import { outcomes, scanBytes } from '../support/scan-bytes.js'
import { digestHex } from '../support/vics.js'
import { zip, type ZipEntry } from '../support/zip-builder.js'

const picture = readFileSync(image('scene-01-64x64.png'))
const text = Buffer.from('some text, some text, some text, some text')

const simple: readonly ZipEntry[] = [
  { name: 'a.png', bytes: picture },
  { name: 'folder/', bytes: Buffer.alloc(0) },
  { name: 'folder/b.png', bytes: picture, method: 8 },
  { name: 'c.txt', bytes: text, method: 8, descriptor: true }
]
const SIMPLE = [`a.zip!a.png: ${picture.length}`, `a.zip!folder/b.png: ${picture.length}`, 'a.zip!c.txt: 42']

describe('a sound archive', () => {
  test('is a record of its own, and so is every member, with all that files have', async () => {
    const [archive, ...members] = await scanBytes('a.zip', zip(simple))
    expect(archive).toMatchObject({ seq: 0, path: 'a.zip', media: { kind: 'other', format: 'zip' }, error: null })
    expect(members.map(({ seq }) => seq)).toEqual([1, 2, 3])
    const [direct] = await scanBytes('x.png', picture)
    for (const member of members.slice(0, 2)) {
      const { digests, media, hashes, error } = member
      expect({ digests, media, hashes, error }).toEqual({
        digests: direct.digests,
        media: direct.media,
        hashes: direct.hashes,
        error: null
      })
    }
    expect(members[2].digests?.sha256).toBe(digestHex('sha256', text))
  })

  test.each<[string, string, Buffer]>([
    ['under another name', 'a.jpeg.docx', zip(simple)],
    [
      'with 64-bit sizes',
      'a.zip',
      zip(
        simple.map((entry) => ({ ...entry, zip64: entry.descriptor !== true })),
        { zip64: true }
      )
    ],
    ['with a comment', 'a.zip', zip(simple, { comment: 'a comment, and PK' })],
    ['behind other bytes', 'a.zip', Buffer.concat([Buffer.from('MZ a program that unpacks itself'), zip(simple)])],
    ['behind other bytes, of 64 bits', 'a.zip', Buffer.concat([Buffer.alloc(5000, 'x'), zip(simple, { zip64: true })])],
    ['before other bytes', 'a.zip', Buffer.concat([zip(simple), Buffer.alloc(3000, 'x')])]
  ])('%s has the same members', async (_, name, bytes) => {
    const [archive, ...members] = await scanBytes(name, bytes)
    expect(archive.error).toBeNull()
    expect(outcomes(members)).toEqual(SIMPLE.map((line) => line.replace('a.zip', name)))
  })

  test('behind a picture is both a picture and an archive', async () => {
    const [both, ...members] = await scanBytes('a.png', Buffer.concat([picture, zip(simple)]))
    expect(both).toMatchObject({ media: { kind: 'image', format: 'png', width: 64 }, error: null })
    expect(members).toHaveLength(3)
  })

  test('of no member is an archive', async () => {
    expect(await scanBytes('a.zip', zip([]))).toMatchObject([{ media: { format: 'zip' }, error: null }])
  })

  test('stays closed where that is asked for', async () => {
    expect(await scanBytes('a.zip', zip(simple), { archives: false })).toHaveLength(1)
  })
})

describe('names', () => {
  test.each<[string, string | Uint8Array, string, string?]>([
    ['that escape', '../../etc/passwd', 'a.zip!../../etc/passwd'],
    ['that are absolute', '/etc/passwd', 'a.zip!/etc/passwd'],
    ['with a drive', 'C:\\Windows\\x.png', 'a.zip!C:\\Windows\\x.png'],
    ['with NUL', 'a\0b.png', 'a.zip!a\0b.png'],
    ['that say that they are UTF-8', 'ü.png', 'a.zip!ü.png'],
    ['in bytes of some code page', Buffer.from('b\x81.png', 'latin1'), 'a.zip!b\ufffd.png', 'a.zip!b\x81.png'],
    ['in UTF-8 without saying so', Buffer.from('ü.png'), 'a.zip!ü.png']
  ])('%s are recorded as they are', async (_, name, path, bytes) => {
    const [, member] = await scanBytes('a.zip', zip([{ name, bytes: text }]))
    const pathBase64 = bytes === undefined ? undefined : Buffer.from(bytes, 'latin1').toString('base64')
    expect({ path: member.path, pathBase64: member.pathBase64 }).toEqual({ path, pathBase64 })
    expect(member.digests?.md5).toBe(digestHex('md5', text))
  })

  test('follow the field of Info-ZIP where it is about the same name', async () => {
    const old = Buffer.from('b\x81.png', 'latin1')
    const field = (crc: number) => {
      const data = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from('bü.png')])
      data.writeUInt32LE(crc, 1)
      const head = Buffer.alloc(4)
      head.writeUInt16LE(0x7075, 0)
      head.writeUInt16LE(data.length, 2)
      return Buffer.concat([head, data])
    }
    const entries = [field(crc32(old)), field(7)].map((extra) => ({ name: old, bytes: text, extra }))
    const [, first, second] = await scanBytes('a.zip', zip(entries))
    expect([first.path, second.path]).toEqual(['a.zip!bü.png', 'a.zip!b\ufffd.png'])
  })
})

describe('a member', () => {
  test.each<[string, Partial<ZipEntry>, string, boolean]>([
    ['that is encrypted', { flags: 1 }, 'MEMBER_ENCRYPTED', false],
    ['that is strongly encrypted', { flags: 0x41 }, 'MEMBER_ENCRYPTED', false],
    ['that is encrypted by AES', { method: 99, flags: 1 }, 'MEMBER_ENCRYPTED', false],
    ['compressed by bzip2', { method: 12 }, 'MEMBER_UNSUPPORTED', false],
    ['with another checksum', { claim: { crc: 7 } }, 'MEMBER_DAMAGED', true],
    ['with another checksum, deflated', { claim: { crc: 7 }, method: 8 }, 'MEMBER_DAMAGED', true],
    ['longer than it tells', { claim: { expandedBytes: 5 }, method: 8 }, 'MEMBER_DAMAGED', true],
    ['shorter than it tells', { claim: { expandedBytes: 50_000 }, method: 8 }, 'MEMBER_DAMAGED', true],
    ['whose header is elsewhere', { claim: { headerAt: 3 } }, 'MEMBER_DAMAGED', false]
  ])('%s has an error, its bytes where they can be had, and harms no other', async (_, change, code, hasBytes) => {
    const entries = [{ name: 'x.png', bytes: picture, ...change }, ...simple]
    const [, member, ...others] = await scanBytes('a.zip', zip(entries))
    expect(member).toMatchObject({ path: 'a.zip!x.png', error: { code, stage: 'unpack' } })
    expect(member.digests?.md5).toBe(hasBytes ? digestHex('md5', picture) : undefined)
    expect(outcomes(others)).toEqual(SIMPLE)
  })

  test('whose compressed data are damaged is hashed as far as it goes, the same in every run', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => ((i * i) % 251) ^ (i >> 9)))
    const archive = zip([{ name: 'x.bin', bytes, method: 8 }])
    archive.fill(0, 60_000, 60_400)
    const runs = await Promise.all([1, 2, 3].map(() => scanBytes('a.zip', archive)))
    const members = runs.map(([, member]) => member)
    expect(members[0].error?.code).toBe('MEMBER_DAMAGED')
    for (const member of members) expect(member).toEqual(members[0])
  })

  test('with the time of a moment has it, and one with a local time has none', async () => {
    const extra = Buffer.from([0x55, 0x54, 5, 0, 1, 0, 0, 0, 0])
    extra.writeInt32LE(1_700_000_000, 5)
    const [, first, second] = await scanBytes('a.zip', zip([{ name: 'a', extra }, { name: 'b' }]))
    expect([first.times, second.times]).toEqual([{ modified: '2023-11-14T22:13:20.000Z' }, undefined])
  })
})

describe('a damaged archive', () => {
  const whole = zip([...simple, { name: 'last.txt', bytes: text }])

  test('cut at any byte has an error, and the members before the cut', async () => {
    const full = outcomes(await scanBytes('a.zip', whole)).slice(1)
    for (let length = 40; length < whole.length; length += length < whole.length - 300 ? 997 : 13) {
      const [archive, ...members] = await scanBytes('a.zip', whole.subarray(0, length))
      expect(archive.error?.code, `${length}`).toBe('ARCHIVE_DAMAGED')
      const sound = outcomes(members.filter(({ error }) => error === null))
      expect(full.slice(0, sound.length), `${length}`).toEqual(sound)
      expect(members.length - sound.length, `${length}`).toBeLessThanOrEqual(1)
    }
  })

  test.each<[string, Buffer]>([
    ['without a directory', zip(simple, { directory: false })],
    ['whose end counts too few', zip(simple, { count: 1 })],
    ['whose end counts too many', zip(simple, { count: 9 })],
    ['with a directory of zeros', wipe(zip(simple), 'PK\x01\x02', 1)],
    ['with a damaged second record', wipe(zip(simple), 'PK\x01\x02', 2)]
  ])('%s has the members that it had', async (_, bytes) => {
    const [archive, ...members] = await scanBytes('a.zip', bytes)
    expect(archive.error?.code).toBe('ARCHIVE_DAMAGED')
    expect(outcomes(members)).toEqual(SIMPLE)
  })
})

/** Zeros from the nth place of a signature on, a few bytes. */
function wipe(bytes: Buffer, signature: string, nth: number): Buffer {
  let at = -1
  for (let i = 0; i < nth; i++) at = bytes.indexOf(signature, at + 1, 'latin1')
  return bytes.fill(0, at, at + 30)
}
