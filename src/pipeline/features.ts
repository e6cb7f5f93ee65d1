// What a child makes of one file: everything a record needs except matches. Plain data, so that it can cross processes.

import type { Digests, PerceptualKind } from '../core/hashes.js'
import type { FileError, FileHashes, FileTimes, MediaFacts, SkipReason } from '../core/result.js'
import type { HeicTool } from '../decode/index.js'
import type { KnownHasher } from '../hashers/index.js'

export interface ExtractOptions {
  /** Perceptual hashes to compute. */
  readonly hashes: readonly PerceptualKind[]
  /** Compute the eight turned PDQ hashes that near matching asks with. */
  readonly variants: boolean
  readonly preview: boolean
  /** Hash by the imagehash family at the picture's full size. */
  readonly exact: boolean
  /** `null`: HEIC is decoded in WebAssembly. */
  readonly heicTool: HeicTool | null
  /** The user's own. */
  readonly hashers: readonly KnownHasher[]
  readonly maxPixels: number
  /** Files longer than this are digested but not decoded: a decoder needs all bytes in memory. */
  readonly maxDecodeBytes: number
}

export interface FileFeatures {
  readonly sizeBytes: number | null
  readonly times?: FileTimes
  readonly skipped?: SkipReason
  readonly digests: Digests | null
  readonly media: MediaFacts | null
  readonly hashes: FileHashes | null
  readonly preview?: string
  /** 8 × 32 bytes, for matching only. */
  readonly pdqVariants?: Uint8Array
  readonly error: FileError | null
}

const NOTHING = { sizeBytes: null, digests: null, media: null, hashes: null }

/** A file of which nothing is known but why. */
export function failedFeatures(error: FileError): FileFeatures {
  return { ...NOTHING, error }
}

/** What was recorded and not opened. */
export function skippedFeatures(skipped: SkipReason): FileFeatures {
  return { ...NOTHING, skipped, error: null }
}
