// Builds the addon in a checkout and proves that it loads; where it cannot, says so in one paragraph and exits 0,
// since the portable code does everything the addon does.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const nativeDir = path.dirname(fileURLToPath(import.meta.url))
const packageDir = path.dirname(nativeDir)
const builtAddon = path.join(nativeDir, 'build', 'Release', 'exhibit_hash.node')
const require = createRequire(import.meta.url)
const NOT_SOURCES = ['build', 'build.mjs', 'fuzz', 'prebuilds', 'tests']

/** Newest modification time of everything the addon is made from. */
function newestSourceTime(dir) {
  let newest = 0
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (NOT_SOURCES.includes(entry.name)) continue
    const full = path.join(dir, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestSourceTime(full) : statSync(full).mtimeMs)
  }
  return newest
}

/** Loads the addon in a process of its own, so that a crash is a finding; returns what is wrong, or null. */
function whyNotLoadable() {
  const script = `const a = require(${JSON.stringify(builtAddon)}); if (!a.isas.includes('scalar')) process.exit(3)`
  const child = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  if (child.status === 0) return null
  return firstErrorLine(child.stderr ?? '') ?? `loading it ended with ${child.signal ?? `status ${child.status}`}`
}

function isUpToDate() {
  if (!existsSync(builtAddon)) return false
  return statSync(builtAddon).mtimeMs > newestSourceTime(nativeDir) && whyNotLoadable() === null
}

/** Headers beside the running Node, so that node-gyp downloads nothing. */
function nodedirArguments() {
  if (process.env.npm_config_nodedir) return []
  const prefix = path.dirname(path.dirname(process.execPath))
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : []
}

/** The line of a build log that says most: compilers and node-gyp bury it under pages of their own state. */
function firstErrorLine(log) {
  const lines = log.split('\n').map((line) => line.replace(/^gyp ERR! (stack )?/, '').trim())
  const telling = [/not found|no such file or directory/i, /error: (?!`make`)/i, /error[: ]|cannot/i]
  for (const pattern of telling) {
    const found = lines.find((line) => pattern.test(line))
    if (found) return found.slice(0, 300)
  }
  return lines.find((line) => line !== '')?.slice(0, 300)
}

function nodeGypScript() {
  try {
    return require.resolve('node-gyp/bin/node-gyp.js')
  } catch {
    return null
  }
}

/** Builds; returns what failed, or null. */
function build() {
  const nodeGyp = nodeGypScript()
  if (nodeGyp === null) return 'node-gyp is not installed (it is a development dependency)'
  const args = [
    nodeGyp,
    'configure',
    'build',
    '--release',
    '--directory',
    nativeDir,
    '--jobs',
    'max',
    ...nodedirArguments()
  ]
  const child = spawnSync(process.execPath, args, { cwd: packageDir, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (child.error) return child.error.message
  if (child.status !== 0)
    return firstErrorLine(`${child.stderr}\n${child.stdout}`) ?? `node-gyp ended with status ${child.status}`
  if (!existsSync(builtAddon)) return 'node-gyp reported success and made no addon'
  const unloadable = whyNotLoadable()
  return unloadable === null ? null : `it was built but does not load: ${unloadable}`
}

function main() {
  const { EXHIBIT_HASH_NATIVE, EXHIBIT_HASH_SKIP_BUILD } = process.env
  if (EXHIBIT_HASH_NATIVE === '0' || EXHIBIT_HASH_SKIP_BUILD === '1') {
    const variable = EXHIBIT_HASH_NATIVE === '0' ? 'EXHIBIT_HASH_NATIVE=0' : 'EXHIBIT_HASH_SKIP_BUILD=1'
    console.log(`exhibit-hash: the native addon was not built, because ${variable} is set`)
    return
  }
  if (isUpToDate()) {
    console.log('exhibit-hash: the native addon is up to date')
    return
  }
  const failure = build()
  if (failure === null) {
    console.log('exhibit-hash: the native addon was built and loads')
    return
  }
  // An addon of earlier sources would be loaded in its place.
  rmSync(builtAddon, { force: true })
  console.error(
    `exhibit-hash: the native addon could not be built (${failure}). Everything works without it: the portable code ` +
      'will be used, which gives the same results and is slower. For the full speed install python3, make and g++ ' +
      '(Debian: apt install python3 make g++; macOS: xcode-select --install; Windows: Visual Studio Build Tools with ' +
      'C++) and run: node native/build.mjs'
  )
}

main()
