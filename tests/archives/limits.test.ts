// Bombs: whatever an archive does to be large, it costs what the limits allow and no more, and its records say so.

import { describe, expect, test } from 'vitest'
import { outcomes, scanBytes } from '../support/scan-bytes.js'
import { octal, tar } from '../support/tar-builder.js'
import { gzipSync } from 'node:zlib'
import { zip } from '../support/zip-builder.js'

const text = Buffer.from('text')

function nested(depth: number): Buffer {
  let bytes = zip([{ name: 'x.txt', bytes: text }])
  for (let level = 1; level < depth; level++)
    bytes = zip([
      { name: 'in.zip', bytes, method: 8 },
      { name: 'y', bytes: text }
    ])
  return bytes
}

describe('nesting', () => {
  test('as deep as the limit is opened', async () => {
    const records = await scanBytes('a.zip', nested(4))
    expect(records.every(({ error }) => error === null)).toBe(true)
    expect(records.map(({ path }) => path)).toEqual([
      'a.zip',
      'a.zip!in.zip',
      'a.zip!in.zip!in.zip',
      'a.zip!in.zip!in.zip!in.zip',
      'a.zip!in.zip!in.zip!in.zip!x.txt',
      'a.zip!in.zip!in.zip!y',
      'a.zip!in.zip!y',
      'a.zip!y'
    ])
  })

  test('deeper than that is ARCHIVE_DEPTH, hashed and not opened, and what comes after is', async () => {
    const records = await scanBytes('a.zip', nested(3), { archives: { maxDepth: 2 } })
    expect(outcomes(records).slice(1)).toEqual([
      expect.stringMatching(/^a\.zip!in\.zip: \d+$/),
      'a.zip!in.zip!in.zip: ARCHIVE_DEPTH',
      'a.zip!in.zip!y: 4',
      'a.zip!y: 4'
    ])
    expect(records[2].digests).not.toBeNull()
  })

  test('of an archive in itself ends, as that of very many does', async () => {
    const self = zip([{ name: 'q.zip' }])
    const length = self.length - self.indexOf('q.zip') - 5
    const record = self.indexOf('PK\x01\x02', 0, 'latin1')
    for (const at of [18, 22, record + 20, record + 24]) self.writeUInt32LE(length, at)
    expect(outcomes(await scanBytes('q.zip', self))).toEqual([`q.zip: ${self.length}`, 'q.zip!q.zip: MEMBER_DAMAGED'])
    const records = await scanBytes('a.zip', nested(40))
    expect(outcomes(records)[4]).toBe('a.zip!in.zip!in.zip!in.zip!in.zip: ARCHIVE_DEPTH')
    expect(records).toHaveLength(9)
  })
})

describe('members', () => {
  const many = zip(Array.from({ length: 10 }, (_, i) => ({ name: `${i}`, bytes: text })))

  test('beyond the limit are told of by the archive, and where they end', async () => {
    const records = await scanBytes('a.zip', many, { archives: { maxMembers: 3 } })
    expect(outcomes(records)).toEqual([
      'a.zip: ARCHIVE_MEMBERS',
      'a.zip!0: 4',
      'a.zip!1: 4',
      'a.zip!2: 4',
      'a.zip!: ARCHIVE_MEMBERS'
    ])
  })

  test('are counted over all that is nested', async () => {
    const outer = zip([
      { name: 'a', bytes: text },
      { name: 'in.zip', bytes: many },
      { name: 'z', bytes: text }
    ])
    const records = await scanBytes('a.zip', outer, { archives: { maxMembers: 5 } })
    expect(outcomes(records).slice(2)).toEqual([
      'a.zip!in.zip: ARCHIVE_MEMBERS',
      'a.zip!in.zip!0: 4',
      'a.zip!in.zip!1: 4',
      'a.zip!in.zip!2: 4',
      'a.zip!in.zip!: ARCHIVE_MEMBERS',
      'a.zip!: ARCHIVE_MEMBERS'
    ])
  })
})

describe('expansion', () => {
  /** A file of holes, which a TAR holds in no space at all. */
  const holes = (size: number) =>
    tar([{ name: 'h', type: 'S', magic: 'gnu', change: (header) => void header.write(octal(size), 483, 'latin1') }])
  const members = [
    { name: 'first', bytes: text },
    { name: 'in.tar', bytes: holes(2 ** 33 - 1), method: 8 },
    { name: 'last', bytes: text }
  ]

  test(
    'beyond the limit ends where it is reached, in the archive and in what it lies in',
    { timeout: 120_000 },
    async () => {
      const records = await scanBytes('a.zip', zip(members), { archives: { maxExpansion: 1 } })
      expect(outcomes(records)).toEqual([
        expect.stringMatching(/^a\.zip: \d+$/),
        'a.zip!first: 4',
        'a.zip!in.tar: ARCHIVE_EXPANSION',
        'a.zip!in.tar!h: ARCHIVE_EXPANSION',
        'a.zip!: ARCHIVE_EXPANSION'
      ])
    }
  )

  test('told by a directory of members over each other is ARCHIVE_OVERLAP, and they are read', async () => {
    const bytes = Buffer.alloc(5000, 'x')
    const entries = Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, bytes, method: 8, claim: { headerAt: 0 } }))
    const records = await scanBytes('a.zip', zip(entries))
    expect(outcomes(records)).toEqual(['a.zip: ARCHIVE_OVERLAP', ...[0, 1, 2, 3, 4].map((i) => `a.zip!${i}: 5000`)])
  })

  test('of gzip is looked at before members are', async () => {
    const bomb = gzipSync(Buffer.concat([tar([{ name: 'x', bytes: Buffer.alloc(50_000_000) }]), Buffer.alloc(10_000)]))
    const records = await scanBytes('a.tgz', bomb)
    expect(outcomes(records)).toEqual([expect.stringMatching(/^a\.tgz: \d+$/), 'a.tgz!x: 50000000'])
  })
})
