// Exit status: what a batch script learns without reading anything.

import type { ErrorCode } from '../core/errors.js'
import type { SummaryRecord } from '../core/result.js'

export const EXIT = {
  ok: 0,
  matched: 1,
  incomplete: 2,
  usage: 64,
  unusableSet: 65,
  internal: 70,
  inputOutput: 74,
  stopped: 130
} as const

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  USAGE: EXIT.usage,
  DIGEST_INVALID: EXIT.usage,
  PROFILE_UNKNOWN: EXIT.usage,
  MAPPING_INVALID: EXIT.usage,
  RULE_INVALID: EXIT.usage,
  REFERRAL_INVALID: EXIT.unusableSet,
  WORKLIST_INVALID: EXIT.unusableSet,
  KEYED_MANIFEST_INVALID: EXIT.unusableSet,
  KEYED_MANIFEST_FOREIGN: EXIT.unusableSet,
  HASHER_UNUSABLE: EXIT.usage,
  KEY_UNUSABLE: EXIT.usage,
  ISA_UNAVAILABLE: EXIT.usage,
  NATIVE_UNAVAILABLE: EXIT.usage,
  DIGEST_AMBIGUOUS: EXIT.unusableSet,
  SOURCE_UNRECOGNISED: EXIT.unusableSet,
  SOURCE_MALFORMED: EXIT.unusableSet,
  SOURCE_TRUNCATED: EXIT.unusableSet,
  SOURCE_REFUSED: EXIT.unusableSet,
  SQLITE_UNAVAILABLE: EXIT.unusableSet,
  SET_EMPTY: EXIT.unusableSet,
  PROFILE_MIXED: EXIT.unusableSet,
  INDEX_NOT_AN_INDEX: EXIT.unusableSet,
  INDEX_VERSION: EXIT.unusableSet,
  INDEX_TRUNCATED: EXIT.unusableSet,
  INDEX_DAMAGED: EXIT.unusableSet,
  LAYER_ALONE: EXIT.unusableSet,
  LAYER_MISSING: EXIT.unusableSet,
  LAYER_FOREIGN: EXIT.unusableSet,
  LAYER_OUT_OF_ORDER: EXIT.unusableSet,
  LAYER_CHANGED: EXIT.unusableSet,
  LAYER_UNLISTED: EXIT.unusableSet,
  HEAD_INVALID: EXIT.unusableSet,
  HEAD_FOREIGN: EXIT.unusableSet,
  SIGNATURE_MISSING: EXIT.unusableSet,
  SIGNATURE_INVALID: EXIT.unusableSet,
  JOURNAL_EXISTS: EXIT.usage,
  JOURNAL_FOREIGN: EXIT.usage,
  RESULTS_INVALID: EXIT.unusableSet,
  GRADES_INVALID: EXIT.unusableSet,
  GRADES_CONTRADICT: EXIT.unusableSet,
  GRADE_WITHOUT_FILE: EXIT.unusableSet,
  PACKAGE_INVALID: EXIT.unusableSet,
  INTERNAL: EXIT.internal,
  ABORTED: EXIT.stopped
}

/** Status of a command that could not run, or not to its end. */
export function exitOfError(code: ErrorCode): number {
  return BY_CODE[code] ?? EXIT.inputOutput
}

/** Status of a command that matched: a sum, so that a script can test either bit. */
export function exitOfSummary(summary: Pick<SummaryRecord, 'identical' | 'conflict' | 'similar' | 'errors'>): number {
  const matched = summary.identical + summary.conflict + summary.similar > 0
  return (matched ? EXIT.matched : 0) + (summary.errors > 0 ? EXIT.incomplete : 0)
}
