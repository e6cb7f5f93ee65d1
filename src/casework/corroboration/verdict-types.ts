// What is said of a matched item: one verdict, the evidence under it, and whether anybody need look again. Identical,
// similar and conflict are three types, so that no program takes what looks alike for what is known.

import type { DigestKind, NearKind } from '../../core/hashes.js'
import type { DihedralVariant } from '../../core/result.js'

/**
 * How sure a grade is. `trusted`: as the rule demands, by default three independent and undisputed grades; only this says
 * that nobody needs to look again. `agreed`: several independent graders, and none who differs. `indicative`: one grader, or
 * graders that are not known to be several. `disputed`: graders differ. `ungraded`: nobody has graded it.
 */
export type Standing = 'trusted' | 'agreed' | 'indicative' | 'disputed' | 'ungraded'

/** One category, and who gave it. */
export interface Opinion {
  readonly category: number | string
  readonly label: string | null
  /** Id and version of the profile that the code is of; `null` where the results do not say. */
  readonly profile: string | null
  /** Organisations by name, each once, with the time of its last grading, ISO 8601 in UTC, where the source says it. */
  readonly graders: readonly { readonly organisation: string; readonly updated: string | null }[]
  /** True where a source gave this category and does not say who graded. */
  readonly unnamed: boolean
  /** Sets in which it stands. */
  readonly sets: readonly string[]
}

export interface Grade<S extends Standing = Standing> {
  readonly standing: S
  /** What most graders said; `null` where nobody did, or as many said something else. */
  readonly category: number | string | null
  readonly label: string | null
  readonly profile: string | null
  /** Independent graders of this category. */
  readonly graders: number
  /** Who graded what and when, the most graders first. */
  readonly opinions: readonly Opinion[]
}

/** Why a record's grading is not counted. */
export type NotCounted =
  /** It has no grade. */
  | 'ungraded'
  /** A newer release of the same database, or a newer copy of the record, speaks for it. */
  | 'superseded'
  /** It is listed as harmless. */
  | 'known-good'

/** One record that the item matches, as results tell it. */
export interface Evidence {
  readonly match: 'exact' | 'near' | 'contradicted'
  readonly by: DigestKind | NearKind
  readonly distanceBits?: number
  readonly squaredDistance?: number
  readonly variant?: DihedralVariant
  /** Digests and size that differ, where `match` is `contradicted`. */
  readonly contradicting?: readonly string[]
  readonly set: string
  readonly source: string
  readonly mediaId: string | null
  readonly profile: string | null
  readonly category: number | string | null
  readonly label: string | null
  /** As the record says, or the rule says of its source; empty where nobody does. */
  readonly gradedBy: readonly string[]
  readonly updated: string | null
  readonly victimIdentified?: boolean
  /** Absent where it is counted. */
  readonly notCounted?: NotCounted
}

export interface Disagreement {
  /**
   * `graders`: two of them, or two sets, give different categories. `regraded`: a newer release says something else than an
   * older one. `known-good`: one set lists as harmless what another has graded. `facts`: equal by one digest, and another
   * differs. `profiles`: categories that no mapping makes comparable.
   */
  readonly kind: 'graders' | 'regraded' | 'known-good' | 'facts' | 'profiles'
  readonly sets: readonly string[]
  readonly message: string
}

export interface ItemFile {
  /** The results file, as it was named. */
  readonly results: string
  readonly organisation?: string
  readonly case?: string
  readonly exhibit?: string
  readonly seq: number
  readonly path: string
  readonly pathBase64?: string
}

export type SetRecordDigests = { readonly [K in DigestKind]?: string }

interface VerdictFacts {
  readonly type: 'verdict'
  /** Content of the item; `null` where its bytes could not be read, or hash sets alone were asked and have none. */
  readonly sha256: string | null
  /** What the first record has, where hash sets alone were asked; a file has its SHA-256. */
  readonly digests?: SetRecordDigests
  readonly sizeBytes: number | null
  /** Files of this content, in the order of results files and of discovery; none where hash sets alone were asked. */
  readonly files: readonly ItemFile[]
  readonly filesOmitted?: number
  /** False only for identical material whose grade is trusted. */
  readonly lookAgain: boolean
  /** Why the verdict is as it is, in words. */
  readonly reasons: readonly string[]
  readonly disagreements: readonly Disagreement[]
  readonly evidence: readonly Evidence[]
  readonly evidenceOmitted?: number
}

/** Its digest is that of a record, and nothing contradicts it. */
export interface IdenticalVerdict extends VerdictFacts {
  readonly relation: 'identical'
  readonly grade: Grade
}

/** A digest is that of a record, and another differs: perhaps a forged digest, perhaps a wrong record. */
export interface ConflictVerdict extends VerdictFacts {
  readonly relation: 'conflict'
  /** What the contradicted records say; not a grade of this item. */
  readonly claimed: Grade<Exclude<Standing, 'trusted'>>
  readonly lookAgain: true
}

/** It looks like a record, which identifies nothing: a person must look. */
export interface SimilarVerdict extends VerdictFacts {
  readonly relation: 'similar'
  /** What the nearest records say; not a grade of this item. */
  readonly similarTo: Grade<Exclude<Standing, 'trusted'>>
  readonly lookAgain: true
}

export type Verdict = IdenticalVerdict | ConflictVerdict | SimilarVerdict

/** The last line: items by relation, and those that are identical by standing. */
export interface CorroborationSummary {
  readonly type: 'summary'
  readonly items: number
  readonly files: number
  readonly relations: Readonly<Record<Verdict['relation'], number>>
  readonly standings: Readonly<Record<Standing, number>>
  readonly disagreements: Readonly<Record<Disagreement['kind'], number>>
  /** Items that somebody must look at. */
  readonly lookAgain: number
}
