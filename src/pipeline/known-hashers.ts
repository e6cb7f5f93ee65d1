// Asks the user's hashers what they are, before the first file: here, or in a child where the run has children.

import { fork } from 'node:child_process'
import { ExhibitHashError } from '../core/errors.js'
import type { HasherFacts } from '../core/hasher.js'
import { isPlainObject } from '../core/plain-object.js'
import { ownProgram } from '../files/index.js'
import { describeModules, locateModule, type KnownHasher, type LocatedModule } from '../hashers/index.js'
import { childEnvironment } from './child-environment.js'
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

function describeInChild(modules: readonly LocatedModule[]): Promise<readonly HasherFacts[]> {
  const names = modules.map(({ module }) => module).join(', ')
  const unusable = (what: string) => new ExhibitHashError('HASHER_UNUSABLE', what, { path: names })
  return new Promise((resolve, reject) => {
    const child = fork(ownProgram('pipeline/child/describe-hashers'), [], {
      env: childEnvironment(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: DESCRIBE_MS,
      killSignal: 'SIGKILL'
    })
    child.on('message', (answer: DescribeAnswer) => {
      if (isPlainObject(answer) && 'facts' in answer) resolve(answer.facts)
      else reject(unusable(answer.failure))
      child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      reject(unusable(`hasher ${names}: the process that loads it ended with ${signal ?? `exit status ${code}`}`))
    )
    child.send(modules, () => undefined)
  })
}
