// Synthetic hash-set files of any size for the bench: records as exporters write them, the same at every run.

import { closeSync, openSync, writeSync } from 'node:fs'
import { randomBytes } from '../src/cli/bench/random.js'

const CONTEXT = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media'
/** Random bytes are taken from a pool again and again, so that making a file is not what takes the time. */
const POOL_BYTES = 1 << 22
const PIECE_BYTES = 1 << 20

/** Random bytes, piece by piece. */
class Pool {
  readonly #bytes: Buffer
  #at = 0

  constructor(seed: number) {
    this.#bytes = randomBytes(POOL_BYTES, seed)
  }

  take(bytes: number): Buffer {
    // Another place in every round, so that no value comes twice.
    if (this.#at + bytes > POOL_BYTES) this.#at = (this.#at * 7 + 13) % 4093
    this.#at += bytes
    return this.#bytes.subarray(this.#at - bytes, this.#at)
  }
}

/** How records are written. */
export type Style = 'plain' | 'escaped slashes' | 'spaced' | 'alternative hashes'

/** One in so many records has AlternativeHashes in a file of plain style. */
const ALTERNATIVES_EVERY = 20

function record(id: number, pool: Pool, style: Style): string {
  const [a, b, c] = pool.take(3)
  const minute = String(a % 60).padStart(2, '0')
  const photoDna = pool.take(144).toString('base64')
  const md5 = pool.take(16).toString('hex').toUpperCase()
  const isAlternative = style === 'alternative hashes'
  const facts: Record<string, unknown> = {
    MediaID: id,
    Category: c % 4,
    MD5: md5,
    SHA1: pool.take(20).toString('hex').toUpperCase(),
    ...(isAlternative ? {} : { PhotoDNA: photoDna }),
    MediaSize: 20_000 + a * 65536 + b * 256 + c,
    MimeType: b % 8 === 0 ? 'video/mp4' : 'image/jpeg',
    VictimIdentified: a % 16 === 0 ? 'true' : 'false',
    OffenderIdentified: 'false',
    IsDistributed: b % 2 === 0 ? 'true' : 'false',
    IsPrecategorized: 'true',
    PrecategorizationSource: `Force ${1 + (a % 43)}`,
    Series: c % 32 === 0 ? `Series ${b}` : '',
    Tags: '',
    DateUpdated: `2023-06-${String(1 + (b % 28)).padStart(2, '0')}T02:${minute}:49.8300Z`
  }
  if (isAlternative) facts['AlternativeHashes'] = [{ MD5: md5, HashName: 'PhotoDNA', HashValue: photoDna }]
  else if (id % ALTERNATIVES_EVERY === 0) {
    facts['AlternativeHashes'] = [{ HashName: 'PDQ', HashValue: pool.take(32).toString('hex') }]
  }
  if (style === 'spaced') return JSON.stringify(facts, null, 2)
  const json = JSON.stringify(facts)
  return style === 'escaped slashes' ? json.replaceAll('/', '\\/') : json
}

/** Writes what `next` makes until there are so many bytes. */
function writeFile(path: string, bytes: number, head: string, next: (id: number) => string, tail: string): number {
  const file = openSync(path, 'w')
  let written = 0
  let count = 0
  try {
    let piece = head
    while (written + piece.length < bytes) {
      piece += next(count++)
      if (piece.length < PIECE_BYTES) continue
      written += writeSync(file, piece)
      piece = ''
    }
    writeSync(file, piece + tail)
  } finally {
    closeSync(file)
  }
  return count
}

/** A VICS 2.0 hash set; returns the number of records. */
export function writeVicsFile(path: string, bytes: number, style: Style): number {
  const pool = new Pool(1)
  const head = `{"@odata.context":"${CONTEXT}","value":[`
  return writeFile(path, bytes, head, (id) => (id === 0 ? '' : ',') + record(id + 1, pool, style), ']}')
}

/** A list of MD5; returns the number of lines. */
export function writeListFile(path: string, bytes: number): number {
  const pool = new Pool(2)
  return writeFile(path, bytes, '', () => `${pool.take(16).toString('hex')}\n`, '')
}
