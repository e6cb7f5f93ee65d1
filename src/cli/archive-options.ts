// Whether and how far archives are opened, from the command line's options to the library's.

import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { ScanOptions } from '../pipeline/index.js'

const LIMITS = { members: 'maxMembers', depth: 'maxDepth', expansion: 'maxExpansion' } as const

type Limits = { [K in (typeof LIMITS)[keyof typeof LIMITS]]?: number }

export const ARCHIVE_LIMITS_HELP =
  'how far archives are opened: members in all, depth of nesting, expansion in multiples of the file (default: members=1000000,depth=4,expansion=200)'

/** `members=500,depth=2` */
export function parseArchiveLimits(list: string): Limits {
  const pairs = list.split(',').map((item) => {
    const [, name = '', value] = /^\s*(\w+)=([1-9][0-9]*)\s*$/.exec(item) ?? []
    if (!isLimit(name)) throw new InvalidArgumentError('expected e.g. members=500,depth=2,expansion=1000.')
    return [LIMITS[name], Number(value)] as const
  })
  return Object.fromEntries(pairs)
}

function isLimit(name: string): name is keyof typeof LIMITS {
  return Object.hasOwn(LIMITS, name)
}

/** Only what was given: the library knows what holds otherwise. */
export function archivesOption(opened: boolean, limits: Limits | undefined): Pick<ScanOptions, 'archives'> {
  if (!opened) return { archives: false }
  return limits === undefined ? {} : { archives: limits }
}
