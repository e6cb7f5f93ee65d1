// `match` asked about one picture: a set of a single record that has every kind of hash, and answers as objects.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll } from 'vitest'
import { buildHashSet, hashFile, type HashedFile, type Match } from 'exhibit-hash'
import { runCli, type CliResult } from './cli.js'
import { image } from './fixtures.js'
import { suiteFolder } from './temp.js'

export interface Answer {
  readonly row?: number
  readonly id?: string
  readonly path?: string
  readonly matches: readonly Match[]
  readonly error?: { readonly code: string; readonly message: string }
}

export interface KnownPicture {
  /** The picture's hashes; there once the tests of the file run. */
  readonly known: HashedFile
  /** Path of the set. */
  readonly set: string
  ask(...args: string[]): Promise<CliResult & { readonly answers: Answer[] }>
}

/** All hashes of a file by kind, hex. */
function hashesOf({ digests, hashes }: HashedFile): Record<string, string> {
  const all = Object.entries({ ...digests, ...hashes })
  return Object.fromEntries(all.flatMap(([kind, hex]) => (typeof hex === 'string' ? [[kind, hex] as const] : [])))
}

/** Builds the set before the tests of the file that calls this. */
export function knownPicture(name: string): KnownPicture {
  const folder = suiteFolder()
  const set = join(folder, 'set.ehx')
  let known: HashedFile | undefined

  beforeAll(async () => {
    known = await hashFile(image(name))
    const cells = Object.entries(hashesOf(known))
    const csv = [cells.map(([kind]) => kind).join(','), cells.map(([, hex]) => hex).join(',')].join('\n')
    writeFileSync(join(folder, 'set.csv'), `${csv}\n`)
    await buildHashSet(set, [join(folder, 'set.csv')], { name: 'Known' })
  })

  return {
    set,
    get known() {
      if (known === undefined) throw new Error('the picture is hashed before the first test, not before that')
      return known
    },
    async ask(...args) {
      const result = await runCli(['match', '--set', set, ...args])
      return { ...result, answers: result.status !== null && result.status < 64 ? result.records<Answer>() : [] }
    }
  }
}
