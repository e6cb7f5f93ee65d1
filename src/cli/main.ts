#!/usr/bin/env node
// The command line: commands gathered, arguments parsed, exit status set.

import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { ERROR_CODES } from '../core/errors.js'
import { EXIT } from './exit.js'
import { reportFailure } from './failure.js'
import { packageVersion } from '../files/index.js'

type SetStatus = (status: number) => void

/** In the order of the help. A run loads the command that it is of: the others would take longer to load than many runs take. */
const COMMANDS: Readonly<Record<string, (setStatus: SetStatus) => Promise<CommandUnknownOpts>>> = {
  demo: async () => (await import('./commands/demo.js')).demoCommand(),
  hash: async (setStatus) => (await import('./commands/hash.js')).hashCommand(setStatus),
  scan: async (setStatus) => (await import('./commands/scan.js')).scanCommand(setStatus),
  match: async (setStatus) => (await import('./commands/match.js')).matchCommand(setStatus),
  verify: async (setStatus) => (await import('./commands/verify.js')).verifyCommand(setStatus),
  duplicates: async () => (await import('./commands/duplicates.js')).duplicatesCommand(),
  rematch: async (setStatus) => (await import('./commands/rematch.js')).rematchCommand(setStatus),
  grade: async () => (await import('./commands/grade.js')).gradeCommand(),
  upload: async (setStatus) => (await import('./commands/upload.js')).uploadCommand(setStatus),
  review: async () => (await import('./commands/review.js')).reviewCommand(),
  report: async () => (await import('./commands/report.js')).reportCommand(),
  corroborate: async () => (await import('./commands/corroborate.js')).corroborateCommand(),
  referrals: async (setStatus) => (await import('./commands/referrals.js')).referralsCommand(setStatus),
  set: async (setStatus) => (await import('./commands/set.js')).setCommand(setStatus),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  bench: async () => (await import('./commands/bench.js')).benchCommand()
}

async function commandsFor([name]: readonly string[], setStatus: SetStatus): Promise<CommandUnknownOpts[]> {
  const isOne = name !== undefined && Object.hasOwn(COMMANDS, name)
  const wanted = isOne ? [COMMANDS[name]] : Object.values(COMMANDS)
  return Promise.all(wanted.map((load) => load(setStatus)))
}

async function main(args: readonly string[]): Promise<number> {
  let status: number = EXIT.ok
  const setStatus: SetStatus = (value) => {
    status = value
  }
  const program = new Command('exhibit-hash')
    .description(
      'Hash seized media and match it against hash sets of known material, exactly and by perceptual distance.'
    )
    .version(packageVersion())
    // What stands behind the name of a command is that command's.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nStart with: exhibit-hash demo\nData goes to standard output, everything else to standard error.'
    )
  for (const command of await commandsFor(args, setStatus)) program.addCommand(command)
  throwInsteadOfExit(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    return reportFailure(error)
  }
}

interface Failing {
  exitOverride(): unknown
  showHelpAfterError(message: string): unknown
  readonly commands: readonly unknown[]
}

/** Wrong usage has its own exit status, which is decided above, and the advice that a USAGE error has. */
function throwInsteadOfExit(command: Failing): void {
  command.exitOverride()
  command.showHelpAfterError(`  ${ERROR_CODES.USAGE.advice}`)
  for (const child of command.commands) throwInsteadOfExit(child as Failing)
}

// A reader that closes the pipe is told of by writeOut; a closed standard error is nobody's loss.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  // Left to Node the status would be 1, which says "something matched".
  process.on(event, (thrown: unknown) => process.exit(reportFailure(thrown)))
}

process.exitCode = await main(process.argv.slice(2))
// Names may still be awaited on standard input after a stop.
process.stdin.destroy()
