// Some files before all others: a walk for them, then one for the rest.

import picomatch from 'picomatch'
import type { ExhibitFile } from './exhibit-file.js'

type Walk = () => AsyncIterable<ExhibitFile>

/**
 * Files whose names match one of the patterns, then all others, both in the order of the walk. A pattern without `/` is
 * of the last part of a name; one with it of the whole name.
 *
 * @param walk - called twice; what is there the second time and was not the first is not lost
 */
export async function* firstOf(patterns: readonly string[], walk: Walk): AsyncGenerator<ExhibitFile> {
  const isFirst = matcherOf(patterns)
  const given = new Set<string>()
  let seq = 0
  for await (const file of walk()) {
    if (file.error !== undefined || !isFirst(Buffer.from(file.name).toString('utf8'))) continue
    given.add(keyOf(file))
    yield { ...file, seq: seq++ }
  }
  for await (const file of walk()) {
    if (!given.has(keyOf(file))) yield { ...file, seq: seq++ }
  }
}

function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const matchers = patterns.map((pattern) => picomatch(pattern, { dot: true, basename: !pattern.includes('/') }))
  return (name) => matchers.some((matches) => matches(name))
}

function keyOf({ name }: ExhibitFile): string {
  return Buffer.from(name).toString('latin1')
}
