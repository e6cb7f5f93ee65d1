// Values of options, from text; a bad one is wrong usage, named.

import { InvalidArgumentError } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../core/errors.js'
import type { ScanInput } from '../pipeline/index.js'

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^[0-9]+$/.test(text.trim()) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.')
  return value
}

/** As `wholeNumber`, with none allowed. */
export function countOption(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text.trim())) throw new InvalidArgumentError('expected a whole number from 0.')
  return Number(text)
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** Bytes: `1048576`, `1024K`, `1MiB`. */
export function byteSize(text: string): number {
  const [, digits, unit] = /^\s*([0-9]+)\s*([KMGT]?)(?:i?B)?\s*$/i.exec(text) ?? []
  const value = Number(digits) * UNITS[unit?.toUpperCase() ?? '']
  if (digits === undefined || value < 1)
    throw new InvalidArgumentError('expected bytes, e.g. 1073741824, 512MiB or 4G.')
  return value
}

/** `a,b c` → ['a', 'b', 'c'] */
export function listOption(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '')
}

/** `header=field`, added to what was given before. */
export function pairOption(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected NAME=VALUE.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

/** Paths as given, or names on standard input for `-`, which stands alone. */
export function scanInput(paths: readonly string[], separatedByNul: boolean | undefined): ScanInput {
  if (!paths.includes('-')) return paths
  if (paths.length > 1)
    throw new ExhibitHashError('USAGE', '- reads all names from standard input: name no other path beside it')
  return { names: process.stdin, nul: separatedByNul === true }
}
