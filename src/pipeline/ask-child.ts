// One question to a child that answers it and ends: for what is not to run in this process.

import { fork } from 'node:child_process'
import { ownProgram } from '../files/index.js'
import { childEnvironment } from './child-environment.js'

/**
 * The answer of a program of this package, as it sends it: still to be looked at.
 * @param ended - the error of a child that ended without an answer
 */
export function askChild(
  program: string,
  question: string | readonly object[],
  timeoutMs: number,
  ended: (how: string) => Error
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = fork(ownProgram(program), [], {
      env: childEnvironment(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL'
    })
    child.on('message', (answer: unknown) => {
      resolve(answer)
      child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => reject(ended(signal ?? `exit status ${code}`)))
    child.send(question, () => undefined)
  })
}
