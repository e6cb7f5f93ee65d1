// Deflate and gzip as streams of bytes. What could be had of damaged data comes out before the error, and is the same
// in every run: digests are made of it.

import { Readable, type Transform } from 'node:stream'
import { constants, createGunzip, createInflateRaw, inflateRawSync } from 'node:zlib'

/** Damage costs what zlib had not yet handed out, at most so many bytes. */
const CHUNK_BYTES = 32 * 1024

/** Ends with the stream of deflate itself, whatever follows; or without an error where the input does. */
export function inflated(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return through(input, createInflateRaw({ chunkSize: CHUNK_BYTES, finishFlush: constants.Z_SYNC_FLUSH }))
}

/** The same of bytes in memory that are sound and expand to so many at most, many times faster; else `null`. */
export function inflatedAtOnce(input: Uint8Array, maxBytes: number): Uint8Array | null {
  try {
    return inflateRawSync(input, { maxOutputLength: Math.max(1, maxBytes) })
  } catch {
    // Whatever it is, the stream comes upon it too, and gives what can be had before.
    return null
  }
}

/** All of the gzip members that follow each other. */
export function gunzipped(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return through(input, createGunzip({ chunkSize: CHUNK_BYTES }))
}

/** True for what zlib says of damaged data, and for nothing else that reading can throw. */
export function isDeflateDamage(thrown: unknown): thrown is Error {
  return (thrown as NodeJS.ErrnoException).code?.startsWith('Z_') === true
}

/** @throws {Error} of zlib for damaged data; what reading the input throws comes as it is */
async function* through(input: AsyncIterable<Uint8Array>, engine: Transform): AsyncGenerator<Uint8Array> {
  const source = Readable.from(input, { objectMode: false })
  source.on('error', (error) => engine.destroy(error))
  source.pipe(engine)
  try {
    yield* engine
  } catch (error) {
    // An iterator forgets what waited behind its reader; how much that was depends on time.
    for (let late: unknown; (late = engine.read()) !== null;) yield late as Uint8Array
    throw error
  } finally {
    source.destroy()
    engine.destroy()
  }
}
