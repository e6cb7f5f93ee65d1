// One file, in this process: for those who have a file and want its hashes.

import { basename, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { readStream } from '../decode/index.js'
import { DECODE_ALL } from './advisor.js'
import { contentFeatures } from './extract.js'
import type { ExtractOptions, FileFeatures } from './features.js'
import { checkHashingOptions, type HashingOptions } from './options.js'
import { contentOf, readExhibitFile, readLimits } from './read-file.js'
import { findWanted } from './wanted.js'

export type HashedFile = Omit<FileFeatures, 'skipped' | 'pdqVariants'>

/**
 * Every hash of one file from one read and one decode. A picture that cannot be decoded keeps its digests and
 * has an `error`. Decodes in this process: for evidence use `scan`, which does it in child processes.
 *
 * @param input - path, bytes or a stream of the whole file (held in memory)
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, FILE_CHANGED, USAGE, HASHER_UNUSABLE
 *
 * @example
 * const { digests, hashes } = await hashFile('IMG_0001.JPG')
 * console.log(digests.sha256, hashes?.pdq, hashes?.pdqQuality)
 */
export async function hashFile(
  input: string | Uint8Array | Readable,
  options: HashingOptions = {}
): Promise<HashedFile> {
  const { extract: plain, wanted } = checkHashingOptions(options)
  const extract = { ...plain, ...(await findWanted(wanted, 'here')) }
  if (typeof input === 'string') return hashPath(input, extract)
  const bytes = input instanceof Uint8Array ? input : await readAll(input)
  return contentFeatures(contentOf(bytes, readLimits(extract)), '', extract, DECODE_ALL)
}

async function hashPath(path: string, extract: ExtractOptions): Promise<HashedFile> {
  try {
    const content = await readExhibitFile(Buffer.from(resolve(path)), readLimits(extract))
    if ('skipped' in content) throw new ExhibitHashError('READ_FAILED', `${path}: a ${content.skipped}, not a file`)
    return await contentFeatures(content, basename(path), extract, DECODE_ALL)
  } catch (error) {
    const known = toExhibitHashError(error, 'READ_FAILED')
    throw new ExhibitHashError(known.code, `${path}: ${known.message}`, { path, stage: 'read', cause: error })
  }
}

async function readAll(input: Readable): Promise<Uint8Array> {
  try {
    return await readStream(input)
  } catch (error) {
    throw toExhibitHashError(error, 'READ_FAILED', { stage: 'read' })
  }
}
