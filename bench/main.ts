// Runs the suites and prints a table: `npm run bench -- [--quick] [--json FILE] [--readme]`.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { kernelFacts } from 'exhibit-hash'
import { measure, type Measured } from './suite.js'
import { allSuites } from './suites.js'

const README = new URL('../README.md', import.meta.url)

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'string' }, readme: { type: 'boolean' } }
})

function machine(): string {
  const { isa } = kernelFacts()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus()[0].model}, ${cpus().length} cores, ${gigabytes} GiB, Node.js ${process.version}, ${isa}`
}

function timeText(milliseconds: number): string {
  if (milliseconds >= 0.1) return `${milliseconds.toPrecision(3)} ms`
  return milliseconds >= 1e-4
    ? `${(milliseconds * 1e3).toPrecision(3)} µs`
    : `${(milliseconds * 1e6).toPrecision(3)} ns`
}

function markdown(results: readonly Measured[]): string {
  const rows = results.map((row) => {
    const rate = row.megabytesPerSecond === undefined ? '' : `, ${row.megabytesPerSecond.toFixed(0)} MB/s`
    const spread = `${row.ratio.toFixed(2)} (${row.ratioLeast.toFixed(2)}–${row.ratioMost.toFixed(2)})`
    return `| ${row.suite}: ${row.input} | ${row.engine} | ${timeText(row.milliseconds)}${rate} | ${spread} |`
  })
  return [
    `Measured on ${machine()}, one thread. Times are medians; "ratio" is how many times faster than the first`,
    'row of its kind, measured in the same rounds (least and most in brackets).',
    '',
    '| work | engine | time | ratio |',
    '|---|---|---|---|',
    ...rows
  ].join('\n')
}

const results: Measured[] = []
const [rounds, seconds, entries] = values.quick === true ? [2, 0.2, 20_000] : [5, 1, 1_000_000]
for await (const suite of allSuites(entries)) {
  process.stderr.write(`${suite.name} …\n`)
  results.push(...(await measure(suite, rounds, seconds)))
}
const table = markdown(results)
console.log(table)
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ machine: machine(), results }, null, 2))
if (values.readme === true) {
  const text = readFileSync(README, 'utf8')
  const made = text.replace(
    /(<!-- bench:begin -->\n).*?(<!-- bench:end -->)/s,
    (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`
  )
  writeFileSync(README, made)
}
