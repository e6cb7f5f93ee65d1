// TAR archives: members with long names, holes and damage, plain and in gzip.

import { execFileSync, spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { parsePax } from '../../src/archives/tar-header.js'
import { MapReader } from '../../src/archives/tar-sparse.js'
import { image } from '../support/fixtures.js'
import { outcomes, scanBytes } from '../support/scan-bytes.js'
import { longName, octal, pax, padded, tar, type TarFile } from '../support/tar-builder.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const picture = readFileSync(image('scene-01-64x64.png'))
const text = Buffer.from('text')
const simple: readonly TarFile[] = [
  { name: 'a.png', bytes: picture },
  { name: 'folder/', type: '5' },
  { name: 'folder/b.txt', bytes: text }
]
const SIMPLE = [`a.tar!a.png: ${picture.length}`, 'a.tar!folder/b.txt: 4']

describe('a sound archive', () => {
  test.each<[string, string, Buffer]>([
    ['plain', 'tar', tar(simple)],
    ['of GNU', 'tar', tar(simple.map((file) => ({ ...file, magic: 'gnu' })))],
    ['of V7', 'tar', tar(simple.map((file) => ({ ...file, magic: 'none', type: file.type ?? '\0' })))],
    ['in gzip', 'tar.gz', gzipSync(tar(simple))],
    ['in gzip of several members', 'tar.gz', Buffer.concat(halves(tar(simple)).map((half) => gzipSync(half)))],
    ['after another one', 'tar', Buffer.concat([tar(simple.slice(0, 1)), tar(simple.slice(1))])]
  ])('%s has its members', async (_, format, bytes) => {
    const [archive, ...members] = await scanBytes('a.tar', bytes)
    expect(archive).toMatchObject({ media: { kind: 'other', format: format === 'tar' ? 'tar' : 'gzip' }, error: null })
    expect(outcomes(members)).toEqual(SIMPLE)
    expect(members[0].media).toMatchObject({ format: 'png', width: 64 })
  })

  test('in gzip without a TAR in it is a file like any other', async () => {
    const records = await scanBytes('a.gz', gzipSync(picture))
    expect(records).toMatchObject([{ media: { kind: 'other', format: 'gzip' }, error: null }])
  })

  test('of GNU tar has what tar was given', async ({ skip }) => {
    if (!spawnSync('tar', ['--version']).stdout?.toString().includes('GNU')) skip('needs GNU tar')
    const folder = tempFolder()
    const long = 'n'.repeat(120)
    mkdirSync(join(folder, long))
    writeFileSync(join(folder, long, `${long}.txt`), text)
    writeFileSync(join(folder, 'holes'), text)
    truncateSync(join(folder, 'holes'), 2 ** 20)
    symlinkSync('holes', join(folder, 'symbolic'))
    linkSync(join(folder, 'holes'), join(folder, 'zz-hard'))
    const holes = digestHex('md5', readFileSync(join(folder, 'holes')))
    const formats = [['gnu'], ['pax', '0.0'], ['pax', '0.1'], ['pax', '1.0']]
    for (const [format, version] of formats) {
      const how = version === undefined ? [] : [`--sparse-version=${version}`]
      const args = ['--sparse', ...how, `--format=${format}`, '--sort=name', '-cf', '-', '-C', folder, '.']
      const records = await scanBytes('a.tar', execFileSync('tar', args))
      expect(outcomes(records).slice(1), `${format} ${version}`).toEqual([
        'a.tar!./holes: 1048576',
        `a.tar!./${long}/${long}.txt: 4`,
        'a.tar!./symbolic: symlink',
        'a.tar!./zz-hard: hardlink'
      ])
      expect(records[1].digests?.md5).toBe(holes)
    }
  })

  test('of tar-stream, with pax for what no header holds, has what it was given', async () => {
    const archive = pack()
    const name = `ü/${'n'.repeat(300)}.png`
    archive.entry({ name }, picture)
    archive.entry({ name: 'b', mtime: new Date(1_700_000_000_000) }, 'text')
    archive.finalize()
    const parts: Buffer[] = []
    for await (const part of archive as AsyncIterable<Buffer>) parts.push(part)
    const [, first, second] = await scanBytes('a.tar', Buffer.concat(parts))
    expect(first).toMatchObject({ path: `a.tar!${name}`, sizeBytes: picture.length, error: null })
    expect(second).toMatchObject({ path: 'a.tar!b', times: { modified: '2023-11-14T22:13:20.000Z' } })
  })
})

function halves(bytes: Buffer): Buffer[] {
  return [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]
}

describe('a member', () => {
  const holed = (header: Buffer, pairs: readonly (readonly [number, number])[], size: number) => {
    pairs.forEach(([offset, length], i) => {
      header.write(octal(offset), 386 + i * 24, 'latin1')
      header.write(octal(length), 398 + i * 24, 'latin1')
    })
    header.write(octal(size), 483, 'latin1')
  }
  test.each<[string, readonly TarFile[], string]>([
    ['with a prefix', [{ name: 'x', prefix: 'in/folder', bytes: text }], 'in/folder/x: 4'],
    ['with a long name of GNU', [longName('n'.repeat(500)), { name: 'n', bytes: text }], `${'n'.repeat(500)}: 4`],
    ['with a path of pax', [pax({ path: 'a/ü' }), { name: 'x', bytes: text }], 'a/ü: 4'],
    ['with a size of pax', [pax({ size: '4' }), { name: 'x', bytes: text, sizeBytes: 0 }], 'x: 4'],
    ['with a path for all', [pax({ path: 'all' }, 'g'), { name: 'x', bytes: text }], 'all: 4'],
    ['whose name escapes', [{ name: '../../x', bytes: text }], '../../x: 4'],
    ['that is a symbolic link', [{ name: 'x', type: '2' }], 'x: symlink'],
    ['that is a hard link', [{ name: 'x', type: '1', sizeBytes: 4 }], 'x: hardlink'],
    ['that is a pipe', [{ name: 'x', type: '6' }], 'x: fifo'],
    ['that is a device', [{ name: 'x', type: '4' }], 'x: device'],
    ['called a folder that has bytes', [{ name: 'x/', type: '5', bytes: text }], 'x/: 4'],
    ['of a type nobody knows', [{ name: 'x', type: 'Z', bytes: text }], 'x: 4'],
    [
      'with holes',
      [{ name: 'x', type: 'S', magic: 'gnu', bytes: text, change: (h) => holed(h, [[4096, 4]], 9000) }],
      'x: 9000'
    ],
    [
      'with holes that make no sense',
      [{ name: 'x', type: 'S', magic: 'gnu', bytes: text, change: (h) => holed(h, [[4096, 4]], 10) }],
      'x: MEMBER_DAMAGED'
    ]
  ])('%s is recorded', async (_, files, outcome) => {
    const [archive, ...members] = await scanBytes(
      'a.tar',
      tar([...files, { name: 'next', bytes: text }].slice(0, files.length + 1))
    )
    expect(archive.error).toBeNull()
    expect(outcomes(members).slice(0, 1)).toEqual([`a.tar!${outcome}`])
  })

  test('with a name in other bytes than UTF-8 keeps them, of header, GNU and pax', async () => {
    const name = Buffer.from('b\x81', 'latin1')
    const gnu = { ...longName(''), bytes: Buffer.concat([name, Buffer.alloc(1)]) }
    const files = [{ name }, gnu, { name: 'x' }, pax({ path: name }), { name: 'x' }]
    const [, ...members] = await scanBytes('a.tar', tar(files))
    expect(members.map(({ pathBase64 }) => pathBase64)).toEqual(
      Array.from({ length: 3 }, () => Buffer.from('a.tar!b\x81', 'latin1').toString('base64'))
    )
  })

  test('with many holes has them all', async () => {
    const stretches = Array.from({ length: 60 }, (_, i) => [i * 1000, 10] as const)
    const bytes = Buffer.alloc(600, 'x')
    const more = Array.from({ length: 3 }, (_, block) => {
      const header = Buffer.alloc(512)
      stretches.slice(4 + block * 21, 25 + block * 21).forEach(([offset, length], i) => {
        header.write(octal(offset), i * 24, 'latin1')
        header.write(octal(length), 12 + i * 24, 'latin1')
      })
      header[504] = block < 2 ? 1 : 0
      return header
    })
    const archive = tar([
      {
        name: 'x',
        type: 'S',
        magic: 'gnu',
        sizeBytes: 600,
        bytes: Buffer.concat([...more, padded(bytes)]),
        change: (header) => {
          holed(header, stretches.slice(0, 4), 59_010)
          header[482] = 1
        }
      },
      { name: 'next', bytes: text }
    ])
    const [, member, next] = await scanBytes('a.tar', archive)
    const whole = Buffer.alloc(59_010)
    for (const [offset, length] of stretches) whole.fill('x', offset, offset + length)
    expect(member).toMatchObject({ digests: { md5: digestHex('md5', whole) }, error: null })
    expect(next.path).toBe('a.tar!next')
  })
})

describe('a damaged archive', () => {
  const whole = tar([...simple, { name: 'last', bytes: picture }])

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['plain', (bytes) => bytes],
    ['in gzip', (bytes) => gzipSync(bytes)]
  ])('%s, cut at any byte, has an error, and the members before the cut', async (_, packed) => {
    const bytes = packed(whole)
    const full = outcomes(await scanBytes('a.tar', bytes)).slice(1)
    for (let length = 1024; length < bytes.length - 1024; length += 1111) {
      const [archive, ...members] = await scanBytes('a.tar', bytes.subarray(0, length))
      expect(archive.error?.code, `${length}`).toBe('ARCHIVE_DAMAGED')
      const sound = outcomes(members.filter(({ error }) => error === null))
      expect(full.slice(0, sound.length), `${length}`).toEqual(sound)
      expect(members.length - sound.length, `${length}`).toBeLessThanOrEqual(1)
    }
  })

  test('is read on after a damaged header', async () => {
    const bytes = tar([{ name: 'first', bytes: text }, { name: 'lost', bytes: text }, ...simple])
    bytes.fill('?', 1024, 1100)
    const [archive, ...members] = await scanBytes('a.tar', bytes)
    expect(archive.error?.code).toBe('ARCHIVE_DAMAGED')
    expect(outcomes(members)).toEqual(['a.tar!first: 4', ...SIMPLE])
  })
})

describe('what stands before a member', () => {
  test('is not gathered where a map of holes has no end', async () => {
    const map = new MapReader()
    expect(map.add(Buffer.from('1000000\n'.padEnd(512, '0')))).toBe(false)
    expect(map.add(Buffer.alloc(512, '0'))).toBe(true)
    const holes = pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '9' })
    const body = Buffer.from('1000000\n'.padEnd(5000, '0'))
    const bytes = tar([holes, { name: 'holes', bytes: body }, ...simple])
    expect(outcomes(await scanBytes('a.tar', bytes)).slice(1)).toEqual(['a.tar!holes: MEMBER_DAMAGED', ...SIMPLE])
  })

  test('for all that follow is kept once, and no more than is read of it', async () => {
    const records = parsePax(Buffer.concat(Array.from({ length: 3 }, () => Buffer.from('6 a=b\n11 size=12\n'))))
    expect([records.text('a'), records.text('size')]).toEqual([undefined, '12'])
    expect(records.lasting.every('size', 'a')).toEqual(['12'])
    const [time, later] = ['1000000000', '1000000001']
    const files = [pax({ mtime: time, note: 'x' }, 'g'), { name: 'a' }, pax({ mtime: later }, 'g'), { name: 'b' }]
    const [, ...members] = await scanBytes('a.tar', tar(files))
    expect(members.map(({ times }) => times?.modified)).toEqual(
      [time, later].map((s) => new Date(Number(s) * 1000).toISOString())
    )
  })
})
