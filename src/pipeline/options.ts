// What a run can be told, checked once; misspelt options are refused by name.

import { availableParallelism } from 'node:os'
import { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from '../archives/index.js'
import { areTexts, refuseUnknown, usage } from '../core/options.js'
import { isDigestKind, isPerceptualKind, PERCEPTUAL_KINDS, type PerceptualKind } from '../core/hashes.js'
import { DEFAULT_DECODE_LIMITS, type FrameOptions } from '../decode/index.js'
import type { HashSet } from '../index/index.js'
import { checkNear, DEFAULT_NEAR, type NearPolicy } from '../match/index.js'
import type { ExtractOptions } from './features.js'

export interface Progress {
  /** Files whose record has been given out. */
  readonly files: number
  /** Since the run began. */
  readonly seconds: number
  readonly filesPerSecond: number
  readonly bytesPerSecond: number
  /** As the run has gone so far; `null` before there is anything to tell by, or while more files are being found. */
  readonly secondsLeft: number | null
  /** Files found so far; `foundAll` tells whether there are more to find. */
  readonly found: number
  readonly foundAll: boolean
  readonly bytes: number
  /** Files with a match that counts. */
  readonly matched: number
  readonly errors: number
}

export interface HashingOptions {
  /** Perceptual hashes to compute, or 'all'. Default for scan: PDQ. The three digests are always computed. */
  readonly hashes?: 'all' | readonly string[]
  /** Add a BlurHash of a raster of 16 px. Default false: it is derived from the picture. */
  readonly preview?: boolean
  /**
   * Compute the imagehash family (all but PDQ) from the picture at its full size, as its definition wants it, in place
   * of 512 × 512 pixels. A second, full decode a picture. Default false.
   */
  readonly exact?: boolean
  /**
   * 'wasm' (default) decodes HEIC in WebAssembly; 'native' has FFmpeg decode the tiles of large pictures, in 1.3 to
   * 2.2 times less processor time. An error (USAGE) where no FFmpeg of version 5.1 or later is on PATH.
   */
  readonly heic?: 'wasm' | 'native'
  /**
   * Frames of videos, where FFmpeg of version 5.1 or later is on PATH: they are hashed with PDQ and matched. Default true;
   * an object says which frames, and how many; false digests videos like any other file.
   */
  readonly video?: boolean | Partial<FrameOptions>
  /** Modules with hashers of your own: paths of files, or names of packages installed where the process was started. */
  readonly hashers?: readonly string[]
  /** Pixels a picture may claim. Default 268,402,689. */
  readonly maxPixels?: number
  /** Larger files are digested but not decoded. Default 1 GiB. */
  readonly maxDecodeBytes?: number
}

export interface ScanOptions extends HashingOptions {
  /** Sets to match against; none: hashes only. */
  readonly sets?: readonly HashSet[]
  /**
   * Distances by kind of hash. Default PDQ at 31 bits, and PhotoDNA at 40,000 where a hasher computes it. `{}` for
   * exact matches only.
   */
  readonly near?: Readonly<Record<string, number>>
  /**
   * Do not decode files that known-good sets have and no other: their records have digests and matches, and no
   * perceptual hashes. Default false.
   */
  readonly skipKnown?: boolean
  /**
   * Whether archives are opened and their members recorded as files of their own: ZIP, TAR and TAR in gzip, told by
   * content. Default true; an object sets limits.
   */
  readonly archives?: boolean | Partial<ArchiveLimits>
  /**
   * 'discovery' (default): the same order in every run. 'completion': each record as soon as it is there, for whoever
   * looks on; not for results files, which are the same in every run.
   */
  readonly order?: 'discovery' | 'completion'
  /**
   * Patterns of names that go before all others, as `referral/**` or `*.jpg`: of the last part of a name where
   * there is no `/` in it. The paths are walked twice. Not for lists, which have their own order.
   */
  readonly first?: readonly string[]
  /** Files in flight. Default one more than the cores. */
  readonly concurrency?: number
  /** Per file, in milliseconds, beside a second for every 10 MB that it has on its drive. Default 120,000. */
  readonly timeoutMs?: number
  /** Memory that the child process may use; a file that needs more by itself is given up. Default 4 GiB. */
  readonly maxMemoryBytes?: number
  /** 'process' (default) decodes in a child process; 'none' does everything in this one. */
  readonly isolation?: 'process' | 'none'
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** For the header of a results file. */
  readonly case?: string
  readonly exhibit?: string
  readonly organisation?: string
}

/** Programs and modules of the user's that a run is told to use. */
export interface WantedModules {
  readonly hashers: readonly string[]
  readonly nativeHeic: boolean
  /** `null`: videos are left alone. */
  readonly video: FrameOptions | null
}

export interface RunOptions {
  readonly extract: ExtractOptions
  /** What `extract` does not have before somebody has looked for it. */
  readonly wanted: WantedModules
  readonly sets: readonly HashSet[]
  readonly near: NearPolicy
  readonly order: 'discovery' | 'completion'
  readonly first: readonly string[]
  readonly concurrency: number
  readonly threads: number
  readonly timeoutMs: number
  readonly maxMemoryBytes: number
  readonly isolation: 'process' | 'none'
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly labels: { readonly case?: string; readonly exhibit?: string; readonly organisation?: string }
}

/** Limits of one file, where no others are given. */
export const DEFAULT_LIMITS = {
  ...DEFAULT_DECODE_LIMITS,
  maxDecodeBytes: 2 ** 30,
  timeoutMs: 120_000,
  maxMemoryBytes: 2 ** 32
} as const

/** One frame a second, for five and a half hours of video or half an hour of work. */
export const DEFAULT_VIDEO: FrameOptions = {
  framesPerSecond: 1,
  sceneChanges: false,
  maxFrames: 20_000,
  timeoutMs: 1_800_000
}

export { areTexts, refuseUnknown, usage }

const HASHING_NAMES = ['hashes', 'preview', 'exact', 'heic', 'video', 'hashers', 'maxPixels', 'maxDecodeBytes']
const SCAN_NAMES = [
  ...HASHING_NAMES,
  ...[
    'sets',
    'near',
    'skipKnown',
    'order',
    'first',
    'archives',
    'concurrency',
    'timeoutMs',
    'maxMemoryBytes',
    'isolation',
    'signal',
    'onProgress',
    'case',
    'exhibit',
    'organisation'
  ]
]

/** @throws {ExhibitHashError} USAGE naming the option */
export function checkScanOptions(options: ScanOptions): RunOptions {
  refuseUnknown(options, SCAN_NAMES)
  const sets = openSets(options.sets ?? [])
  const wanted = wantedModules(options)
  const near = sets.length === 0 ? {} : nearPolicy(options.near, wanted.hashers.length > 0)
  const cores = availableParallelism()
  const concurrency = positive('concurrency', options.concurrency ?? cores + 1)
  const isolation = options.isolation ?? 'process'
  if (isolation !== 'process' && isolation !== 'none') throw usage('isolation', `'process' or 'none'`, isolation)
  const order = options.order ?? 'discovery'
  if (order !== 'discovery' && order !== 'completion') throw usage('order', `'discovery' or 'completion'`, order)
  const labels = { case: options.case, exhibit: options.exhibit, organisation: options.organisation }
  return {
    extract: {
      ...extractOptions(options, near),
      skipKnown: options.skipKnown ?? false,
      archives: archiveLimits(options.archives ?? true)
    },
    wanted,
    sets,
    near,
    order,
    first: patterns(options.first ?? []),
    concurrency,
    threads: Math.min(cores, concurrency),
    timeoutMs: timeLimit(options.timeoutMs ?? DEFAULT_LIMITS.timeoutMs),
    maxMemoryBytes: memoryLimit(options.maxMemoryBytes ?? DEFAULT_LIMITS.maxMemoryBytes),
    isolation,
    signal: options.signal,
    onProgress: options.onProgress,
    labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined))
  }
}

/** Options of `hashFile`, where every hash is the default. */
export function checkHashingOptions(options: HashingOptions): Pick<RunOptions, 'extract' | 'wanted'> {
  refuseUnknown(options, HASHING_NAMES)
  return {
    extract: extractOptions({ hashes: 'all', ...options }, {}),
    wanted: wantedModules(options)
  }
}

function extractOptions(options: HashingOptions, near: NearPolicy): ExtractOptions {
  const asked = checkHashes(options.hashes ?? ['pdq'])
  // A hash that is to be matched by is computed, named or not.
  const hashes = PERCEPTUAL_KINDS.filter((kind) => asked.has(kind) || near[kind] !== undefined)
  return {
    hashes,
    variants: near.pdq !== undefined,
    preview: options.preview ?? false,
    exact: options.exact ?? false,
    heicTool: null,
    hashers: [],
    skipKnown: false,
    archives: null,
    video: null,
    maxPixels: positive('maxPixels', options.maxPixels ?? DEFAULT_LIMITS.maxPixels),
    maxDecodeBytes: positive('maxDecodeBytes', options.maxDecodeBytes ?? DEFAULT_LIMITS.maxDecodeBytes)
  }
}

function checkHashes(asked: 'all' | readonly string[]): ReadonlySet<PerceptualKind> {
  if (asked === 'all') return new Set(PERCEPTUAL_KINDS)
  const unknown = asked.find((kind) => !isPerceptualKind(kind) && !isDigestKind(kind))
  if (unknown !== undefined) throw usage('hashes', `'all' or some of ${PERCEPTUAL_KINDS.join(', ')}`, unknown)
  return new Set(asked.filter(isPerceptualKind))
}

function wantedModules({ hashers = [], heic = 'wasm', video = true }: HashingOptions): WantedModules {
  if (!areTexts(hashers)) throw usage('hashers', 'a list of file paths or package names', hashers)
  if (heic !== 'wasm' && heic !== 'native') throw usage('heic', `'wasm' or 'native'`, heic)
  return { hashers, nativeHeic: heic === 'native', video: frameOptions(video) }
}

/** The package may be loaded twice, as ES module and as CommonJS, so the class tells nothing. */
function openSets(given: readonly HashSet[]): readonly HashSet[] {
  const isSet = (one: Partial<HashSet> | null): boolean => typeof one?.share === 'function'
  const isList: boolean = Array.isArray(given)
  if (!isList || !given.every(isSet)) throw usage('sets', 'a list of HashSet.open(…)', given)
  return given
}

/** PhotoDNA values come from hashers alone. */
function nearPolicy(given: ScanOptions['near'], hasHashers: boolean): NearPolicy {
  const { photoDna, ...others } = checkNear(given ?? DEFAULT_NEAR)
  if (hasHashers && photoDna !== undefined) return { ...others, photoDna }
  if (given?.photoDna !== undefined) throw usage('near', 'hashers beside photoDna, to compute the values', 'none')
  return others
}

function patterns(given: unknown): readonly string[] {
  if (!areTexts(given)) throw usage('first', 'a list of patterns', given)
  return given
}

/** `null` where archives stay closed. */
function archiveLimits(given: boolean | Partial<ArchiveLimits>): ArchiveLimits | null {
  if (given === false) return null
  if (given === true) return DEFAULT_ARCHIVE_LIMITS
  if (typeof given !== 'object' || given === null) throw usage('archives', 'true, false or limits', given)
  const names = Object.keys(DEFAULT_ARCHIVE_LIMITS) as (keyof ArchiveLimits)[]
  const unknown = Object.keys(given).find((name) => !names.includes(name as keyof ArchiveLimits))
  if (unknown !== undefined) throw usage(`archives.${unknown}`, `one of ${names.join(', ')}`, 'an unknown limit')
  for (const name of names) positive(`archives.${name}`, given[name] ?? DEFAULT_ARCHIVE_LIMITS[name])
  return { ...DEFAULT_ARCHIVE_LIMITS, ...given }
}

/** More than any camera has. */
const MAX_FRAMES_PER_SECOND = 300

function frameOptions(given: NonNullable<HashingOptions['video']>): FrameOptions | null {
  if (given === false) return null
  if (given === true) return DEFAULT_VIDEO
  if (typeof given !== 'object' || given === null) throw usage('video', 'true, false or options', given)
  const names = Object.keys(DEFAULT_VIDEO)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) throw usage(`video.${unknown}`, `one of ${names.join(', ')}`, 'an unknown option')
  const { framesPerSecond, sceneChanges, maxFrames, timeoutMs } = { ...DEFAULT_VIDEO, ...given }
  if (!(framesPerSecond > 0 && framesPerSecond <= MAX_FRAMES_PER_SECOND)) {
    throw usage('video.framesPerSecond', `a number above 0, at most ${MAX_FRAMES_PER_SECOND}`, framesPerSecond)
  }
  if (typeof sceneChanges !== 'boolean') throw usage('video.sceneChanges', 'true or false', sceneChanges)
  positive('video.maxFrames', maxFrames)
  if (maxFrames > MAX_FRAMES) throw usage('video.maxFrames', `at most ${MAX_FRAMES}`, maxFrames)
  return { framesPerSecond, sceneChanges, maxFrames, timeoutMs: timeLimit(timeoutMs, 'video.timeoutMs') }
}

/** A record is one line, of 16 MiB at most. */
const MAX_FRAMES = 60_000

/** Less than this the child needs before it has seen a file. */
const MIN_MEMORY_BYTES = 2 ** 28

function memoryLimit(value: number): number {
  if (value < MIN_MEMORY_BYTES) throw usage('maxMemoryBytes', `at least ${MIN_MEMORY_BYTES}`, value)
  return positive('maxMemoryBytes', value)
}

/** What a timer can hold; beyond it Node makes it one millisecond. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

function timeLimit(value: number, name = 'timeoutMs'): number {
  if (value > MAX_TIMEOUT_MS) throw usage(name, `at most ${MAX_TIMEOUT_MS}`, value)
  return positive(name, value)
}

export function positive(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw usage(name, 'a whole number from 1', value)
  return value
}
