// Which run of an audit log made a results file: a log tells of all that were begun to it, finished or not.

import type { AuditEntry } from './audit-log.js'

/** The entry with which the run began whose results have this digest, the last one where there are several. */
export function startOf(entries: readonly AuditEntry[], sha256: string): AuditEntry | null {
  const end = entries.findLastIndex((entry) => entry.event === 'finished' && entry['sha256'] === sha256)
  return entries.slice(0, Math.max(0, end)).findLast(({ event }) => event === 'started' || event === 'resumed') ?? null
}
