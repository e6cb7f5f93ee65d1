#!/usr/bin/env node
// The command line: commands gathered, arguments parsed, exit status set.

import { Command, CommanderError } from '@commander-js/extra-typings'
import { benchCommand } from './commands/bench.js'
import { corroborateCommand } from './commands/corroborate.js'
import { demoCommand } from './commands/demo.js'
import { doctorCommand } from './commands/doctor.js'
import { duplicatesCommand } from './commands/duplicates.js'
import { gradeCommand } from './commands/grade.js'
import { hashCommand } from './commands/hash.js'
import { matchCommand } from './commands/match.js'
import { referralsCommand } from './commands/referrals.js'
import { rematchCommand } from './commands/rematch.js'
import { reportCommand } from './commands/report.js'
import { reviewCommand } from './commands/review.js'
import { scanCommand } from './commands/scan.js'
import { setCommand } from './commands/set.js'
import { uploadCommand } from './commands/upload.js'
import { verifyCommand } from './commands/verify.js'
import { EXIT } from './exit.js'
import { reportFailure } from './failure.js'
import { packageVersion } from '../files/index.js'

async function main(args: readonly string[]): Promise<number> {
  let status: number = EXIT.ok
  const setStatus = (value: number): void => {
    status = value
  }
  const program = new Command('exhibit-hash')
    .description(
      'Hash seized media and match it against hash sets of known material, exactly and by perceptual distance.'
    )
    .version(packageVersion())
    // What stands behind the name of a command is that command's.
    .enablePositionalOptions()
    .addCommand(demoCommand())
    .addCommand(hashCommand(setStatus))
    .addCommand(scanCommand(setStatus))
    .addCommand(matchCommand(setStatus))
    .addCommand(verifyCommand(setStatus))
    .addCommand(duplicatesCommand())
    .addCommand(rematchCommand(setStatus))
    .addCommand(gradeCommand())
    .addCommand(uploadCommand(setStatus))
    .addCommand(reviewCommand())
    .addCommand(reportCommand())
    .addCommand(corroborateCommand())
    .addCommand(referralsCommand(setStatus))
    .addCommand(setCommand(setStatus))
    .addCommand(doctorCommand())
    .addCommand(benchCommand())
    .addHelpText(
      'after',
      '\nStart with: exhibit-hash demo\nData goes to standard output, everything else to standard error.'
    )
  throwInsteadOfExit(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    return reportFailure(error)
  }
}

/** Wrong usage has its own exit status, which is decided above. */
function throwInsteadOfExit(command: { exitOverride(): unknown; readonly commands: readonly unknown[] }): void {
  command.exitOverride()
  for (const child of command.commands) throwInsteadOfExit(child as Parameters<typeof throwInsteadOfExit>[0])
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
