// How a command that cannot go on says so: what happened, what to do, and the exit status.

import { toExhibitHashError, type ExhibitHashError } from '../core/errors.js'
import { exitOfError } from './exit.js'
import { coloursFor, note, printable } from './output.js'

/** An error with another exit status than its code usually has. */
export class CommandFailure extends Error {
  constructor(
    readonly error: ExhibitHashError,
    readonly exitStatus: number
  ) {
    super(error.message, { cause: error })
  }
}

/** Tells the failure on standard error and returns the exit status. */
export function reportFailure(thrown: unknown): number {
  const error = thrown instanceof CommandFailure ? thrown.error : toExhibitHashError(thrown, 'INTERNAL')
  const colour = coloursFor(process.stderr)
  process.stderr.write(`${colour.red('error')} ${printable(`${error.code}: ${error.message}`)}\n`)
  if (error.path !== undefined && !error.message.includes(error.path)) note(`  ${error.path}`)
  note(`  ${error.advice}`)
  if (error.code === 'INTERNAL' && error.cause instanceof Error) note(error.cause.stack ?? '')
  return thrown instanceof CommandFailure ? thrown.exitStatus : exitOfError(error.code)
}
