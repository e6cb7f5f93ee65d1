// Values of options, from text; a bad one is wrong usage, named.

import { InvalidArgumentError } from '@commander-js/extra-typings'

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^[0-9]+$/.test(text.trim()) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.')
  return value
}

/** `a,b c` → ['a', 'b', 'c'] */
export function listOption(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '')
}

/** `header=field`, added to what was given before. */
export function pairOption(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected HEADER=FIELD.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}
