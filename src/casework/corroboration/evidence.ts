// Evidence: the matches of a results file with all that is known of their sources. Results files may come from anybody, so
// what a match claims of its grading is looked at, not believed.

import {
  BUILT_IN_PROFILES,
  categoryLabel,
  mapCategory,
  profileIdentity,
  type CategoryMapping
} from '../../core/category.js'
import { isPlainObject } from '../../core/plain-object.js'
import type { HeaderRecord, Match } from '../../core/result.js'
import type { Rule } from './rule.js'
import type { Evidence } from './verdict-types.js'

/** A category as it is compared with others. */
interface Compared {
  readonly category: number | string | null
  readonly label: string | null
  readonly profile: string | null
  /** True where a mapping file made it what it is. */
  readonly isMapped: boolean
}

/** Evidence, with what only the weighing needs. */
export interface Weighed {
  evidence: Evidence
  /** The code in the profile that it is compared in. */
  readonly compared: Compared
  /** The database that it comes from. */
  readonly lineage: string
  /** Which release of it. */
  readonly releaseKey: string
  readonly release: string | null
  readonly updatedMs: number | null
  readonly isTrusted: boolean
  readonly isKnownGood: boolean
}

const RELATIONS = { identical: 'exact', similar: 'near', conflict: 'contradicted' } as const

/** Reads the matches of one results file. */
export class EvidenceReader {
  readonly #profiles = new Map<string, string | null>()

  constructor(
    { sets }: Pick<HeaderRecord, 'sets'>,
    private readonly rule: Rule,
    private readonly mappings: readonly CategoryMapping[]
  ) {
    for (const { name, profile } of sets as readonly { name: string; profile?: unknown }[]) {
      const known = typeof profile === 'string' ? profile : null
      // Of two sets of one name nobody can tell which one a match is of.
      const isSame = !this.#profiles.has(name) || this.#profiles.get(name) === known
      this.#profiles.set(name, isSame ? known : null)
    }
  }

  read(match: Match): Weighed {
    const { rule } = this
    const { set, source, mediaId, category, label } = match
    const { gradedBy, updated, tags, victimIdentified } = gradingOf(match)
    const statement = rule.statementOn(set, source) ?? {}
    const named = gradedBy === null ? [] : rule.organisationsIn(gradedBy)
    const own =
      named.length > 0 || statement.organisation === undefined ? named : rule.organisationsIn(statement.organisation)
    const profile = this.#profiles.get(set) ?? null
    const updatedMs = updated === null ? NaN : Date.parse(updated)
    const isMarked = rule.trustedTag !== null && tags !== null && rule.isTagged(tags)
    return {
      evidence: {
        match: RELATIONS[match.relation],
        by: match.by,
        ...nearness(match),
        set,
        source,
        mediaId,
        profile,
        category,
        label,
        gradedBy: own,
        updated: Number.isNaN(updatedMs) ? null : updated,
        ...(victimIdentified !== null && { victimIdentified })
      },
      compared: this.#compared(profile, category, label),
      // Only of what the rule calls one database a part can be a newer release than another: sources of one set stand side by side.
      ...(statement.derivedFrom === undefined
        ? { lineage: `set ${set}`, releaseKey: '' }
        : {
            lineage: `database ${statement.derivedFrom}`,
            releaseKey: JSON.stringify([set, statement.release ?? null])
          }),
      release: statement.release ?? null,
      updatedMs: Number.isNaN(updatedMs) ? null : updatedMs,
      isTrusted: statement.trusted === true || isMarked,
      isKnownGood: match.knownGood === true
    }
  }

  #compared(profile: string | null, category: number | string | null, label: string | null): Compared {
    if (category !== null) {
      for (const mapping of this.mappings) {
        const code = mapping.from === profile ? mapCategory(mapping, category) : null
        if (code !== null)
          return { category: code, label: labelIn(mapping.to, code), profile: mapping.to, isMapped: true }
      }
    }
    return { category, label, profile, isMapped: false }
  }
}

/** What a profile that is known here calls a code; `null` of all others, whose labels only their sets have. */
function labelIn(profile: string, code: string): string | null {
  const known = Object.values(BUILT_IN_PROFILES).find((one) => profileIdentity(one) === profile)
  return known === undefined ? null : categoryLabel(known, code)
}

function nearness(match: Match): Partial<Evidence> {
  if (match.relation === 'conflict') {
    return { contradicting: textsIn(match.contradicting) }
  }
  if (match.relation === 'identical') return {}
  return match.by === 'photoDna'
    ? { squaredDistance: match.squaredDistance }
    : { distanceBits: match.distanceBits, variant: match.variant }
}

interface Grading {
  readonly gradedBy: string | null
  readonly updated: string | null
  readonly tags: string | null
  readonly victimIdentified: boolean | null
}

function gradingOf(match: Match): Grading {
  const grading: unknown = match.grading
  const fields = isPlainObject(grading) ? grading : {}
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null)
  const { victimIdentified } = fields
  return {
    gradedBy: text('gradedBy'),
    updated: text('updated'),
    tags: text('tags'),
    victimIdentified: typeof victimIdentified === 'boolean' ? victimIdentified : null
  }
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
