// One file, in this process: for those who have a file and want its hashes.

import { basename, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { usage } from '../core/options.js'
import { readStream, type FrameOptions } from '../decode/index.js'
import { DECODE_ALL } from './advisor.js'
import { contentFeatures } from './extract.js'
import { extractFrames } from './extract-frames.js'
import type { ExtractOptions, FileFeatures } from './features.js'
import { frameWay, withoutFrames } from './frame-way.js'
import { openExhibitFile } from './open-file.js'
import { checkHashingOptions, type HashingOptions, type WantedModules } from './options.js'
import { contentOf, readLimits, readOpenFile } from './read-file.js'
import { findWanted, NOTHING_WANTED } from './wanted.js'

export type HashedFile = Omit<FileFeatures, 'skipped' | 'pdqVariants' | 'frameVariants'>

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
  // A tool for videos is looked for when one comes.
  const extract = { ...plain, ...(await findWanted({ ...wanted, video: null }, 'here')) }
  if (typeof input === 'string') return hashPath(input, extract, wanted)
  if (!isContent(input)) throw usage('input', 'a path, bytes or a readable stream', input)
  const bytes = input instanceof Uint8Array ? input : await readAll(input)
  const features = await contentFeatures(contentOf(bytes, readLimits(extract)), '', extract, DECODE_ALL)
  const isVideo = wanted.video !== null && isVideoFor(features, extract, wanted.video)
  return isVideo ? withoutFrames(features, 'not-a-file') : features
}

/** Callers without types give anything. */
function isContent(input: unknown): boolean {
  return input instanceof Uint8Array || (typeof input === 'object' && input !== null && Symbol.asyncIterator in input)
}

function isVideoFor(features: FileFeatures, extract: ExtractOptions, video: FrameOptions): boolean {
  return frameWay(features, { ...extract, video: { ...video, tool: null } }) !== null
}

async function hashPath(path: string, extract: ExtractOptions, { video }: WantedModules): Promise<HashedFile> {
  const location = Buffer.from(resolve(path))
  try {
    const file = await openExhibitFile(location)
    if ('skipped' in file) throw new ExhibitHashError('READ_FAILED', `${path}: a ${file.skipped}, not a file`)
    try {
      const content = await readOpenFile(file, readLimits(extract))
      const features = await contentFeatures(content, basename(path), extract, DECODE_ALL)
      if (video === null || !isVideoFor(features, extract, video)) return features
      const found = { ...extract, ...(await findWanted({ ...NOTHING_WANTED, video }, 'here')) }
      if (frameWay(features, found) === 'no-ffmpeg') return withoutFrames(features, 'no-ffmpeg')
      const part = { name: null, features, next: null, framesOf: file.state }
      return (await extractFrames(location, part, found)).features
    } finally {
      await file.close()
    }
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
