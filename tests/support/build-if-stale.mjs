// Builds dist/ unless it is newer than everything it is made from: tests of children, workers and the command line run it.

import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const SOURCES = ['src', 'package.json', 'tsconfig.json', 'tsdown.config.ts']
// The last files that a build writes: without one of them a build was interrupted.
const OUTPUTS = ['dist/index.js', 'dist/index.cjs', 'dist/index.d.ts', 'dist/index.d.cts']

/** Modification times of a file, or of a folder and all that is in it: a removed file changes its folder. */
function* times(path) {
  const stat = statSync(path)
  yield stat.mtimeMs
  if (stat.isDirectory()) for (const name of readdirSync(path)) yield* times(join(path, name))
}

function isFresh() {
  const built = OUTPUTS.map((file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0)
  const newestSource = Math.max(...SOURCES.flatMap((source) => [...times(join(root, source))]))
  return Math.min(...built) > newestSource
}

if (!isFresh()) {
  const { status, error } = spawnSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit' })
  if (error) throw error
  process.exitCode = status ?? 1
}
