// Options that say how hash-set sources are read, as the library takes them: the same to build a set and to update one.

import type { HashKind } from '../core/hashes.js'
import type { BuildOptions } from '../index/index.js'

interface Given {
  readonly profile?: string | undefined
  readonly knownGood?: true | undefined
  readonly known?: true | undefined
  readonly kind?: HashKind | undefined
  readonly format?: BuildOptions['format']
  readonly column?: Record<string, string> | undefined
  readonly allowIncomplete?: true | undefined
}

export function readingOptions({ profile, knownGood, known, kind, format, column, allowIncomplete }: Given) {
  return {
    ...(profile !== undefined && { profile }),
    ...(knownGood === true && { role: 'known-good' as const }),
    ...(known === true && { role: 'known' as const }),
    ...(kind !== undefined && { kind }),
    ...(format !== undefined && { format }),
    ...(column !== undefined && { columns: column }),
    allowIncomplete: allowIncomplete === true
  }
}
