// The end of a results file: what came of the run goes to the audit log, and the digests of all to the manifest.

import type { SummaryRecord } from '../core/result.js'
import { packageVersion } from '../files/index.js'
import type { HashSet } from '../index/index.js'
import { appendAudit, type AuditEvent, companionsOf, type Pace, sha256OfFile, writeManifest } from '../results/index.js'
import { machineFacts } from './machine-facts.js'

/** What an audit log says of sets. */
export function setFacts(sets: readonly HashSet[]): object[] {
  return sets.map(({ path, identity, signature }) => ({ path, ...identity, signature }))
}

/** @throws {ExhibitHashError} WRITE_FAILED */
export async function auditStart(target: string, event: AuditEvent, task: object, started: Date): Promise<void> {
  const facts = { version: packageVersion(), ...machineFacts(), ...task }
  await appendAudit(companionsOf(target).audit, event, facts, started)
}

/**
 * After the results file has its name: a crash before this is seen by `verify`.
 * @throws {ExhibitHashError} READ_FAILED, WRITE_FAILED
 */
export async function sealResults(target: string, summary: SummaryRecord, started: Date, pace?: Pace): Promise<void> {
  const { audit, manifest } = companionsOf(target)
  const seconds = (Date.now() - started.getTime()) / 1000
  const { type: _, categories: __, ...counts } = summary
  const sha256 = await sha256OfFile(target)
  const facts = {
    sha256,
    seconds,
    filesASecond: seconds > 0 ? counts.files / seconds : null,
    counts,
    ...(pace !== undefined && { pace: pace.points })
  }
  await appendAudit(audit, 'finished', facts, new Date())
  await writeManifest(manifest, [target, audit])
}
