// The worklist file: what people decided about referrals, and what was seen of each the last time. It is all that is kept;
// the rest is found anew from bundles and sets.

import { ExhibitHashError } from '../../core/errors.js'
import { isPlainObject } from '../../core/plain-object.js'
import { readJsonFile, withLock, writeAtomically } from '../../files/index.js'
import { RISKS, STATUSES, type ReferralCounts, type ReferralStatus, type Risk } from './types.js'

const VERSION = 1
const MAX_BYTES = 256 * 2 ** 20

/** What is kept of a referral. */
export interface KeptReferral {
  readonly reportId: string
  readonly agency: string | null
  /** ISO 8601. */
  readonly firstSeen: string
  readonly risk?: Risk
  /** Day, YYYY-MM-DD. */
  readonly dueBy?: string
  readonly assignee?: string
  readonly status?: ReferralStatus
  readonly seen?: ReferralCounts
}

/** Decisions of people about referrals, by the id of their report. */
export interface ReferralChanges {
  readonly risk?: Readonly<Record<string, string>>
  readonly dueBy?: Readonly<Record<string, string>>
  readonly assignee?: Readonly<Record<string, string>>
  readonly status?: Readonly<Record<string, string>>
}

export class Worklist {
  private constructor(
    readonly path: string | null,
    private readonly kept: Map<string, KeptReferral>
  ) {}

  /**
   * Runs `work` with the worklist of a file, which nobody else may change meanwhile, and writes it again; without a
   * path with an empty one, of which nothing is kept.
   * @throws {ExhibitHashError} WORKLIST_INVALID, READ_FAILED, WRITE_FAILED
   */
  static async during<T>(path: string | null, work: (worklist: Worklist) => Promise<T>): Promise<T> {
    if (path === null) return work(new Worklist(null, new Map()))
    return withLock(path, async () => {
      const worklist = new Worklist(path, await readKept(path))
      const made = await work(worklist)
      await writeAtomically(path, worklist.text)
      return made
    })
  }

  get(agency: string | null, reportId: string): KeptReferral | undefined {
    return this.kept.get(keyOf({ agency, reportId }))
  }

  set(referral: KeptReferral): void {
    this.kept.set(keyOf(referral), referral)
  }

  /** Report ids of what is kept and not among these. */
  others(named: readonly Pick<KeptReferral, 'agency' | 'reportId'>[]): string[] {
    const keys = new Set(named.map(keyOf))
    return [...this.kept].filter(([key]) => !keys.has(key)).map(([, { reportId }]) => reportId)
  }

  /** @throws {ExhibitHashError} USAGE for an id that is not there or names several, and for values that are none */
  change(changes: ReferralChanges): void {
    for (const [name, values] of Object.entries(changes)) {
      if (!Object.hasOwn(CHECKS, name)) throw usage(name, `is none of ${Object.keys(CHECKS).join(', ')}`)
      const { is, expected } = CHECKS[name as keyof typeof CHECKS]
      for (const [reportId, value] of Object.entries((values ?? {}) as Readonly<Record<string, string>>)) {
        if (!is(value)) throw usage(reportId, `${name} is ${expected}, not '${value.slice(0, 80)}'`)
        this.set({ ...this.#only(reportId), [name]: value })
      }
    }
  }

  /** By the id of its report, or by agency and id. */
  #only(name: string): KeptReferral {
    const all = [...this.kept.values()]
    const byId = all.filter((one) => one.reportId === name)
    const found = byId.length > 0 ? byId : all.filter((one) => `${one.agency ?? ''}/${one.reportId}` === name)
    if (found.length === 0) throw usage(name, 'no referral has this report id')
    if (found.length === 1) return found[0]
    throw usage(
      name,
      `several agencies have a report of this id: name one of ${found.map((one) => `'${one.agency ?? ''}/${one.reportId}'`).join(', ')}`
    )
  }

  private get text(): string {
    const referrals = [...this.kept.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, referral]) => referral)
    return `${JSON.stringify({ type: 'referral-worklist', version: VERSION, referrals }, null, 2)}\n`
  }
}

/** Agencies number their reports each for itself. */
export function keyOf({ agency, reportId }: Pick<KeptReferral, 'agency' | 'reportId'>): string {
  return JSON.stringify([agency, reportId])
}

function usage(path: string, why: string): ExhibitHashError {
  return new ExhibitHashError('USAGE', `${path}: ${why}`, { path })
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** A day of the calendar: 2026-02-30 is none. */
export function isDay(value: unknown): boolean {
  if (!isText(value) || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const time = Date.parse(value)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

const CHECKS = {
  risk: { is: (value: unknown) => RISKS.some((one) => one === value), expected: RISKS.join(', ') },
  dueBy: { is: isDay, expected: 'a day such as 2026-12-01' },
  assignee: { is: isText, expected: 'a name' },
  status: { is: (value: unknown) => STATUSES.some((one) => one === value), expected: STATUSES.join(', ') }
}

async function readKept(path: string): Promise<Map<string, KeptReferral>> {
  let value: unknown
  try {
    value = await readJsonFile(path, 'WORKLIST_INVALID', MAX_BYTES)
  } catch (error) {
    if ((error as ExhibitHashError).code === 'INPUT_NOT_FOUND') return new Map()
    throw error
  }
  const invalid = (why: string) => new ExhibitHashError('WORKLIST_INVALID', `${path}: ${why}`, { path })
  if (!isPlainObject(value) || value['type'] !== 'referral-worklist') throw invalid('is no worklist of referrals')
  const { version, referrals } = value
  if (version !== VERSION) throw invalid(`is of version ${String(version)}, and ${VERSION} is what is read here`)
  if (!Array.isArray(referrals)) throw invalid('has no referrals')
  const kept = new Map<string, KeptReferral>()
  for (const [i, one] of referrals.entries()) {
    const fault = keptFault(one)
    if (fault !== null) throw invalid(`referral ${i + 1}: ${fault}`)
    const referral = one as KeptReferral
    kept.set(keyOf(referral), referral)
  }
  return kept
}

function keptFault(value: unknown): string | null {
  if (!isPlainObject(value)) return 'is no object'
  const { reportId, agency, firstSeen, seen } = value
  if (!isText(reportId)) return "'reportId' is no text"
  if (agency !== null && !isText(agency)) return "'agency' is no text"
  if (!isText(firstSeen) || Number.isNaN(Date.parse(firstSeen))) return "'firstSeen' is no time"
  for (const [name, { is, expected }] of Object.entries(CHECKS)) {
    if (value[name] !== undefined && !is(value[name])) return `'${name}' is not ${expected}`
  }
  const isSeen = isPlainObject(seen) && Object.values(seen).every((count) => Number.isSafeInteger(count))
  return seen === undefined || isSeen ? null : "'seen' has no counts"
}
