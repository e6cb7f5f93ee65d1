// Referrals: what an agency reported, what came of it here, and where it stands in the order of work.

import type { DigestKind } from '../../core/hashes.js'
import type { Standing } from '../corroboration/verdict-types.js'

export const RISKS = ['high', 'medium', 'low'] as const
export type Risk = (typeof RISKS)[number]

export const STATUSES = ['new', 'in-progress', 'done'] as const
export type ReferralStatus = (typeof STATUSES)[number]

/** A file as a report lists it. Its names are only names: nothing is opened by them. */
export interface ReportedFile {
  readonly name: string | null
  readonly originalName: string | null
  /** The algorithm is told by the length. */
  readonly digest: { readonly kind: DigestKind; readonly hex: string } | null
  /** Whether somebody at the reporting company looked at it; `null` where the report does not say. */
  readonly viewedByEsp: boolean | null
  readonly tags: readonly string[]
}

/** A report in the style of NCMEC's CyberTipline. */
export interface ReferralReport {
  readonly reportId: string
  /** The company that reported it. */
  readonly agency: string | null
  /** ISO 8601; `null` where it does not say. */
  readonly received: string | null
  readonly risk: Risk | null
  /** The agency's own, such as E, 1, 2 and 3 of NCMEC: what it means for the risk here, only the user can say. */
  readonly priority: string | null
  /** Day, YYYY-MM-DD. */
  readonly dueBy: string | null
  readonly files: readonly ReportedFile[]
  /** What of it could not be used. */
  readonly warnings: readonly string[]
}

/** One content of a referral. */
export interface ReferralItem {
  /** Name within the bundle, or as the report has it. */
  readonly name: string
  readonly originalName: string | null
  readonly digests: { readonly [K in DigestKind]?: string }
  /** False where the report lists it and the bundle does not have it. */
  readonly present: boolean
  /** What the bundle has under this name, held against the digest in the report; `null` where there is nothing to hold. */
  readonly verified: 'agrees' | 'differs' | null
  readonly viewedByEsp: boolean | null
  readonly tags: readonly string[]
  /** `null`: no set knows it. */
  readonly relation: 'identical' | 'conflict' | 'similar' | 'known-good' | null
  /** How sure the grade is, of identical items alone: what looks alike has no grade. */
  readonly standing?: Standing
  readonly category: number | string | null
  readonly label: string | null
  /** As records that it is identical with say; `null` where they do not. */
  readonly victimIdentified: boolean | null
  readonly lookAgain: boolean
  /** Other referrals of this worklist that have the same content. */
  readonly alsoIn: readonly string[]
  /** Why it could not be read. */
  readonly error: string | null
}

export interface ReferralCounts {
  readonly items: number
  readonly neverSeen: number
  readonly identical: number
  readonly trusted: number
  readonly conflict: number
  readonly similar: number
  readonly knownGood: number
  readonly victimNotIdentified: number
  readonly lookAgain: number
  readonly notThere: number
  readonly unread: number
}

export interface Referral {
  readonly type: 'referral'
  /** From 1. */
  readonly position: number
  readonly reportId: string
  readonly agency: string | null
  /** The bundle, as it was found. */
  readonly path: string
  /** `unknown` is no low risk: nobody has said. */
  readonly risk: Risk | 'unknown'
  readonly riskFrom: 'set here' | 'report' | 'priority' | null
  /** As the agency has it. */
  readonly priority: string | null
  /** Day, YYYY-MM-DD; `null` while the risk is unknown and nobody has set one. */
  readonly dueBy: string | null
  readonly dueFrom: 'set here' | 'report' | 'risk' | null
  readonly isOverdue: boolean
  readonly assignee: string | null
  readonly status: ReferralStatus
  /** When the agency had it, or this worklist saw it first. */
  readonly received: string
  readonly receivedFrom: 'report' | 'first seen'
  readonly counts: ReferralCounts
  /** What is different from the last time; empty where nothing is. */
  readonly changed: readonly string[]
  /** Why it stands where it stands, in the order in which it counts. */
  readonly reasons: readonly string[]
  readonly warnings: readonly string[]
  readonly items: readonly ReferralItem[]
}

/** A bundle that cannot be worked with; the others are. */
export interface ReferralProblem {
  readonly type: 'problem'
  readonly path: string
  readonly code: string
  readonly message: string
}

export interface ReferralsSummary {
  readonly type: 'summary'
  readonly referrals: number
  readonly problems: number
  readonly overdue: number
  readonly unknownRisk: number
  /** Of the worklist, and in none of the bundles named this time: they are kept. */
  readonly notNamed: readonly string[]
  readonly items: number
  readonly neverSeen: number
  readonly matched: number
  readonly unread: number
}

export type ReferralLine = Referral | ReferralProblem | ReferralsSummary
