// What a child makes of one file: everything a record needs except matches. Plain data, so that it can cross processes.

import type { ArchiveLimits, Spent } from '../archives/index.js'
import type { Digests, PerceptualKind } from '../core/hashes.js'
import type { FileError, FileHashes, FileTimes, FrameHash, MediaFacts, SkipReason } from '../core/result.js'
import type { FrameOptions, HeicTool, VideoTool } from '../decode/index.js'
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
  /** Files that a known-good set has, and no other, are not decoded. */
  readonly skipKnown: boolean
  /** `null`: archives are files like any other. */
  readonly archives: ArchiveLimits | null
  /** `null`: videos are digested like any other file. */
  readonly video: VideoOptions | null
}

export interface VideoOptions extends FrameOptions {
  /** `null`: there is none, and records say so. */
  readonly tool: VideoTool | null
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
  /** Only of videos; `null` where they could not be had. */
  readonly frames?: readonly FrameHash[] | null
  /** 8 × 32 bytes a frame, for matching only. */
  readonly frameVariants?: Uint8Array
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

/** Where to go on in an archive of the exhibit. Nothing else is needed to do so: whoever has it may be another child. */
export interface Place {
  /** Positions in the archive and in those nested in it of what comes next. */
  readonly next: readonly number[]
  /** Of the limits, by what came before. */
  readonly spent: Spent
  /** The archive's state on disk. */
  readonly state: string
}

/** What becomes one record: the file itself or a member of it. */
export interface Part {
  /** Within the file, `null` for the file itself. Empty for what is left of an archive that cannot be read on. */
  readonly name: Uint8Array | null
  readonly features: FileFeatures
  /** `null` where nothing of the file comes after. */
  readonly next: Place | null
}

/** The file itself, before the frames of a video, which take their time. */
export interface FilePart extends Part {
  /** State of the file whose frames are still to be taken; `null` where there are none to take. */
  readonly framesOf: string | null
}

/** How much is done with a file or member: less after it has killed whoever worked on it. */
export type Care = 'all' | 'digests' | 'name'
