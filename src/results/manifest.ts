// The manifest of a results file: SHA-256 of every output, in the lines that `sha256sum --check` reads.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import { writeAtomically } from '../files/index.js'

/** What lies beside a results file. */
export function companionsOf(results: string) {
  return {
    journal: `${results}.journal`,
    audit: `${results}.audit`,
    manifest: `${results}.sha256`,
    /** Who looked at which pictures, where a review was served. */
    review: `${results}.review`
  }
}

/** @throws {ExhibitHashError} READ_FAILED, WRITE_FAILED */
export async function writeManifest(path: string, outputs: readonly string[]): Promise<void> {
  const lines: string[] = []
  for (const output of outputs) lines.push(`${await sha256OfFile(output)}  ${basename(output)}\n`)
  await writeAtomically(path, lines.join(''))
}

export interface ManifestLine {
  readonly path: string
  readonly sha256: string
}

/** @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID */
export async function readManifest(path: string): Promise<ManifestLine[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, sha256, name] = /^([0-9a-f]{64}) {2}([^/\\]+)$/.exec(line) ?? []
      if (sha256 === undefined) throw new ExhibitHashError('RESULTS_INVALID', `${path}: a line is no digest`, { path })
      return { path: join(dirname(path), name), sha256 }
    })
}

/** @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>)
      hash.update(part)
  } catch (error) {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  }
  return hash.digest('hex')
}
