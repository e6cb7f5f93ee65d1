// Looks through an archive before its members are given out: its own record comes first and must say what is wrong.

import { ExhibitHashError } from '../core/errors.js'
import { unpackError, type Archive } from './archive.js'
import type { Budget } from './limits.js'

/**
 * The first thing that is wrong with an archive as a whole, or `null`.
 * @param budget - what there is left; nothing of it is used up
 * @throws {Error} what the system says of reading
 */
export async function surveyArchive(archive: Archive, budget: Budget): Promise<ExhibitHashError | null> {
  const left = budget.copy()
  const faults: ExhibitHashError[] = []
  const extents: (readonly [number, number])[] = []
  try {
    const finding = {
      onFault: (fault: ExhibitHashError) => void faults.push(fault),
      onExpanded: (bytes: number) => left.takeBytes(bytes)
    }
    for await (const { claimedBytes, extent } of archive.members(finding)) {
      left.takeMember()
      if (!archive.expandsAll) left.takeBytes(claimedBytes)
      if (extent !== undefined) extents.push(extent)
    }
  } catch (error) {
    if (!(error instanceof ExhibitHashError)) throw error
    faults.push(error)
  }
  if (faults.length > 0) return faults[0]
  return overlap(extents) ? unpackError('ARCHIVE_OVERLAP', 'members of the archive lie over each other') : null
}

function overlap(extents: (readonly [number, number])[]): boolean {
  extents.sort(([a], [b]) => a - b)
  return extents.some(([start], i) => i > 0 && start < extents[i - 1][1])
}
