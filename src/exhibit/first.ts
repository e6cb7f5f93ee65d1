// Some files before all others: a walk for them, then one for the rest.

import type { ExhibitFile } from './exhibit-file.js'
import { nameMatcher } from './glob.js'

type Walk = () => AsyncIterable<ExhibitFile>

/**
 * Files whose names match one of the patterns, then all others, both in the order of the walk. A pattern without `/` is
 * of the last part of a name; one with it of the whole name.
 *
 * @param walk - called twice; what is there the second time and was not the first is not lost
 */
export async function* firstOf(patterns: readonly string[], walk: Walk): AsyncGenerator<ExhibitFile> {
  const matchers = patterns.map((pattern) => nameMatcher(pattern, !pattern.includes('/')))
  const isFirst = ({ name, error }: ExhibitFile) => error === undefined && matchers.some((matches) => matches(name))
  const given = new Set<string>()
  let seq = 0
  for await (const file of walk()) {
    if (!isFirst(file)) continue
    given.add(keyOf(file))
    yield { ...file, seq: seq++ }
  }
  for await (const file of walk()) {
    if (!given.has(keyOf(file))) yield { ...file, seq: seq++ }
  }
}

function keyOf({ name }: ExhibitFile): string {
  return Buffer.from(name).toString('latin1')
}
