// Builds the fuzz targets with clang's sanitizers and runs them one after the other; CONTRIBUTING.md says how to use it.
//
// Needs Linux, clang++ with its runtime libraries, make and python3. Without them it says so and ends with 1, or with
// 0 where --if-available is given.

import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const fuzzDir = path.dirname(fileURLToPath(import.meta.url))
const nativeDir = path.dirname(fuzzDir)
/** Git ignores it: what was built, inputs found worth keeping, logs, and inputs that show a fault. */
const workDir = path.join(fuzzDir, 'work')
const COMPILER = 'clang++'
const INSTALL = 'Debian: apt install clang make python3, with their recommended packages'
const USAGE = 'usage: npm run fuzz -- [--seconds N] [--seed N] [--jobs N] [--if-available] [target…]'
/** Long inputs from the start; one that takes 25 seconds or 3 GB is a finding too. */
const HOW_TO_FUZZ = ['-len_control=0', '-timeout=25', '-rss_limit_mb=3000']

const targetNames = [...readFileSync(path.join(fuzzDir, 'fuzz.gyp'), 'utf8').matchAll(/'target_name': '(\w+)'/g)].map(
  ([, name]) => name
)

function wholeNumber(option, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${option} must be a whole number from 1, not ${text}`)
  return Number(text)
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '600' },
      seed: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      'if-available': { type: 'boolean', default: false }
    }
  })
  const unknown = positionals.filter((name) => !targetNames.includes(name))
  if (unknown.length > 0) throw new Error(`no target ${unknown.join(', ')}; there are ${targetNames.join(', ')}`)
  return {
    targets: positionals.length > 0 ? positionals : targetNames,
    seconds: wholeNumber('seconds', values.seconds),
    seed: values.seed === undefined ? null : wholeNumber('seed', values.seed),
    jobs: wholeNumber('jobs', values.jobs),
    ifAvailable: values['if-available']
  }
}

/** Does a program compile and link with these arguments? */
function links(program, ...args) {
  const command = ['-x', 'c++', '-', '-o', '/dev/null', ...args]
  return spawnSync(COMPILER, command, { input: program }).status === 0
}

function gypScript() {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/gyp/gyp_main.py')
  } catch {
    return null
  }
}

/** What keeps this machine from fuzzing. */
function whatIsMissing() {
  if (process.platform !== 'linux') return ['Linux']
  const lacks = (command) => spawnSync(command, ['--version']).status !== 0
  const missing = [COMPILER, 'make', 'python3'].filter(lacks)
  const target =
    '#include <fuzzer/FuzzedDataProvider.h>\nextern "C" int LLVMFuzzerTestOneInput(const char*, long) { return 0; }'
  if (!missing.includes(COMPILER) && !links(target, '-fsanitize=fuzzer,address,undefined')) {
    missing.push("clang's libFuzzer and sanitizers")
  }
  if (gypScript() === null) missing.push('node-gyp (npm install)')
  return missing
}

function runOrThrow(command, args, cwd, environment = {}) {
  const child = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, ...environment } })
  if (child.error) throw child.error
  if (child.status !== 0) throw new Error(`${command} ended with ${child.status}:\n${child.stdout}${child.stderr}`)
}

/** Has gyp read the same binding.gyp as for the addon, so that files and flags of every arm are the addon's. */
function build(targets, jobs) {
  const hasLibcrypto = links('#include <openssl/evp.h>\nint main() { return EVP_md5() == nullptr; }', '-lcrypto')
  if (!hasLibcrypto) {
    console.log(
      "fuzz: WITHOUT OpenSSL's libcrypto the digests are compared with the plain arm (apt install libssl-dev)"
    )
  }
  const gyp = [gypScript(), 'fuzz/fuzz.gyp', '--format=make', '--depth=.', '--toplevel-dir=.', '--no-parallel']
  const defines = [
    '-I',
    'fuzz/sanitize.gypi',
    `-Dtarget_arch=${process.arch}`,
    `-Dhas_libcrypto=${Number(hasLibcrypto)}`
  ]
  runOrThrow('python3', [...gyp, ...defines, '--generator-output=fuzz/work', '-Goutput_dir=.'], nativeDir)
  runOrThrow('make', [`--jobs=${jobs}`, `CXX=${COMPILER}`, `LINK=${COMPILER}`, ...targets], workDir)
}

/** Where a run keeps the inputs that reach something new, and where it begins. */
function corpusOf(target, seed) {
  const kept = path.join(workDir, seed === null ? 'corpus' : 'corpus-of-seed', target)
  // With a seed it begins with the committed inputs alone, so that it is the same run everywhere.
  if (seed !== null) rmSync(kept, { recursive: true, force: true })
  mkdirSync(kept, { recursive: true })
  const committed = path.join(fuzzDir, 'seeds', target)
  return existsSync(committed) ? [kept, committed] : [kept]
}

function endOf(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve(signal ?? status))
  })
}

/** What libFuzzer's log says of a run. */
function readLog(log) {
  const last = (pattern) => [...log.matchAll(pattern)].at(-1)
  const [, coverage = '?', features = '?'] = last(/cov: (\d+) ft: (\d+)/g) ?? []
  const [, runs = '?'] = last(/^stat::number_of_executed_units: (\d+)/gm) ?? []
  const reasons = [/^FINDING: .*/m, /runtime error: .*/, /ERROR: .*/, /^SUMMARY: .*/m]
  const reason = reasons.map((pattern) => pattern.exec(log)?.[0]).find((text) => text !== undefined)
  return { coverage, features, runs, reason, input: last(/Test unit written to (.*)/g)?.[1] }
}

async function runTarget(target, { seconds, seed }) {
  const artifacts = path.join(workDir, 'artifacts', target)
  mkdirSync(artifacts, { recursive: true })
  const program = path.join(workDir, 'Release', target)
  const seeding = seed === null ? [] : [`-seed=${seed}`]
  const reporting = ['-print_final_stats=1', `-artifact_prefix=${artifacts}/`]
  const logPath = path.join(workDir, `${target}.log`)
  const log = openSync(logPath, 'w')
  const start = performance.now()
  const args = [`-max_total_time=${seconds}`, ...seeding, ...HOW_TO_FUZZ, ...reporting, ...corpusOf(target, seed)]
  const end = await endOf(spawn(program, args, { stdio: ['ignore', log, log] }))
  closeSync(log)
  const result = {
    target,
    seconds: Math.round((performance.now() - start) / 1000),
    ...readLog(readFileSync(logPath, 'utf8'))
  }
  if (end === 0) return { ...result, crashes: 0 }
  console.log(`\nfuzz: FINDING in ${target}: ${result.reason ?? `it ended with ${end}`}`)
  console.log(result.input ? `  reproduce with: ${program} ${result.input}` : '  no input was written')
  console.log(`  log: ${logPath}\n`)
  return { ...result, crashes: 1 }
}

/** Runs the targets, `jobs` at a time; their results in the order of the targets. */
async function runAll(options) {
  const results = []
  const waiting = [...options.targets.entries()]
  async function work() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, target] = next
      results[place] = await runTarget(target, options)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  return results
}

function printTable(results) {
  const columns = ['target', 'runs', 'seconds', 'coverage', 'features', 'crashes']
  const rows = [columns, ...results.map((result) => columns.map((column) => String(result[column])))]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
    console.log(cells.join('  '))
  }
}

async function main() {
  const options = readOptions()
  const missing = whatIsMissing()
  if (missing.length > 0) {
    console.log(`fuzz: SKIPPED, NOTHING WAS FUZZED: this machine lacks ${missing.join(', ')} (${INSTALL})`)
    process.exitCode = options.ifAvailable ? 0 : 1
    return
  }
  build(options.targets, Math.max(2, options.jobs))
  const results = await runAll(options)
  printTable(results)
  process.exitCode = results.some(({ crashes }) => crashes > 0) ? 1 : 0
}

try {
  await main()
} catch (error) {
  console.error(`fuzz: ${error.message}\n${USAGE}`)
  process.exitCode = 2
}
