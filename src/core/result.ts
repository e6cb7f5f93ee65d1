// The lines of a results file: header, one record a file, summary. Nothing in them depends on the clock or the machine.

import type { ErrorCode, Stage } from './errors.js'
import type { DigestKind, Digests, NearKind, PerceptualKind } from './hashes.js'
import type { HasherFacts } from './hasher.js'
import type { GradingFacts } from './set-record.js'

export const RESULTS_SCHEMA_VERSION = 1

export type MediaKind = 'image' | 'video' | 'other'

export interface MediaFacts {
  readonly kind: MediaKind
  /** Told by content, not by name: jpeg, png, gif, webp, avif, tiff… */
  readonly format: string
  /** As stored; absent for media that was not decoded. */
  readonly width?: number
  readonly height?: number
  /** EXIF orientation 1–8. */
  readonly orientation?: number
  /** Frames or pages; of a video those that were decoded, in all of its streams. */
  readonly frames?: number
  /** True where a damaged file gave only part of its picture, or a video perhaps not all of its frames. */
  readonly partial?: boolean
  /** Of a video whose frames were asked for and could not be had, so that only its digests were matched. */
  readonly framesMissing?: FramesMissing
}

/** There was no FFmpeg; or the bytes are in no file of their own, as in an archive. */
export type FramesMissing = 'no-ffmpeg' | 'not-a-file'

/** One frame of a video. Of frames after each other that look alike only the first is kept. */
export interface FrameHash {
  /** From the beginning of the video. */
  readonly timeSeconds: number
  /** Of the last frame after this one that looked like it; absent where the next one already did not. */
  readonly untilSeconds?: number
  /** Number among all frames of the stream, from 0. */
  readonly frame: number
  /** Number among the video streams of the file, from 0; absent for the first. */
  readonly stream?: number
  /** Lower-case hex. */
  readonly pdq: string
  /** 0–100; below 50 the frame is not matched. */
  readonly pdqQuality: number
}

/** Perceptual hashes as lower-case hex; absent means not asked for. */
export type FileHashes = { readonly [K in PerceptualKind]?: string } & {
  /** 0–100; below 50 the PDQ is not matched by distance. */
  readonly pdqQuality?: number
  /** Computed by a hasher of the user's; `null` where that hasher has none for this file. */
  readonly photoDna?: string | null
  /** Of further hashers, by their names. */
  readonly [hasher: string]: string | number | null | undefined
}

/** How a picture was turned to come within the distance. */
export const DIHEDRAL_VARIANTS = [
  'original',
  'rotate90',
  'rotate180',
  'rotate270',
  'flipX',
  'flipY',
  'flipPlus1',
  'flipMinus1'
] as const
export type DihedralVariant = (typeof DIHEDRAL_VARIANTS)[number]

/** What a match of a rematch tells that the earlier results do not: a record, another grading, another relation. */
export type News = 'record' | 'grading' | 'relation'

/** What the earlier results said of the record of a match. */
export interface EarlierWord {
  readonly relation: 'identical' | 'conflict' | 'similar'
  readonly category: number | string | null
  readonly label: string | null
}

interface MatchedRecord {
  /** The kind of hash that found it. */
  readonly by: DigestKind | NearKind
  /** Name of the hash set. */
  readonly set: string
  /** The source file within the set. */
  readonly source: string
  readonly mediaId: string | null
  readonly category: number | string | null
  /** Meaning of the category in the set's profile; "unmapped" where the profile does not list the code. */
  readonly label: string | null
  readonly grading: GradingFacts
  /** There where the set lists files that may be ignored; such a match reports nothing. */
  readonly knownGood?: true
  /** Only in a rematch, and only where the match is new. */
  readonly news?: News
  /** Beside `news` that is no new record. */
  readonly before?: EarlierWord
}

/** Equal digest and nothing that contradicts it. */
export interface IdenticalMatch extends MatchedRecord {
  readonly relation: 'identical'
  readonly by: DigestKind
  /** Every digest that the record and the file both have, all equal. */
  readonly agreeing: readonly DigestKind[]
}

/** Equal digest, but another digest or the size differs: a forged digest or a wrong record. */
export interface ConflictMatch extends MatchedRecord {
  readonly relation: 'conflict'
  readonly by: DigestKind
  readonly agreeing: readonly DigestKind[]
  readonly contradicting: readonly (DigestKind | 'sizeBytes')[]
}

/** A perceptual hash within the distance. Never identifies a file by itself. */
export interface SimilarHashMatch extends MatchedRecord {
  readonly relation: 'similar'
  readonly by: PerceptualKind
  readonly distanceBits: number
  readonly variant: DihedralVariant
  /** PDQ quality of the set's hash; `null` where the set does not know it. */
  readonly setQuality?: number | null
  /** Times of the frames of a video that are within the distance; the distance is the least of theirs. */
  readonly timeSeconds?: readonly number[]
  /** How many more frames are; absent where all are listed. */
  readonly timesOmitted?: number
}

/** A PhotoDNA value within the distance. Never identifies a file by itself. */
export interface SimilarPhotoDnaMatch extends MatchedRecord {
  readonly relation: 'similar'
  readonly by: 'photoDna'
  /** Sum of squared byte differences, without a root. */
  readonly squaredDistance: number
}

export type SimilarMatch = SimilarHashMatch | SimilarPhotoDnaMatch

export type Match = IdenticalMatch | ConflictMatch | SimilarMatch

export interface FileError {
  readonly code: ErrorCode
  readonly message: string
  readonly stage: Stage
}

/** Why an entry of the exhibit was recorded but not opened. A hard link in an archive has no bytes of its own. */
export type SkipReason = 'symlink' | 'hardlink' | 'fifo' | 'socket' | 'device'

export interface FileTimes {
  readonly created?: string
  readonly modified?: string
  readonly accessed?: string
}

export interface FileRecord {
  readonly type: 'file'
  /** Order of discovery, from 0. */
  readonly seq: number
  /** Relative to the exhibit's root, with `/`; of a member of an archive `outer.zip!inner/name.jpg`. */
  readonly path: string
  /** The name's bytes, where they are not UTF-8. */
  readonly pathBase64?: string
  readonly sizeBytes: number | null
  readonly times?: FileTimes
  readonly skipped?: SkipReason
  readonly digests: Digests | null
  /** `null` where the bytes are no media known here. */
  readonly media: MediaFacts | null
  readonly hashes: FileHashes | null
  /** BlurHash of a raster of 16 px; only when asked for. */
  readonly preview?: string
  /** Only of videos, where they were asked for; `null` where they could not be had, as `media` says. */
  readonly frames?: readonly FrameHash[] | null
  /** Absent where no set was given. */
  readonly matches?: readonly Match[]
  /** How many more records match than are listed; absent where all are. */
  readonly matchesOmitted?: number
  /** Only in a rematch: earlier matches that are none any more. */
  readonly gone?: readonly Match[]
  /** Only in a rematch: earlier matches that nothing asks for now: by turned hashes, which results do not keep, or too far. */
  readonly unasked?: readonly Match[]
  readonly error: FileError | null
}

/** A hash set as results name it. */
export interface SetIdentity {
  readonly name: string
  /** Root of the index's digest tree, hex. */
  readonly root: string
  /** Roots of the updates that lie on it, in their order; absent where there are none. */
  readonly layers?: readonly string[]
  readonly profile: string
  /** False where the set was made from part of its sources. */
  readonly complete: boolean
}

/** What a rematch was made from. */
export interface RematchOrigin {
  /** Name of the earlier results file, without its folder. */
  readonly results: string
  /** Of its bytes, hex. */
  readonly sha256: string
  /** The sets that it was matched against. */
  readonly sets: readonly SetIdentity[]
  readonly near: Readonly<Record<string, number>>
  /** True where every file has a record with all of its matches; else only what is new is listed. */
  readonly all: boolean
  /** True where names of sources do not tell records apart; absent where they do. */
  readonly ignoreSources?: true
}

export interface HeaderRecord {
  readonly type: 'header'
  readonly schemaVersion: number
  readonly case?: string
  readonly exhibit?: string
  readonly organisation?: string
  readonly options: {
    readonly hashes: readonly string[]
    readonly near: Readonly<Record<string, number>>
    readonly preview: boolean
    /** `false` where archives stayed closed; absent where they were opened within the usual limits. */
    readonly archives?:
      false | { readonly maxMembers: number; readonly maxDepth: number; readonly maxExpansion: number }
    /** Absent where it is not asked for. */
    readonly exact?: true
    /** Patterns of names that went first; absent where there are none. */
    readonly first?: readonly string[]
    /** Files that known-good sets alone have were not decoded; absent where it is not asked for. */
    readonly skipKnown?: true
    /** How frames of videos were taken; `false` where they were not; absent where there is no PDQ either. */
    readonly video?: false | VideoFacts
    /** The user's own hashers; absent where there are none. */
    readonly hashers?: readonly HasherFacts[]
  }
  readonly sets: readonly SetIdentity[]
  /** There where earlier results were asked anew, and no exhibit was read. */
  readonly rematchOf?: RematchOrigin
}

/** How frames of videos were taken, and by what: another version may decode a damaged video to other pixels. */
export interface VideoFacts {
  /** Its version; `null` where there was none, and videos were matched by their digests only. */
  readonly ffmpeg: string | null
  readonly framesPerSecond: number
  readonly sceneChanges: boolean
  readonly maxFrames: number
  readonly timeoutMs: number
}

/** What a rematch found out about all files of the earlier results, listed or not. */
export interface RematchCounts {
  readonly files: number
  /** Files with something new, by the strongest relation of what is new. */
  readonly identical: number
  readonly conflict: number
  readonly similar: number
  /** Files of which only this is new that a known-good set has them: not listed by themselves. */
  readonly knownGood: number
  /** New matches by what is new about them. */
  readonly news: Readonly<Record<News, number>>
  /** Earlier matches that are none any more, and the files that they were of. */
  readonly gone: number
  readonly filesWithGone: number
  /** Earlier matches that nothing asks for now: by turned hashes, which results do not keep, or beyond the distances. */
  readonly unasked: number
  /** Earlier matches with sets that were not asked again. */
  readonly otherSets: number
  /** Files that could not be asked, since the earlier results have no digest of them. */
  readonly unaskedFiles: number
  /** Files with an error in the earlier results, those included. */
  readonly errors: number
}

export interface SummaryRecord {
  readonly type: 'summary'
  readonly files: number
  readonly bytes: number
  readonly images: number
  /** Videos of which frames were hashed, and those of which they could not be had; absent where there were none. */
  readonly videos?: number
  readonly videosWithoutFrames?: number
  readonly skipped: number
  readonly errors: number
  readonly partial: number
  /** Files by their strongest relation. */
  readonly identical: number
  readonly conflict: number
  readonly similar: number
  /** Files that only a known-good set matched. */
  readonly knownGood: number
  /** Files matched, by set, category and label. */
  readonly categories: readonly {
    readonly set: string
    readonly category: number | string | null
    readonly label: string | null
    readonly identical: number
    readonly similar: number
    readonly conflict: number
  }[]
  /** Of `errors`, how many have which code; absent where there were none. */
  readonly errorCodes?: Readonly<Record<string, number>>
  /** There where earlier results were asked anew. */
  readonly rematch?: RematchCounts
}

export type ResultLine = HeaderRecord | FileRecord | SummaryRecord
