// Which files of an exhibit are worth comparing with other exhibits: programs and fonts are shared by every computer.

import type { FileRecord } from '../../core/result.js'
import { strongestRelation } from '../../results/index.js'

type WithDigests = FileRecord & { readonly digests: NonNullable<FileRecord['digests']> }

/**
 * Pictures, videos and whatever matched; not what is empty, unread, or known to be harmless.
 * @param all - every file that has bytes
 */
export function isShareable(record: FileRecord, all: boolean): record is WithDigests {
  if (record.digests === null || record.sizeBytes === 0) return false
  if (all) return true
  const relation = strongestRelation(record.matches)
  if (relation === 'knownGood') return false
  return relation !== null || record.media?.kind === 'image' || record.media?.kind === 'video'
}
