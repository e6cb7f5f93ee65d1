// What `scan` and `hash` can both be told about hashing, from the command line's options to the library's.

import type { HashingOptions, ScanOptions } from '../pipeline/index.js'
import { videoOption, type VideoLimits } from './video-options.js'

export const HASHING_HELP = {
  exact: 'compute phash, dhash, ahash, whash and blockhash at full size, as they are defined (slower)',
  heic: "'wasm' (default), or 'native': have an installed FFmpeg decode HEIC, up to twice as fast",
  noVideo: 'take no frames of videos (default: where FFmpeg 5.1 or later is on PATH)',
  videoFps: 'frames of videos to hash, a second (default: 1)',
  videoScenes: 'hash the first frame of every new scene of a video too',
  videoLimits: 'frames to hash of a video, and seconds that it may take (default: frames=20000,seconds=1800)',
  hasher: 'module with a hasher of your own: path of a file or name of a package (repeatable)',
  timeout: 'give a file up after this many milliseconds and a second for every 10 MB of it (default: 120000)',
  maxPixels: 'do not decode pictures of more pixels (default: 268402689)',
  maxDecodeSize: 'do not decode files of more bytes (default: 1GiB)',
  maxMemory: 'give a file up that needs more memory than this (default: 4GiB)'
} as const

interface GivenOptions {
  readonly hashes?: readonly string[] | undefined
  readonly preview?: true | undefined
  readonly exact?: true | undefined
  readonly heic?: 'wasm' | 'native' | undefined
  /** False: none. */
  readonly video?: boolean | undefined
  readonly videoFps?: number | undefined
  readonly videoScenes?: true | undefined
  readonly videoLimits?: VideoLimits | undefined
  readonly hasher?: readonly string[] | undefined
  readonly concurrency?: number | undefined
  readonly timeout?: number | undefined
  readonly maxPixels?: number | undefined
  readonly maxDecodeSize?: number | undefined
  readonly maxMemory?: number | undefined
}

type Told = HashingOptions & Pick<ScanOptions, 'concurrency' | 'timeoutMs' | 'maxMemoryBytes'>

/** Only what was given: the library knows what holds otherwise. */
export function hashingOptions(given: GivenOptions): Told {
  const { hashes, preview, exact, heic, hasher, concurrency, timeout, maxPixels, maxDecodeSize, maxMemory } = given
  return {
    ...(hashes !== undefined && { hashes: hashes.includes('all') ? 'all' : hashes }),
    ...(preview !== undefined && { preview }),
    ...(exact !== undefined && { exact }),
    ...(heic !== undefined && { heic }),
    ...videoOption(given),
    ...(hasher !== undefined && { hashers: hasher }),
    ...(concurrency !== undefined && { concurrency }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(maxPixels !== undefined && { maxPixels }),
    ...(maxDecodeSize !== undefined && { maxDecodeBytes: maxDecodeSize }),
    ...(maxMemory !== undefined && { maxMemoryBytes: maxMemory })
  }
}
