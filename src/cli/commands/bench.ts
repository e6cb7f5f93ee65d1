// `bench`: this machine measured, for those who choose hardware.

import { Command } from '@commander-js/extra-typings'
import { writeFile } from 'node:fs/promises'
import { toExhibitHashError } from '../../core/errors.js'
import { COLUMNS, describeMachine, machineText, reportRows } from '../bench/report.js'
import { measureAll } from '../bench/suites.js'
import { note, printsJson, table, writeJson, writeOut } from '../output.js'

export function benchCommand() {
  return new Command('bench')
    .description('measure this machine: kernels, digests, whole files, look-ups; data is made on the spot')
    .option('--quick', 'a minute in place of several, with wider spread')
    .option('--json <file>', 'write machine and measurements to a file')
    .addHelpText('after', '\nExample:\n  exhibit-hash bench --quick --json bench.json')
    .action(async ({ quick, json }) => {
      const machine = describeMachine()
      note(machineText(machine))
      const results = await measureAll(quick === true, (name) => note(`measuring: ${name} …`))
      if (json !== undefined) await writeReport(json, { machine, results })
      if (printsJson(false)) for (const row of results) await writeJson(row)
      else
        await writeOut(
          `${table(COLUMNS, reportRows(results))}\nTimes are medians. A ratio is how many times faster than the first row of its kind.\n`
        )
    })
}

async function writeReport(path: string, report: object): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(report, null, 2)}\n`)
  } catch (error) {
    throw toExhibitHashError(error, 'WRITE_FAILED', { path, stage: 'write' })
  }
}
