// Category profiles: what the numbers of a hash set mean in the country that wrote it, and what corresponds to what.

import none from '../../profiles/none.json' with { type: 'json' }
import uk from '../../profiles/uk.json' with { type: 'json' }
import us from '../../profiles/us.json' with { type: 'json' }

/** A named, versioned meaning of category codes. Codes are the keys, as decimal text where they are numbers. */
export interface CategoryProfile {
  readonly id: string
  readonly version: string
  /** For people, where the id does not say it. */
  readonly name?: string
  /** What a user must know before relying on the labels. */
  readonly note?: string
  /** What each code is called. */
  readonly labels: Readonly<Record<string, string>>
  /** What it stands for, in a sentence; of some codes or none. */
  readonly meanings?: Readonly<Record<string, string>>
}

/** What a code that the profile does not list is called: shown with its number, never dropped. */
export const UNMAPPED_LABEL = 'unmapped'

/**
 * The profiles that come with the package, from `profiles/`. `us` as VICS 2.0 publishes it; the numeric codes of `uk` are
 * an assumption, as its version and note say; `none` labels nothing.
 */
export const BUILT_IN_PROFILES: Readonly<Record<'uk' | 'us' | 'none', CategoryProfile>> = { uk, us, none }

/** What results call a profile: labels of another version may mean something else. */
export function profileIdentity({ id, version }: CategoryProfile): string {
  return `${id} ${version}`
}

/** The label of a code, {@link UNMAPPED_LABEL} where the profile does not list it; `null` where there is no code. */
export function categoryLabel(profile: CategoryProfile, category: number | string | null): string | null {
  return category === null ? null : (ownText(profile.labels, category) ?? UNMAPPED_LABEL)
}

/** What a code stands for; `null` where the profile does not say. */
export function categoryMeaning(profile: CategoryProfile, category: number | string | null): string | null {
  return category === null || profile.meanings === undefined ? null : ownText(profile.meanings, category)
}

/** Which codes of one profile are which of another, as a file says that somebody answers for. */
export interface CategoryMapping {
  /** Profiles as results name them: `us 2.0`. */
  readonly from: string
  readonly to: string
  readonly note?: string
  /** Code to code; what is not listed does not correspond to anything. */
  readonly categories: Readonly<Record<string, string>>
}

/** The code of `mapping.to` that a code of `mapping.from` is; `null` where the mapping does not list it. */
export function mapCategory(mapping: CategoryMapping, category: number | string): string | null {
  return ownText(mapping.categories, category)
}

/** Codes come from strangers: 'constructor' must not find what every object has. */
function ownText(texts: Readonly<Record<string, string>>, code: number | string): string | null {
  return Object.hasOwn(texts, String(code)) ? texts[String(code)] : null
}
