// The suites of `exhibit-hash bench` with peers beside them: `npm run bench -- [--quick] [--json FILE] [--readme]`;
// `--readme` also draws `bench/jpeg.svg`.

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeMachine, machineText, markdownTable } from '../src/cli/bench/report.js'
import { measureAll } from '../src/cli/bench/suites.js'
import { PEERS } from './peers.js'
import { drawJpegRatios } from './ratio-plot.js'

const README = new URL('../README.md', import.meta.url)

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'string' }, readme: { type: 'boolean' } }
})

const machine = describeMachine()
const results = await measureAll(values.quick === true, (name) => process.stderr.write(`${name} …\n`), PEERS)
const report = [
  `Measured on ${machineText(machine)}. One thread. Times are medians; a ratio is how many times faster`,
  'than the first row of its kind, measured in the same rounds.',
  '',
  markdownTable(results)
].join('\n')
console.log(report)
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ machine, results }, null, 2))
if (values.readme === true) {
  writeFileSync(new URL('jpeg.svg', import.meta.url), drawJpegRatios(results, machine.processor))
  const text = readFileSync(README, 'utf8')
  const section = /(<!-- bench:begin -->\n).*?(<!-- bench:end -->)/s
  writeFileSync(
    README,
    text.replace(section, (_, begin: string, end: string) => `${begin}\n${report}\n\n${end}`)
  )
}
