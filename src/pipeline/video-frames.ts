// Frames of a video to hashes: what of them is kept, and what is said where there are none. Runs where hostile bytes may
// run.

import type { ErrorCode } from '../core/errors.js'
import { HASH_BYTES } from '../core/hashes.js'
import { hexToBytes } from '../core/hex.js'
import type { FileError, FrameHash } from '../core/result.js'
import { VideoReading, type VideoEnd, type VideoFrame } from '../decode/index.js'
import { hammingDistance } from '../kernels/hamming-portable.js'
import type { ExtractOptions, FileFeatures, VideoOptions } from './features.js'
import { hashPdq } from './hash-raster.js'
import type { OpenFile } from './open-file.js'

/** Streams that are looked into: a file may hide one behind another. */
const MAX_STREAMS = 8
/**
 * A frame no farther than this from the one that was kept last looks the same, and is not kept. Small beside the 31 bits of
 * a match, which it may cost a frame that is near one of the set by more than the rest.
 */
export const SAME_FRAME_BITS = 8
const PDQ_WORDS = 8

/** Ends before which frames may be missing. */
const PARTIAL: readonly VideoEnd[] = ['damaged', 'undecodable', 'pixels', 'stopped']

export type FrameFeatures = Pick<FileFeatures, 'frames' | 'frameVariants' | 'media' | 'error'>

/**
 * @param file - open, and looked at again by the caller when this is done
 * @param path - where systems cannot hand on what is open
 * @param known - what the file is said to be before its frames are known
 */
export async function frameFeatures(
  file: OpenFile,
  path: string,
  { media, error }: Pick<FileFeatures, 'media' | 'error'>,
  options: ExtractOptions & { readonly video: VideoOptions },
  signal?: AbortSignal
): Promise<FrameFeatures> {
  const { maxPixels, video } = options
  const { tool } = video
  if (media === null || tool === null) return { media, error }
  const frames = new Frames(options.variants)
  const source = { descriptor: file.handle.fd, path, format: media.format }
  const started = performance.now()
  let decoded = 0
  let end: VideoEnd = 'whole'
  for (let stream = 0, streams = 1; stream < Math.min(streams, MAX_STREAMS) && goesOn(end); stream++) {
    const left = { maxFrames: video.maxFrames - frames.taken, timeoutMs: timeLeft(video, started) }
    const reading = new VideoReading(tool, source, { ...video, ...left, maxPixels, stream })
    for await (const frame of reading.frames(signal)) frames.add(frame, stream)
    decoded += reading.framesSeen
    streams = reading.streams
    end = worse(end, reading.end)
  }
  // Where a limit ended it, how many had been decoded by then is chance.
  const count = goesOn(end) ? { frames: decoded } : {}
  const facts = { ...media, ...count, ...(PARTIAL.includes(end) && { partial: true }) }
  return {
    media: facts,
    frames: frames.kept,
    ...(frames.variants !== undefined && { frameVariants: frames.variants }),
    error: error ?? videoError(end, frames.taken, video)
  }
}

function timeLeft({ timeoutMs }: VideoOptions, started: number): number {
  return Math.max(1, Math.ceil(timeoutMs - (performance.now() - started)))
}

function goesOn(end: VideoEnd): boolean {
  return !['frames', 'time', 'stopped'].includes(end)
}

/** Of two streams of a file the end that says more. */
const WORST: readonly VideoEnd[] = ['stopped', 'time', 'frames', 'pixels', 'undecodable', 'damaged', 'whole', 'absent']

function worse(a: VideoEnd, b: VideoEnd): VideoEnd {
  return WORST.indexOf(a) < WORST.indexOf(b) ? a : b
}

/** In words that are the same on every machine: what FFmpeg says differs from version to version. */
function videoError(end: VideoEnd, taken: number, { maxFrames, timeoutMs }: VideoOptions): FileError | null {
  const told = (code: ErrorCode, message: string): FileError => ({ code, message, stage: 'decode' })
  switch (end) {
    case 'frames':
      return told('VIDEO_LIMIT', `the video has more than ${maxFrames} frames to be hashed`)
    case 'time':
      return told('VIDEO_LIMIT', `the video takes longer than ${timeoutMs} ms`)
    case 'pixels':
      return told('PIXEL_LIMIT', 'frames of the video exceed the limit of pixels')
    case 'undecodable':
      return told('VIDEO_UNSUPPORTED', 'FFmpeg has no decoder for the video')
    case 'damaged':
      return taken > 0 ? null : told('VIDEO_DAMAGED', 'no frame of the video could be decoded')
    default:
      return null
  }
}

/** Hashes of the frames that are kept. */
class Frames {
  readonly kept: FrameHash[] = []
  /** Frames that came. */
  taken = 0
  private readonly packed: Uint8Array[] = []
  private last: Uint32Array | null = null
  private lastStream = 0

  constructor(private readonly withVariants: boolean) {}

  /** 8 × 32 bytes a frame. */
  get variants(): Uint8Array | undefined {
    return this.withVariants ? Buffer.concat(this.packed) : undefined
  }

  add({ raster, number, timeSeconds }: VideoFrame, stream: number): void {
    this.taken++
    const { hex, quality, variants } = hashPdq(raster, this.withVariants)
    const words = wordsOf(hex)
    if (stream === this.lastStream && this.isLikeLast(words)) {
      const last = this.kept[this.kept.length - 1]
      this.kept[this.kept.length - 1] = {
        timeSeconds: last.timeSeconds,
        untilSeconds: timeSeconds,
        ...withoutTimes(last)
      }
      return
    }
    const place = { timeSeconds, frame: number, ...(stream > 0 && { stream }) }
    this.kept.push({ ...place, pdq: hex, pdqQuality: quality })
    if (variants !== undefined) this.packed.push(Uint8Array.from(variants))
    this.last = words
    this.lastStream = stream
  }

  private isLikeLast(words: Uint32Array): boolean {
    if (this.last === null) return false
    return hammingDistance(words, 0, this.last, 0, PDQ_WORDS, SAME_FRAME_BITS) <= SAME_FRAME_BITS
  }
}

function withoutTimes({ timeSeconds: _, untilSeconds: __, ...rest }: FrameHash): Omit<FrameHash, 'timeSeconds'> {
  return rest
}

function wordsOf(hex: string): Uint32Array {
  return new Uint32Array(hexToBytes(hex, HASH_BYTES.pdq).buffer)
}
