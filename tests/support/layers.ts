// Hash sets with updates, for tests: sources as CSV that can say all that a record has, and every answer of a set.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildHashSet,
  DIGEST_KINDS,
  HASH_BYTES,
  type HashSet,
  PERCEPTUAL_KINDS,
  type HashKind,
  updateHashSet,
  type UpdateOptions,
  type UpdateReport
} from 'exhibit-hash'
import { tempFolder } from './temp.js'
import { digestHex } from './vics.js'

export type Row = { readonly [K in HashKind]?: string } & {
  readonly mediaId?: string
  readonly category?: number
  readonly photoDna?: string
}

const COLUMNS = [...DIGEST_KINDS, ...PERCEPTUAL_KINDS, 'photoDna', 'category', 'mediaId'] as const

export function writeRows(path: string, rows: readonly Row[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => row[column] ?? '').join(','))
  writeFileSync(path, `${[COLUMNS.join(','), ...lines].join('\n')}\n`)
  return path
}

export interface SetPlace {
  readonly folder: string
  readonly index: string
}

/** An index `set.ehx` of sources that are given by name. */
export async function buildRows(sources: Readonly<Record<string, readonly Row[]>>): Promise<SetPlace> {
  const folder = tempFolder()
  const paths = Object.entries(sources).map(([name, rows]) => writeRows(join(folder, name), rows))
  const index = join(folder, 'set.ehx')
  await buildHashSet(index, paths, { name: 'set' })
  return { folder, index }
}

let updates = 0

/** Updates an index with files that are given by name, in a folder of their own. */
export async function updateRows(
  { folder, index }: SetPlace,
  files: {
    readonly add?: Readonly<Record<string, readonly Row[]>>
    readonly withdraw?: Readonly<Record<string, readonly Row[]>>
  },
  options: Omit<UpdateOptions, 'add' | 'withdraw'> = {}
): Promise<UpdateReport> {
  const write = (what: string, named: Readonly<Record<string, readonly Row[]>> = {}): string[] => {
    const own = join(folder, `${what}-${updates++}`)
    mkdirSync(own)
    return Object.entries(named).map(([name, rows]) => writeRows(join(own, name), rows))
  }
  const add = write('add', files.add)
  return updateHashSet(index, { ...options, add, withdraw: write('withdraw', files.withdraw) })
}

export const md5 = (text: string | number): string => digestHex('md5', String(text))
export const sha1 = (text: string | number): string => digestHex('sha1', String(text))
export const sha256 = (text: string | number): string => digestHex('sha256', String(text))

/** A value of 144 bytes that is no picture's. */
export function photoDna(text: string | number): string {
  return Array.from({ length: 5 }, (_, i) => sha256(`${text} ${i}`))
    .join('')
    .slice(0, 288)
}

/** All that a set answers about some hashes, free of the numbers of entries. */
export function answersOf(set: HashSet, asked: { readonly [K in HashKind | 'photoDna']?: readonly string[] }): unknown {
  const contents = (entry: number): string => JSON.stringify({ ...set.record(entry), entry: null })
  const found: Record<string, unknown> = {}
  for (const kind of DIGEST_KINDS) {
    const values = asked[kind] ?? []
    const first = set.findBatch(kind, Buffer.from(values.join(''), 'hex'))
    found[kind] = values.map((value, i) => {
      const entries = [...set.findEntries(kind, Buffer.from(value, 'hex'))]
      if ((entries[0] ?? -1) !== first[i]) throw new Error(`${kind} ${value}: ${entries[0]} is first, not ${first[i]}`)
      return entries.map(contents).sort()
    })
  }
  for (const kind of PERCEPTUAL_KINDS) {
    const packed = Buffer.from((asked[kind] ?? []).join(''), 'hex')
    const lists = set.findSimilarBatch(kind, packed, { maxDistanceBits: HASH_BYTES[kind] * 4 })
    found[kind] = lists.map((list) =>
      list.map(({ entry, distanceBits, quality }) => [distanceBits, quality, contents(entry)].join(' ')).sort()
    )
  }
  const values = Buffer.from((asked.photoDna ?? []).join(''), 'hex')
  found.photoDna = set
    .findPhotoDna(values, { maxDistance: 2_000_000 })
    .map((list) => list.map(({ entry, distance }) => `${distance} ${contents(entry)}`).sort())
  return {
    ...found,
    size: set.size,
    hashCounts: set.metadata.hashCounts,
    all: [...set.entryNumbers()].map(contents).sort()
  }
}
