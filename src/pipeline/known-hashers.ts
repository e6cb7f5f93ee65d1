// Asks the user's hashers what they are, before the first file: here, or in a child where the run has children.

import { ExhibitHashError } from '../core/errors.js'
import type { HasherFacts } from '../core/hasher.js'
import { isPlainObject } from '../core/plain-object.js'
import { describeModules, locateModule, type KnownHasher, type LocatedModule } from '../hashers/index.js'
import { askChild } from './ask-child.js'
import type { DescribeAnswer } from './child/describe-hashers.js'

const DESCRIBE_MS = 60_000

/** @throws {ExhibitHashError} HASHER_UNUSABLE */
export async function loadHere(specifiers: readonly string[]): Promise<KnownHasher[]> {
  return known(specifiers, describeModules)
}

/** As {@link loadHere}, but no line of a module runs in this process. */
export async function loadInChild(specifiers: readonly string[]): Promise<KnownHasher[]> {
  return known(specifiers, describeInChild)
}

async function known(
  specifiers: readonly string[],
  describe: (modules: readonly LocatedModule[]) => Promise<readonly HasherFacts[]>
): Promise<KnownHasher[]> {
  if (specifiers.length === 0) return []
  const located = await Promise.all(specifiers.map(locateModule))
  const facts = await describe(located)
  return located.map((module, i) => ({ ...module, facts: facts[i] }))
}

async function describeInChild(modules: readonly LocatedModule[]): Promise<readonly HasherFacts[]> {
  const names = modules.map(({ module }) => module).join(', ')
  const unusable = (what: string) => new ExhibitHashError('HASHER_UNUSABLE', what, { path: names })
  const ended = (how: string) => unusable(`hasher ${names}: the process that loads it ended with ${how}`)
  const answer = (await askChild('pipeline/child/describe-hashers', modules, DESCRIBE_MS, ended)) as DescribeAnswer
  if (isPlainObject(answer) && 'facts' in answer) return answer.facts
  throw unusable(answer.failure)
}
