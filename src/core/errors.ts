// Every way this package can fail, in one table: the code, what it means and what to do about it.

import { CASEWORK_ERRORS, type ErrorDescription } from './casework-errors.js'
import { isOfSystem, messageOf } from './system-words.js'

/** Where in the life of a file a failure happened. */
export type Stage = 'walk' | 'read' | 'unpack' | 'digest' | 'decode' | 'hash' | 'match' | 'write'

/**
 * The codes an {@link ExhibitHashError} or a record's `error` can carry. ERRORS.md is made from this
 * table, and a test holds the two together.
 */
export const ERROR_CODES = {
  USAGE: { meaning: 'An argument or option cannot be used as given.', advice: 'See --help of the command.' },
  INPUT_NOT_FOUND: {
    meaning: 'A path that was named does not exist.',
    advice: 'Check the spelling, and that the drive is attached.'
  },
  READ_FAILED: {
    meaning: 'The system refused to open or read a file.',
    advice: 'Check permissions and the state of the medium, then run again.'
  },
  WRITE_FAILED: {
    meaning: 'An output could not be written.',
    advice: 'Check that the target folder is there, its permissions and its free space.'
  },
  FILE_CHANGED: {
    meaning: 'A file changed while it was read, so its hashes would be of no one state of it.',
    advice: 'Work on a copy or a mounted image that nothing writes to.'
  },
  FILE_TOO_LARGE: {
    meaning: 'A file has more bytes than can be decoded in memory; its digests are complete.',
    advice: 'Raise maxDecodeBytes if the machine has the memory.'
  },
  EMPTY_FILE: {
    meaning: 'A file named like a picture has no bytes.',
    advice: 'Nothing to hash; recover the file from another source if it matters.'
  },
  NOT_AN_IMAGE: {
    meaning: 'A file named like a picture holds something else.',
    advice: 'Look at the file with another tool; its digests were matched all the same.'
  },
  FORMAT_UNSUPPORTED: {
    meaning: 'The picture is in a format for which no decoder is active.',
    advice: 'Run doctor to see the decoders; convert the picture and hash it again.'
  },
  DECODE_FAILED: {
    meaning: 'The picture is too damaged for any of it to be decoded.',
    advice: 'Its digests were matched; look at the file with a recovery tool.'
  },
  PIXEL_LIMIT: {
    meaning: 'The picture claims more pixels than the limit, as decompression bombs do.',
    advice: 'Raise maxPixels if the picture is genuine.'
  },
  VIDEO_DAMAGED: {
    meaning: 'The video is too damaged for any frame of it to be decoded.',
    advice: 'Its digests were matched; look at the file with a recovery tool.'
  },
  VIDEO_UNSUPPORTED: {
    meaning: 'The video is coded in a way that the FFmpeg of this machine cannot decode.',
    advice: 'Its digests were matched; install an FFmpeg with more decoders, or look at the video with its own player.'
  },
  VIDEO_LIMIT: {
    meaning: 'The video has more frames, or takes more time, than the limit; the frames before it were hashed.',
    advice: 'Raise maxFrames or timeoutMs of the video limits (--video-limits) if the video is genuine.'
  },
  DECODER_CRASHED: {
    meaning: 'The child process died while working on this file, twice.',
    advice: 'Treat the file as hostile; its neighbours were not affected.'
  },
  TIME_LIMIT: {
    meaning: 'The file took longer than the limit, and than its size takes to be read, and was given up.',
    advice: 'Raise timeoutMs if the machine is merely slow.'
  },
  MEMORY_LIMIT: {
    meaning: 'The child process needed more memory than the limit while it worked on this file alone.',
    advice: 'Treat the file as hostile, or raise maxMemoryBytes if the machine has the memory.'
  },
  ARCHIVE_DAMAGED: {
    meaning: 'An archive is cut off or damaged; the members that could be found in it are recorded.',
    advice: 'Look at the archive with a recovery tool: it may hold more than was found.'
  },
  ARCHIVE_DEPTH: {
    meaning: 'An archive lies within more archives than the limit; it was hashed but not opened.',
    advice: 'Raise maxDepth of the archive limits if the archive is genuine.'
  },
  ARCHIVE_EXPANSION: {
    meaning: 'An archive expands to more bytes than the limit, as bombs do; what comes after is not recorded.',
    advice: 'Raise maxExpansion of the archive limits if the archive is genuine.'
  },
  ARCHIVE_MEMBERS: {
    meaning: 'An archive has more members than the limit; what comes after is not recorded.',
    advice: 'Raise maxMembers of the archive limits if the archive is genuine.'
  },
  ARCHIVE_OVERLAP: {
    meaning: 'Members of an archive lie over each other, as in bombs and in archives made to mislead readers.',
    advice: 'Its members are recorded as far as the limits allow; look at the archive with another tool.'
  },
  MEMBER_DAMAGED: {
    meaning: 'A member of an archive is cut off or damaged; what could be had of it was hashed.',
    advice: 'Its digests are of what is left of it; look at the archive with a recovery tool.'
  },
  MEMBER_ENCRYPTED: {
    meaning: 'A member of an archive is encrypted, so nothing but its name is known.',
    advice: 'Unpack the archive with its password, and scan the folder.'
  },
  MEMBER_UNSUPPORTED: {
    meaning: 'A member of an archive is compressed in a way that is not read here.',
    advice: 'Unpack the archive with another tool, and scan the folder.'
  },
  HASHER_UNUSABLE: {
    meaning: 'A hasher module cannot be loaded, or what it exports is no hasher.',
    advice: 'See "Your own hashes" in the README for what a module exports.'
  },
  HASHER_FAILED: {
    meaning: 'A hasher of your own threw an error, or gave a value of another length, for this file.',
    advice: "All other hashes of the file are complete; ask the hasher's maker."
  },
  RASTER_INVALID: {
    meaning: 'Pixels handed to a hash function do not fit the width, height and channels given with them.',
    advice: 'data.length must be width × height × channels, channels 1 or 3.'
  },
  DIGEST_INVALID: {
    meaning: 'A digest or hash is not the hex or the number of bytes that its kind has.',
    advice: 'MD5 is 32 hex digits, SHA-1 40, SHA-256 and PDQ 64, the 64-bit hashes 16.'
  },
  DIGEST_AMBIGUOUS: {
    meaning:
      '64 hex digits are SHA-256, PDQ or blockhash, 16 any of the short perceptual hashes, and nothing says which.',
    advice: "Name the kind: --kind sha256 or --kind pdq, a header line, or the kind in the file's name."
  },
  SOURCE_UNRECOGNISED: {
    meaning: 'A hash-set source is in no format that is read here.',
    advice:
      'exhibit-hash set build --help lists the formats, and --format names one; of a CSV with odd headers --column says what a column is (--column Checksum=md5).'
  },
  SOURCE_MALFORMED: {
    meaning: 'A hash-set source breaks the rules of its format.',
    advice: 'Get the file again; or build with --allow-incomplete, and the set will say that it is incomplete.'
  },
  SOURCE_TRUNCATED: {
    meaning: 'A hash-set source ends in the middle.',
    advice: 'Get the file again; or build with --allow-incomplete, and the set will say that it is incomplete.'
  },
  SOURCE_REFUSED: {
    meaning: 'A hash-set source may not be used in the role it was given.',
    advice:
      'Sets that describe illegal material (VICS, ICSE, NCMEC and others) cannot be loaded as known-good: build a set of its own of them.'
  },
  SQLITE_UNAVAILABLE: {
    meaning: 'A hash-set source or an export is an SQLite database, and nothing here can open one.',
    advice: 'Install the optional dependency @photostructure/sqlite, or use a Node.js that has node:sqlite.'
  },
  SET_EMPTY: {
    meaning: 'No record of the sources could be used, so there is nothing to build.',
    advice: 'Read what is said of each source; a list of another tool may need --format, --kind or --column.'
  },
  PROFILE_UNKNOWN: {
    meaning: 'A category profile was named that is not known, or its file is not a profile.',
    advice: "Use 'uk', 'us' or 'none', or the path of a profile file."
  },
  PROFILE_MIXED: {
    meaning: 'The sources follow different category profiles, so one number would mean two things.',
    advice: 'Build one set a profile, or name the profile that governs all of them.'
  },
  INDEX_NOT_AN_INDEX: {
    meaning: 'The file is not a hash-set index.',
    advice: 'Build one with: exhibit-hash set build INDEX.ehx SOURCE…'
  },
  INDEX_VERSION: {
    meaning: 'The index was written in a format version that this release does not read.',
    advice: 'Build it again from its sources with this release.'
  },
  INDEX_TRUNCATED: {
    meaning: 'The index is shorter or longer than its header says.',
    advice: 'Copy it again or build it again; do not use it.'
  },
  INDEX_DAMAGED: {
    meaning: 'Bytes of the index do not have the digest they were written with.',
    advice: 'Copy it again or build it again; look-ups would miss material.'
  },
  LAYER_ALONE: {
    meaning: 'The file is an update (a layer) of a hash set, and no set by itself.',
    advice: 'Name the index that it belongs to: the same name without .layer-N. The layers are found by themselves.'
  },
  LAYER_MISSING: {
    meaning: 'The head of a hash set lists a layer whose file is not there, so an update would be left out.',
    advice: 'Copy a set with its head and all of its layers; fetch the missing file from where the set came from.'
  },
  LAYER_FOREIGN: {
    meaning: 'A layer was made for another index than the one it lies beside.',
    advice: 'Copy index, head and layers again, all from one place.'
  },
  LAYER_OUT_OF_ORDER: {
    meaning: 'A layer has another number, or follows another layer, than its place in the head says.',
    advice: 'Copy index, head and layers again, all from one place.'
  },
  LAYER_CHANGED: {
    meaning: 'The file of a layer is not the one that the head of the set lists.',
    advice: 'Copy index, head and layers again, all from one place.'
  },
  LAYER_UNLISTED: {
    meaning:
      'A layer lies beside the index that its head does not list: an update was interrupted, or an older head was put back.',
    advice:
      'Fetch the newest head. Only after an interrupted set update: run it again, which completes it, or delete the one layer that is named; where a head was lost, layers hold updates that would be lost with them.'
  },
  HEAD_INVALID: {
    meaning: 'The head of a hash set is damaged, or of a format that this release does not read.',
    advice: 'Copy index, head and layers again, all from one place.'
  },
  HEAD_FOREIGN: {
    meaning: 'The head that lies beside an index is of another one.',
    advice:
      'Copy index, head and layers again, all from one place; if the index was replaced on purpose, delete the old head and layers.'
  },
  SIGNATURE_MISSING: {
    meaning: 'A signature was required, and the hash set has none.',
    advice:
      'Ask whoever distributes the set for a signed one, or sign it: exhibit-hash set sign INDEX --key PRIVATE.pem'
  },
  SIGNATURE_INVALID: {
    meaning: 'The signature of a hash set is not one of this key over this set and its layers.',
    advice:
      'Do not use the set before its maker has confirmed key and files; to change it, give the key that it was signed with.'
  },
  KEY_UNUSABLE: {
    meaning: 'A key cannot be read, or is not of the kind that is needed.',
    advice:
      'Signatures: exhibit-hash set keygen PRIVATE.pem PUBLIC.pem; keyed manifests: exhibit-hash corroborate keygen KEY'
  },
  SET_CLOSED: { meaning: 'A hash set was used after it was closed.', advice: 'Close a set after its last look-up.' },
  JOURNAL_EXISTS: {
    meaning: 'Beside the results lies the journal of a run that was interrupted.',
    advice: 'Go on with --resume; or remove the journal to begin anew.'
  },
  JOURNAL_FOREIGN: {
    meaning:
      'The run that was interrupted had other inputs, options, limits, hash sets or labels, or another version of this program.',
    advice: 'Give what was given then; or remove the journal to begin anew.'
  },
  RESULTS_INVALID: {
    meaning: 'A file is not a results file, or a line of it is broken.',
    advice: 'Give a file that scan wrote with --out, or NDJSON records.'
  },
  ...CASEWORK_ERRORS,
  NATIVE_UNAVAILABLE: {
    meaning: 'The native addon was required but cannot be used here.',
    advice: 'Run doctor for the reasons; without EXHIBIT_HASH_ISA the portable code is used.'
  },
  ISA_UNAVAILABLE: {
    meaning: 'EXHIBIT_HASH_ISA names an instruction set that this machine or this build lacks.',
    advice: 'Unset it, or choose one that doctor lists.'
  },
  ABORTED: { meaning: 'The work was stopped by its AbortSignal or by Ctrl-C.', advice: 'Run it again.' },
  INTERNAL: { meaning: 'A fault of this program.', advice: 'Please report it with the message.' }
} as const satisfies Record<string, ErrorDescription>

export type ErrorCode = keyof typeof ERROR_CODES

interface ErrorDetails {
  /** The file, record or argument that is at fault, as a person would name it. */
  readonly path?: string | undefined
  readonly stage?: Stage | undefined
  readonly cause?: unknown
}

/** The one error class of this package: `code` for programs, `message` for people, `path` for both. */
export class ExhibitHashError extends Error {
  override readonly name = 'ExhibitHashError'
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly stage: Stage | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.path = details.path
    this.stage = details.stage
  }

  /** What the reader can do about it. */
  get advice(): string {
    return ERROR_CODES[this.code].advice
  }
}

/** Code of a failure to open or read what was named: it is not there, or it cannot be had. */
export function readErrorCode(thrown: unknown): 'INPUT_NOT_FOUND' | 'READ_FAILED' {
  return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'INPUT_NOT_FOUND' : 'READ_FAILED'
}

/** What the system said, without the machine's own paths: they must not get into results. */
export function systemReason(thrown: unknown): string {
  const { code, syscall, message } = thrown as NodeJS.ErrnoException
  return code === undefined || syscall === undefined ? message : `${code} (${syscall})`
}

/**
 * Makes any thrown value an ExhibitHashError; one that is already comes back as it is. The check is of
 * the name, not the class: the package may be loaded once as ES module and once as CommonJS.
 */
export function toExhibitHashError(
  thrown: unknown,
  otherwise: ErrorCode,
  details: ErrorDetails = {}
): ExhibitHashError {
  if (thrown instanceof Error && thrown.name === 'ExhibitHashError') return thrown as ExhibitHashError
  const { path } = details
  const asIs = thrown instanceof Error ? thrown.message : String(thrown)
  const message = path !== undefined && isOfSystem(thrown) ? `${path}: ${messageOf(thrown)}` : asIs
  return new ExhibitHashError(otherwise, message, { ...details, cause: thrown })
}
