// Category profiles: what the numbers of a hash set mean in the country that wrote it.

/** A named, versioned meaning of category codes. Codes are the keys, as decimal text. */
export interface CategoryProfile {
  readonly id: string
  readonly version: string
  /** What a user must know before relying on the labels. */
  readonly note?: string
  readonly labels: Readonly<Record<string, string>>
}

/** What a code that the profile does not list is called: shown with its number, never dropped. */
export const UNMAPPED_LABEL = 'unmapped'

export const BUILT_IN_PROFILES: Readonly<Record<'uk' | 'us' | 'none', CategoryProfile>> = {
  uk: {
    id: 'uk',
    version: '1-assumed',
    note: 'The numeric codes of the UK profile are not public. 1 = A, 2 = B, 3 = C is an assumption: confirm it with your CAID administrator.',
    labels: { '0': 'Uncategorised', '1': 'Category A', '2': 'Category B', '3': 'Category C' }
  },
  us: {
    id: 'us',
    version: '2.0',
    labels: {
      '0': 'Uncategorised',
      '1': 'Child abuse material',
      '2': 'Child exploitative or age difficult',
      '3': 'CGI or animation',
      '4': 'Comparison',
      '5': 'Non-pertinent'
    }
  },
  none: { id: 'none', version: '1', note: 'No profile was named, so numbers have no labels.', labels: {} }
}

/** The label of a code; `null` where the record carries no code. */
export function categoryLabel(profile: CategoryProfile, category: number | string | null): string | null {
  if (category === null) return null
  const code = String(category)
  // Codes come from strangers: 'constructor' must not find what every object has.
  return Object.hasOwn(profile.labels, code) ? profile.labels[code] : UNMAPPED_LABEL
}
