// A file's features: one read, one decode, every hash. Runs where hostile bytes may run, and returns, never throws.

import { accessFile, Budget, openArchive, surveyArchive, type Archive, type ArchiveLimits } from '../archives/index.js'
import { toExhibitHashError, type ErrorCode, type Stage } from '../core/errors.js'
import type { HasherInput } from '../core/hasher.js'
import type { FileError, MediaFacts } from '../core/result.js'
import { decodeBytes, isDecodable, namedLikePicture, type DecodedImage, type SniffedFormat } from '../decode/index.js'
import { runHashers } from '../hashers/index.js'
import { DECODE_ALL, isKnownGood, type Advisor, type Decoded } from './advisor.js'
import {
  failedFeatures,
  skippedFeatures,
  type ExtractOptions,
  type FileFeatures,
  type FilePart,
  type Part,
  type Place
} from './features.js'
import { frameWay, withoutFrames } from './frame-way.js'
import { hashRaster, needsColour } from './hash-raster.js'
import { asReadError, openExhibitFile, type FirstLook, type OpenFile } from './open-file.js'
import { readLimits, readOpenFile, type Content, type FileContent } from './read-file.js'

/**
 * The file itself; where it is an archive, with the place of its first member.
 * @param location - bytes of the path
 * @param name - the file's name as text: only to tell whether it promises a picture
 * @param first - of whoever has opened it before and left it
 */
export async function extractFile(
  location: Uint8Array,
  name: string,
  options: ExtractOptions,
  advisor: Advisor,
  first: FirstLook | null = null
): Promise<FilePart> {
  const part = (features: FileFeatures): FilePart => ({ ...ownPart(features), framesOf: null })
  try {
    const file = await openExhibitFile(location, first)
    if ('skipped' in file) return part(skippedFeatures(file.skipped))
    try {
      const content = await readOpenFile(file, readLimits(options))
      const alone = await contentFeatures(content, name, options, advisor)
      const way = frameWay(alone, options)
      const features = way === 'no-ffmpeg' ? withoutFrames(alone, way) : alone
      const isSkipped = way === 'frames' && options.skipKnown && (await isKnownGood(content.digests, advisor))
      const framesOf = way === 'frames' && !isSkipped ? file.state : null
      const isOpened = options.archives !== null && content.mayBeArchive
      const opened = isOpened ? await withArchive(file, features, options.archives) : ownPart(features)
      return { ...opened, framesOf }
    } finally {
      await file.close()
    }
  } catch (error) {
    return part(failedFeatures(describeError(error, 'READ_FAILED', 'read')))
  }
}

/** The file's own, with the place of the first member where it is an archive. */
function ownPart(features: FileFeatures, next: Place | null = null): Part {
  return { name: null, features, next }
}

/** An archive is looked through before its own record is made: what is wrong with it stands there. */
async function withArchive(file: OpenFile, features: FileFeatures, limits: ArchiveLimits): Promise<Part> {
  const budget = Budget.of(limits, file.sizeBytes)
  try {
    const archive = await openArchive(accessFile(file.handle, file.sizeBytes))
    const fault = archive === null ? null : await surveyArchive(archive, budget)
    await file.checkUnchanged()
    if (archive === null) return ownPart(features)
    const first: Place = { next: [0], spent: budget.spent, state: file.state }
    return ownPart(archiveFeatures(features, archive, fault), first)
  } catch (error) {
    return ownPart({ ...features, error: describeError(asReadError(error), 'READ_FAILED', 'read') })
  }
}

/** What a file has beside its own features for being an archive. */
export function archiveFeatures(features: FileFeatures, { format }: Archive, fault: Error | null): FileFeatures {
  const media = features.media ?? { kind: 'other', format }
  return {
    ...features,
    media,
    error: fault === null ? features.error : describeError(fault, 'ARCHIVE_DAMAGED', 'unpack')
  }
}

type Timed = Content & Partial<Pick<FileContent, 'times'>>

/** Features of content already read; a picture that cannot be decoded keeps its digests. */
export async function contentFeatures(
  content: Timed,
  name: string,
  options: ExtractOptions,
  advisor: Advisor
): Promise<FileFeatures> {
  const { sizeBytes, times, digests, sniffed } = content
  const obstacle = whyNotDecoded(content, name)
  const plain: FileFeatures = {
    sizeBytes,
    ...(times !== undefined && { times }),
    digests,
    media: sniffed === null ? null : { kind: sniffed.kind, format: sniffed.format },
    hashes: null,
    error: obstacle === null ? null : { ...obstacle, stage: 'decode' }
  }
  const pixels = obstacle === null && sniffed?.kind === 'image' ? sniffed.format : null
  const { bytes } = content
  if (bytes === null || bytes.length === 0 || (pixels === null && options.hashers.length === 0)) return plain
  const equals = isSoonDecoded(bytes, pixels, options) ? DECODE_ALL : advisor
  const advice = await equals.advise(digests)
  if (advice === 'knownGood') return plain
  if (advice !== 'decode') return { ...plain, ...advice }
  let decoded: Decoded | null = null
  try {
    const { error, ...worked } = await workOn(bytes, sniffed?.format ?? null, pixels, options)
    const media = worked.media ?? plain.media
    if (error === null) decoded = { ...worked, media }
    return { ...plain, ...worked, media, error: plain.error ?? error }
  } finally {
    equals.done(digests, decoded)
  }
}

const SMALL_JPEG_BYTES = 32 * 1024

/** Sooner than asking takes whether an equal file has been. */
function isSoonDecoded(bytes: Uint8Array, pixels: string | null, options: ExtractOptions): boolean {
  const isForLuma = pixels === 'jpeg' && !options.exact && !needsColour(options) && options.hashers.length === 0
  return isForLuma && bytes.length <= SMALL_JPEG_BYTES && !options.skipKnown
}

type Worked = Decoded & Pick<FileFeatures, 'error'>

/** @param pixels - the format to decode it as; `null` where only hashers take it */
async function workOn(
  bytes: Uint8Array,
  format: string | null,
  pixels: string | null,
  options: ExtractOptions
): Promise<Worked> {
  const { image, ...picture } = pixels === null ? NO_PICTURE : await workOnPicture(bytes, pixels, options)
  if (options.hashers.length === 0) return picture
  const input = { bytes, format, picture: image === null ? null : pictureOf(image) }
  const { values, error } = await runHashers(options.hashers, input)
  const hashes = Object.keys(values).length === 0 ? picture.hashes : { ...picture.hashes, ...values }
  return { ...picture, hashes, error: picture.error ?? error }
}

const NO_PICTURE = { image: null, media: null, hashes: null, error: null }

async function workOnPicture(
  bytes: Uint8Array,
  format: string,
  options: ExtractOptions
): Promise<Worked & { readonly image: DecodedImage | null }> {
  try {
    const image = await decodeBytes(bytes, format, { ...options, colour: needsColour(options) })
    const { format: found, width, height, orientation, frames, partial } = image
    const media: MediaFacts = { kind: 'image', format: found, width, height, orientation, frames, partial }
    return { image, media, ...(await hashRaster(image, options)), error: null }
  } catch (error) {
    return { ...NO_PICTURE, error: describeError(error, 'DECODE_FAILED', 'decode') }
  }
}

function pictureOf({ raster, colour, width, height, orientation }: DecodedImage): HasherInput['picture'] {
  return { raster: colour ?? raster, width, height, orientation }
}

/** Only what promises a picture and holds none is worth an error: an exhibit is full of other files. */
function whyNotDecoded(
  { sizeBytes, sniffed, tooLarge }: Pick<FileContent, 'sizeBytes' | 'sniffed' | 'tooLarge'>,
  name: string
): { code: ErrorCode; message: string } | null {
  if (tooLarge) return { code: 'FILE_TOO_LARGE', message: `${sizeBytes} bytes are more than the limit for decoding` }
  if (sniffed?.kind === 'image') {
    if (isDecodable(sniffed.format)) return null
    return { code: 'FORMAT_UNSUPPORTED', message: `no decoder for ${sniffed.format} is active` }
  }
  if (!namedLikePicture(name)) return null
  if (sizeBytes === 0) return { code: 'EMPTY_FILE', message: 'named like a picture, but without a byte' }
  return { code: 'NOT_AN_IMAGE', message: `named like a picture, but its content is ${contentName(sniffed)}` }
}

function contentName(sniffed: SniffedFormat | null): string {
  return sniffed === null ? 'of no known picture format' : sniffed.format
}

export function describeError(thrown: unknown, otherwise: ErrorCode, stage: Stage): FileError {
  const error = toExhibitHashError(thrown, otherwise, { stage })
  return { code: error.code, message: error.message, stage: error.stage ?? stage }
}
