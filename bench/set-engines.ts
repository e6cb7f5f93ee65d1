// Engines that look digests up, each in a process of its own, so that its memory can be told. Started by sets.ts.

import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HashSet } from '../src/index/index.js'
import { blocks } from './set-data.js'

/** What the parent asks: prepare an engine, then answer a batch of queries any number of times. */
export interface EngineTask {
  readonly engine: string
  readonly folder: string
  readonly index: string
  readonly entries: number
  readonly seed: number
}

interface Lookup {
  /** Entries of packed MD5s, -1 for none. */
  find(packed: Uint8Array): Int32Array
  /** The same one by one. */
  findEach?(packed: Uint8Array): Int32Array
}

const require = createRequire(import.meta.url)
const kept: unknown[] = []

const ENGINES: Readonly<Record<string, (task: EngineTask) => Promise<Lookup>>> = {
  'exhibit-hash': async ({ index }) => {
    const set = await HashSet.open(index)
    return {
      find: (packed) => set.findBatch('md5', packed),
      findEach: (packed) => each(packed, (key) => set.findEntries('md5', key)[0] ?? -1)
    }
  },
  'JavaScript Map': (task) => {
    const map = new Map<string, number>()
    for (const [key, i] of keysOf(task)) map.set(key.toString('latin1'), i)
    const find = (packed: Uint8Array): Int32Array => each(packed, (key) => map.get(key.toString('latin1')) ?? -1)
    return Promise.resolve({ find })
  },
  SQLite: (task) => {
    const { DatabaseSync } = require('@photostructure/sqlite') as typeof import('@photostructure/sqlite')
    const database = new DatabaseSync(join(task.folder, 'peer.sqlite'))
    database.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA mmap_size=17179869184')
    database.exec('CREATE TABLE hashes (md5 BLOB PRIMARY KEY, entry INTEGER) WITHOUT ROWID; BEGIN')
    const insert = database.prepare('INSERT INTO hashes VALUES (?, ?)')
    for (const [key, i] of keysOf(task)) insert.run(key, i)
    database.exec('COMMIT')
    const select = database.prepare('SELECT entry FROM hashes WHERE md5 = ?')
    // A statement alone does not keep its database open.
    kept.push(database)
    const find = (packed: Uint8Array): Int32Array =>
      each(packed, (key) => (select.get(key) as { entry: number } | undefined)?.entry ?? -1)
    return Promise.resolve({ find })
  },
  lmdb: async (task) => {
    const { open } = await import('lmdb')
    const database = open<Buffer, Buffer>({
      path: join(task.folder, 'peer.lmdb'),
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync: true
    })
    const entry = Buffer.alloc(4)
    await database.transaction(() => {
      for (const [key, i] of keysOf(task)) {
        entry.writeUInt32LE(i)
        void database.put(Buffer.from(key), Buffer.from(entry))
      }
    })
    const find = (packed: Uint8Array): Int32Array =>
      each(packed, (key) => database.getBinaryFast(key)?.readUInt32LE(0) ?? -1)
    return { find }
  }
}

/** Sorted within parts, so that trees are built in bearable time. */
function* keysOf({ entries, seed }: EngineTask): Generator<[Buffer, number]> {
  const part = 1 << 20
  for (let first = 0; first < entries; first += part) {
    const keys = Buffer.from(blocks(seed, first, Math.min(part, entries - first)).buffer)
    const order = Array.from({ length: keys.length / 16 }, (_, i) => i)
    order.sort((a, b) => keys.compare(keys, b * 16, b * 16 + 16, a * 16, a * 16 + 16))
    for (const i of order) yield [keys.subarray(i * 16, i * 16 + 16), first + i]
  }
}

function each(packed: Uint8Array, find: (key: Buffer) => number): Int32Array {
  const keys = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  return Int32Array.from({ length: packed.length / 16 }, (_, i) => find(keys.subarray(i * 16, i * 16 + 16)))
}

/** MiB of memory of this process alone, and of files that are mapped. */
function memory(): { own: number; mapped: number } {
  const status = readFileSync('/proc/self/status', 'utf8')
  const of = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
  return { own: of('RssAnon'), mapped: of('RssFile') }
}

let lookup: Lookup | undefined

process.on('message', (message: { prepare?: EngineTask; queries?: string; one?: boolean }) => {
  void answer(message).then((reply) => process.send?.(reply))
})

async function answer(message: { prepare?: EngineTask; queries?: string; one?: boolean }): Promise<object> {
  if (message.prepare !== undefined) {
    const start = performance.now()
    lookup = await ENGINES[message.prepare.engine](message.prepare)
    return { seconds: (performance.now() - start) / 1000 }
  }
  const packed = new Uint8Array(readFileSync(message.queries ?? ''))
  const find = message.one === true ? lookup?.findEach : lookup?.find
  if (find === undefined) return {}
  const start = performance.now()
  const entries = find(packed)
  const seconds = (performance.now() - start) / 1000
  let sum = 0
  for (const entry of entries) sum += entry
  return { seconds, sum, memory: memory() }
}
